"""How well suggested entities agree with gold ones, by three rules and their codes.

*Strict*: right when span and label are the same. *Overlap*: right when the two share
at least one character and the label is the same; each entity counts for one of the
other side at most, so one long span doesn't cover several mentions. *Span*: right
when the span is the same, whatever the label. Spans are half-open throughout
(:mod:`annotate.document`): two that only touch share no character.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

from annotate.document import Document, Entity
from annotate.evaluate.pairs import Pair
from annotate.evaluate.scores import Score, Share

COUNTRY = "COUNTRY"


def strict(pair: Pair, label: str | None = None) -> Score:
    """Score of a pair by span and label; all labels without ``label``."""
    sides = (labelled(side, label) for side in pair)
    return bags(*([(item.start, item.end, item.label) for item in side] for side in sides))


def overlap(pair: Pair, label: str | None = None) -> Score:
    """Score of a pair by any overlap under the same label."""
    predicted, gold = (labelled(side, label) for side in pair)
    names = {item.label for item in gold} & {item.label for item in predicted}
    right = sum(
        _matched(*([item for item in side if item.label == name] for side in (predicted, gold)))
        for name in names
    )
    return Score(right, len(predicted), len(gold))


def span(pair: Pair) -> Score:
    """Score of a pair by exact span, blind to labels."""
    return bags(*([(item.start, item.end) for item in side.entities] for side in pair))


def codes(pair: Pair) -> Share:
    """Right codes among the COUNTRY spans of the gold side that were suggested as such.

    A gold COUNTRY without a code says nothing about codes, and is left out.
    """
    suggested = {(item.start, item.end): item for item in labelled(pair.predicted, COUNTRY)}
    known = [
        suggested[item.start, item.end].country_code == item.country_code
        for item in labelled(pair.gold, COUNTRY)
        if item.country_code and (item.start, item.end) in suggested
    ]
    return Share(sum(known), len(known))


def labelled(document: Document, label: str | None) -> list[Entity]:
    """The document's entities of that label, or all without one."""
    return [item for item in document.entities if label in (None, item.label)]


def overlaps(one: Entity, other: Entity) -> bool:
    """Whether the two share a character."""
    return one.start < other.end and other.start < one.end


def bags(predicted: Iterable[Hashable], gold: Iterable[Hashable]) -> Score:
    """Score of comparable items; what stands twice counts twice."""
    suggested, wanted = Counter(predicted), Counter(gold)
    return Score((suggested & wanted).total(), suggested.total(), wanted.total())


def _matched(predicted: Sequence[Entity], gold: Sequence[Entity]) -> int:
    """The most pairs that can be made of overlapping entities, each used once.

    Whichever ends first takes what ends first of those it overlaps: all that this
    one overlaps, any other of them would overlap too, so no better choice exists.
    """
    left = [sorted(side, key=lambda item: (item.end, item.start)) for side in (predicted, gold)]
    count = 0
    while left[0] and left[1]:
        mine, others = sorted(left, key=lambda side: side[0].end)
        first = mine.pop(0)
        partner = next((item for item in others if overlaps(first, item)), None)
        if partner:
            others.remove(partner)
            count += 1
    return count
