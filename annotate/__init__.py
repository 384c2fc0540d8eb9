"""People review what spaCy suggests; nothing is lost in silence.

In a notebook, the verbs of the command line are functions::

    from annotate import api

    documents = list(api.prelabel(["news/"]))
    api.push(documents, project="News")
    ...  # people review in the browser
    gold = api.pull(project="News")
    api.export(gold.documents, ["spacy", "conll"], "exports/")
"""

__version__ = "0.1.0"
