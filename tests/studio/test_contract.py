"""The seam to Label Studio: the twin and a real server keep the same contract."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from annotate.config import load_settings
from annotate.errors import StudioRefused, StudioUnauthorized, StudioUnreachable
from annotate.studio.client import Client, Project
from annotate.studio.tasks import to_tasks
from annotate.studio.twin import Twin
from tests.samples import english, persian
from tests.studio.reviewers import sdk_of, submit

SCHEMA = load_settings().schema_in_force()


def tasks() -> list[dict[str, object]]:
    return [task for doc in (english(), persian()) for task in to_tasks(doc, [doc], SCHEMA)]


@pytest.fixture
def project(studio: Client | Twin) -> Iterator[Project]:
    return studio.create_project(f"contract {secrets.token_hex(4)}", SCHEMA.xml, "<p>Do it.</p>")


def test_a_project_is_found_by_its_exact_title(studio: Client | Twin, project: Project) -> None:
    assert studio.find_projects(project.title) == [project]
    assert studio.find_projects(project.title[:-1]) == []


def test_the_label_config_comes_back_as_it_went(studio: Client | Twin, project: Project) -> None:
    assert project.label_config.strip() == SCHEMA.xml.strip()


def test_a_title_of_two_characters_is_refused(studio: Client | Twin) -> None:
    with pytest.raises(StudioRefused):
        studio.create_project("ab", SCHEMA.xml, "")


def test_the_model_version_shown_is_one_that_predicted(
    studio: Client | Twin, project: Project
) -> None:
    first, _ = studio.import_tasks(project.id, tasks())
    studio.import_predictions(
        project.id, [{"task": first, "model_version": "v2", "result": [], "score": 0.5}]
    )
    studio.update_project(project.id, model_version="v2")
    assert studio.find_projects(project.title)[0].model_version == "v2"
    with pytest.raises(StudioRefused):
        studio.update_project(project.id, model_version="v9")


def test_tasks_go_in_and_are_listed_in_order(studio: Client | Twin, project: Project) -> None:
    numbers = studio.import_tasks(project.id, tasks())
    heads = list(studio.tasks(project.id))
    assert [head.id for head in heads] == numbers
    assert [head.meta["annotate"]["document"] for head in heads] == ["en-1", "fa-1"]
    assert not any(head.touched for head in heads)


def test_the_first_import_names_the_model_version(studio: Client | Twin, project: Project) -> None:
    studio.import_tasks(project.id, tasks())
    assert studio.find_projects(project.title)[0].model_version == "test-1"


def test_one_bad_task_refuses_the_whole_import(studio: Client | Twin, project: Project) -> None:
    with pytest.raises(StudioRefused):
        studio.import_tasks(project.id, [*tasks(), {"data": {"other": 1}, "predictions": []}])
    assert list(studio.tasks(project.id)) == []


def test_predictions_are_added_listed_and_removed(studio: Client | Twin, project: Project) -> None:
    first, _ = studio.import_tasks(project.id, tasks())
    studio.import_predictions(
        project.id, [{"task": first, "model_version": "v2", "result": [], "score": 0.5}]
    )
    heads = sorted(studio.predictions(project.id))
    assert [head.model_version for head in heads] == ["test-1", "test-1", "v2"]
    studio.delete_predictions([heads[-1].id])
    assert len(list(studio.predictions(project.id))) == 2


def test_a_prediction_is_changed_in_place(studio: Client | Twin, project: Project) -> None:
    first, _ = studio.import_tasks(project.id, tasks())
    submit(studio, first)
    (before,) = [one for one in studio.predictions(project.id) if one.task == first]
    fields = {"model_version": "v2", "result": [], "score": 0.25, "mislabeling": 0.5}
    studio.update_prediction(before.id, task=first, **fields)
    (after,) = [one for one in studio.predictions(project.id) if one.task == first]
    assert after == (before.id, first, "v2", 0.25, 0.5)
    # The annotation keeps what it came from.
    (annotation,) = next(t for t in studio.export(project.id) if t["id"] == first)["annotations"]
    assert annotation["prediction"]["model_version"] == "test-1"
    assert len(annotation["prediction"]["result"]) == 8


def test_a_prediction_that_is_gone_is_not_changed(studio: Client | Twin, project: Project) -> None:
    with pytest.raises(StudioRefused):
        studio.update_prediction(999_999_999, score=0.5)


@pytest.mark.server
def test_an_annotation_of_a_prediction_that_is_gone_is_refused(real_studio: Client) -> None:
    """Why a refresh changes predictions in place, and does not make new ones."""
    from label_studio_sdk.core.api_error import ApiError

    project = real_studio.create_project(f"gone {secrets.token_hex(4)}", SCHEMA.xml, "")
    first, _ = real_studio.import_tasks(project.id, tasks())
    (old,) = [one for one in real_studio.predictions(project.id) if one.task == first]
    real_studio.delete_predictions([old.id])
    with pytest.raises(ApiError, match="does not exist"):
        sdk_of(real_studio).annotations.create(
            first, result=[], lead_time=1.0, parent_prediction=old.id
        )


def test_a_prediction_for_no_task_is_refused(studio: Client | Twin, project: Project) -> None:
    with pytest.raises(StudioRefused):
        studio.import_predictions(
            project.id, [{"task": 999_999_999, "model_version": "v", "result": [], "score": 0.1}]
        )


def test_a_submitted_task_is_touched_and_exported_with_its_prediction(
    studio: Client | Twin, project: Project
) -> None:
    first, second = studio.import_tasks(project.id, tasks())
    submit(studio, first)
    assert {head.id: head.touched for head in studio.tasks(project.id)} == {
        first: True,
        second: False,
    }
    exported = {task["id"]: task for task in studio.export(project.id)}
    (annotation,) = exported[first]["annotations"]
    assert annotation["prediction"]["model_version"] == "test-1"
    assert exported[first]["meta"]["annotate"]["document"] == "en-1"
    assert exported[second]["annotations"] == []
    assert studio.people()[annotation["completed_by"]] == studio.whoami()


def test_the_score_of_a_suggested_relation_is_kept_in_the_copy(
    studio: Client | Twin, project: Project
) -> None:
    first, _ = studio.import_tasks(project.id, tasks())
    submit(studio, first)
    (annotation,) = next(t for t in studio.export(project.id) if t["id"] == first)["annotations"]
    links = [item for item in annotation["prediction"]["result"] if item["type"] == "relation"]
    assert [list(item["scores"].values()) for item in links] == [[0.5], [0.5], [0.75]]


def test_deleted_tasks_take_their_predictions_along(
    studio: Client | Twin, project: Project
) -> None:
    first, second = studio.import_tasks(project.id, tasks())
    studio.delete_tasks(project.id, [first])
    assert [head.id for head in studio.tasks(project.id)] == [second]
    assert [head.task for head in studio.predictions(project.id)] == [second]


@pytest.mark.server
def test_a_wrong_key_is_explained_and_not_repeated(real_studio: Client) -> None:
    key = "f" * 40
    with pytest.raises(StudioUnauthorized, match="legacy token") as caught:
        Client(real_studio.url, key).whoami()
    assert key not in str(caught.value)


@pytest.mark.server
def test_a_personal_access_token_works_as_a_legacy_one_does(real_studio: Client) -> None:
    from tests.studio.reviewers import sdk_of

    pat = sdk_of(real_studio).tokens.create().token
    other = Client(real_studio.url, pat)
    assert other.whoami() == real_studio.whoami()
    assert other.version() == "1.23.2"


def test_no_server_at_the_address_is_said_plainly(unused_port: int) -> None:
    with pytest.raises(StudioUnreachable, match="studio start"):
        Client(f"http://127.0.0.1:{unused_port}", "key").whoami()


def test_an_address_that_is_no_url_is_said_plainly() -> None:
    with pytest.raises(StudioUnreachable):
        Client("http://[", "key").whoami()
