"""Intervals against reviewers of whom everything is known."""

from __future__ import annotations

import pytest

from annotate.effort.anchoring import pull
from annotate.effort.intervals import FEWEST
from annotate.evaluate.scores import Score
from tests.effort.coverage import arms, covered, holds
from tests.effort.simulated import Reviewer, truth


@pytest.mark.parametrize(
    "reviewer", [Reviewer(bias=0), Reviewer(bias=0.5), Reviewer(bias=0.3, breaks=0.03)], ids=str
)
def test_nine_intervals_in_ten_hold_the_known_ratio_and_the_known_pull(reviewer: Reviewer) -> None:
    found = covered(reviewer, 90, 30, runs=200)
    assert found.ratio >= 0.9
    assert found.pull >= 0.9
    # Intervals so wide that they hold anything would be no proof.
    assert found.ratio_width < 1
    assert found.pull_width < 0.25


def test_who_decides_alone_is_not_pulled_and_who_keeps_what_stands_there_is() -> None:
    alone, led = (
        pull(*([one.score for one in arm] for arm in arms(Reviewer(bias), "many", 1500, 1500))).f1
        for bias in (0.0, 0.5)
    )
    assert led
    assert led.interval
    assert alone
    assert holds(alone, 0)
    assert abs(alone.value) < 0.02
    assert led.interval[0] > 0.05
    assert led.value == pytest.approx(truth(Reviewer(0.5)).pull, abs=0.02)


def test_a_harder_blind_arm_of_few_documents_is_no_finding() -> None:
    few = pull([Score(5, 6, 6)] * 100, [Score(3, 6, 6)] * (FEWEST - 1))
    assert few.f1 is None
    assert "19 documents" in few.why
    # A model that suggests nothing has no precision, and pulls nobody.
    silent = pull([Score(0, 0, 6)] * 30, [Score(0, 0, 6)] * 30)
    assert silent.precision is None
    assert silent.f1
    assert silent.f1.value == 0
    # Documents without a mark on either side say nothing.
    empty = pull([Score(5, 6, 6)] * 100, [Score(0, 0, 0)] * 100)
    assert empty.f1 is None
    assert "0 documents with marks blind" in empty.why
