"""`annotate connect`: a project of the twin, and of a real Label Studio, with a real backend."""

from __future__ import annotations

import itertools
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from annotate import api
from annotate.config import load_settings
from annotate.document import Document
from annotate.errors import CallError, StudioRefused
from annotate.formats import inline
from annotate.ledger import Ledger
from annotate.serve.credentials import PASSWORD, SECRET_HEADER, credentials
from annotate.serve.registration import Registered, announce, register
from annotate.shipped import shipped
from annotate.studio.client import Client, Project
from annotate.studio.twin import Twin
from tests.samples import ENGLISH, PERSIAN
from tests.serve.running import ENVIRONMENT, SECRET, Served, serving, until
from tests.serve.test_protocol import links, marks
from tests.studio.reviewers import sdk_of

SETTINGS = load_settings(shipped("samples"))
SCHEMA = SETTINGS.schema_in_force()
WHO = credentials(ENVIRONMENT)


@pytest.fixture
def project(studio: Client | Twin) -> Project:
    """A project of plain tasks, which nobody pushed."""
    made = studio.create_project(f"serve {secrets.token_hex(4)}", SCHEMA.xml, "")
    studio.import_tasks(made.id, [{"data": {"text": text}} for text in (ENGLISH, PERSIAN)])
    return made


def connect(studio: Client | Twin, title: str, served: Served, who: Any = WHO) -> Ledger:
    ledger = Ledger("connect")
    (project,) = studio.find_projects(title)
    register(studio, project, served.url, who, ledger)
    return ledger


def test_a_project_is_registered_once_however_often(
    studio: Client | Twin, project: Project, served: Served
) -> None:
    for what in ("registered anew", "brought up to date"):
        ledger = connect(studio, project.title, served)
        assert ledger.counts == {f"backends {what}": 1}
    (backend,) = studio.backends(project.id)
    assert (backend.url, backend.title) == (served.url, served.version())
    assert [url for _, url in studio.webhooks(project.id)] == [f"{served.url}/webhook"]
    (found,) = studio.find_projects(project.title)
    assert found.model_version == served.version()


def test_a_project_with_another_backend_is_left_alone(
    studio: Client | Twin, project: Project, served: Served, tmp_path: Path
) -> None:
    with serving(tmp_path) as other:
        connect(studio, project.title, other)
        with pytest.raises(CallError, match="remove it there"):
            connect(studio, project.title, served)
        assert [one.url for one in studio.backends(project.id)] == [other.url]


def test_pushed_suggestions_of_an_older_model_are_counted(
    studio: Client | Twin, served: Served
) -> None:
    title = f"serve {secrets.token_hex(4)}"
    old = Document(id="a", text=ENGLISH, language="en", meta={"model_version": "old-1"})
    api.push([old], project=title, studio=studio, settings=SETTINGS)
    ledger = connect(studio, title, served)
    assert ledger.counts["tasks with suggestions of another model, which get new ones"] == 1
    assert studio.find_projects(title)[0].model_version == served.version()


def test_the_title_and_the_projects_version_follow_the_model(
    studio: Client | Twin, project: Project, served: Served
) -> None:
    connect(studio, project.title, served)
    announce(studio, Registered(project.id, served.url, "another-2"), WHO)
    assert [one.title for one in studio.backends(project.id)] == ["another-2"]
    assert studio.find_projects(project.title)[0].model_version == "another-2"


def test_a_version_that_someone_chose_stays(
    studio: Client | Twin, project: Project, served: Served
) -> None:
    connect(studio, project.title, served)
    first = next(studio.tasks(project.id)).id
    own = {"task": first, "model_version": "mine", "result": [], "score": 0.5}
    studio.import_predictions(project.id, [own])
    studio.update_project(project.id, model_version="mine")
    announce(studio, Registered(project.id, served.url, "another-2"), WHO)
    assert studio.find_projects(project.title)[0].model_version == "mine"


def test_nothing_at_the_address_is_said_plainly(unused_port: int) -> None:
    studio = Twin()
    project = studio.create_project("serve", SCHEMA.xml, "")
    with pytest.raises(CallError, match="annotate serve"):
        register(studio, project, f"http://127.0.0.1:{unused_port}", WHO, Ledger("connect"))
    with pytest.raises(CallError, match="annotate serve"):
        register(studio, project, "no address", WHO, Ledger("connect"))
    assert studio.backends(project.id) == []


def test_a_wrong_password_is_said_plainly(served: Served) -> None:
    studio = Twin()
    studio.create_project("serve", SCHEMA.xml, "")
    with pytest.raises(CallError, match="refuses our password"):
        connect(studio, "serve", served, credentials(ENVIRONMENT | {PASSWORD: "other"}))


def test_a_server_that_may_not_ask_loopback_is_explained(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = Twin()
    studio.create_project("serve", SCHEMA.xml, "")

    def blocked(*_: object, **__: object) -> None:
        raise StudioRefused("URL resolves to a reserved network address (block: 127.0.0.0/8)", 403)

    monkeypatch.setattr(studio, "save_backend", blocked)
    with pytest.raises(CallError, match="studio stop"):
        connect(studio, "serve", served)


def test_only_registrations_of_ours_are_read() -> None:
    own = {"url": "http://x", "version": "v"}
    read = Registered.read({"project": "9.1795323579", "extra_params": own})
    assert read == Registered(9, "http://x", "v")
    for setup in (
        {},
        {"project": "9.17", "extra_params": None},
        {"project": "9", "extra_params": own},
        {"project": "9.17", "extra_params": {"url": 5, "version": "v"}},
        {"project": ["9.17"], "extra_params": {"url": "", "version": "v"}},
    ):
        assert Registered.read(setup) is None


# What only the real server can show: it asks, and stores what it gets.


def opened(studio: Client, task: int) -> list[dict[str, Any]]:
    """The predictions that come with a task when it is opened."""
    http = sdk_of(studio)._client_wrapper.httpx_client
    return list(http.request(f"api/tasks/{task}", method="GET").json()["predictions"])


def next_task(studio: Client, project: int) -> dict[str, Any]:
    """What the label stream shows next."""
    http = sdk_of(studio)._client_wrapper.httpx_client
    return dict(http.request(f"api/projects/{project}/next", method="GET").json())


@pytest.fixture
def connected(real_studio: Client, served: Served) -> Project:
    """A project of the real server, of two plain tasks, connected."""
    title = f"serve {secrets.token_hex(4)}"
    made = real_studio.create_project(title, SCHEMA.xml, "")
    real_studio.import_tasks(made.id, [{"data": {"text": text}} for text in (ENGLISH, PERSIAN)])
    connect(real_studio, title, served)
    return made


@pytest.mark.server
def test_a_task_that_is_opened_gets_entities_and_relations(
    real_studio: Client, connected: Project, served: Served
) -> None:
    for head, text in zip(real_studio.tasks(connected.id), (ENGLISH, PERSIAN), strict=True):
        (prediction,) = opened(real_studio, head.id)
        assert prediction["model_version"] == served.version()
        (direct,) = served.predict(text)
        assert marks(prediction) == marks(direct)
        assert links(prediction) == links(direct)
        for start, end, _ in marks(prediction):
            assert text[start:end].strip() == text[start:end] != ""
        # It is stored, so that opening it again asks nothing.
        assert [one["id"] for one in opened(real_studio, head.id)] == [prediction["id"]]


@pytest.mark.server
def test_the_label_stream_asks_too_and_a_review_knows_its_suggestion(
    real_studio: Client, connected: Project, served: Served
) -> None:
    shown = next_task(real_studio, connected.id)
    (prediction,) = shown["predictions"]
    sdk_of(real_studio).annotations.create(
        shown["id"], result=prediction["result"], parent_prediction=prediction["id"]
    )
    task = next(one for one in real_studio.export(connected.id) if one["id"] == shown["id"])
    (annotation,) = task["annotations"]
    assert annotation["prediction"]["model_version"] == served.version()
    assert annotation["prediction"]["result"] == prediction["result"]


@pytest.mark.server
def test_pushed_suggestions_of_the_same_model_are_shown_as_they_are(
    real_studio: Client, served: Served
) -> None:
    title = f"serve {secrets.token_hex(4)}"
    document = Document(id="a", text=ENGLISH, language="en", meta={"source": "own"})
    pushed = api.push([document], project=title, studio=real_studio, settings=SETTINGS)
    before = [one.id for one in real_studio.predictions(pushed.project)]
    connect(real_studio, title, served)
    shown = next_task(real_studio, pushed.project)
    assert [one["id"] for one in shown["predictions"]] == before
    api.push([document], project=title, studio=real_studio, settings=SETTINGS)
    assert real_studio.find_projects(title)[0].model_version == served.version()


@pytest.mark.server
def test_pushed_suggestions_of_an_older_model_stay_beside_the_live_ones(
    real_studio: Client, served: Served
) -> None:
    title = f"serve {secrets.token_hex(4)}"
    old = Document(id="a", text=ENGLISH, language="en", meta={"model_version": "old-1"})
    pushed = api.push([old], project=title, studio=real_studio, settings=SETTINGS)
    connect(real_studio, title, served)
    shown = next_task(real_studio, pushed.project)
    assert [one["model_version"] for one in shown["predictions"]] == [served.version()]
    versions = {one["model_version"] for one in opened(real_studio, shown["id"])}
    assert versions == {"old-1", served.version()}


@pytest.mark.server
def test_a_submitted_annotation_is_heard_of_by_the_secret(
    real_studio: Client, connected: Project, served: Served
) -> None:
    webhooks = sdk_of(real_studio).webhooks.list(project=str(connected.id))
    (webhook,) = webhooks
    assert webhook.headers == {SECRET_HEADER: SECRET}
    assert not webhook.send_payload
    before = served.ask("/health").json()["annotations"]
    task = next(real_studio.tasks(connected.id)).id
    sdk_of(real_studio).annotations.create(task, result=[])
    until(lambda: served.ask("/health").json()["annotations"] == before + 1, served.log)


@pytest.mark.server
def test_train_of_the_browser_starts_a_training(
    real_studio: Client, connected: Project, served: Served
) -> None:
    (backend,) = real_studio.backends(connected.id)
    sdk_of(real_studio).ml.train(backend.id)
    job = served.ask("/health").json()["training"]
    assert job["project"] == connected.title
    until(lambda: served.events("training ended"), served.log)
    assert served.ask("/health").json()["training"]["state"] in ("done", "failed")


@pytest.fixture
def moving(tmp_path: Path, real_studio: Client) -> Iterator[Served]:
    """A server whose folder may change, and which knows the real Label Studio."""
    shutil.copy(shipped("annotate.toml"), tmp_path)
    shutil.copy(shipped("label_config.xml"), tmp_path)
    with serving(tmp_path) as running:
        yield running


@pytest.mark.server
def test_a_new_model_is_announced_and_its_suggestions_are_shown(
    real_studio: Client, moving: Served
) -> None:
    title = f"serve {secrets.token_hex(4)}"
    made = real_studio.create_project(title, SCHEMA.xml, "")
    real_studio.import_tasks(made.id, [{"data": {"text": "Xanadu and Peru won."}}])
    connect(real_studio, title, moving)
    before = moving.version()
    (first,) = next_task(real_studio, made.id)["predictions"]
    assert first["model_version"] == before
    (moving.folder / "names.csv").write_text("form,label,code\nXanadu,ORG,\n", "utf-8")
    settings = (moving.folder / "annotate.toml").read_text("utf-8")
    (moving.folder / "annotate.toml").write_text(f'gazetteer = "names.csv"\n{settings}', "utf-8")
    until(lambda: moving.events("registration renewed"), moving.log)
    after = moving.version()
    assert after != before
    (second,) = next_task(real_studio, made.id)["predictions"]
    assert second["model_version"] == after
    assert (0, 6, "ORG") in marks(second)
    assert real_studio.find_projects(title)[0].model_version == after


@pytest.mark.server
def test_while_the_backend_is_down_tasks_open_and_pushed_ones_keep_their_suggestions(
    real_studio: Client, tmp_path: Path
) -> None:
    """The label stream shows none then; a task opened from the list has those pushed."""
    title = f"serve {secrets.token_hex(4)}"
    document = Document(id="a", text=ENGLISH, language="en", meta={"source": "own"})
    pushed = api.push([document], project=title, studio=real_studio, settings=SETTINGS)
    with serving(tmp_path) as running:
        connect(real_studio, title, running)
    shown = next_task(real_studio, pushed.project)
    assert shown["predictions"] == []
    assert len(opened(real_studio, shown["id"])) == 1


@pytest.mark.server
def test_predictions_go_on_while_a_real_training_runs(real_studio: Client, moving: Served) -> None:
    corpus = Path(__file__).parents[2] / "corpus" / "train" / "en"
    gold = list(itertools.islice(inline.read(corpus), 40))
    title = f"serve {secrets.token_hex(4)}"
    api.push(gold, project=title, studio=real_studio, settings=SETTINGS, labelled="annotations")
    before = moving.predict(ENGLISH)
    assert moving.ask("/train", {"project": title}).status_code == 202
    asked = 0
    while not moving.events("training ended"):
        assert marks(moving.predict(ENGLISH)[0])
        asked += 1
    assert asked > 5
    (end,) = moving.events("training ended")
    written = (moving.folder / "models" / f"{end['model']}.log").read_text()
    assert (moving.folder / "models" / end["model"] / "model.json").exists(), written
    if end["status"] == "done":
        until(lambda: moving.events("reloaded"), moving.log)
    else:
        assert moving.predict(ENGLISH) == before
