"""How long reviewers take for a document, with suggestions and without.

Label Studio's ``lead_time`` runs while the tab is open, so a break counts as work and
the mean is ruled by a few breaks. The figure is therefore the geometric mean: times
multiply by factors (a long text, a slow reader), so their logarithms lie evenly and a
ratio of two such means says by which factor a document is done faster. Logarithms
further from their arm's median than three standard deviations, estimated by the median
absolute deviation, are brought in to that distance and counted as *capped*. The median
stands beside it. Words are what stands between white space.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from annotate.effort.intervals import FEWEST, Draws, Estimate, Floats, draws, estimate

# A normal distribution's standard deviation over its median absolute deviation.
MAD_TO_DEVIATION = 1.4826
FURTHEST = 3.0


class Timed(NamedTuple):
    """One document: seconds of work, and words."""

    seconds: float
    words: int


class Arm(NamedTuple):
    """Seconds a document and seconds per 100 words of some documents."""

    documents: int
    capped: int
    median: float
    a_document: Estimate
    per_100_words: Estimate

    def as_dict(self) -> dict[str, Any]:
        """The arm as JSON-ready data."""
        return self._asdict() | {
            "a_document": self.a_document.as_dict(),
            "per_100_words": self.per_100_words.as_dict(),
        }


class Times(NamedTuple):
    """Both arms; the ratios are blind by suggested, None where there are too few documents."""

    suggested: Arm | None
    blind: Arm | None
    ratio: Estimate | None
    ratio_per_100_words: Estimate | None

    def as_dict(self) -> dict[str, Any]:
        """Both arms and their ratios as JSON-ready data."""
        return {name: item and item.as_dict() for name, item in self._asdict().items()}


def times(suggested: Sequence[Timed], blind: Sequence[Timed]) -> Times:
    """The time that documents of either arm took, and by which factor blind ones took more."""
    logs = [_logs(documents) for documents in (suggested, blind)]
    drawn = [draws(rows, number) if len(rows) else None for number, rows in enumerate(logs)]
    arms = [
        _arm(documents, rows, means) if means else None
        for documents, rows, means in zip((suggested, blind), logs, drawn, strict=True)
    ]
    ratios: list[Estimate | None] = [None, None]
    shown, unseen = drawn
    if shown and unseen and min(map(len, logs)) >= FEWEST:
        ratios = [estimate(_ratio_of(column), shown, unseen) for column in (0, 1)]
    return Times(arms[0], arms[1], ratios[0], ratios[1])


def _mean_of(column: int) -> Callable[[Floats], Floats]:
    return lambda arm: np.exp(arm[:, column])


def _ratio_of(column: int) -> Callable[[Floats, Floats], Floats]:
    return lambda shown, unseen: np.exp(unseen[:, column] - shown[:, column])


def _logs(documents: Sequence[Timed]) -> Floats:
    """Logarithms, capped, of seconds and of seconds per 100 words; one row a document."""
    rows = [(one.seconds, 100 * one.seconds / one.words) for one in documents]
    return capped(np.log(np.asarray(rows, float).reshape(-1, 2)))


def capped(logs: Floats) -> Floats:
    """The columns with values too far from their median brought in."""
    if not len(logs):
        return logs
    middle = np.median(logs, axis=0)
    spread = FURTHEST * MAD_TO_DEVIATION * np.median(abs(logs - middle), axis=0)
    # More than half are alike: nothing tells how far is too far.
    spread[spread == 0] = np.inf
    return np.clip(logs, middle - spread, middle + spread)


def _arm(documents: Iterable[Timed], logs: Floats, means: Draws) -> Arm:
    seconds = np.array([one.seconds for one in documents])
    changed = ~np.isclose(logs[:, 0], np.log(seconds))
    a_document, per_100_words = (estimate(_mean_of(column), means) for column in (0, 1))
    median = float(np.median(seconds))
    return Arm(len(logs), int(changed.sum()), median, a_document, per_100_words)
