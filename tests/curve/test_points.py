"""Runs brought together as points."""

from __future__ import annotations

import pytest

from annotate.curve.points import Run, points
from annotate.evaluate.scores import Score

LANGUAGES = ["en", "en", "bn"]


def run(seed: int | None, trained: dict[str, int], *right: int) -> Run:
    scores = [Score(each, 10, 10) for each in right]
    return Run(seed, trained, scores, [Score(0, 0, 0)] * 3)


RUNS = [
    run(None, {}, 1, 1, 1),
    run(0, {"en": 2, "bn": 1}, 4, 4, 2),
    run(1, {"en": 2, "bn": 1}, 6, 6, 4),
    run(None, {"en": 4, "bn": 1}, 8, 8, 6),
]


def test_f1_is_over_all_runs_and_each_run_has_its_own() -> None:
    found = points(RUNS, LANGUAGES, "entities")
    assert [point.documents for point in found] == [0, 3, 5]
    assert found[1].f1 == pytest.approx(26 / 60)
    assert found[1].runs == pytest.approx([10 / 30, 16 / 30])
    assert found[1].interval
    assert found[1].interval[0] < found[1].f1 < found[1].interval[1]


def test_a_language_has_its_own_documents_on_both_sides() -> None:
    found = points(RUNS, LANGUAGES, "entities", "en")
    assert [point.documents for point in found] == [0, 2, 4]
    assert found[-1].f1 == pytest.approx(0.8)
    assert found[-1].counts.shape == (1, 2, 2)


def test_runs_on_the_same_documents_of_a_language_count_once() -> None:
    found = points(RUNS, LANGUAGES, "entities", "bn")
    assert [point.documents for point in found] == [0, 1]
    # Of all its documents, the run on all is the one.
    assert found[1].runs == pytest.approx([0.6])


def test_nothing_to_find_is_not_wrong() -> None:
    assert points(RUNS, LANGUAGES, "relations")[0].f1 == 1
