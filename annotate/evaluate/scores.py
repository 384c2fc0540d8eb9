"""Precision, recall and F1 from counts, summed over documents."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, NamedTuple

from annotate.evaluate.bootstrap import Interval, ratio_interval
from annotate.evaluate.pairs import Pair


class Score(NamedTuple):
    """Right, suggested and wanted items; ``interval`` is the 95 % interval of F1."""

    right: int
    suggested: int
    wanted: int
    interval: Interval | None = None

    @property
    def precision(self) -> float:
        """Share of the suggested items that is right."""
        return _ratio(self.right, self.suggested, empty=self.wanted == 0)

    @property
    def recall(self) -> float:
        """Share of the wanted items that was suggested."""
        return _ratio(self.right, self.wanted, empty=self.suggested == 0)

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return _ratio(2 * self.right, self.suggested + self.wanted, empty=True)

    def as_dict(self) -> dict[str, Any]:
        """Counts and scores as JSON-ready data."""
        scores = {"precision": self.precision, "recall": self.recall, "f1": self.f1}
        return self._asdict() | scores


class Share(NamedTuple):
    """A part of a whole; ``interval`` is the 95 % interval of ``value``."""

    part: int
    whole: int
    interval: Interval | None = None

    @property
    def value(self) -> float:
        """The part by the whole, 1 where there is nothing to divide by."""
        return _ratio(self.part, self.whole, empty=True)

    def as_dict(self) -> dict[str, Any]:
        """Counts and share as JSON-ready data."""
        return self._asdict() | {"value": self.value}


class Table(NamedTuple):
    """The score of all items, and of each label's."""

    total: Score
    labels: dict[str, Score]

    def as_dict(self) -> dict[str, Any]:
        """All scores as JSON-ready data."""
        labels = {label: score.as_dict() for label, score in self.labels.items()}
        return self.total.as_dict() | {"labels": labels}


def total(scores: Iterable[Score]) -> Score:
    """The scores of documents as one, with its interval."""
    rows = list(scores)
    both = [score.suggested + score.wanted for score in rows]
    interval = ratio_interval([2 * score.right for score in rows], both)
    return Score(
        sum(score.right for score in rows),
        sum(score.suggested for score in rows),
        sum(score.wanted for score in rows),
        interval,
    )


def share(parts: Sequence[Share]) -> Share:
    """The shares of documents as one, with its interval."""
    above, below = [item.part for item in parts], [item.whole for item in parts]
    return Share(sum(above), sum(below), ratio_interval(above, below))


def table(
    pairs: Sequence[Pair], score: Callable[[Pair, str | None], Score], labels: Collection[str]
) -> Table:
    """``score`` of every pair, summed, for all labels together and for each."""
    return Table(
        total(score(pair, None) for pair in pairs),
        {label: total(score(pair, label) for pair in pairs) for label in sorted(labels)},
    )


def _ratio(part: int, whole: int, *, empty: bool) -> float:
    """One convention for nothing: right when the other side has nothing either."""
    return part / whole if whole else float(empty)
