"""A person opens a plain task, which nobody pushed, and finds suggestions in it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import pytest

from annotate.ledger import Ledger
from annotate.serve.registration import register
from annotate.studio import server
from annotate.studio.client import Client
from tests import browser
from tests.serve.running import Served
from tests.serve.test_protocol import SAMPLES, links, marks
from tests.serve.test_registration import SCHEMA, WHO, opened

pytestmark = [pytest.mark.server, pytest.mark.browser]


def test_a_plain_task_opens_with_live_suggestions_drawn(
    studio_server: server.Server, real_studio: Client, served: Served, tmp_path: Path
) -> None:
    project = real_studio.create_project(f"live {secrets.token_hex(3)}", SCHEMA.xml, "")
    texts = [f"😀 {text}" for text in SAMPLES.values()]
    tasks = real_studio.import_tasks(project.id, [{"data": {"text": text}} for text in texts])
    register(real_studio, project, served.url, WHO, Ledger("connect"))
    shots = Path(os.environ.get("ANNOTATE_SCREENSHOTS", tmp_path))
    with browser.signed_in(studio_server) as page:
        for number, (task, text) in enumerate(zip(tasks, texts, strict=True)):
            asked = len(served.events("predicted"))
            browser.open_task(page, studio_server, project.id, task)
            assert len(served.events("predicted")) > asked
            browser.screenshot(page, shots / f"live-{number}.png")
            (prediction,) = opened(real_studio, task)
            assert prediction["model_version"] == served.version()
            assert links(prediction)
            assert browser.drawn_regions(page) == len(marks(prediction))
            for item in prediction["result"]:
                if item["type"] == "labels":
                    value = item["value"]
                    drawn = browser.drawn_text(page, item["id"])
                    assert drawn == text[value["start"] : value["end"]] == value["text"]
            browser.submit(page)
    for exported in real_studio.export(project.id):
        (annotation,) = exported["annotations"]
        assert annotation["prediction"]["model_version"] == served.version()
        assert links(annotation) == [
            {key: value for key, value in link.items() if key != "scores"}
            for link in links(annotation["prediction"])
        ]
