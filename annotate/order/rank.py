"""The order in which documents are worth a review: the greedy one.

Next comes the document with the largest product of how unsure its suggestions are and
how far it is from the nearest that is reviewed or comes before it. Both factors matter:
the least sure documents alone may be ten reprints of one (Settles 2009, "Active Learning
Literature Survey", 3 and 5.3).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

# From this similarity on a text counts as a near-copy and goes behind all others.
# No two of our 368 training texts, which have no copies among them, are above 0.12.
NEAR = 0.5
_COPY = 0.01
# Similarities to the reviewed documents are computed for so many rows at a time.
_ROWS = 256


class Ranked(NamedTuple):
    """A document by its place in the input, and what is new in it, 0 to 1.

    ``worth`` never grows from one to the next.
    """

    place: int
    worth: float


def rank(
    texts: csr_matrix, unsure: Sequence[float], reviewed: Collection[int] = ()
) -> list[Ranked]:
    """All rows of ``texts`` that are not reviewed, those most worth a review first.

    ``texts`` are the rows of :func:`annotate.order.vectors.vectors`; ``unsure`` has one
    number from 0 to 1 a row. Time grows with the square of the number of rows, memory with
    their number.
    """
    weights = np.asarray(unsure, float)
    known = sorted(reviewed)
    nearest = _nearest(texts, known)
    left = np.ones(texts.shape[0], bool)
    left[known] = False
    columns = texts.T.tocsr()
    order: list[Ranked] = []
    for _ in range(int(left.sum())):
        worth = np.where(left, weights * _novelty(nearest), -1.0)
        best = int(worth.argmax())
        order.append(Ranked(best, float(worth[best])))
        left[best] = False
        like = texts[best] @ columns
        nearest[like.indices] = np.maximum(nearest[like.indices], like.data)
    return order


def scores(order: Sequence[Ranked]) -> list[float]:
    """A score for each of the order, 0 to 1 and each above the one before it.

    It is one minus the worth, but for 10⁻⁹ a document that keeps equals in order.
    """
    step = 1e-9
    room = len(order) * step
    return [max(0.0, 1 - one.worth - room) + number * step for number, one in enumerate(order)]


def _nearest(texts: csr_matrix, known: Sequence[int]) -> NDArray[np.float64]:
    """The similarity of each row to the nearest of the known ones."""
    nearest = np.zeros(texts.shape[0])
    if known:
        columns = texts[list(known)].T.tocsc()
        for start in range(0, texts.shape[0], _ROWS):
            block = (texts[start : start + _ROWS] @ columns).max(axis=1)
            nearest[start : start + _ROWS] = block.toarray().ravel()
    return nearest


def _novelty(nearest: NDArray[np.float64]) -> NDArray[np.float64]:
    far = 1 - np.clip(nearest, 0, 1)
    return np.where(nearest >= NEAR, _COPY * far, far)
