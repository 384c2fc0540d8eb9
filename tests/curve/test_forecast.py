"""What a forecast says of curves whose law is known."""

from __future__ import annotations

import numpy as np
import pytest

from annotate.curve.forecast import FARTHEST, check, forecast
from annotate.curve.power import laws, variances
from tests.curve.made import LEVEL, Law, curve, point

# From nothing to a start that is worth more than the documents themselves.
KNOWN = [
    (Law(0.9, 0.4, 0, 0.03), False),
    (Law(1.2, 0.5, 30, 0.05), True),
    (Law(0.8, 0.25, 20, 0), True),
    (Law(3.0, 0.8, 30, 0.08), False),
]
# As they are while a gold set is young.
STEEP = [(Law(2.0, 0.5, 10, 0), False), (Law(3.0, 0.6, 15, 0.02), True)]
MADE = range(100)


@pytest.mark.parametrize(("law", "from_none"), KNOWN)
def test_the_laws_cover_the_truth_at_twice_the_documents(law: Law, from_none: bool) -> None:
    truth = law.f1(400)
    told = [forecast(curve(law, seed, from_none=from_none), 0.999).doubled for seed in MADE]
    expected = [interval for interval in told if interval]
    assert len(expected) >= 95
    held = sum(low <= truth <= high for low, high in expected)
    # They are made to hold four times in five, where curves drift off their law too.
    assert held >= 0.8 * len(expected)
    assert np.median([high - low for low, high in expected]) < 0.08


@pytest.mark.parametrize(("law", "from_none"), STEEP)
def test_more_documents_that_are_told_cover_the_truth(law: Law, from_none: bool) -> None:
    target = law.f1(90)
    found = [
        forecast(curve(law, seed, documents=60, tested=20, luck=0.01, from_none=from_none), target)
        for seed in MADE
    ]
    told = [one.more for one in found if one.more and one.more.high]
    assert len(told) >= 40
    held = sum(more.low <= 30 <= more.high for more in told)
    assert held >= 0.9 * len(told)
    assert all(more.low <= more.likely <= more.high <= 2 * 90 for more in told)


@pytest.mark.parametrize("from_none", [False, True])
def test_a_flat_curve_can_t_tell(from_none: bool) -> None:
    found = [forecast(curve(LEVEL, seed, from_none=from_none), 0.9) for seed in MADE]
    assert all(one.more is None for one in found)
    assert sum("flat within its noise" in one.reason for one in found) >= 85


def test_a_target_above_the_ceiling_can_t_be_told() -> None:
    law = Law(1.2, 0.5, 0, 0.15)
    found = [forecast(curve(law, seed, luck=0.002, tested=80), 0.95) for seed in MADE]
    assert all(one.more is None for one in found)
    assert sum("out of reach" in one.reason for one in found) >= 80


def test_a_target_too_far_off_can_t_be_told_with_what_is_known() -> None:
    found = forecast(curve(Law(0.9, 0.4, 0, 0.03), 1), 0.88)
    assert found.more is None
    assert f"{FARTHEST} times those of now" in found.reason
    assert found.doubled


def test_what_is_reached_needs_no_more() -> None:
    found = forecast(curve(Law(0.9, 0.4, 0, 0.03), 1), 0.8)
    assert found.more == (0, 0, 0)
    assert "on this test part" in found.reason


def test_few_sizes_and_few_test_documents_can_t_tell() -> None:
    made = curve(Law(0.9, 0.4, 0, 0.03), 1)
    few = forecast([made[0], made[2], made[-1]], 0.95)
    assert (few.more, few.doubled) == (None, None)
    assert "3 sizes" in few.reason
    untested = forecast(curve(Law(0.9, 0.4, 0, 0.03), 1, tested=4), 0.95)
    assert untested.more is None
    assert "4 documents" in untested.reason


def test_runs_that_are_all_alike_are_not_taken_for_certain() -> None:
    mentions = [50] * 10
    right = [[20] * 10, [30] * 10, [36] * 10, [40] * 10, [43] * 10]
    made = [point(10 * 2**place, [one, one], mentions) for place, one in enumerate(right)]
    assert (variances(made) > 0).all()
    assert np.isfinite(laws(made).f1(320)).all()


def test_the_same_points_give_the_same_forecast() -> None:
    made = curve(Law(1.2, 0.5, 30, 0.05), 3, from_none=True)
    assert forecast(made, 0.88) == forecast(made, 0.88)


def test_laws_without_their_drift_rise_and_stay_below_one() -> None:
    found = laws(curve(Law(1.2, 0.5, 30, 0.05), 3, from_none=True))
    still = found._replace(drift=np.zeros_like(found.drift))
    said = np.array([still.f1(size) for size in (0, 10, 100, 1000, 100_000)])
    assert (np.diff(said, axis=0) >= 0).all()
    assert (said[-1] <= 1).all()
    assert (found.f1(200) == still.f1(200)).all()


def test_documents_are_the_first_with_which_a_law_is_there() -> None:
    found = laws(curve(Law(0.9, 0.4, 0, 0.03), 3))
    needed = found.documents(0.87, 800)
    assert {len(needed[needed < 300]) > 0, len(needed[~np.isfinite(needed)]) > 0} == {True}
    for size in (200, 400, 800):
        there = found.f1(size) >= 0.87
        assert (needed[there] <= size).all()


def test_the_check_looks_only_at_the_first_half() -> None:
    made = curve(Law(0.9, 0.4, 0, 0.03), 5)
    broken = [*made[:-1], made[-1]._replace(counts=made[-1].counts * [0.5, 1])]
    before, after = check(made), check(broken)
    assert before
    assert after
    assert (before.documents, before.all, before.held) == (100, 200, True)
    assert before.expected == after.expected
    assert not after.held


def test_the_check_mostly_holds_on_curves_of_one_law() -> None:
    found = [check(curve(Law(1.2, 0.5, 30, 0.05), seed, from_none=True)) for seed in MADE[:40]]
    made = [one for one in found if one]
    assert len(made) >= 20
    assert sum(one.held for one in made) >= 0.7 * len(made)
