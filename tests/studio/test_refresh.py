"""Fresh suggestions for tasks that nobody touched, whenever the push is killed."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from annotate import api
from annotate.config import load_settings
from annotate.document import Document
from annotate.errors import CallError
from annotate.ledger import Ledger
from annotate.prelabel.pipeline import model_version
from annotate.studio.client import Client
from annotate.studio.pull import pull
from annotate.studio.push import push
from annotate.studio.twin import Twin
from tests.samples import english, persian
from tests.studio.reviewers import shown, submit
from tests.studio.test_push_pull import long_document

SETTINGS = load_settings()
CURRENT = model_version(SETTINGS, SETTINGS.schema_in_force())
FRESH = "tasks with fresh suggestions in place of older ones"
ALONE = "tasks left alone, someone worked on them"
ELSEWHERE = "tasks left alone, their labels are from elsewhere"


def title_of(what: str = "refresh") -> str:
    return f"{what} {secrets.token_hex(4)}"


def documents(version: str, number: int = 4) -> list[Document]:
    """English samples; later versions suggest one mention less."""
    found = []
    for place in range(number):
        one = english(f"en-{place}")
        less = one.entities if version == "test-1" else one.entities[:1]
        links = one.relations if version == "test-1" else ()
        meta = {"model_version": version, "source": "own"}
        found.append(one.model_copy(update={"entities": less, "relations": links, "meta": meta}))
    return found


def send(studio: Any, title: str, given: list[Document], **more: Any) -> Ledger:
    ledger = Ledger("push")
    push(given, studio, title, SETTINGS, ledger, **more)
    return ledger


def versions(studio: Client | Twin, title: str) -> dict[int, list[str]]:
    (project,) = studio.find_projects(title)
    found: dict[int, list[str]] = {head.id: [] for head in studio.tasks(project.id)}
    for one in studio.predictions(project.id):
        found[one.task].append(one.model_version)
    return {number: sorted(own) for number, own in sorted(found.items())}


def test_only_tasks_that_nobody_touched_get_fresh_suggestions(studio: Client | Twin) -> None:
    title = title_of()
    send(studio, title, documents("test-1"))
    first, second, *_ = versions(studio, title)
    submit(studio, first)
    submit(studio, second, was_cancelled=True)
    for expected in ({FRESH: 2, ALONE: 2}, {"tasks already there": 2, ALONE: 2}):
        ledger = send(studio, title, documents("test-2"), refresh=True)
        assert ledger.counts == expected
        assert list(versions(studio, title).values()) == [["test-1"]] * 2 + [["test-2"]] * 2
    third = list(versions(studio, title))[2]
    assert [one["id"] for one in shown(studio, third)["result"]] == ["p1"]
    assert studio.find_projects(title)[0].model_version == "test-2"


def test_what_annotations_came_from_is_not_taken_away(studio: Client | Twin) -> None:
    title = title_of()
    send(studio, title, documents("test-1"))
    for number in versions(studio, title):
        submit(studio, number)
    before = list(pull(studio, title, SETTINGS, Ledger("pull")))
    send(studio, title, documents("test-2"), refresh=True)
    after = list(pull(studio, title, SETTINGS, Ledger("pull")))
    assert after == before
    assert {one.provenance.model_version for one in after if one.provenance} == {"test-1"}


def test_a_browser_that_has_the_task_open_can_still_submit(studio: Client | Twin) -> None:
    title = title_of()
    send(studio, title, documents("test-1", 1))
    (number,) = versions(studio, title)
    opened = dict(shown(studio, number))
    send(studio, title, documents("test-2", 1), refresh=True)
    submit(studio, number, list(opened["result"]), parent_prediction=opened["id"])
    (gold,) = pull(studio, title, SETTINGS, Ledger("pull"))
    assert [one.id for one in gold.entities] == ["p1", "c1", "p2", "c2", "c3"]


def test_suggestions_of_several_older_models_all_give_way(studio: Client | Twin) -> None:
    title = title_of()
    for version in ("test-1", "test-2"):
        send(studio, title, documents(version, 1))
    assert list(versions(studio, title).values()) == [["test-1", "test-2"]]
    send(studio, title, documents("test-3", 1), refresh=True)
    assert list(versions(studio, title).values()) == [["test-3"]]


def test_without_paths_the_projects_own_texts_are_suggested_for(studio: Client | Twin) -> None:
    title = title_of()
    settings = SETTINGS.model_copy(update={"max_chars": 500})
    given = [english(), persian(), long_document()]
    push(given, studio, title, settings, Ledger("push"))
    before = versions(studio, title)
    done = list(before)[3]
    submit(studio, done)
    for fresh in (len(before) - 1, 0):
        pushed = api.push(None, project=title, studio=studio, settings=settings, refresh=True)
        assert not pushed.ledger.refused
        assert pushed.ledger.counts[FRESH] == fresh
        after = versions(studio, title)
        assert after.pop(done) == ["test-1"]
        assert set(map(tuple, after.values())) == {(CURRENT,)}
    metas = [head.meta["annotate"] for head in studio.tasks(pushed.project)]
    assert metas[0]["meta"]["source"] == "own"
    for number in before:
        if number != done:
            submit(studio, number)
    gold = list(pull(studio, title, settings, Ledger("pull")))
    assert [one.text for one in gold] == [one.text for one in given]


def test_a_refresh_killed_at_its_very_end_is_finished_by_the_next() -> None:
    """All suggestions are fresh, but the label stream was not told of them."""
    studio, title = Twin(), title_of()
    send(studio, title, documents("test-1"))
    pushed = api.push(None, project=title, studio=studio, settings=SETTINGS, refresh=True)
    project = studio._projects[pushed.project]
    studio._projects[project.id] = project._replace(model_version="test-1")
    api.push(None, project=title, studio=studio, settings=SETTINGS, refresh=True)
    assert studio.find_projects(title)[0].model_version == CURRENT


def test_people_who_work_during_a_refresh_see_suggestions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The version shown changes with the first batch, not behind the last."""
    monkeypatch.setattr("annotate.studio.push.BATCH_TASKS", 2)
    studio, title = Twin(), title_of()
    send(studio, title, documents("test-1"))

    def stream() -> Iterator[Document]:
        for at, one in enumerate(documents("test-2")):
            yield one
            shown_now.append((at, studio.find_projects(title)[0].model_version))

    shown_now: list[tuple[int, str | None]] = []
    ledger = Ledger("push")
    push(stream(), studio, title, SETTINGS, ledger, refresh=True)
    assert shown_now == [(0, "test-1"), (1, "test-2"), (2, "test-2"), (3, "test-2")]


def test_labels_from_elsewhere_do_not_give_way_to_a_model(studio: Client | Twin) -> None:
    title = title_of()
    api.push([english()], project=title, studio=studio, settings=SETTINGS, labelled="suggestions")
    assert send(studio, title, documents("test-2", 1), refresh=True).counts["tasks added"] == 1
    same = english().model_copy(update={"meta": {"model_version": "test-2"}})
    assert send(studio, title, [same], refresh=True).counts[ELSEWHERE] == 1
    pushed = api.push(None, project=title, studio=studio, settings=SETTINGS, refresh=True)
    assert pushed.ledger.counts[ELSEWHERE] == 1
    assert list(versions(studio, title).values()) == [["labelled-elsewhere"], [CURRENT]]


def test_a_text_changed_on_the_server_is_refused_by_name() -> None:
    studio, title = Twin(), title_of()
    send(studio, title, [english(), persian()])
    studio._tasks[min(versions(studio, title))]["data"]["text"] += "!"
    pushed = api.push(None, project=title, studio=studio, settings=SETTINGS, refresh=True)
    assert [note.where for note in pushed.ledger.refused] == ["en-1"]
    assert list(versions(studio, title).values()) == [["test-1"], [CURRENT]]


def test_a_document_with_a_task_missing_is_refused_by_name() -> None:
    studio, title = Twin(), title_of()
    settings = SETTINGS.model_copy(update={"max_chars": 500})
    push([long_document()], studio, title, settings, Ledger("push"))
    first, *_ = versions(studio, title)
    studio.delete_tasks(0, [first])
    pushed = api.push(None, project=title, studio=studio, settings=settings, refresh=True)
    assert [note.where for note in pushed.ledger.refused] == ["long"]


def test_no_documents_without_a_refresh_is_a_wrong_call() -> None:
    with pytest.raises(CallError, match="refresh"):
        api.push(None, project="any", studio=Twin(), settings=SETTINGS)


class Killed(Exception):
    """The process is gone."""


WRITES = ("import_tasks", "import_predictions", "update_prediction", "delete_predictions",
          "update_project")  # fmt: skip


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(12))
def test_a_refresh_killed_at_any_write_is_finished_by_the_next(
    at: int, done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the writes of one refresh each in turn is the last, sent or not."""
    studio, title = Twin(), title_of()
    send(studio, title, documents("test-1", 5))
    send(studio, title, documents("test-0", 2))
    first, *_ = versions(studio, title)
    submit(studio, first)
    count = 0

    def dying(real: Any) -> Any:
        def write(*given: Any, **fields: Any) -> Any:
            nonlocal count
            count += 1
            if count == at + 1 and not done:
                raise Killed
            answer = real(*given, **fields)
            if count == at + 1:
                raise Killed
            return answer

        return write

    with monkeypatch.context() as patch:
        for name in WRITES:
            patch.setattr(studio, name, dying(getattr(studio, name)))
        # Six documents, of which the last is new.
        with pytest.raises(Killed):
            send(studio, title, documents("test-2", 6), refresh=True, order="both")
    assert all(versions(studio, title).values()), "a task is without suggestions"
    send(studio, title, documents("test-2", 6), refresh=True, order="both")
    assert list(versions(studio, title).values()) == [["test-0", "test-1"]] + [["test-2"]] * 5
    (gold,) = pull(studio, title, SETTINGS, Ledger("pull"))
    assert gold.provenance
    assert gold.provenance.model_version == "test-0"


@pytest.mark.server
def test_a_refresh_killed_on_a_real_server_is_finished_by_the_next(
    real_studio: Client, tmp_path: Path
) -> None:
    title, number = title_of("killed refresh"), 150
    text = "Peru and Chile signed agreement {}."
    given = [
        Document(id=f"d{at}", text=text.format(at), language="en", meta={"model_version": "test-1"})
        for at in range(number)
    ]
    send(real_studio, title, given)
    tasks = list(versions(real_studio, title))
    for task in tasks[::50]:
        submit(real_studio, task, [])
    command = [sys.executable, "-m", "annotate", "push", "--refresh", "--project", title]
    pushing = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL)

    def fresh() -> int:
        return sum("test-1" not in own for own in versions(real_studio, title).values())

    while pushing.poll() is None and fresh() < 30:
        time.sleep(0.05)
    pushing.kill()
    pushing.wait()
    assert all(len(own) == 1 for own in versions(real_studio, title).values())
    done = subprocess.run([*command, "--json"], cwd=tmp_path, check=True, capture_output=True)
    after = versions(real_studio, title)
    assert [number for number, own in after.items() if own == ["test-1"]] == tasks[::50]
    assert len({own[0] for own in after.values()}) == 2
    assert all(len(own) == 1 for own in after.values())
    counts = json.loads(done.stdout)["counts"]
    assert counts["tasks already there"] + counts.get(FRESH, 0) == number - len(tasks[::50])
