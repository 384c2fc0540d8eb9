"""Two arms of documents compared: bootstrap over the documents of each.

Documents are drawn with replacement within their arm, as in
:mod:`annotate.evaluate.bootstrap`: marks within one depend on each other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotate.evaluate.bootstrap import SAMPLES, SEED, Interval

Floats = NDArray[np.float64]

# Draws held in memory at once.
CHUNK = 20
# With fewer documents an arm nothing is said of a difference: at ten the intervals of simulated
# reviews held the truth 89 to 93 times in 100, at 25 they do 91 to 95 times (docs/effort.md).
FEWEST = 20


class Estimate(NamedTuple):
    """A figure and its 95 % interval, None where there are too few documents for one."""

    value: float
    interval: Interval | None = None

    def as_dict(self) -> dict[str, Any]:
        """Both as JSON-ready data."""
        return self._asdict()


class Draws(NamedTuple):
    """Column means of an arm, shape (1, columns), and of its draws, shape (SAMPLES, columns)."""

    means: Floats
    drawn: Floats | None


def draws(table: Floats, arm: int) -> Draws:
    """Means of one row of figures a document; None are drawn with fewer than two documents.

    ``arm`` is a number of the arm's own, so that what is drawn of two has nothing in common.
    """
    means = table.mean(axis=0, keepdims=True)
    if len(table) < 2:
        return Draws(means, None)
    generator = np.random.default_rng([SEED, arm])
    # Drawing as many as there are makes intervals of few documents too narrow, by n / (n - 1)
    # in variance; one fewer puts it right (Rao and Wu 1988).
    size = (CHUNK, len(table) - 1)
    chunks = (generator.integers(len(table), size=size) for _ in range(SAMPLES // CHUNK))
    return Draws(means, np.concatenate([table[chunk].mean(axis=1) for chunk in chunks]))


def estimate(figure: Callable[..., Any], *arms: Draws) -> Estimate:
    """``figure`` of the arms' means, with its percentile interval.

    It gets one array an arm, of shape (draws, columns), and gives one figure a draw, not
    a number where it can't: such draws are left out.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(figure(*(arm.means for arm in arms))[0])
        if any(arm.drawn is None for arm in arms):
            return Estimate(value)
        drawn = figure(*(arm.drawn for arm in arms))
    drawn = drawn[np.isfinite(drawn)]
    if not len(drawn):
        return Estimate(value)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Estimate(value, (float(low), float(high)))
