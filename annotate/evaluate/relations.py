"""How well suggested relations agree with gold ones: three figures that belong together.

The *ceiling* is the share of gold relations whose ends begin in one sentence: no other
pair is a candidate. *With gold entities* scores what is suggested between the gold
entities: the fault of the relations alone. *End to end* scores the suggestions as they
are, on suggested entities. A relation is right when its type is and both ends have the
right span and label; direction counts unless the type is symmetric.
"""

from __future__ import annotations

from bisect import bisect_right

from annotate.corpus.sentences import sentence_spans
from annotate.document import Document
from annotate.evaluate.entities import bags
from annotate.evaluate.pairs import Pair
from annotate.evaluate.scores import Score, Share

End = tuple[int, int, str]


def end_to_end(pair: Pair, label: str | None = None) -> Score:
    """Score of a pair's relations; all types without ``label``."""
    return bags(*(links(side, label) for side in pair))


def links(document: Document, label: str | None = None) -> list[tuple[str, End, End]]:
    """The relations as type, and span and label of both ends."""
    places = {item.id: (item.start, item.end, item.label) for item in document.entities}
    return [
        (link.label, places[link.head], places[link.tail])
        for link in document.relations
        if label in (None, link.label)
    ]


def ceiling(gold: Document) -> Share:
    """Relations of a gold document that a search within sentences can reach."""
    starts = [start for start, _ in sentence_spans(gold.text)]
    home = {item.id: bisect_right(starts, item.start) for item in gold.entities}
    reached = sum(home[link.head] == home[link.tail] for link in gold.relations)
    return Share(reached, len(gold.relations))
