"""annotate push and annotate reorder, on the twin."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from annotate.api import labelling
from annotate.cli.push import push
from annotate.cli.reorder import reorder
from annotate.studio.twin import Twin
from tests.samples import ENGLISH, PERSIAN


@pytest.fixture
def twin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Twin:
    """A twin that the verbs take for the server, and two texts in the working folder."""
    studio = Twin()
    monkeypatch.setattr(labelling, "connect", lambda settings=None: studio)
    monkeypatch.chdir(tmp_path)
    Path("texts").mkdir()
    Path("texts/en.txt").write_text(ENGLISH, "utf-8")
    Path("texts/fa.txt").write_text(PERSIAN, "utf-8")
    return studio


def call(verb: object, *arguments: str) -> Result:
    return CliRunner().invoke(verb, [*arguments, "--json"])  # type: ignore[arg-type]


def counts(result: Result) -> dict[str, int]:
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout)["counts"])


def test_a_refresh_needs_no_paths(twin: Twin) -> None:
    assert counts(call(push, "texts", "-p", "News"))["tasks added"] == 2
    for number in twin._predictions:
        twin.update_prediction(number, model_version="older")
    found = counts(call(push, "--refresh", "-p", "News"))
    assert found["tasks with fresh suggestions in place of older ones"] == 2


def test_a_push_needs_paths(twin: Twin) -> None:
    result = call(push, "-p", "News")
    assert result.exit_code == 2
    assert "PATHS" in result.output


def test_labels_from_elsewhere_need_paths(twin: Twin) -> None:
    assert call(push, "--refresh", "--from", "brat", "-p", "News").exit_code == 2


@pytest.mark.parametrize("share", ["1.5", "-1", "half"])
def test_a_share_is_between_0_and_1(twin: Twin, share: str) -> None:
    assert call(push, "texts", "-p", "News", "--blind", share).exit_code == 2


def test_all_can_be_blind(twin: Twin) -> None:
    found = counts(call(push, "texts", "-p", "News", "--blind", "1"))
    assert found["blind documents, without suggestions"] == 2
    assert twin._predictions == {}


def test_a_project_is_put_in_another_order(twin: Twin) -> None:
    call(push, "texts", "-p", "News", "--order", "added")
    found = counts(call(reorder, "-p", "News"))
    assert found["tasks put in order"] == 2


def test_no_project_is_no_order(twin: Twin) -> None:
    assert call(reorder, "-p", "None such").exit_code == 1
