"""annotate evaluate: files in, table, JSON and page out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from annotate import api
from annotate.cli import cli
from annotate.config import load_settings
from annotate.document import Document
from annotate.evaluate.page import page
from annotate.evaluate.pairs import Pair
from annotate.evaluate.report import evaluate
from annotate.formats import gold, jsonl
from annotate.ledger import Ledger
from tests.samples import english, entity, persian


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(predicted: list[Document], wanted: list[Document], *options: str) -> Result:
    jsonl.write(predicted, Path("docs.jsonl"), Ledger("write"))
    gold.write(wanted, Path("gold.json"), Ledger("write"))
    return CliRunner().invoke(cli, ["evaluate", "docs.jsonl", "gold.json", *options])


def test_low_scores_are_no_failure(folder: Path) -> None:
    bare = english().model_copy(update={"entities": (), "relations": ()})
    done = run([bare], [english()])
    assert done.exit_code == 0
    assert "entities, strict" in done.output
    assert "edits: 8 instead of 8 from scratch, 0.0 % saved" in done.output


def test_a_document_that_is_missing_is_refused_and_the_rest_is_scored(folder: Path) -> None:
    done = run([english()], [english(), persian()], "--json")
    answer = json.loads(done.output)
    assert done.exit_code == 1
    assert [note["where"] for note in answer["refused"]] == ["fa-1"]
    assert answer["everything"]["entities"]["strict"]["f1"] == 1
    assert answer["everything"]["relations"]["with_gold_entities"] is None


def test_relations_with_gold_entities_need_suggestions_of_this_pipeline(folder: Path) -> None:
    bare = english().model_copy(update={"entities": (), "relations": (), "meta": {}})
    done = run(list(api.prelabel([bare])), [english()], "--json")
    scores = json.loads(done.output)["everything"]["relations"]["with_gold_entities"]
    assert scores["wanted"] == 3


def test_the_page_stands_alone_and_shows_every_error(folder: Path) -> None:
    bare = persian().model_copy(update={"entities": ()})
    assert run([bare], [persian()], "--html", "page.html").exit_code == 0
    html = Path("page.html").read_text("utf-8")
    assert "http" not in html
    assert "<script" not in html
    assert "<p dir=auto>" in html
    assert "2 entity errors" in html


def test_what_stands_in_a_document_is_never_markup() -> None:
    text = "<script>alert(1)</script> & Co"
    found = entity(text, "<script>", "<b>", id="<i>")
    document = Document(id="<a>", text=text, entities=(found,))
    html = "\n".join(page([Pair(document, document)], evaluate([Pair(document, document)]), {}))
    assert not any(tag in html for tag in ("<script", "<b>", "<i>", "<a>"))
    assert "&lt;script&gt;" in html


def test_labels_have_the_hues_that_reviewers_see() -> None:
    pair = Pair(english(), english())
    colours = {"PERSON": "#ff0000", "ORG": "lime", "COUNTRY": "#808080"}
    html = "\n".join(page([pair], evaluate([pair]), colours))
    # Grey has no hue: such a label gets one of its own.
    assert '<mark style="--hue:0">PERSON</mark>' in html
    assert '<mark style="--hue:210">COUNTRY</mark>' in html
    colours = load_settings().schema_in_force().colours
    assert '<mark style="--hue:17">PERSON</mark>' in "\n".join(
        page([pair], evaluate([pair]), colours)
    )
