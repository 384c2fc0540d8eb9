"""Seconds with suggestions and without."""

from __future__ import annotations

import pytest

from annotate.effort.intervals import FEWEST
from annotate.effort.seconds import Arm, Timed, Times, times

# Spread evenly, so that nothing is far from the rest.
PACES = [0.8, 0.9, 1.0, 1.1, 1.25] * 10


def arm(seconds: float, words: int = 200) -> list[Timed]:
    return [Timed(seconds * pace, words) for pace in PACES]


def both(found: Times) -> tuple[Arm, Arm]:
    assert found.suggested
    assert found.blind
    return found.suggested, found.blind


def test_twice_as_slow_is_a_ratio_of_two_whatever_the_length_of_the_texts() -> None:
    found = times(arm(30), arm(60, words=400))
    suggested, blind = both(found)
    assert found.ratio
    assert found.ratio_per_100_words
    assert found.ratio.value == pytest.approx(2)
    assert found.ratio_per_100_words.value == pytest.approx(1)
    assert suggested.per_100_words.value == pytest.approx(suggested.a_document.value / 2)
    assert blind.median == 60
    assert suggested.capped == blind.capped == 0


def test_a_tab_left_open_over_night_hardly_moves_the_figure() -> None:
    open_tab = [*arm(30), Timed(40_000, 200)]
    calm, moved = (times(seconds, arm(60)).suggested for seconds in (arm(30), open_tab))
    assert calm
    assert moved
    assert moved.capped == 1
    assert moved.a_document.value < 1.03 * calm.a_document.value


def test_times_that_are_all_alike_but_one_are_taken_as_they_are() -> None:
    found = times([Timed(30, 100)] * 30 + [Timed(60, 100)], [])
    assert found.suggested
    assert found.suggested.capped == 0
    assert found.suggested.a_document.value > 30


def test_few_documents_have_figures_but_no_ratio() -> None:
    few = times(arm(30), arm(60)[: FEWEST - 1])
    assert few.ratio is None
    assert few.blind
    assert few.blind.documents == FEWEST - 1
    assert times(arm(30), arm(60)[:FEWEST]).ratio
    one = times(arm(30), arm(60)[:1]).blind
    assert one
    assert one.a_document.interval is None
    assert times(arm(30), []).blind is None
    assert times([], []).suggested is None
