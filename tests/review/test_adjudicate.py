"""Which annotation counts."""

from typing import Any

import pytest

from annotate.review.adjudicate import agreed, annotator, choose, state_of


def annotation(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "completed_by": number,
        "was_cancelled": False,
        "ground_truth": False,
        "lead_time": 2.5,
        "parent_prediction": 7,
        "updated_at": f"2026-01-0{number}T00:00:00Z",
        "result": [{"type": "labels", "origin": "prediction"}],
    } | fields


BULK = annotation(3, lead_time=None, result=[{"type": "labels"}])
SKIPPED = annotation(2, was_cancelled=True)


@pytest.mark.parametrize(
    ("task", "state"),
    [
        ({"annotations": [annotation(1), SKIPPED]}, "submitted"),
        ({"annotations": [SKIPPED], "drafts": [{}]}, "skipped"),
        ({"annotations": [BULK]}, "bulk-converted"),
        ({"annotations": [], "drafts": [{}]}, "draft"),
        ({"annotations": [], "drafts": []}, "un-reviewed"),
    ],
)
def test_states_are_told_apart(task: dict[str, Any], state: str) -> None:
    assert state_of(task) == state


def test_an_annotation_sent_by_a_program_without_prediction_counts() -> None:
    own = annotation(1, lead_time=None, parent_prediction=None, result=[])
    assert state_of({"annotations": [own]}) == "submitted"


def test_the_latest_wins_and_neither_skipped_nor_converted_counts() -> None:
    assert choose([annotation(1), SKIPPED, BULK, annotation(4)], "latest") == [annotation(4)]


def test_ground_truth_takes_the_star_or_nothing() -> None:
    star = annotation(1, ground_truth=True)
    assert choose([star, annotation(4)], "ground-truth") == [star]
    assert choose([annotation(4)], "ground-truth") == []


def test_agreed_takes_the_latest_of_each_person() -> None:
    again = annotation(4, completed_by=1)
    chosen = choose([annotation(1), annotation(2), again], "agreed")
    assert [item["id"] for item in chosen] == [4, 2]


def test_agreed_items_are_those_of_every_reading() -> None:
    assert agreed([[1, 2, 3], [3, 1], [1, 5, 3]], lambda item: item) == [1, 3]


@pytest.mark.parametrize(("who", "number"), [(5, 5), ({"id": 6}, 6), (None, 0)])
def test_completed_by_has_two_shapes(who: object, number: int) -> None:
    assert annotator({"completed_by": who}) == number
