"""The audit as a whole: planted errors come first."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from annotate.audit.audit import Audit, audit
from annotate.audit.mark import Finding
from annotate.cli.audit import audit as verb
from annotate.config import load_settings
from annotate.document import Document, Entity
from annotate.formats import jsonl
from annotate.ledger import Ledger
from tests.audit.made import document, gold, with_entity, without

SETTINGS = load_settings()
SCHEMA = SETTINGS.schema_in_force()
SIZE = 20

Plant = tuple[Document, Callable[[Finding], bool]]


def look(documents: list[Document]) -> tuple[Audit, Ledger]:
    ledger = Ledger("audit")
    return audit(documents, SETTINGS, SCHEMA, ledger, rehearse=False), ledger


def country_as_person(spoilt: Document) -> Plant:
    entity = next(one for one in spoilt.entities if one.label == "COUNTRY")
    wrong = entity.model_copy(update={"label": "PERSON", "country_code": None})
    return with_entity(
        spoilt, wrong
    ), lambda found: found.mark.kind == "entity" and found.mark.start == entity.start


def country_left_out(spoilt: Document) -> Plant:
    entity = next(one for one in spoilt.entities if one.label == "COUNTRY")
    return (
        without(spoilt, entity),
        lambda found: (
            found.mark.kind == "missing entity"
            and (found.mark.start, found.mark.end) == (entity.start, entity.end)
        ),
    )


def word_as_name(spoilt: Document) -> Plant:
    free = next(
        (at, at + len(word))
        for word in spoilt.text.split()
        if len(word) > 2 and word.isalpha()
        for at in [spoilt.text.index(word)]
        if all(one.end <= at or at + len(word) <= one.start for one in spoilt.entities)
    )
    words = spoilt.text[slice(*free)]
    drawn = Entity(id="drawn", start=free[0], end=free[1], label="COUNTRY", text=words)
    update = {"entities": (*spoilt.entities, drawn)}
    return spoilt.model_copy(
        update=update
    ), lambda found: found.mark.kind == "entity" and found.mark.start == free[0]


PLANTS = (country_as_person, country_left_out, word_as_name)


@cache
def planted(language: str) -> tuple[Audit, tuple[Callable[[Finding], bool], ...], Ledger]:
    documents = gold(language, SIZE)
    finders = []
    for number, plant in enumerate(PLANTS):
        at = next(
            at
            for at in range(number * 6, SIZE)
            if any(one.label == "COUNTRY" for one in documents[at].entities)
        )
        documents[at], finder = plant(documents[at])
        name = documents[at].id
        finders.append(
            lambda found, name=name, finder=finder: found.mark.document == name and finder(found)
        )
    result, ledger = look(documents)
    return result, tuple(finders), ledger


@pytest.mark.parametrize("language", ["bn", "fa"])
@pytest.mark.parametrize("number", range(len(PLANTS)))
def test_a_planted_error_is_in_the_first_tenth(language: str, number: int) -> None:
    result, finders, _ = planted(language)
    first = result.ranking[: len(result.ranking) // 10]
    assert any(map(finders[number], first))


def test_every_gold_mark_is_in_the_ranking_once_and_ranked() -> None:
    result, _, ledger = planted("fa")
    marks = [one.mark for one in result.ranking]
    entities = sum(len(one.entities) for one in result.documents)
    relations = sum(len(one.relations) for one in result.documents)
    assert sum(mark.kind == "entity" for mark in marks) == entities
    assert sum(mark.kind == "relation" for mark in marks) == relations
    assert ledger.counts["marks looked at: entity"] == entities
    scores = [one.score for one in result.ranking]
    assert scores == sorted(scores, reverse=True)
    texts = {one.id: one.text for one in result.documents}
    for mark in marks:
        if mark.kind.endswith("entity"):
            assert texts[mark.document][mark.start : mark.end] == mark.words


def test_without_a_second_document_only_the_gold_itself_is_compared() -> None:
    text = "Acme won. Acme lost. Acme slept. Acme rose."
    marks = (("Acme", "ORG"), ("Acme", "ORG"), ("Acme", "ORG"), ("Acme", "PERSON"))
    result, ledger = look([document("alone", text, *marks)])
    assert ledger.counts["documents that no model could judge"] == 1
    first = result.ranking[0].mark
    assert (first.gold, first.proposed, first.start) == ("PERSON", "ORG", text.rindex("Acme"))


def test_a_label_that_only_one_document_has_is_not_held_against_it() -> None:
    documents = gold("bn", 6)
    own = documents[0].entities[0].model_copy(update={"label": "VESSEL", "country_code": None})
    documents[0] = with_entity(documents[0], own)
    result, _ = look(documents)
    (mark,) = (one.mark for one in result.ranking if one.mark.gold == "VESSEL")
    assert mark.trust is None


def test_a_second_document_of_an_id_is_refused_by_name() -> None:
    one = document("same", "Acme won.", ("Acme", "ORG"))
    result, ledger = look([one, one])
    assert len(result.documents) == 1
    assert [note.where for note in ledger.refused] == ["same"]


def test_gold_without_a_document_has_no_findings() -> None:
    result, ledger = look([])
    assert result.findings == []
    assert ledger.clean


def test_the_verb_shows_the_first_and_writes_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    # With a label of one's own the corpus is not rehearsed, which would take a minute.
    own = SCHEMA.xml.replace('<Label value="ORG"', '<Label value="PLACE"/><Label value="ORG"')
    (tmp_path / "label_config.xml").write_text(own, "utf-8")
    documents = gold("bn", 10)
    spoilt, _ = country_as_person(documents[0])
    jsonl.write([spoilt, *documents[1:]], tmp_path / "gold.jsonl", Ledger("write"))
    call = ["gold.jsonl", "--output", "found/all.jsonl", "--first", "3"]
    with pytest.raises(SystemExit) as ended:
        verb(call)
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    lines = [json.loads(line) for line in (tmp_path / "found/all.jsonl").open(encoding="utf-8")]
    assert 0 < len(lines) <= 3
    assert all(line["document"] in shown for line in lines)
    assert {"document", "start", "end", "gold", "proposed", "score", "reason"} <= set(lines[0])
