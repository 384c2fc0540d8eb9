"""The whole loop as a user goes it: files → browser → gold → training data."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import spacy
from jsonschema import Draft202012Validator
from playwright.sync_api import Page
from spacy.tokens import DocBin
from spacy.training.converters import conll_ner_to_docs

from annotate.document import Document, Relation, gold_schema
from annotate.formats import gold as gold_format
from annotate.shipped import shipped
from annotate.studio import server
from annotate.studio.client import Client
from tests import browser
from tests.studio.reviewers import sdk_of

pytestmark = [pytest.mark.server, pytest.mark.browser]
PERSIAN = "ایسدنروگ"
# Letters of clearly different width, to see that a font has them.
GLYPHS = {"bn": "কঞাী", "fa": "اسشن", "vi": "iữơm", "en": "ilmw"}


@pytest.fixture(params=["samples", "corpus"])
def texts(request: pytest.FixtureRequest) -> list[Path]:
    """The shipped samples; the development documents where they are."""
    if request.param == "corpus":
        return sorted(request.getfixturevalue("shared_corpus").glob("*.txt"))
    return sorted(shipped("samples").glob("*.txt"))


def annotate(folder: Path, *arguments: str) -> Any:
    """Run the command line in a folder; its JSON answer."""
    done = subprocess.run(
        [sys.executable, "-m", "annotate", *arguments, "--json"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return json.loads(done.stdout)


def predictions(studio: Client, task: int) -> list[dict[str, Any]]:
    """The one suggestion of a task."""
    (prediction,) = sdk_of(studio).predictions.list(task=task)
    return [dict(item) for item in prediction.result]


def look(page: Page, task: dict[str, Any], result: list[dict[str, Any]]) -> None:
    """The right text under each highlight, and Persian lines from right to left."""
    regions = [item for item in result if item["type"] == "labels"]
    assert browser.drawn_regions(page) == len(regions)
    text = task["data"]["text"]
    assert browser.has_glyphs(page, GLYPHS[task["data"]["language"]])
    for region in regions:
        value = region["value"]
        drawn = browser.drawn_text(page, region["id"])
        assert drawn == text[value["start"] : value["end"]] == value["text"]
    if task["data"]["language"] == "fa":
        lines = browser.lines_with(page, PERSIAN)
        assert lines
        assert all(browser.reads_right_to_left(line) for line in lines)
    else:
        assert not any(map(browser.reads_right_to_left, browser.lines_with(page, "aeiouকরমন")))


def correct(page: Page, result: list[dict[str, Any]]) -> tuple[str, tuple[str, str]]:
    """Relabel a mention that has no relation; relate two countries that had none."""
    links = [(item["from_id"], item["to_id"]) for item in result if item["type"] == "relation"]
    busy = {end for link in links for end in link}
    regions = [item for item in result if item["type"] == "labels"]
    countries = [item["id"] for item in regions if item["value"]["labels"] == ["COUNTRY"]]
    lone = next(item["id"] for item in regions if item["id"] not in busy)
    head, tail = next(
        (head, tail)
        for place, head in enumerate(countries)
        for tail in countries[place + 1 :]
        if lone not in (head, tail) and (head, tail) not in links
    )
    browser.relabel(page, lone, "2" if lone in countries else "3")
    browser.relate(page, head, tail, "cooperates_with")
    return lone, (head, tail)


def statuses(document: Document) -> set[str]:
    items = (*document.entities, *document.relations)
    return {item.provenance.status for item in items if item.provenance}


def placed(document: Document) -> list[tuple[int, int, str]]:
    return [(item.start, item.end, item.label) for item in document.entities]


def test_from_files_through_the_browser_to_training_data(
    texts: list[Path],
    studio_server: server.Server,
    real_studio: Client,
    tmp_path: Path,
) -> None:
    project = f"whole loop {secrets.token_hex(3)}"
    annotate(tmp_path, "prelabel", *map(str, texts), "--output", "docs.jsonl")
    suggested = [
        Document.model_validate_json(line)
        for line in (tmp_path / "docs.jsonl").read_text("utf-8").split("\n")
        if line
    ]
    assert [item.text for item in suggested] == [path.read_bytes().decode() for path in texts]
    pushed = annotate(tmp_path, "push", *map(str, texts), "--project", project)
    number = pushed["project"]

    corrected: dict[str, Any] = {}
    with browser.signed_in(studio_server) as page:
        for task in list(real_studio.export(number)):
            result = predictions(real_studio, task["id"])
            browser.open_task(page, studio_server, number, task["id"])
            look(page, task, result)
            if not corrected and task["data"]["language"] == "vi":
                lone, link = correct(page, result)
                corrected = {"document": task["data"]["document"], "lone": lone, "link": link}
            browser.submit(page)
    assert corrected

    answer = annotate(tmp_path, "pull", "--project", project)
    assert answer["repaired"] == []
    file = tmp_path / "exports" / "gold.json"
    Draft202012Validator(gold_schema()).validate(json.loads(file.read_text("utf-8")))
    gold = list(gold_format.read(file))
    check_gold(suggested, gold, corrected)

    annotate(tmp_path, "export", str(file), "--format", "spacy", "--format", "conll")
    check_docbin(tmp_path / "exports" / "gold.spacy", gold)
    check_conll(tmp_path / "exports" / "gold.conll", gold)


def check_gold(suggested: list[Document], gold: list[Document], corrected: dict[str, Any]) -> None:
    """Untouched documents are the suggestions exactly; the other has two changes."""
    assert [document.id for document in gold] == [document.id for document in suggested]
    for before, after in zip(suggested, gold, strict=True):
        assert after.text == before.text
        assert after.meta == before.meta
        bare = after.model_dump(exclude={"provenance": True})
        for item in (*bare["entities"], *bare["relations"]):
            item.pop("provenance", None)
        if after.id != corrected["document"]:
            assert statuses(after) <= {"accepted"}
            assert Document.model_validate(bare) == before
            continue
        labels = {item.id: item.label for item in before.entities}
        changed = [item.id for item in after.entities if item.label != labels[item.id]]
        assert changed == [corrected["lone"]]
        assert after.entity(corrected["lone"]).provenance
        head, tail = corrected["link"]
        drawn = Relation(head=head, tail=tail, label="cooperates_with")
        links = [Relation.model_validate(item) for item in bare["relations"]]
        assert [link for link in links if link not in before.relations] == [drawn]
        assert all(link in links for link in before.relations)
        assert statuses(after) == {"accepted", "changed", "added"}


def check_docbin(path: Path, gold: list[Document]) -> None:
    """Plain spaCy reads every text, entity and relation."""
    docs = list(DocBin().from_disk(path).get_docs(spacy.blank("xx").vocab))
    for doc, document in zip(docs, gold, strict=True):
        assert doc.text == document.text
        assert [(e.start_char, e.end_char, e.label_) for e in doc.ents] == placed(document)
        assert len(doc.user_data["relations"]) == len(document.relations)


def check_conll(path: Path, gold: list[Document]) -> None:
    """SpaCy's own converter finds the same mentions in the same order."""
    docs = list(conll_ner_to_docs(path.read_text("utf-8"), no_print=True))
    found = ["".join(e.text.split()) + "/" + e.label_ for doc in docs for e in doc.ents]
    wanted = ["".join(e.text.split()) + "/" + e.label for item in gold for e in item.entities]
    assert found == wanted
