"""Tasks to import into Label Studio, and what it exported."""

from __future__ import annotations

import json
import os
import secrets
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from label_studio_sdk.label_interface import LabelInterface

from annotate.config import load_settings
from annotate.document import Document, Relation
from annotate.errors import FormatError
from annotate.formats import label_studio
from annotate.formats.holding import numbered
from annotate.ledger import Ledger
from annotate.prelabel.countries import code_of
from annotate.studio.client import Client
from annotate.studio.pull import pull
from annotate.studio.push import push
from annotate.studio.twin import Twin
from tests.samples import bare, english, persian
from tests.studio.reviewers import convert_in_bulk, sdk_of, submit

SETTINGS = load_settings()
SCHEMA = SETTINGS.schema_in_force()
TITLES = iter(f"format {secrets.token_hex(4)}" for _ in range(1000))
Json = dict[str, Any]


def written(path: Path, *documents: Document) -> list[Json]:
    label_studio.write(documents, path, Ledger("export"))
    return json.loads(path.read_text("utf-8"))  # type: ignore[no-any-return]


def export_of(studio: Client | Twin, title: str, path: Path) -> Path:
    """The file that the server's Export → JSON gives."""
    (project,) = studio.find_projects(title)
    path.write_text(json.dumps(list(studio.export(project.id))), "utf-8")
    return path


def task(number: int = 1, **more: Any) -> Json:
    """A reviewed task that someone else made, with one region."""
    region = {
        "id": "r1",
        "type": "labels",
        "from_name": "label",
        "to_name": "text",
        "origin": "manual",
        "value": {"start": 0, "end": 4, "text": "Peru", "labels": ["COUNTRY"]},
    }
    annotation = {
        "id": 10 + number,
        "completed_by": 5,
        "result": [region],
        "was_cancelled": False,
        "created_at": "2026-01-02T03:04:05.678901Z",
        "lead_time": 3.5,
    }
    return {
        "id": number,
        "data": {"text": "Peru won."},
        "annotations": [annotation],
        "predictions": [],
    } | more


def file_of(path: Path, *tasks: object) -> Path:
    path.write_text(json.dumps(tasks), "utf-8")
    return path


def test_what_is_written_passes_the_sdks_own_check(tmp_path: Path, gold: list[Document]) -> None:
    tasks = written(tmp_path / "tasks.json", english(), persian(), *gold)
    interface = LabelInterface(SCHEMA.xml)
    for item in tasks:
        interface.validate_task({"data": item["data"]})
        marked = item.get("predictions") or item["annotations"]
        prediction = {"model_version": "v", "score": 0.5} | marked[0]
        assert interface.validate_prediction(prediction, return_errors=True) == []
    assert ["annotations" in item for item in tasks] == [False, False, True, False]
    # A check that finds nothing in anything would prove nothing.
    prediction["result"] = [tasks[0]["predictions"][0]["result"][0] | {"from_name": "other"}]
    assert interface.validate_prediction(prediction, return_errors=True)


def test_suggestions_are_imported_and_reviewed_as_if_pushed(
    studio: Client | Twin, tmp_path: Path
) -> None:
    title = next(TITLES)
    project = studio.create_project(title, SCHEMA.xml, "")
    tasks = written(tmp_path / "tasks.json", english(), persian())
    for number in studio.import_tasks(project.id, tasks):
        submit(studio, number)
    ledger = Ledger("read")
    export = export_of(studio, title, tmp_path / "export.json")
    back = list(label_studio.read(export, ledger))
    assert [bare(one) for one in back] == [bare(english()), bare(persian())]
    assert ledger.clean
    assert not ledger.repaired
    again = Ledger("push")
    push([english(), persian()], studio, title, SETTINGS, again)
    assert again.counts == {"tasks already there": 2}


@pytest.mark.server
def test_gold_is_imported_as_submitted(
    real_studio: Client, tmp_path: Path, gold: list[Document]
) -> None:
    title = next(TITLES)
    project = real_studio.create_project(title, SCHEMA.xml, "")
    reviewed, _ = gold
    empty = gold[1].model_copy(update={"text": "No names.", "provenance": reviewed.provenance})
    tasks = written(tmp_path / "tasks.json", reviewed, empty)
    assert len(real_studio.import_tasks(project.id, tasks)) == 2
    export = export_of(real_studio, title, tmp_path / "export.json")
    first, second = label_studio.read(export)
    assert [(one.id, one.text, one.meta) for one in (first, second)] == [
        (one.id, one.text, one.meta) for one in (reviewed, empty)
    ]
    assert bare(first).entities == bare(reviewed).entities
    assert [(one.head, one.label, one.tail) for one in first.relations] == [
        (one.head, one.label, one.tail) for one in reviewed.relations
    ]
    assert second.entities == ()
    assert second.provenance


def test_an_export_is_read_as_pull_reads_the_project(studio: Client | Twin, tmp_path: Path) -> None:
    title = next(TITLES)
    documents = [english(f"en-{number}") for number in range(6)]
    push(documents, studio, title, SETTINGS, Ledger("push"))
    (project,) = studio.find_projects(title)
    heads = [head.id for head in studio.tasks(project.id)]
    submit(studio, heads[0])
    submit(studio, heads[1], [])
    submit(studio, heads[1])
    submit(studio, heads[2], was_cancelled=True)
    convert_in_bulk(studio, project.id, heads[3])
    foreign = {"data": {"text": "Peru won.", "language": "en"}}
    (other,) = studio.import_tasks(
        project.id, [foreign | {"predictions": [{"model_version": "test-1", "result": []}]}]
    )
    drawn = task()["annotations"][0]["result"]
    submit(studio, other, drawn)
    pulled, read = Ledger("pull"), Ledger("read")
    expected = list(pull(studio, title, SETTINGS, pulled, code_of=code_of))
    found = list(label_studio.read(export_of(studio, title, tmp_path / "export.json"), read))
    assert read.as_dict() | {"stage": "pull"} == pulled.as_dict()
    assert read.counts["tasks submitted"] == 3
    who = {email: f"user {number}" for number, email in studio.people().items()}

    def named(document: Document) -> Json:
        text = document.to_json()
        for email, name in who.items():
            text = text.replace(json.dumps(email), json.dumps(name))
        return json.loads(text)  # type: ignore[no-any-return]

    assert [named(one) for one in found] == [named(one) for one in expected]
    assert [one.id for one in found] == ["en-0", "en-1", f"label-studio/task-{other}"]


@pytest.mark.server
def test_a_snapshot_that_names_people_is_read(real_studio: Client, tmp_path: Path) -> None:
    title = next(TITLES)
    push([english()], real_studio, title, SETTINGS, Ledger("push"))
    (project,) = real_studio.find_projects(title)
    (head,) = real_studio.tasks(project.id)
    submit(real_studio, head.id)
    exports = sdk_of(real_studio).projects.exports
    snapshot = exports.create(
        project.id,
        title="all",
        serialization_options={"annotations__completed_by": {"only_id": False}},
    )
    path = tmp_path / "snapshot.json"
    path.write_bytes(b"".join(exports.download(project.id, snapshot.id, export_type="JSON")))
    (document,) = label_studio.read(path)
    assert document.provenance
    assert document.provenance.annotators == (real_studio.whoami(),)
    assert numbered(bare(document)).entities == numbered(english()).entities


def test_an_export_of_another_project_is_read(tmp_path: Path) -> None:
    person = {"id": 5, "email": "ann@example.org"}
    second = task(2)
    second["annotations"][0]["completed_by"] = person
    (first, other) = label_studio.read(file_of(tmp_path / "export.json", task(), second))
    assert (first.id, first.language) == ("label-studio/task-1", "und")
    assert [(one.text, one.label, one.country_code) for one in first.entities] == [
        ("Peru", "COUNTRY", "PE")
    ]
    assert first.provenance
    assert first.provenance.annotators == ("user 5",)
    assert (first.provenance.tasks, first.provenance.annotations) == ((1,), (11,))
    assert other.provenance
    assert other.provenance.annotators == ("ann@example.org",)


def test_what_is_refused_needs_a_ledger(tmp_path: Path) -> None:
    odd = task()
    odd["annotations"][0]["result"][0]["value"]["end"] = 400
    path = file_of(tmp_path / "export.json", odd, task(2))
    with pytest.raises(FormatError, match=r"task-1, task 1: region r1 .*4.*not inside the text"):
        list(label_studio.read(path))
    ledger = Ledger("read")
    assert [len(one.entities) for one in label_studio.read(path, ledger)] == [0, 1]
    assert [note.where for note in ledger.refused] == ["label-studio/task-1, task 1"]


def test_tasks_that_nobody_submitted_are_left_out_and_counted(tmp_path: Path) -> None:
    open_ = task(2, annotations=[])
    skipped = task(3)
    skipped["annotations"][0]["was_cancelled"] = True
    path = file_of(tmp_path / "export.json", task(), open_, skipped)
    ledger = Ledger("read")
    assert len(list(label_studio.read(path, ledger))) == 1
    assert ledger.counts == {"tasks submitted": 1, "tasks un-reviewed": 1, "tasks skipped": 1}
    assert (ledger.taken, ledger.given) == (3, 1)


def with_annotation(**fields: Any) -> Json:
    item = task(2)
    item["annotations"][0] |= fields
    return item


@pytest.mark.parametrize(
    ("item", "says"),
    [
        (1, "item 2"),
        ({"text": "Peru won.", "label": []}, "item 2: id: Field required"),
        (task(2, data="Peru won."), "item 2: data: "),
        (task() | {"id": "x"}, "item 2: id: "),
        (task(2, annotations=None), "item 2: annotations: "),
        (with_annotation(result="none"), "item 2: annotations.0.result: "),
        (with_annotation(result=[7]), "item 2: annotations.0.result.0: "),
        (with_annotation(created_at="then"), "item 2: annotations.0.created_at: "),
        (with_annotation(prediction=4), "item 2: annotations.0.prediction: "),
        (with_annotation(lead_time="long"), "item 2: annotations.0.lead_time: "),
    ],
)
def test_a_file_that_is_no_raw_export_says_where(item: object, says: str, tmp_path: Path) -> None:
    path = file_of(tmp_path / "export.json", task(), item)
    with pytest.raises(FormatError, match=says):
        list(label_studio.read(path, Ledger("read")))


@pytest.mark.parametrize(
    "break_it",
    [
        lambda item: item.pop("predictions"),
        lambda item: item["meta"]["annotate"].pop("document"),
        lambda item: item["predictions"][0]["result"][0].pop("id"),
        lambda item: item["predictions"][0]["result"][-1].pop("relations"),
        lambda item: item["predictions"][0]["result"][0]["value"].update(end=500),
    ],
)
def test_a_written_file_that_was_broken_says_where(break_it: Any, tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    tasks = written(path, english(), english("en-2"))
    break_it(tasks[1])
    file_of(path, *tasks)
    documents = label_studio.read(path)
    assert next(documents) == english()
    with pytest.raises(FormatError, match="item 2"):
        next(documents)


def test_a_task_without_the_field_of_the_label_config_is_refused(tmp_path: Path) -> None:
    path = file_of(tmp_path / "export.json", task(data={"body": "Peru won."}))
    with pytest.raises(FormatError, match="its data has no 'text'"):
        list(label_studio.read(path))


def test_two_types_on_one_pair_are_one_link_and_come_back_in_order(tmp_path: Path) -> None:
    links = (
        Relation(head="p1", tail="p2", label="met_with", score=0.5),
        Relation(head="p1", tail="c1", label="represents"),
        Relation(head="p1", tail="p2", label="works_for"),
        Relation(head="p1", tail="p2", label="met_with", score=0.25),
    )
    document = english().model_copy(update={"relations": links})
    path = tmp_path / "tasks.json"
    (item,) = written(path, document)
    found = [one for one in item["predictions"][0]["result"] if one["type"] == "relation"]
    assert [(one["to_id"], one["labels"]) for one in found] == [
        ("p2", ["met_with", "works_for"]),
        ("c1", ["represents"]),
    ]
    assert list(label_studio.read(path)) == [document]


def test_the_editor_is_shown_code_and_note(tmp_path: Path) -> None:
    first, *others = english().entities
    noted = others[0].model_copy(update={"note": "the state"})
    document = english().model_copy(update={"entities": (first, noted, *others[1:])})
    (item,) = written(tmp_path / "tasks.json", document)
    metas = [one.get("meta") for one in item["predictions"][0]["result"][:2]]
    assert metas == [None, {"text": ["KE the state"], "country_code": "KE", "note": "the state"}]


def test_what_cannot_be_imported_is_named(tmp_path: Path) -> None:
    river = english("river").model_copy(
        update={"entities": (english().entities[0].model_copy(update={"label": "RIVER"}),)}
    )
    river = river.model_copy(update={"relations": ()})
    ledger = Ledger("export")
    documents = [english(), persian("en-1"), Document(id="odd", text="\ud800"), river]
    label_studio.write(documents, tmp_path / "tasks.json", ledger)
    assert [note.where for note in ledger.refused] == ["en-1", "odd"]
    assert (ledger.taken, ledger.given) == (4, 2)
    assert ledger.counts["entities with a label that the label config lacks"] == 1


def test_an_infinity_is_written_as_null_and_named(tmp_path: Path) -> None:
    ledger = Ledger("export")
    path = tmp_path / "tasks.json"
    label_studio.write([Document(id="a", text="", meta={"x": float("inf")})], path, ledger)
    assert next(label_studio.read(path)).meta == {"x": None}
    assert [(loss.where, loss.kind) for loss in ledger.losses] == [("a", "number")]


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(path: Path) -> int:
        tracemalloc.start()
        count = sum(1 for _ in label_studio.read(path, Ledger("read")))
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count
        return found

    tasks = [task(number, meta={"filling": "x" * 5000}) for number in range(3000)]
    small = file_of(tmp_path / "small.json", *tasks[:500])
    large = file_of(tmp_path / "large.json", *tasks)
    peak(small)  # what is loaded once
    more = large.stat().st_size - small.stat().st_size
    assert peak(large) - peak(small) < more / 10


def test_tasks_from_a_pipe_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FormatError, match="is a pipe, and tasks are gone through twice"):
        next(label_studio.read(tmp_path / "pipe"))


def test_half_a_character_is_refused_by_name(tmp_path: Path) -> None:
    odd = task(1, data={"text": "Peru \ud83d"})
    ledger = Ledger("read")
    (document,) = label_studio.read(file_of(tmp_path / "export.json", odd, task(2)), ledger)
    assert document.id == "label-studio/task-2"
    ((where, why),) = ledger.refused
    assert (where, "half a character" in why) == ("label-studio/task-1, task 1", True)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"completed_by": "ana"}, "item 1: annotations.0.completed_by"),
        ({"completed_by": {"id": [1]}}, "item 1: annotations.0.completed_by"),
        ({"result": [{"type": "labels", "value": {"labels": 5}}]}, "0.result.0.value.labels"),
    ],
)
def test_what_people_and_labels_can_not_be_is_named(
    change: Json, says: str, tmp_path: Path
) -> None:
    odd = task()
    odd["annotations"][0] |= change
    with pytest.raises(FormatError, match=says):
        list(label_studio.read(file_of(tmp_path / "export.json", odd)))


def test_tasks_with_a_meta_of_another_shape_are_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="item 1: id: Field required"):
        list(label_studio.read(file_of(tmp_path / "tasks.json", {"meta": 5})))
