"""Which labels are taken for which, and the list of all errors in their context.

Each gold entity is set beside one suggestion at most: the one of its span and label,
else of its span, else one that overlaps it under its label, else one that overlaps it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, NamedTuple

from annotate.corpus.graphemes import splits_character
from annotate.document import Entity, in_order
from annotate.evaluate.entities import overlaps
from annotate.evaluate.pairs import Pair

CONTEXT = 30

Kind = Literal["missed", "spurious", "label", "bounds", "label and bounds", "code"]
# A gold and a predicted label; None where that side has no entity.
Confusion = Counter[tuple[str | None, str | None]]


class Aligned(NamedTuple):
    """A gold entity and what was suggested for it; one of the two may be missing."""

    predicted: Entity | None
    gold: Entity | None


class EntityError(NamedTuple):
    """One entity that is not as it should be, and the text around it."""

    document: str
    language: str
    kind: Kind
    predicted: Entity | None
    gold: Entity | None
    before: str
    after: str

    def as_dict(self) -> dict[str, Any]:
        """The error as JSON-ready data."""
        sides = {
            name: side.model_dump(include={"start", "end", "label", "text", "country_code"})
            if side
            else None
            for name, side in (("predicted", self.predicted), ("gold", self.gold))
        }
        return self._asdict() | sides


def aligned(pair: Pair) -> list[Aligned]:
    """Every entity of both sides once, in the order of the text."""
    wanted = list(in_order(pair.gold.entities))
    free = list(in_order(pair.predicted.entities))
    found: list[Aligned] = []
    for close in _CLOSENESS:
        for gold in list(wanted):
            match = next((item for item in free if close(item, gold)), None)
            if match:
                wanted.remove(gold)
                free.remove(match)
                found.append(Aligned(match, gold))
    found += [Aligned(None, item) for item in wanted] + [Aligned(item, None) for item in free]
    return sorted(found, key=lambda item: min(side.start for side in item if side))


def confusion(pairs: Iterable[Pair]) -> Confusion:
    """How often a gold label met a predicted one; None for missed and spurious."""
    return Counter(
        (gold.label if gold else None, predicted.label if predicted else None)
        for pair in pairs
        for predicted, gold in aligned(pair)
    )


def errors(pairs: Iterable[Pair]) -> Iterator[EntityError]:
    """All errors, document by document in the order of the text."""
    for pair in pairs:
        for item in aligned(pair):
            kind = kind_of(item)
            if kind:
                yield EntityError(
                    pair.gold.id, pair.gold.language, kind, *item, *_context(pair.gold.text, item)
                )


def kind_of(item: Aligned) -> Kind | None:
    """What is wrong with an aligned entity; None when nothing is."""
    predicted, gold = item
    if predicted is None or gold is None:
        return "missed" if predicted is None else "spurious"
    bounds = (predicted.start, predicted.end) != (gold.start, gold.end)
    if predicted.label != gold.label:
        return "label and bounds" if bounds else "label"
    if bounds:
        return "bounds"
    return "code" if gold.country_code not in (None, predicted.country_code) else None


def _context(text: str, item: Aligned) -> tuple[str, str]:
    """What stands before and after, on whole characters as a reader sees them."""
    sides = [side for side in item if side]
    start, end = min(side.start for side in sides), max(side.end for side in sides)
    first, last = max(0, start - CONTEXT), min(len(text), end + CONTEXT)
    while first < start and splits_character(text, first):
        first += 1
    while last > end and splits_character(text, last):
        last -= 1
    return text[first:start], text[end:last]


def _same_span(one: Entity, other: Entity) -> bool:
    return (one.start, one.end) == (other.start, other.end)


def _same_label(one: Entity, other: Entity) -> bool:
    return one.label == other.label


_CLOSENESS: tuple[Callable[[Entity, Entity], bool], ...] = (
    lambda one, other: _same_span(one, other) and _same_label(one, other),
    _same_span,
    lambda one, other: overlaps(one, other) and _same_label(one, other),
    overlaps,
)
