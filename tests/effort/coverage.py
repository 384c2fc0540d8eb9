"""How often intervals hold what is known: ``python -m tests.effort.coverage`` for the table."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from annotate.effort.anchoring import pull
from annotate.effort.intervals import Estimate
from annotate.effort.seconds import times
from tests.effort.simulated import Reviewer, Seen, review, truth

# Reviewer, documents with suggestions, documents blind, simulated projects.
TABLE = [
    (Reviewer(bias=0.0), 225, 25, 1000),
    (Reviewer(bias=0.3), 225, 25, 1000),
    (Reviewer(bias=0.5), 225, 25, 1000),
    (Reviewer(bias=0.3, breaks=0.03), 225, 25, 1000),
    (Reviewer(bias=0.3, breaks=0.03), 450, 50, 300),
    (Reviewer(bias=0.3), 900, 100, 300),
]


class Covered(NamedTuple):
    """Of many simulations: share of intervals that hold the truth, and their mean width."""

    ratio: float
    pull: float
    ratio_width: float
    pull_width: float


def arms(reviewer: Reviewer, seed: object, shown: int, blind: int) -> tuple[list[Seen], list[Seen]]:
    """One simulated project."""
    chance = Random(f"{reviewer} {seed}")
    return (
        [review(chance, reviewer, blind=False) for _ in range(shown)],
        [review(chance, reviewer, blind=True) for _ in range(blind)],
    )


def covered(reviewer: Reviewer, shown: int, blind: int, runs: int) -> Covered:
    """Many simulated projects of one reviewer."""
    known = truth(reviewer)
    sums = [0.0] * 4
    for run in range(runs):
        sides = arms(reviewer, run, shown, blind)
        ratio = times(*([one.timed for one in side] for side in sides)).ratio
        led = pull(*([one.score for one in side] for side in sides)).f1
        row = (holds(ratio, known.ratio), holds(led, known.pull), width(ratio), width(led))
        sums = [total + figure for total, figure in zip(sums, row, strict=True)]
    return Covered(*(total / runs for total in sums))


def holds(estimate: Estimate | None, figure: float) -> bool:
    """Whether the figure is within the interval."""
    low, high = _interval(estimate)
    return low <= figure <= high


def width(estimate: Estimate | None) -> float:
    """From end to end of the interval."""
    low, high = _interval(estimate)
    return high - low


def _interval(estimate: Estimate | None) -> tuple[float, float]:
    assert estimate
    assert estimate.interval
    return estimate.interval


def main() -> None:
    """Print the table of docs/effort.md."""
    for reviewer, shown, blind, runs in TABLE:
        known, found = truth(reviewer), covered(reviewer, shown, blind, runs)
        print(
            f"| {reviewer.bias} | {reviewer.breaks:.0%} | {shown} + {blind} | {runs} "
            f"| {known.ratio:.2f} | {found.ratio:.1%} | {found.ratio_width:.2f} "
            f"| {100 * known.pull:.1f} | {found.pull:.1%} | {100 * found.pull_width:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
