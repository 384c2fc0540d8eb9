"""How many more documents a target needs, as an interval; or why that can't be told."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt
from typing import Any, NamedTuple

import numpy as np

from annotate.curve.points import Point
from annotate.curve.power import SEED, Array, Laws, laws, luck, variances
from annotate.evaluate.bootstrap import Interval
from annotate.evaluate.lines import percent

# The share of laws within an interval, four in five: edges at 10 and 90 in 100.
EDGES = (0.1, 0.9)
# Fewer points than these, or fewer test documents, say nothing on the shape.
LEAST_POINTS, LEAST_TESTED = 4, 5
# Nothing is said beyond so many times the present documents, nor by an interval whose
# upper end has so many times the documents of its lower one.
FARTHEST, WIDEST = 4, 3
# A curve rises when its gain is so many standard errors: chance makes that 1 time in 20.
_RISES = 1.645


class More(NamedTuple):
    """Documents to add: the interval, and its middle."""

    low: int
    likely: int
    high: int


class Forecast(NamedTuple):
    """What a curve says about a target: ``more`` is None where it can't be told.

    ``reason`` says why, or what to keep in mind; ``doubled`` is the F1 expected at twice
    the documents, None without a law.
    """

    target: float
    documents: int
    more: More | None
    reason: str
    doubled: Interval | None = None

    def as_dict(self) -> dict[str, Any]:
        """The forecast as JSON-ready data."""
        more = self.more._asdict() if self.more else None
        return self._asdict() | {"more": more}


class Check(NamedTuple):
    """The curve's forecast from half of its documents for all, and what was reached."""

    documents: int
    all: int
    expected: Interval
    reached: float

    @property
    def held(self) -> bool:
        """Whether what was reached lies within what was expected."""
        return self.expected[0] <= self.reached <= self.expected[1]

    def as_dict(self) -> dict[str, Any]:
        """The check as JSON-ready data."""
        return self._asdict() | {"held": self.held}


def fitted(points: Sequence[Point]) -> Laws | str:
    """The power laws that the points allow; or why nothing can be told from them."""
    tested = points[0].counts.shape[1]
    if tested < LEAST_TESTED:
        return f"the test part has {tested} documents, and it takes {LEAST_TESTED} at least"
    if len(points) < LEAST_POINTS:
        return f"the curve has {len(points)} sizes, and it takes {LEAST_POINTS} at least"
    first, last = points[0], points[-1]
    noise = variances(points)
    gain = last.f1 - first.f1
    if gain < _RISES * sqrt(noise[0] + noise[-1]):
        return f"the curve is flat within its noise, {_range((first.f1, last.f1))}"
    return laws(points)


def forecast(points: Sequence[Point], target: float) -> Forecast:
    """How many more documents bring F1 to ``target`` (0 to 1) on this test part."""
    now = points[-1]
    if now.f1 >= target:
        spread = f", on other documents {_range(now.interval)}" if now.interval else ""
        reason = f"F1 is {percent(now.f1)} on this test part{spread}"
        return Forecast(target, now.documents, More(0, 0, 0), reason)
    found = fitted(points)
    if isinstance(found, str):
        return Forecast(target, now.documents, None, found)
    doubled = spread_of(found.f1(2 * now.documents))
    more, reason = _more(found, now.documents, target)
    return Forecast(target, now.documents, more, reason, doubled)


def spread_of(values: Array) -> Interval:
    """Four in five of the values lie between these."""
    # "nearest" takes values as they are: between a number and infinity there is none.
    low, high = np.quantile(values, EDGES, method="nearest")
    return float(low), float(high)


def check(points: Sequence[Point]) -> Check | None:
    """The forecast that the first half of the documents would have made for all of them.

    None where that half can't tell. The luck of one more training is part of it.
    """
    now = points[-1]
    half = [point for point in points if 2 * point.documents <= now.documents + 1]
    found = fitted(half) if half else ""
    if isinstance(found, str):
        return None
    noise = np.random.default_rng(SEED).normal(0, sqrt(luck(half, now.documents)), len(found.scale))
    expected = spread_of(found.f1(now.documents) + noise)
    return Check(half[-1].documents, now.documents, expected, now.f1)


def _more(found: Laws, now: int, target: float) -> tuple[More | None, str]:
    farthest = FARTHEST * now
    needed = found.documents(target, farthest)
    low, high = spread_of(needed)
    if low > farthest:
        end = _range(spread_of(found.f1(farthest)))
        return None, (
            f"it is out of reach: {farthest} documents, {FARTHEST} times those of now, would "
            f"bring {end}, and nothing is told beyond"
        )
    least = max(0, ceil(low) - now)
    at_least = f"at least {least} more, " if least else "perhaps none, "
    if high > farthest:
        late = int(100 * float(np.mean(needed > farthest)) + 0.5)
        return None, (
            f"{at_least}but of the curves that fit {late} in 100 are not there with "
            f"{farthest} documents, {FARTHEST} times those of now"
        )
    if high > WIDEST * max(low, now):
        return None, f"{at_least}but as well {ceil(high) - now}: too wide to plan by"
    likely = max(0, ceil(float(np.median(needed))) - now)
    return More(least, likely, max(0, ceil(high) - now)), "for this test part"


def _range(interval: Interval) -> str:
    return f"{percent(interval[0])} to {percent(interval[1])}"
