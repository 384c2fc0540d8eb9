"""How sure the suggestions of one task are, for the order in which people review them.

The share of marks that are expected to stand: of the entities and relations that are
suggested and the names that are likely missed, how many need no edit.
"""

from __future__ import annotations

from annotate.document import Document, Entity, Relation


def certainty(document: Document, missed: float = 0.0) -> float | None:
    """Between 0 and 1; None where no suggestion has a score and nothing is said of misses.

    ``missed`` is the expected number of names that were not found. One mark counts as
    sure in advance: a text in which there is nothing to find is no uncertain one.
    """
    marks: list[Entity | Relation] = [*document.entities, *document.relations]
    scores = [mark.score for mark in marks if mark.score is not None]
    if not scores and (marks or not missed):
        return None
    return (sum(scores) + 1) / (len(scores) + missed + 1)
