"""How far a figure could lie elsewhere with other documents: bootstrap over documents."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SAMPLES = 1000
SEED = 0

Interval = tuple[float, float]


def ratio_interval(parts: Sequence[float], wholes: Sequence[float]) -> Interval | None:
    """95 % percentile interval of ``sum(parts) / sum(wholes)``, one item a document.

    Documents are drawn with replacement: mentions within one depend on each other.
    The same input gives the same interval. None with fewer than two documents, and
    where every draw has nothing to divide by.
    """
    if len(parts) < 2:
        return None
    drawn = draws(len(parts))
    above, below = drawn @ np.asarray(parts, float), drawn @ np.asarray(wholes, float)
    ratios = above[below > 0] / below[below > 0]
    if not len(ratios):
        return None
    low, high = np.percentile(ratios, [2.5, 97.5])
    return float(low), float(high)


@lru_cache(maxsize=4)
def draws(documents: int) -> NDArray[np.int64]:
    """How often each document was drawn; shape (SAMPLES, documents)."""
    generator = np.random.default_rng(SEED)
    return generator.multinomial(documents, np.full(documents, 1 / documents), size=SAMPLES)
