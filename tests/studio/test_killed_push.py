"""A push that is killed, at real moments and against a real server."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import time
from pathlib import Path

import pytest

from annotate.studio.client import Client

DOCUMENTS = 1200


def command(file: Path, title: str) -> list[str]:
    return [sys.executable, "-m", "annotate", "push", str(file), "--project", title]


def task_count(studio: Client, title: str) -> int:
    return sum(len(list(studio.tasks(item.id))) for item in studio.find_projects(title))


@pytest.mark.server
@pytest.mark.parametrize("after_tasks", [0, 1, 500])
def test_a_killed_push_is_finished_by_the_next(
    real_studio: Client, tmp_path: Path, after_tasks: int
) -> None:
    file = tmp_path / "docs.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for number in range(DOCUMENTS):
            text = f"Peru and Chile signed agreement {number}."
            lines.write(json.dumps({"id": f"d{number}", "text": text, "language": "en"}) + "\n")
    title = f"killed {secrets.token_hex(4)}"
    pushing = subprocess.Popen(command(file, title), cwd=tmp_path, stderr=subprocess.DEVNULL)
    while pushing.poll() is None and not real_studio.find_projects(title):
        time.sleep(0.02)
    while pushing.poll() is None and task_count(real_studio, title) < after_tasks:
        time.sleep(0.02)
    pushing.kill()
    pushing.wait()
    subprocess.run(command(file, title), cwd=tmp_path, check=True, capture_output=True)
    (project,) = real_studio.find_projects(title)
    keys = [head.meta["annotate"]["document"] for head in real_studio.tasks(project.id)]
    assert sorted(keys) == sorted(f"d{number}" for number in range(DOCUMENTS))
    predicted = [prediction.task for prediction in real_studio.predictions(project.id)]
    assert len(predicted) == len(set(predicted)) == DOCUMENTS
