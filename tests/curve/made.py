"""Curves made from a known power law, with the luck of a draw and of a test part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from annotate.curve.parts import SHARES
from annotate.curve.points import Point


class Law(NamedTuple):
    """error = scale · (n + offset)^-exponent + floor."""

    scale: float
    exponent: float
    offset: float
    floor: float

    def f1(self, documents: float) -> float:
        return 1 - self.scale * (documents + self.offset) ** -self.exponent - self.floor


LEVEL = Law(0, 1, 1, 0.2)


def curve(
    law: Law,
    seed: int,
    *,
    documents: int = 200,
    tested: int = 40,
    from_none: bool = False,
    runs: int = 3,
    luck: float = 0.005,
) -> list[Point]:
    """Points whose right mentions are drawn one by one; ``luck`` is that of a training."""
    generator = np.random.default_rng(seed)
    mentions = generator.poisson(35, tested) + 1
    sizes = [*([0] if from_none else []), *(round(share * documents) for share in SHARES)]
    points = []
    for size in [*sizes, documents]:
        times = 1 if size in (0, documents) else runs
        chances = np.clip(law.f1(size) + generator.normal(0, luck, times), 0.01, 0.99)
        right = [generator.binomial(mentions, chance) for chance in chances]
        points.append(point(size, right, mentions))
    return points


def point(documents: int, right: Sequence[Sequence[int]], mentions: Sequence[int]) -> Point:
    """A point of which as many mentions are suggested as there are."""
    counts = [np.stack([2 * np.asarray(one), 2 * np.asarray(mentions)], 1) for one in right]
    return Point(documents, np.array(counts, float))
