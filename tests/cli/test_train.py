"""annotate train and annotate models, as they are called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from annotate.cli.models import models
from annotate.cli.train import train
from annotate.formats import gold as gold_file
from annotate.ledger import Ledger
from tests.train.conftest import campaign, small_project


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a gold file, in which the verbs are called."""
    small_project(tmp_path)
    gold_file.write(campaign(1, 16), tmp_path / "gold.json", Ledger("gold"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(verb: object, *arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(verb, list(arguments))  # type: ignore[arg-type]
    assert result.exit_code == code, result.output
    return result


def test_from_gold_to_a_model_that_serves(folder: Path) -> None:
    said = call(train, "gold.json", "-o", "models/first", "--promote")
    assert "id all entities" in said.stdout
    assert "Serves now: id." in said.stdout
    assert "id: 13 texts" in said.stderr
    assert json.loads((folder / "models/serving.json").read_text())["languages"] == {"id": "first"}
    (row,) = json.loads(call(models, "list", "--json").stdout)
    assert row["name"] == "first"
    assert row["serves"] == ["id"]
    assert call(models, "show", "first").stdout.startswith("# first")
    told = json.loads(call(models, "compare", "first", "--json").stdout)
    assert told["passes"] == ["id"]
    assert all(cell["verdict"] == "fine" for cell in told["cells"])
    assert "serves now for id" in call(models, "promote", "first").stdout


def test_gold_or_a_project_must_be_given(folder: Path) -> None:
    for arguments in (["-o", "models/a"], ["gold.json", "-p", "News", "-o", "models/a"]):
        result = CliRunner().invoke(train, arguments)
        assert "one of the two" in str(result.exception)


def test_a_model_to_promote_lies_with_the_others(folder: Path) -> None:
    result = CliRunner().invoke(train, ["gold.json", "-o", "elsewhere/first", "--promote"])
    assert "a model that is to serve lies in" in str(result.exception)
    assert not (folder / "elsewhere").exists()


def test_without_a_model_the_list_says_what_to_do(folder: Path) -> None:
    assert "'annotate train' makes one" in call(models, "list").stdout
