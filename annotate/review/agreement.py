"""How far people who reviewed the same text marked the same.

The rule, in words. Of each person the newest submitted annotation counts. Between two
people an entity is *shared* when both gave the same span the same label, a relation when
both drew the same type between the same two entities; any other mark is *single*, once for
whoever made it. Over each pair of people, ``2 * shared / (2 * shared + single)`` is the F1
of one's marks against the other's, whichever of them is taken for right.

Nobody can say how many spans neither of them marked, which figures corrected for chance
want; for marks as rare as these in a text, F1 comes close to kappa (Hripcsak and
Rothschild 2005, "Agreement, the F-measure, and reliability in information retrieval").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations

from annotate.document import Agreement, Kind, Marks

# Kind and label, and where the mark stands.
_Mark = tuple[Kind, str, tuple[object, ...]]


def agreement(readings: Sequence[Marks]) -> tuple[Agreement, ...]:
    """The agreement of people, each with marks over the same text, by kind and label."""
    shared: Counter[tuple[Kind, str]] = Counter()
    single: Counter[tuple[Kind, str]] = Counter()
    for one, other in combinations(map(_placed, readings), 2):
        shared.update(mark[:2] for mark in one & other)
        single.update(mark[:2] for mark in one ^ other)
    return _counted(shared, single)


def summed(parts: Iterable[tuple[Agreement, ...]]) -> tuple[Agreement, ...]:
    """The agreement over several texts."""
    shared: Counter[tuple[Kind, str]] = Counter()
    single: Counter[tuple[Kind, str]] = Counter()
    for part in parts:
        for row in part:
            shared[row.kind, row.label] += row.shared
            single[row.kind, row.label] += row.single
    return _counted(shared, single)


def _placed(marks: Marks) -> set[_Mark]:
    found: set[_Mark] = {("entity", span.label, span.place) for span in marks.entities}
    return found | {("relation", one[1], one) for one in marks.placed_relations()}


def _counted(
    shared: Counter[tuple[Kind, str]], single: Counter[tuple[Kind, str]]
) -> tuple[Agreement, ...]:
    return tuple(
        Agreement(kind=kind, label=label, shared=shared[kind, label], single=single[kind, label])
        for kind, label in sorted({*+shared, *+single})
    )
