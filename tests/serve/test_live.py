"""What the server does while its settings and models change."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from annotate.serve.live import Live
from annotate.shipped import shipped
from tests.samples import ENGLISH
from tests.serve.running import Served, serving, until
from tests.serve.test_protocol import marks

GAZETTEER = "form,label,code\nXanadu,ORG,\n"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server whose folder the tests change."""
    folder = tmp_path_factory.mktemp("live")
    shutil.copy(shipped("annotate.toml"), folder)
    shutil.copy(shipped("label_config.xml"), folder)
    with serving(folder) as served:
        yield served


@pytest.fixture
def plain(running: Served) -> Iterator[Served]:
    """The server with the shipped settings, before and after."""
    before = running.version()
    yield running
    shutil.copy(shipped("annotate.toml"), running.folder)
    shutil.rmtree(running.folder / "models", ignore_errors=True)
    number = len(running.events("reloaded"))
    until(lambda: len(running.events("reloaded")) > number and running.version() == before)


def write(served: Served, lines: str) -> None:
    text = shipped("annotate.toml").read_text("utf-8")
    (served.folder / "annotate.toml").write_text(lines + "\n" + text, "utf-8")


def test_changed_settings_are_taken_over_without_a_gap(plain: Served) -> None:
    before, stop = plain.version(), Event()

    def ask() -> set[str]:
        versions = set()
        while not stop.is_set():
            versions |= {one["model_version"] for one in plain.predict(ENGLISH)}
        return versions

    with ThreadPoolExecutor(2) as pool:
        clients = [pool.submit(ask) for _ in range(2)]
        (plain.folder / "names.csv").write_text(GAZETTEER, "utf-8")
        write(plain, 'gazetteer = "names.csv"')
        until(lambda: plain.version() != before)
        found = marks(plain.predict("Xanadu won.")[0])
        stop.set()
        versions = set().union(*(client.result() for client in clients))
    assert found == [(0, 6, "ORG")]
    assert versions <= {before, plain.version()}
    assert plain.events("reloaded")[-1]["before"] == before


@pytest.mark.parametrize("broken", ["toml", "serving", "no such model", "no pipeline"])
def test_what_cannot_be_loaded_leaves_the_old_model_serving(plain: Served, broken: str) -> None:
    before, models = plain.version(), plain.folder / "models"
    number = len(plain.events("not reloaded"))
    models.mkdir()
    if broken == "toml":
        (plain.folder / "annotate.toml").write_text("languages = 5", "utf-8")
    elif broken == "serving":
        (models / "serving.json").write_text("{", "utf-8")
    elif broken == "no such model":
        promote(models, "absent")
    else:
        (models / "empty" / "en").mkdir(parents=True)
        promote(models, "empty")
    until(lambda: len(plain.events("not reloaded")) > number, plain.log)
    assert plain.version() == before
    assert marks(plain.predict(ENGLISH)[0])
    assert plain.events("not reloaded")[-1]["version"] == before


def promote(models: Path, name: str) -> None:
    content = {"version": 1, "languages": {"en": name}}
    (models / "serving.json").write_text(json.dumps(content), "utf-8")


def test_nothing_is_loaded_again_while_nothing_changes(tmp_path: Path) -> None:
    said: list[str] = []
    live = Live(tmp_path, lambda event, **_: said.append(event))
    model = live.model
    live.refresh()
    assert live.model is model
    (tmp_path / "annotate.toml").write_text('languages = ["en"]', "utf-8")
    live.refresh()
    assert live.model is not model
    assert live.model.languages == ("en",)
    assert said == ["loaded", "reloaded"]
