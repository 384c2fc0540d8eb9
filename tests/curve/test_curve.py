"""Curves that are trained: small gold sets of our own sentences, and the verb."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from annotate.cli.curve import curve as verb
from annotate.config import Settings
from annotate.curve.curve import curve
from annotate.curve.measure import halves, runs
from annotate.document import Document, Entity, Relation
from annotate.errors import InputError
from annotate.formats import gold
from annotate.ledger import Ledger
from annotate.split import record
from annotate.split.placing import Shares
from annotate.split.split import split
from tests.split.made import document, story

FIRST = ("Amina", "Joaquim", "Thandi", "Ravi", "Mei", "Olga", "Pedro", "Sara")
LAST = ("Yusuf", "Costa", "Nkosi", "Menon", "Lin", "Petrova", "Alves", "Holm")
NAMES = [f"{first} {last}" for first, last in product(FIRST, LAST)]


def made(count: int, language: str = "en") -> list[Document]:
    """Texts that name a person and a body; the rest of their words means nothing."""
    return [_text(number, language) for number in range(count)]


def _text(number: int, language: str) -> Document:
    person, body = NAMES[number % len(NAMES)], f"{LAST[number % 8]} Institute"
    text = f"{person} works for the {body}. {story(number, 25)}."
    starts = {name: text.index(name) for name in (person, body)}
    entities = tuple(
        Entity(id=label, start=starts[name], end=starts[name] + len(name), label=label, text=name)
        for name, label in ((person, "PERSON"), (body, "ORG"))
    )
    return Document(
        id=f"{language}-{number}",
        text=text,
        language=language,
        entities=entities,
        relations=(Relation(head="PERSON", tail="ORG", label="works_for"),),
        meta={"model_version": "of old"},
    )


def test_a_curve_is_measured_and_the_same_again(tmp_path: Path) -> None:
    documents = made(30)
    settings = Settings(models=tmp_path)
    ledger = Ledger("curve")
    once = curve(documents, settings, ledger, target=0.99, seeds=2, rehearse=False)
    again = curve(documents[::-1], settings, Ledger("curve"), target=0.99, seeds=2, rehearse=False)
    assert [panel.as_dict() for panel in once] == [panel.as_dict() for panel in again]
    (panel,) = once
    assert (panel.name, panel.tested) == ("en", 6)
    assert [point.documents for point in panel.entities] == [2, 3, 6, 12, 18, 24]
    assert [len(point.runs) for point in panel.entities] == [2, 2, 2, 2, 2, 1]
    assert panel.entities[-1].f1 > 0.9
    assert panel.relations[-1].f1 > panel.relations[0].f1 or panel.relations[0].f1 > 0.9
    assert (ledger.counts["train"], ledger.counts["test"], ledger.given) == (24, 6, 30)
    assert not list(tmp_path.iterdir())


def test_a_locked_test_part_is_the_test_part(tmp_path: Path) -> None:
    documents = made(20)
    before = split(documents, record.Record(), Ledger("split"), Shares(dev=0.2, test=0.1))
    record.write(before.record, tmp_path / record.NAME)
    train, test = halves(documents, Settings(models=tmp_path), Ledger("curve"))
    assert {one.id for one in before.parts["test"]} <= {one.id for one in test}
    trained = {one.id for part in ("train", "dev") for one in before.parts[part]}
    assert {one.id for one in train} == trained
    assert {one.id for one in test} == {one.id for one in before.parts["test"]}


def test_a_single_document_makes_no_curve(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="1 documents, and none to test on"):
        halves(made(1), Settings(models=tmp_path), Ledger("curve"))


def test_rehearsed_the_curve_begins_at_the_built_in_pipeline() -> None:
    train, test = made(2)[:1], made(2)[1:]
    bare = [one.model_copy(update={"relations": ()}) for one in (*train, *test)]
    found = runs(bare[:1], bare[1:], Settings(pipelines={"en": "no such pipeline"}), seeds=2)
    assert [run.trained for run in found] == [{}, {"en": 1}]
    assert found[0].entities[0].wanted == 2
    # Without relations in the gold there is no curve of them.
    assert not any(score.suggested for run in found for score in run.relations)


def test_a_language_without_entities_learns_nothing() -> None:
    empty = document("fa-1", "سلام", "fa")
    found = runs([*made(2), empty], made(3)[2:], Settings(), seeds=2, rehearse=False)
    assert found[-1].trained == {"en": 2, "fa": 1}


def call(*arguments: str) -> Result:
    return CliRunner().invoke(verb, list(arguments))


def test_the_verb_draws_and_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    # A label of one's own: the project's corpus teaches nothing about it.
    labels = "".join(f'<Label value="{label}"/>' for label in ("PERSON", "ORG", "ROLE"))
    Path("label_config.xml").write_text(
        f'<View><Labels name="label" toName="text">{labels}</Labels>'
        '<Text name="text" value="$text"/></View>',
        "utf-8",
    )
    bare = [one.model_copy(update={"relations": ()}) for one in made(10)]
    gold.write(bare, Path("gold.json"), Ledger("write"))
    done = call("gold.json", "--seeds", "2", "--plot", "plots/c.png")
    assert done.exit_code == 0, done.output
    assert "0 documents" not in done.output
    assert "the test part has 2 documents" in done.output or "is reached" in done.output
    assert Path("plots/c.png").stat().st_size > 5000
    again = call("gold.json", "--seeds", "2", "--plot", "c.svg", "--json")
    told = json.loads(again.stdout)
    sizes = [point["documents"] for point in told["curves"]["en"]["entities"]]
    assert sizes == [1, 2, 4, 6, 8]
    assert told["plot"] == "c.svg"


def test_a_wrong_call_is_refused_before_any_training(tmp_path: Path) -> None:
    path = tmp_path / "gold.json"
    gold.write(made(2), path, Ledger("write"))
    assert call(str(path), "--target", "90").exit_code == 2
    assert call(str(path), "--seeds", "1").exit_code == 2
    assert "name it so" in str(call(str(path), "--plot", "curve.pdf").exception)
