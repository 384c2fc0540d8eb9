"""annotate doctor: what it looks at, and why a key was refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotate.studio.client import Client
from tests.cli.test_cli import run


def test_without_a_server_everything_else_is_looked_at(tmp_path: Path) -> None:
    done = run(tmp_path, "doctor", "--json")
    assert done.returncode == 0, done.stdout
    found = {item["what"]: item["level"] for item in json.loads(done.stdout)}
    assert found["Python"] == found["labels"] == "ok"
    assert {f"pipeline {code}" for code in ("bn", "vi", "fa", "en")} <= set(found)
    assert found["server"] == "note"


def test_a_pipeline_that_is_not_installed_is_named(tmp_path: Path) -> None:
    (tmp_path / "annotate.toml").write_text('[pipelines]\nen = "no_such_pipeline"\n', "utf-8")
    done = run(tmp_path, "doctor")
    assert done.returncode == 1
    assert "pip install no_such_pipeline" in done.stdout


def test_labels_that_only_annotate_toml_knows_are_named(tmp_path: Path) -> None:
    table = '[relations.works_for]\nhead = ["PERSON", "PERSN"]\n[relations.wroks_for]\n'
    (tmp_path / "annotate.toml").write_text(table, "utf-8")
    done = run(tmp_path, "doctor")
    assert "label PERSN is not in label_config.xml" in done.stdout
    assert "wroks_for: in annotate.toml" in done.stdout


@pytest.mark.server
def test_a_refused_key_is_explained_by_its_kind_and_not_shown(
    tmp_path: Path, real_studio: Client
) -> None:
    key = "ab" * 20
    done = run(tmp_path, "doctor", LABEL_STUDIO_URL=real_studio.url, LABEL_STUDIO_API_KEY=key)
    assert done.returncode == 1
    assert "key: legacy token" in done.stdout
    assert "doesn't know this legacy token" in done.stdout
    assert key not in done.stdout + done.stderr


def test_an_address_without_a_key_is_asked_all_the_same(tmp_path: Path) -> None:
    done = run(tmp_path, "doctor", "--url", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert "server: http://127.0.0.1:9: nothing answers" in done.stdout


@pytest.mark.server
def test_a_server_that_answers_wants_a_key(tmp_path: Path, real_studio: Client) -> None:
    done = run(tmp_path, "doctor", "--url", real_studio.url)
    assert done.returncode == 0, done.stdout
    assert f"server: {real_studio.url}: " in done.stdout
    assert "needs a key" in done.stdout
