"""Documents as tasks."""

import pytest

from annotate.config import load_settings
from annotate.studio.tasks import to_prediction, to_tasks
from tests.samples import english, persian

SCHEMA = load_settings().schema_in_force()


def test_the_prediction_score_is_the_share_of_marks_expected_to_stand() -> None:
    document = english()
    marks = (*document.entities, *document.relations)
    scores = [mark.score for mark in marks if mark.score is not None]
    sure = (sum(scores) + 1) / (len(scores) + 1)
    assert to_prediction(document, SCHEMA, "v1")["score"] == pytest.approx(sure)
    with_misses = to_prediction(document, SCHEMA, "v1", missed=2.0)["score"]
    assert with_misses == pytest.approx((sum(scores) + 1) / (len(scores) + 3))
    assert "score" not in to_prediction(persian(), SCHEMA, "v1")


@pytest.mark.parametrize("said", [None, "three", -1, [], True])
def test_a_meta_of_the_users_that_is_no_count_of_misses_does_no_harm(said: object) -> None:
    document = english().model_copy(update={"meta": {"names_missed": said}})
    (task,) = to_tasks(document, [document], SCHEMA)
    assert 0 < task["predictions"][0]["score"] <= 1


def test_a_task_says_which_characters_of_which_text_it_holds() -> None:
    document = english()
    first, second = (
        document.model_copy(update={"text": part, "entities": (), "relations": ()})
        for part in document.text.splitlines(keepends=True)
    )
    tasks = to_tasks(document, [first, second], SCHEMA)
    assert [task["data"]["part"] for task in tasks] == ["1/2", "2/2"]
    assert tasks[1]["meta"]["annotate"]["start"] == len(first.text)
    assert len({task["meta"]["annotate"]["key"] for task in tasks}) == 2


def test_two_types_on_one_pair_travel_as_one_link_and_come_back_as_two() -> None:
    document = english()
    both = document.model_copy(
        update={
            "relations": (
                *document.relations,
                document.relations[1].model_copy(update={"label": "represents", "tail": "c1"}),
            )
        }
    )
    doubled = both.model_copy(
        update={
            "relations": (
                both.relations[0],
                both.relations[0].model_copy(update={"label": "met_with"}),
            )
        }
    )
    links = [x for x in to_prediction(doubled, SCHEMA, "v")["result"] if x["type"] == "relation"]
    assert [item["labels"] for item in links] == [["represents", "met_with"]]
