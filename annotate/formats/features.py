"""What a format may hold of a document, and what only some do.

Every format holds ids and texts of documents, and spans and labels of entities. The
rest are features, which a format has or lacks:

============== ====================================================================
``handles``    ids and order of entities, order of relations; without it the entities
               are numbered e1, e2, … by place, and what refers to them with them
``overlaps``   entities that overlap; without it the longer of any two stays
``relations``  relations
``several``    several relations from one head to one tail; without it the first stays
``codes``      country codes
``notes``      the annotators' notes
``scores``     scores of entities and relations
``language``   the language of a document
``meta``       what else was known of a document
``provenance`` who reviewed what, when, and what they removed
============== ====================================================================
"""

FEATURES = (
    "handles",
    "overlaps",
    "relations",
    "several",
    "codes",
    "notes",
    "scores",
    "language",
    "meta",
    "provenance",
)
