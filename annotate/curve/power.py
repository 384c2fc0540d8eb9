"""Power laws through a curve's points: error = a·(n + n₀)^-b + c.

Inverse power laws fit the learning curves of text classifiers and are what others
extrapolate by: Figueroa, Zeng-Treitler, Kandula and Ngo 2012, "Predicting sample size
required for classification performance", BMC Medical Informatics and Decision Making
12:8. The curve does not begin with nothing: rules, and the project's own corpus where
it is rehearsed, are worth n₀ of the user's documents. Five to seven points do not settle four
numbers, so no single law is fitted: many are drawn, each as often as it explains the
points, and every figure is a range over them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotate.curve.points import Point

Array = NDArray[np.float64]

# 2,000 draws put the edges of an interval right to about a document in fifty.
DRAWS = 2000
SEED = 0
# Measured curves fall with exponents of 0.07 to 0.35, theory expects one half to one
# (Hestness et al. 2017, "Deep learning scaling is predictable, empirically").
_EXPONENTS = np.geomspace(0.07, 1, 14)
# What is known before, in shares of the largest part: next to nothing, up to four times it.
_OFFSETS = np.geomspace(1 / 32, 4, 10)
# No curve follows a law for ever. Forecasts of our corpus' curves from half of the
# documents missed by this much more than their intervals allowed (docs/curve.md).
DRIFT = 0.015
# Between now and the farthest size it looks at so many, two in a hundred apart at most.
_STEPS = 100
# No point is surer than this (standard deviation of F1), however alike its runs are.
_SUREST = 0.001


class Laws(NamedTuple):
    """Power laws that the points allow, an array a parameter; ``now`` is the largest size.

    ``drift`` is what a law will turn out to miss, in F1 for each doubling beyond ``now``.
    """

    scale: Array
    exponent: Array
    offset: Array
    floor: Array
    drift: Array
    now: int

    def f1(self, documents: float) -> Array:
        """What each law says for so many documents, drift included."""
        error = self.scale * (documents + self.offset) ** -self.exponent + self.floor
        doublings = np.log2(max(documents, self.now) / self.now)
        return np.asarray(1 - error + self.drift * doublings, float)

    def documents(self, target: float, farthest: float) -> Array:
        """How many documents, from ``now`` on, each law needs for an F1.

        Infinite where it isn't there with ``farthest`` documents.
        """
        sizes = np.unique(np.geomspace(self.now, farthest, _STEPS).round())
        there = np.array([self.f1(size) >= target for size in sizes])
        return np.where(there.any(axis=0), sizes[there.argmax(axis=0)], np.inf)


def variances(points: Sequence[Point]) -> Array:
    """How far each point's F1 could be off the curve, as variances.

    The luck of the draw, from the spread of runs of one size, pooled over sizes: a
    point of one run has the full share of it. And the test documents: how the *shape*
    of the curve changes when they are drawn with replacement. Where the whole curve
    moves up or down with them, that is left out: a target is reached on this test part.
    """
    each = np.array([luck(points, point.documents) / len(point.runs) for point in points])
    return np.asarray(each + _shape(points) + _SUREST**2, float)


def luck(points: Sequence[Point], documents: int) -> float:
    """The variance of F1 among runs of so many documents: which were drawn.

    Where nothing else is learnt it falls with the documents, since few of them can be
    lucky ones more easily; where a curve starts from knowledge it is taken to be the same.
    """
    alone = points[0].documents > 0
    squares = sum(
        float(np.var(point.runs)) * len(point.runs) * (point.documents if alone else 1)
        for point in points
    )
    pooled = squares / max(sum(len(point.runs) - 1 for point in points), 1)
    return pooled / (documents if alone else 1)


def _shape(points: Sequence[Point]) -> Array:
    """Variance of each point against the others over draws of the test documents."""
    documents = points[0].counts.shape[1]
    generator = np.random.default_rng(SEED)
    drawn = generator.multinomial(documents, np.full(documents, 1 / documents), size=DRAWS)
    sums = [drawn @ point.counts.mean(axis=0) for point in points]
    f1 = np.stack([one[:, 0] / np.maximum(one[:, 1], 1e-9) for one in sums], axis=1)
    moved = f1 - f1.mean(axis=1, keepdims=True)
    return np.asarray(moved.var(axis=0), float)


def laws(points: Sequence[Point]) -> Laws:
    """Draws of power laws, by how well they explain the points; the same for the same points.

    For each exponent and offset of a grid the scale and the floor are linear
    least squares, with a normal distribution around them; laws by which errors grow, or
    fall below none, are drawn again.
    """
    sizes = np.array([point.documents for point in points], float)
    errors = np.array([1 - point.f1 for point in points])
    nothing = [0.0] if sizes.min() > 0 else []
    offsets = np.array([*nothing, *(sizes.max() * _OFFSETS)])
    exponent, offset = (axis.ravel() for axis in np.meshgrid(_EXPONENTS, offsets))
    falls = (sizes + offset[:, None]) ** -exponent[:, None]
    # The first point's share is 1, so that scales compare.
    unit = falls.max(axis=1)
    chances, means, roots = _solutions(falls / unit[:, None], errors, 1 / variances(points))
    generator = np.random.default_rng(SEED)
    kept: list[Array] = []
    while sum(len(one) for one in kept) < DRAWS:
        cell = generator.choice(len(unit), DRAWS, p=chances)
        normal = generator.normal(size=(DRAWS, 2))
        drawn = means[cell] + np.einsum("nij,nj->ni", roots[cell], normal)
        fine = (drawn >= 0).all(axis=1)
        cell, drawn = cell[fine], drawn[fine]
        kept.append(
            np.stack([drawn[:, 0] / unit[cell], exponent[cell], offset[cell], drawn[:, 1]]).T
        )
    scale, exponents, offset, floor = np.concatenate(kept)[:DRAWS].T
    drift = generator.normal(0, DRIFT, DRAWS)
    return Laws(scale, exponents, offset, floor, drift, int(sizes.max()))


def _solutions(falls: Array, errors: Array, weights: Array) -> tuple[Array, Array, Array]:
    """Of each cell: its chance, scale and floor, and the root of their covariance."""
    squares = (falls * falls * weights).sum(axis=1)
    crossed = (falls * weights).sum(axis=1)
    total = np.full(len(falls), weights.sum())
    normal = np.stack([np.stack([squares, crossed], 1), np.stack([crossed, total], 1)], 1)
    right = np.stack([(falls * weights * errors).sum(1), np.full(len(falls), weights @ errors)], 1)
    means = np.linalg.solve(normal, right[..., None])[..., 0]
    misses = errors - means[:, :1] * falls - means[:, 1:]
    # The density of the points, scale and floor integrated out.
    log = -0.5 * (misses**2 * weights).sum(axis=1) - 0.5 * np.log(np.linalg.det(normal))
    chances = np.exp(log - log.max())
    return chances / chances.sum(), means, np.linalg.cholesky(np.linalg.inv(normal))
