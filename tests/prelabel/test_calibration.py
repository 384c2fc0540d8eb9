"""Curves that bring scores down to what is right, and what a task's score means."""

import math
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.document import Document
from annotate.prelabel import calibration
from annotate.prelabel.calibration import Calibration, fit, logit
from annotate.prelabel.certainty import certainty
from annotate.prelabel.crf import MODELS
from tests.samples import english

SCORES = st.floats(0, 1)


def test_a_curve_that_made_the_data_is_found_again() -> None:
    chance = random.Random(1)
    scores = [chance.random() for _ in range(5000)]
    right = [chance.random() < 1 / (1 + math.exp(0.5 - 0.6 * logit(score))) for score in scores]
    assert fit(scores, right) == pytest.approx((-0.5, 0.6), abs=0.1)


def test_a_label_that_was_always_right_is_not_certain_for_ever() -> None:
    a, b = fit([0.9] * 50, [True] * 50)
    score = Calibration({"ORG": (a, b)}).score("ORG", 0.9)
    assert 0.5 < score < 1


@given(SCORES)
def test_a_label_without_a_curve_keeps_its_scores(score: float) -> None:
    assert Calibration().score("ORG", score) == score


@given(SCORES, SCORES)
def test_the_shipped_curves_keep_the_order_and_stay_between_0_and_1(
    one: float, other: float
) -> None:
    shipped = calibration.load(MODELS)
    assert {"PERSON", "ORG", "COUNTRY", "works_for"} <= set(shipped.curves)
    for label in shipped.curves:
        low, high = sorted((one, other))
        assert 0 < shipped.score(label, low) <= shipped.score(label, high) < 1


def test_what_is_written_is_read(tmp_path: Path) -> None:
    one = Calibration({"ORG": (0.1, 0.2)}, 1.5)
    (tmp_path / calibration.FILE).write_text(one.to_json(), "utf-8")
    assert calibration.load(tmp_path) == one
    assert calibration.load(tmp_path / "none") == Calibration()


def test_names_that_are_likely_missed_make_a_task_less_certain() -> None:
    sure = certainty(english())
    unsure = certainty(english(), missed=3.0)
    assert sure is not None
    assert unsure is not None
    assert 0 < unsure < sure < 1


def test_an_empty_text_is_no_uncertain_one() -> None:
    nothing = Document(id="d", text="nothing")
    assert certainty(nothing) is None
    assert certainty(nothing, missed=0.05) == pytest.approx(1 / 1.05)
