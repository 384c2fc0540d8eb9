"""A real `annotate serve`, as a process on a port of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx

USER, PASSWORD, SECRET = "annotate", "a-password-of-the-tests", "a-secret-of-the-tests"
ENVIRONMENT = {"ANNOTATE_SERVE_PASSWORD": PASSWORD, "ANNOTATE_SERVE_SECRET": SECRET}
SECONDS = 60


class Served(NamedTuple):
    """A running server: where it is, and the folder that it works in."""

    url: str
    folder: Path
    process: subprocess.Popen[str]

    def ask(self, path: str, body: object = None, **more: Any) -> httpx.Response:
        """GET, or POST with a JSON body; as the user unless told otherwise."""
        given: dict[str, Any] = {"auth": (USER, PASSWORD), "timeout": 120} | more
        if body is None and "content" not in given:
            return httpx.get(self.url + path, **given)
        if body is not None:
            given["json"] = body
        return httpx.post(self.url + path, **given)

    def predict(self, *texts: object, **more: Any) -> list[dict[str, Any]]:
        """One prediction a text."""
        tasks = [{"id": number, "data": {"text": text}} for number, text in enumerate(texts)]
        answer = self.ask("/predict", {"tasks": tasks} | more)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["results"])

    def version(self) -> str:
        """The version that it says it serves."""
        return str(self.ask("/health").json()["model_version"])

    def log(self) -> list[dict[str, Any]]:
        """What it wrote to its log."""
        lines = (self.folder / "serve.log.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def events(self, name: str) -> list[dict[str, Any]]:
        """The log's lines of one event."""
        return [line for line in self.log() if line["event"] == name]


@contextmanager
def serving(folder: Path, *options: str, **environment: str) -> Iterator[Served]:
    """A server of the folder's settings until the end of the block."""
    errors = folder / "stderr.txt"
    with errors.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "annotate", "serve", "--port", "0", *options],
            cwd=folder,
            env=os.environ | ENVIRONMENT | environment,
            stderr=out,
            text=True,
        )
    try:
        found = until(
            lambda: re.search(r"serving url=(\S+)", errors.read_text()) or process.poll(),
            errors.read_text,
        )
        assert isinstance(found, re.Match), errors.read_text()
        served = Served(found[1], folder, process)
        until(lambda: answers(served), errors.read_text)
        yield served
    finally:
        process.terminate()
        process.wait(SECONDS)


def answers(served: Served) -> bool:
    """Whether it answers at all."""
    try:
        return served.ask("/health").is_success
    except httpx.TransportError:
        return False


def until(look: Callable[[], Any], explain: Callable[[], object] = lambda: "nothing") -> Any:
    """What ``look`` finds, waited for; fails when it finds nothing for a minute."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited in vain: {explain()}")
