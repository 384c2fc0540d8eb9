"""Push and pull, on the twin and on a real server."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import pytest

from annotate import api
from annotate.config import load_settings
from annotate.document import Document
from annotate.errors import CallError, ConfigError, ProjectNotFound, StudioTimeout
from annotate.ledger import Ledger
from annotate.review.adjudicate import Policy
from annotate.studio.client import Client
from annotate.studio.pull import pull
from annotate.studio.push import push
from annotate.studio.status import status
from annotate.studio.twin import Twin
from tests.samples import ENGLISH, bare, english, persian
from tests.studio.reviewers import another_person, convert_in_bulk, sdk_of, shown, submit

SETTINGS = load_settings()
TITLES = iter(f"push {secrets.token_hex(4)}" for _ in range(1000))


def send(
    studio: Client | Twin, title: str, *documents: Document, settings: Any = SETTINGS
) -> Ledger:
    ledger = Ledger("push")
    push(documents, studio, title, settings, ledger)
    return ledger


def fetch(
    studio: Client | Twin, title: str, policy: Policy = "latest", **more: Any
) -> tuple[list[Document], Ledger]:
    ledger = Ledger("pull")
    return list(pull(studio, title, SETTINGS, ledger, policy=policy, **more)), ledger


def task_ids(studio: Client | Twin, title: str) -> list[int]:
    (project,) = studio.find_projects(title)
    return [head.id for head in studio.tasks(project.id)]


def long_document(lines: int = 30) -> Document:
    """Thirty times the English sample: more than one task at 500 characters."""
    parts = [english(f"p{number}") for number in range(lines)]
    step = len(ENGLISH) + 1
    return english("long").model_copy(
        update={
            "text": "\n".join([ENGLISH] * lines) + "\n",
            "entities": tuple(
                entity.model_copy(
                    update={
                        "id": f"{entity.id}.{number}",
                        "start": entity.start + number * step,
                        "end": entity.end + number * step,
                    }
                )
                for number, part in enumerate(parts)
                for entity in part.entities
            ),
            "relations": tuple(
                link.model_copy(
                    update={"head": f"{link.head}.{number}", "tail": f"{link.tail}.{number}"}
                )
                for number, part in enumerate(parts)
                for link in part.relations
            ),
        }
    )


def test_an_untouched_review_is_exactly_the_suggestions(studio: Client | Twin) -> None:
    title = next(TITLES)
    send(studio, title, english(), persian())
    for task in task_ids(studio, title):
        submit(studio, task)
    gold, ledger = fetch(studio, title)
    assert [bare(item) for item in gold] == [bare(english()), bare(persian())]
    assert ledger.counts["tasks submitted"] == 2
    assert not ledger.repaired
    for document in gold:
        assert document.provenance
        assert document.provenance.status == "accepted"
        assert document.provenance.model_version == "test-1"
        assert document.provenance.annotators == (studio.whoami(),)
        assert document.provenance.label_config == SETTINGS.schema_in_force().sha256
        assert {item.provenance.status for item in document.entities if item.provenance} == {
            "accepted"
        }


def test_pushing_twice_adds_nothing(studio: Client | Twin) -> None:
    title = next(TITLES)
    assert send(studio, title, english(), persian()).counts["tasks added"] == 2
    again = send(studio, title, english(), persian())
    assert again.counts == {"tasks already there": 2}
    assert len(task_ids(studio, title)) == 2


def test_a_new_model_version_adds_one_prediction_a_task(studio: Client | Twin) -> None:
    title = next(TITLES)
    send(studio, title, english())
    newer = english().model_copy(update={"meta": {"model_version": "test-2"}})
    for _ in range(2):
        ledger = send(studio, title, newer)
    assert ledger.counts == {"tasks already there": 1}
    (project,) = studio.find_projects(title)
    assert project.model_version == "test-2"
    versions = sorted(item.model_version for item in studio.predictions(project.id))
    assert versions == ["test-1", "test-2"]


def test_tasks_left_with_an_older_models_suggestions_are_counted(studio: Client | Twin) -> None:
    title = next(TITLES)
    send(studio, title, english())
    ledger = send(studio, title, persian().model_copy(update={"meta": {"model_version": "test-2"}}))
    assert ledger.counts["tasks with suggestions of another model only; push them again"] == 1


def test_tasks_that_people_worked_on_wait_for_no_newer_suggestions(studio: Client | Twin) -> None:
    title = next(TITLES)
    send(studio, title, english())
    submit(studio, task_ids(studio, title)[0], [])
    newer = persian().model_copy(update={"meta": {"model_version": "test-2"}})
    assert send(studio, title, newer).counts == {"tasks added": 1}


def test_suggestions_of_two_models_in_one_push_are_refused(studio: Client | Twin) -> None:
    title = next(TITLES)
    other = persian().model_copy(update={"meta": {"model_version": "test-2"}})
    ledger = send(studio, title, english(), other)
    assert [note.where for note in ledger.refused] == ["fa-1"]
    assert len(task_ids(studio, title)) == 1


def test_an_id_with_another_text_is_refused_by_name(studio: Client | Twin) -> None:
    title = next(TITLES)
    send(studio, title, english())
    other = persian().model_copy(update={"id": "en-1"})
    ledger = send(studio, title, other)
    assert [note.where for note in ledger.refused] == ["en-1"]
    assert len(task_ids(studio, title)) == 1


def test_tasks_that_came_twice_are_healed_and_the_worked_on_one_stays(
    studio: Client | Twin,
) -> None:
    title = next(TITLES)
    send(studio, title, english())
    (project,) = studio.find_projects(title)
    (task,) = studio.export(project.id)
    twin = {"data": task["data"], "meta": task["meta"], "predictions": []}
    twin["predictions"] = [
        {"model_version": "test-1", "result": shown(studio, task["id"])["result"], "score": 0.5}
    ]
    (second,) = studio.import_tasks(project.id, [twin])
    submit(studio, second)
    ledger = send(studio, title, english())
    assert ledger.counts == {"doubled tasks removed": 1, "tasks already there": 1}
    assert task_ids(studio, title) == [second]


def test_predictions_that_came_twice_are_healed(studio: Client | Twin) -> None:
    title = next(TITLES)
    send(studio, title, english())
    (project,) = studio.find_projects(title)
    (task,) = task_ids(studio, title)
    again = {"task": task, "model_version": "test-1", "result": [], "score": 0.5}
    studio.import_predictions(project.id, [again])
    assert send(studio, title, english()).counts["doubled predictions removed"] == 1
    assert len(list(studio.predictions(project.id))) == 1


@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_push_that_loses_the_connection_is_finished_by_the_next(
    studio: Client | Twin, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request, or only its answer, is lost: both look alike from here."""
    title = next(TITLES)
    real = studio.import_tasks

    def broken(project: int, tasks: Any) -> list[int]:
        if lost == "after":
            real(project, tasks)
        raise StudioTimeout("gone")

    with monkeypatch.context() as patch:
        patch.setattr(studio, "import_tasks", broken)
        with pytest.raises(StudioTimeout):
            send(studio, title, english(), persian())
    send(studio, title, english(), persian())
    (project,) = studio.find_projects(title)
    assert len(task_ids(studio, title)) == len(list(studio.predictions(project.id))) == 2


def test_a_long_document_is_cut_and_stitched(studio: Client | Twin) -> None:
    title = next(TITLES)
    document = long_document()
    settings = SETTINGS.model_copy(update={"max_chars": 500})
    send(studio, title, document, settings=settings)
    tasks = task_ids(studio, title)
    assert len(tasks) > 3
    for task in tasks[:-1]:
        submit(studio, task)
    gold, ledger = fetch(studio, title)
    assert gold == []
    assert ledger.counts["documents reviewed in part, left out"] == 1
    submit(studio, tasks[-1], [])
    (whole,), _ = fetch(studio, title)
    assert whole.text == document.text
    assert whole.provenance
    assert len(whole.entities) + len(whole.provenance.removed_entities) == len(document.entities)
    for removed in whole.provenance.removed_entities:
        assert document.text[removed.start : removed.end] == removed.text
    assert set(whole.meta) == set(document.meta)


def test_a_document_cut_before_is_not_cut_otherwise_later(studio: Client | Twin) -> None:
    title = next(TITLES)
    settings = SETTINGS.model_copy(update={"max_chars": 500})
    send(studio, title, long_document(), settings=settings)
    before = task_ids(studio, title)
    send(studio, title, long_document())
    assert task_ids(studio, title) == before


def test_states_are_counted_and_only_submitted_is_gold(studio: Client | Twin) -> None:
    title = next(TITLES)
    send(studio, title, *(english(f"en-{number}") for number in range(4)))
    (project,) = studio.find_projects(title)
    first, second, third, _ = task_ids(studio, title)
    submit(studio, first)
    submit(studio, second, was_cancelled=True)
    convert_in_bulk(studio, project.id, third)
    gold, ledger = fetch(studio, title)
    assert [document.id for document in gold] == ["en-0"]
    assert ledger.counts == {
        "tasks submitted": 1,
        "tasks skipped": 1,
        "tasks bulk-converted": 1,
        "tasks un-reviewed": 1,
    }
    looked = status(studio, title)
    assert (looked.taken, looked.given, looked.counts["documents"]) == (4, 1, 4)


def test_edits_are_told_apart_and_deletions_kept(studio: Client | Twin) -> None:
    title = next(TITLES)
    send(studio, title, english())
    (task,) = task_ids(studio, title)
    result = [dict(item) for item in shown(studio, task)["result"]]
    regions = {item.get("id"): item for item in result}
    regions["p1"]["value"] = regions["p1"]["value"] | {"end": 5, "text": "Amina"}
    result = [item for item in result if item.get("id") != "c3" and item.get("to_id") != "c3"]
    drawn = {"start": 57, "end": 66, "text": "agreement", "labels": ["ORG"]}
    result.append(regions["p1"] | {"id": "new", "value": drawn, "origin": "manual"})
    submit(studio, task, result)
    ((document,), _) = fetch(studio, title)
    statuses = {e.id: e.provenance.status for e in document.entities if e.provenance}
    assert statuses == {
        "p1": "changed",
        "c1": "accepted",
        "p2": "accepted",
        "c2": "accepted",
        "new": "added",
    }
    assert document.provenance
    assert [item.id for item in document.provenance.removed_entities] == ["c3"]
    assert [item.label for item in document.provenance.removed_relations] == ["cooperates_with"]
    assert document.provenance.status == "changed"


def test_a_country_drawn_by_hand_gets_its_code(studio: Client | Twin) -> None:
    title = next(TITLES)
    send(studio, title, english())
    (task,) = task_ids(studio, title)
    result = [dict(item) for item in shown(studio, task)["result"] if item.get("id") == "c3"]
    del result[0]["meta"]
    submit(studio, task, result)
    asked = []

    def code_of(text: str, language: str) -> str:
        asked.append((text, language))
        return "PE"

    ((document,), ledger) = fetch(studio, title, code_of=code_of)
    assert document.entities[0].country_code == "PE"
    assert asked == [("Peru", "en")]
    assert len(ledger.repaired) == 1


def test_a_code_corrected_in_the_browser_is_kept(studio: Client | Twin) -> None:
    title = next(TITLES)
    send(studio, title, english())
    (task,) = task_ids(studio, title)
    result = [dict(item) for item in shown(studio, task)["result"] if item.get("id") == "c3"]
    result[0]["meta"] = {"text": ["BO"]}
    submit(studio, task, result)
    ((document,), _) = fetch(studio, title, code_of=lambda text, language: "PE")
    assert document.entities[0].country_code == "BO"


def test_ground_truth_leaves_the_rest_out_and_counts_it(studio: Client | Twin) -> None:
    title = next(TITLES)
    send(studio, title, english(), persian())
    first, second = task_ids(studio, title)
    submit(studio, first, ground_truth=True)
    submit(studio, first, [])
    submit(studio, second)
    gold, ledger = fetch(studio, title, "ground-truth")
    assert [len(document.entities) for document in gold] == [5]
    assert ledger.counts["tasks without a ground-truth annotation, left out"] == 1


def test_the_latest_annotation_wins(studio: Client | Twin) -> None:
    title = next(TITLES)
    send(studio, title, english())
    (task,) = task_ids(studio, title)
    submit(studio, task)
    submit(studio, task, [])
    ((document,), _) = fetch(studio, title)
    assert document.entities == ()


def test_agreed_keeps_what_all_reviewers_marked_alike() -> None:
    studio, title = Twin(), next(TITLES)
    send(studio, title, english())
    (task,) = task_ids(studio, title)
    fewer = [item for item in shown(studio, task)["result"] if item.get("id") != "c3"]
    fewer = [item for item in fewer if item.get("to_id") != "c3"]
    submit(studio, task)
    submit(studio, task, fewer, completed_by=2)
    ((document,), ledger) = fetch(studio, title, "agreed")
    assert [entity.id for entity in document.entities] == ["p1", "c1", "p2", "c2"]
    assert [link.label for link in document.relations] == ["represents", "met_with"]
    assert ledger.counts["entities not agreed on, left out"] == 1
    assert ledger.counts["relations not agreed on, left out"] == 1


@pytest.mark.server
def test_two_people_in_a_browser_agree_as_far_as_their_annotations_do(real_studio: Client) -> None:
    title = next(TITLES)
    send(real_studio, title, english(), persian())
    (project,) = real_studio.find_projects(title)
    real_studio.update_project(project.id, maximum_annotations=2)
    tasks = {head.meta["annotate"]["document"]: head.id for head in real_studio.tasks(project.id)}
    submit(real_studio, tasks["en-1"])
    submit(real_studio, tasks["fa-1"])
    result = shown(real_studio, tasks["en-1"])["result"]
    fewer = [item for item in result if "c3" not in (item.get("id"), item.get("to_id"))]
    with another_person(real_studio) as other:
        path = f"/api/tasks/{tasks['en-1']}/annotations/"
        other.post(path, json={"result": fewer, "lead_time": 2.0}).raise_for_status()
    gold, ledger = fetch(real_studio, title)
    together, alone = (one.provenance for one in sorted(gold, key=lambda one: one.id))
    assert together
    assert together.agreement is not None
    assert {(one.label, one.shared, one.single) for one in together.agreement} == {
        ("PERSON", 2, 0),
        ("COUNTRY", 2, 1),
        ("represents", 1, 0),
        ("met_with", 1, 0),
        ("cooperates_with", 0, 1),
    }
    assert alone
    assert alone.agreement is None
    assert ledger.counts["documents that several people reviewed"] == 1


def test_tasks_that_others_made_are_pulled_too(studio: Client | Twin) -> None:
    title = next(TITLES)
    send(studio, title, english())
    (project,) = studio.find_projects(title)
    foreign = {"model_version": "test-1", "result": [], "score": 0.1}
    (task,) = studio.import_tasks(
        project.id, [{"data": {"text": "Peru won."}, "predictions": [foreign]}]
    )
    submit(studio, task, [])
    gold, _ = fetch(studio, title)
    assert [(document.id, document.text) for document in gold] == [
        (f"label-studio/task-{task}", "Peru won.")
    ]
    assert send(studio, title).counts["tasks of other origin, left alone"] == 1


def test_pulling_from_no_project_says_so(studio: Client | Twin) -> None:
    with pytest.raises(ProjectNotFound, match="there is no project 'no such project'"):
        fetch(studio, "no such project")


def test_a_name_that_is_nearly_a_projects_is_guessed(studio: Client | Twin) -> None:
    title = next(TITLES)
    send(studio, title, english())
    with pytest.raises(ProjectNotFound, match=f"Did you mean '{title}'"):
        fetch(studio, f"{title}s")
    with pytest.raises(ProjectNotFound, match="There are: '"):
        fetch(studio, "ΩΩΩΩΩΩ")


def test_a_server_without_projects_says_how_to_make_one() -> None:
    with pytest.raises(ProjectNotFound, match="'annotate push' makes one"):
        fetch(Twin(), "News")


def test_two_projects_of_one_name_are_not_guessed_between(studio: Client | Twin) -> None:
    title = next(TITLES)
    for _ in range(2):
        studio.create_project(title, SETTINGS.schema_in_force().xml, "")
    with pytest.raises(CallError, match="rename"):
        send(studio, title, english())


def test_a_label_config_that_lost_a_label_is_not_forced_on_a_project(
    studio: Client | Twin, tmp_path: Path
) -> None:
    title = next(TITLES)
    send(studio, title, english())
    xml = SETTINGS.schema_in_force().xml
    config = tmp_path / "label_config.xml"
    config.write_text(xml.replace('<Relation value="met_with"/>', ""), "utf-8")
    with pytest.raises(ConfigError, match="met_with"):
        send(
            studio, title, english(), settings=SETTINGS.model_copy(update={"label_config": config})
        )
    config.write_text(xml.replace("ORG", "ORG", 1) + "<!-- edited -->", "utf-8")
    send(studio, title, english(), settings=SETTINGS.model_copy(update={"label_config": config}))
    assert studio.find_projects(title)[0].label_config.strip().endswith("<!-- edited -->")


def test_other_suggestions_keep_the_cuts_of_a_document_that_is_there(
    studio: Client | Twin,
) -> None:
    title = next(TITLES)
    settings = SETTINGS.model_copy(update={"max_chars": 200})
    bare_text = long_document(8).model_copy(update={"entities": (), "relations": ()})
    send(studio, title, bare_text, settings=settings)
    before = task_ids(studio, title)
    newer = long_document(8).model_copy(update={"meta": {"model_version": "test-2"}})
    send(studio, title, newer, settings=settings)
    assert task_ids(studio, title) == before
    for task in before:
        submit(studio, task)
    ((document,), ledger) = fetch(studio, title)
    assert document.text == newer.text
    assert document.entities
    assert ledger.clean


def test_a_text_that_was_changed_on_the_server_is_refused_and_the_rest_is_pulled() -> None:
    studio, title = Twin(), next(TITLES)
    send(studio, title, english(), persian())
    for task in task_ids(studio, title):
        submit(studio, task, [])
    studio._tasks[task_ids(studio, title)[0]]["data"]["text"] = "Another text."
    gold, ledger = fetch(studio, title)
    assert [document.id for document in gold] == ["fa-1"]
    assert [note.where for note in ledger.refused] == ["en-1"]


def test_pieces_that_do_not_fit_refuse_their_document_only() -> None:
    studio, title = Twin(), next(TITLES)
    settings = SETTINGS.model_copy(update={"max_chars": 500})
    send(studio, title, long_document(), english(), settings=settings)
    for task in task_ids(studio, title):
        submit(studio, task, [])
    for task in studio._tasks.values():
        task["meta"]["annotate"]["piece"] = 0
    gold, ledger = fetch(studio, title)
    assert [document.id for document in gold] == ["en-1"]
    assert [note.where for note in ledger.refused] == ["long"]


def test_predictions_of_tasks_of_other_origin_are_left_alone(studio: Client | Twin) -> None:
    title = next(TITLES)
    send(studio, title, english())
    (project,) = studio.find_projects(title)
    two = [{"model_version": "test-1", "result": [], "score": score} for score in (0.1, 0.2)]
    studio.import_tasks(project.id, [{"data": {"text": "Peru won."}, "predictions": two}])
    send(studio, title, english())
    assert len(list(studio.predictions(project.id))) == 3


def test_a_push_of_nothing_but_refused_documents_says_why(studio: Client | Twin) -> None:
    title = next(TITLES)
    send(studio, title, english())
    other = persian().model_copy(update={"id": "en-1", "meta": {"model_version": "test-2"}})
    ledger = send(studio, title, other)
    assert [note.where for note in ledger.refused] == ["en-1"]


def test_an_id_that_comes_twice_in_one_push_is_refused(studio: Client | Twin) -> None:
    ledger = send(studio, next(TITLES), english(), english())
    assert (ledger.taken, ledger.given, len(ledger.refused)) == (2, 1, 1)


def test_a_text_under_another_name_goes_the_whole_way(
    studio: Client | Twin, tmp_path: Path
) -> None:
    title = next(TITLES)
    config = tmp_path / "label_config.xml"
    config.write_text(SETTINGS.schema_in_force().xml.replace("$text", "$body"), "utf-8")
    send(studio, title, english(), settings=SETTINGS.model_copy(update={"label_config": config}))
    for task in task_ids(studio, title):
        submit(studio, task)
    gold, _ = fetch(studio, title)
    assert [bare(item) for item in gold] == [bare(english())]


def test_a_foreign_task_without_meta_or_sound_language_is_pulled() -> None:
    studio, title = Twin(), next(TITLES)
    send(studio, title, english())
    (project,) = studio.find_projects(title)
    data = {"text": "Peru won.", "language": "e"}
    (task,) = studio.import_tasks(project.id, [{"data": data, "predictions": []}])
    studio._tasks[task]["meta"] = None
    submit(studio, task, [])
    gold, _ = fetch(studio, title)
    assert [document.language for document in gold] == ["und"]
    assert status(studio, title).taken == 2


def test_a_draft_behind_a_submitted_annotation_is_counted() -> None:
    studio, title = Twin(), next(TITLES)
    send(studio, title, english())
    (task,) = task_ids(studio, title)
    submit(studio, task)
    studio._tasks[task]["drafts"].append({"result": []})
    _, ledger = fetch(studio, title)
    assert ledger.counts == {"tasks submitted, with a draft not sent": 1}


def test_a_code_and_a_remark_travel_together(studio: Client | Twin) -> None:
    title = next(TITLES)
    noted = english().entities[4].model_copy(update={"note": "the state"})
    document = english().model_copy(update={"entities": (noted,), "relations": ()})
    send(studio, title, document)
    for task in task_ids(studio, title):
        submit(studio, task)
    ((back,), _) = fetch(studio, title)
    assert (back.entities[0].country_code, back.entities[0].note) == ("PE", "the state")


def test_each_of_two_types_on_a_pair_keeps_its_score(studio: Client | Twin, tmp_path: Path) -> None:
    title = next(TITLES)
    first = english().relations[2]
    xml = SETTINGS.schema_in_force().xml
    second = first.model_copy(update={"label": "borders", "score": 0.25})
    document = english().model_copy(update={"relations": (second, first)})
    path = tmp_path / "label_config.xml"
    path.write_text(
        xml.replace("<Relation value", '<Relation value="borders"/><Relation value', 1), "utf-8"
    )
    settings = SETTINGS.model_copy(update={"label_config": path})
    send(studio, title, document, settings=settings)
    for task in task_ids(studio, title):
        submit(studio, task)
    ((back,), _) = fetch(studio, title)
    assert [(link.label, link.score) for link in back.relations] == [
        ("borders", 0.25),
        ("cooperates_with", 0.75),
    ]


def test_instructions_edited_in_the_browser_stay(studio: Client | Twin, tmp_path: Path) -> None:
    title = next(TITLES)
    push([english()], studio, title, SETTINGS, Ledger("push"), folder=tmp_path)
    (project,) = studio.find_projects(title)
    studio.update_project(project.id, expert_instruction="<p>Ours.</p>")
    push([english()], studio, title, SETTINGS, Ledger("push"), folder=tmp_path)
    assert studio.find_projects(title)[0].instructions == "<p>Ours.</p>"
    (tmp_path / "guidelines.md").write_text("Mark **all**.", "utf-8")
    ledger = Ledger("push")
    push([english()], studio, title, SETTINGS, ledger, folder=tmp_path)
    assert "<strong>all</strong>" in studio.find_projects(title)[0].instructions
    assert len(ledger.repaired) == 1


def less_sure(document: Document) -> Document:
    """The same suggestions with low scores."""
    entities = (one.model_copy(update={"score": 0.2}) for one in document.entities)
    return document.model_copy(update={"entities": tuple(entities)})


@pytest.mark.server
def test_the_least_sure_task_comes_first_when_asked_so(real_studio: Client) -> None:
    title = next(TITLES)
    documents = [english("sure"), less_sure(english("unsure")), english("sure-too")]
    push(documents, real_studio, title, SETTINGS, Ledger("push"), order="uncertain")
    (project,) = real_studio.find_projects(title)
    sdk = sdk_of(real_studio)
    assert sdk.projects.get(project.id).sampling == "Uncertainty sampling"
    answer = sdk._client_wrapper.httpx_client.request(
        f"api/projects/{project.id}/next", method="GET"
    )
    assert answer.json()["data"]["document"] == "unsure"
    # A later push that says nothing of the order leaves it.
    push(documents, real_studio, title, SETTINGS, Ledger("push"))
    assert sdk.projects.get(project.id).sampling == "Uncertainty sampling"
    push(documents, real_studio, title, SETTINGS, Ledger("push"), order="added")
    assert sdk.projects.get(project.id).sampling == "Sequential sampling"


def test_documents_that_others_labelled_can_count_as_done(studio: Client | Twin) -> None:
    title = next(TITLES)
    documents = [english("a"), persian("b"), Document(id="none", text="No name here.")]
    for _ in range(2):
        pushed = api.push(
            documents, project=title, studio=studio, settings=SETTINGS, labelled="annotations"
        )
        assert not pushed.ledger.refused
    gold, ledger = fetch(studio, title)
    assert ledger.counts["tasks submitted"] == 3
    found = {one.id: bare(one) for one in gold}
    for document in documents:
        assert places(found[document.id]) == places(document)


def test_documents_that_others_labelled_can_be_suggestions(studio: Client | Twin) -> None:
    title = next(TITLES)
    mixed = persian("b").model_copy(update={"meta": {"model_version": "another"}})
    pushed = api.push(
        [english("a"), mixed], project=title, studio=studio, settings=SETTINGS,
        labelled="suggestions",
    )  # fmt: skip
    assert not pushed.ledger.refused
    assert fetch(studio, title)[0] == []
    for task in task_ids(studio, title):
        submit(studio, task)
    gold, _ = fetch(studio, title)
    assert [places(one) for one in gold] == [places(english()), places(persian())]
    assert all(one.provenance and one.provenance.status == "accepted" for one in gold)


def places(document: Document) -> list[tuple[object, ...]]:
    """Entities and relations by place, whatever their ids."""
    spots = {one.id: (one.start, one.end, one.label) for one in document.entities}
    links = [(spots[link.head], link.label, spots[link.tail]) for link in document.relations]
    return [*sorted(spots.values()), *sorted(links)]
