"""Training beside the predictions, as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from fastapi.testclient import TestClient

from annotate.serve.app import Service, application
from annotate.serve.credentials import credentials
from annotate.serve.live import Live
from annotate.serve.training import Training
from tests.serve.running import ENVIRONMENT, PASSWORD, USER, until

# Writes down how it was called, starts a child, and waits to be told how to end.
PROGRAM = """
import json, os, pathlib, subprocess, sys, time
here = pathlib.Path.cwd()
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
part = here / "call.part"
part.write_text(json.dumps([sys.argv[1:], sorted(os.environ), os.getpid(), child.pid]))
part.rename(here / "call.json")
while not (here / "end").exists():
    time.sleep(0.05)
child.kill()
sys.exit(int((here / "end").read_text()))
"""


@pytest.fixture
def said() -> list[dict[str, Any]]:
    """What was logged."""
    return []


@pytest.fixture
def training(tmp_path: Path, said: list[dict[str, Any]]) -> Iterator[Training]:
    """Training by a program that ends when the test says so."""

    def log(event: str, **fields: Any) -> None:
        said.append({"event": event} | fields)

    command = (sys.executable, "-c", PROGRAM)
    begun = Training(tmp_path, tmp_path / "models", log, command)
    yield begun
    begun.stop()


def call(folder: Path) -> list[Any]:
    until((folder / "call.json").exists)
    return list(json.loads((folder / "call.json").read_text()))


def ended(training: Training) -> bool:
    return training.job is not None and training.job.state != "running"


def test_it_learns_from_the_project_and_promotes_under_a_name_of_its_own(
    training: Training, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANNOTATE_SERVE_PASSWORD", "hidden")
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "needed")
    job, begun = training.start("--help me")
    arguments, environment, *_ = call(tmp_path)
    assert begun
    target = tmp_path / "models" / job.name
    assert arguments == ["--project=--help me", f"--output={target}", "--promote"]
    assert "LABEL_STUDIO_API_KEY" in environment
    assert not [name for name in environment if name.startswith("ANNOTATE_SERVE_")]


def test_while_one_runs_no_other_starts(training: Training, tmp_path: Path) -> None:
    first, begun = training.start("News")
    again, twice = training.start("Other")
    assert (begun, twice) == (True, False)
    assert again == first
    (tmp_path / "end").write_text("0")
    until(lambda: ended(training))
    second, thrice = training.start("Other")
    assert thrice
    assert second.name != first.name


@pytest.mark.parametrize(("code", "state"), [(0, "done"), (1, "failed")])
def test_how_it_ended_is_kept_and_logged(
    training: Training, tmp_path: Path, said: list[dict[str, Any]], code: int, state: str
) -> None:
    training.start("News")
    (tmp_path / "end").write_text(str(code))
    until(lambda: ended(training))
    assert training.job
    assert training.job.state == state
    until(lambda: len(said) == 2)
    assert (said[-1]["event"], said[-1]["status"], said[-1]["exit"]) == (
        "training ended",
        state,
        code,
    )


def test_one_that_is_killed_has_failed(training: Training, tmp_path: Path) -> None:
    training.start("News")
    *_, process, child = call(tmp_path)
    os.kill(process, signal.SIGKILL)
    until(lambda: ended(training))
    assert training.job
    assert training.job.state == "failed"
    os.kill(child, signal.SIGKILL)


def test_stopping_ends_its_children_too(training: Training, tmp_path: Path) -> None:
    training.start("News")
    *_, process, child = call(tmp_path)
    training.stop()
    assert not psutil.pid_exists(process)
    until(lambda: not alive(child))


def alive(process: int) -> bool:
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_program_that_is_missing_is_no_job(tmp_path: Path) -> None:
    training = Training(tmp_path, tmp_path, lambda *_, **__: None, ("/no/such/program",))
    with pytest.raises(OSError, match="no/such"):
        training.start("News")
    assert training.job is None


@contextmanager
def application_of(training: Training, folder: Path) -> Iterator[TestClient]:
    """The application around it, asked by its user, from its start to its end."""
    live = Live(folder, lambda *_, **__: None)
    service = Service(live, training, credentials(ENVIRONMENT), lambda *_, **__: None, 1_000_000)
    with TestClient(application(service)) as running:
        running.auth = (USER, PASSWORD)
        yield running


@pytest.fixture
def client(training: Training, tmp_path: Path) -> Iterator[TestClient]:
    """That, for one test."""
    with application_of(training, tmp_path) as running:
        yield running


def test_asked_again_while_it_runs_the_job_is_told_and_predictions_go_on(
    client: TestClient, tmp_path: Path
) -> None:
    request = {"action": "START_TRAINING", "project": {"title": "News"}}
    first = client.post("/webhook", json=request)
    again = client.post("/train", json={"project": "Other"})
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json() == again.json()
    answer = client.post("/predict", json={"tasks": [{"id": 1, "data": {"text": "Peru won."}}]})
    assert answer.json()["results"][0]["result"]
    assert client.get("/health").json()["training"]["state"] == "running"
    (tmp_path / "end").write_text("0")
    until(lambda: client.get("/health").json()["training"]["state"] == "done")


@pytest.mark.parametrize("body", [{}, {"project": 5}, {"project": ""}, {"project": {"title": "x"}}])
def test_a_training_without_a_project_is_refused(client: TestClient, body: object) -> None:
    assert client.post("/train", json=body).status_code == 400
    webhook = {"action": "START_TRAINING", "project": "9.1"}
    assert client.post("/webhook", json=webhook).status_code == 400


def test_the_servers_end_is_the_trainings_too(training: Training, tmp_path: Path) -> None:
    with application_of(training, tmp_path) as client:
        client.post("/train", json={"project": "News"})
        *_, process, child = call(tmp_path)
    assert not psutil.pid_exists(process)
    until(lambda: not alive(child))
