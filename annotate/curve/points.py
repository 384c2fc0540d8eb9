"""A curve as points: how many documents were trained on, and the F1 of every run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotate.evaluate.bootstrap import Interval, ratio_interval
from annotate.evaluate.scores import Score

Kind = Literal["entities", "relations"]


class Run(NamedTuple):
    """One training: documents of each language, and a score of each test document."""

    seed: int | None
    trained: dict[str, int]
    entities: list[Score]
    relations: list[Score]


class Point(NamedTuple):
    """What parts of one size reached.

    ``counts`` has shape (runs, test documents, 2): twice the right items, and the
    suggested and gold items together, so that F1 is the one sum by the other.
    """

    documents: int
    counts: NDArray[np.float64]

    @property
    def f1(self) -> float:
        """F1 of all runs together."""
        right, whole = self.counts.sum(axis=(0, 1))
        return float(right / whole) if whole else 1.0

    @property
    def runs(self) -> list[float]:
        """F1 of each run."""
        sums = self.counts.sum(axis=1)
        return [float(right / whole) if whole else 1.0 for right, whole in sums]

    @property
    def interval(self) -> Interval | None:
        """95 % interval of F1 over the test documents."""
        right, whole = self.counts.mean(axis=0).T
        return ratio_interval(right.tolist(), whole.tolist())

    def as_dict(self) -> dict[str, Any]:
        """The point as JSON-ready data."""
        return {
            "documents": self.documents,
            "f1": self.f1,
            "interval": self.interval,
            "runs": self.runs,
        }


def points(
    runs: Iterable[Run], languages: Sequence[str], kind: Kind, language: str | None = None
) -> list[Point]:
    """The points of a curve, smallest part first; of one language, or of all.

    ``languages`` are those of the test documents. A language's points count its own
    documents. Runs that trained on the same documents of it count once.
    """
    places = [place for place, other in enumerate(languages) if language in (None, other)]
    given = list(runs)
    sizes = [_size(run, language) for run in given]
    found: dict[int, dict[int | None, list[tuple[int, int]]]] = {}
    # The runs on none and on all come first: no seed drew those.
    for run, size in sorted(
        zip(given, sizes, strict=True), key=lambda one: one[0].seed is not None
    ):
        seed = None if size in (0, max(sizes)) else run.seed
        scores = getattr(run, kind)
        counts = [
            (2 * scores[place].right, scores[place].suggested + scores[place].wanted)
            for place in places
        ]
        found.setdefault(size, {}).setdefault(seed, counts)
    return [
        Point(size, np.array(list(by_seed.values()), float).reshape(len(by_seed), len(places), 2))
        for size, by_seed in sorted(found.items())
    ]


def _size(run: Run, language: str | None) -> int:
    return sum(run.trained.values()) if language is None else run.trained.get(language, 0)
