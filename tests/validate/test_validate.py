"""What is injected into a sound file is found, and what is safe is repaired."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate import api
from annotate.document import Document
from annotate.errors import CallError, FormatError
from annotate.formats import gold, jsonl
from annotate.schema import Schema
from annotate.validate.check import TOO_DEEP, check
from annotate.validate.findings import CODES
from annotate.validate.repair import repair
from annotate.validate.source import Item
from tests.strategies import documents
from tests.validate import made
from tests.validate.made import (
    Break,
    Json,
    add_entity,
    add_text,
    codes,
    entity,
    relate,
    sound,
    validated,
)

# Code → what brings it about in the English sample. Each is found, and nothing else.
BREAKS: dict[str, Break] = {
    "schema": lambda one: one.update(colour="red"),
    "text-empty": lambda one: one.update(text=" \n", entities=[], relations=[]),
    "offset": lambda one: entity(one, "c3").update(start=900, end=904, text="Perú"),
    "text-differs": lambda one: entity(one, "c3").update(text="Chile", country_code="CL"),
    "entity-id-twice": lambda one: add_entity(one, "agreement", id="p2"),
    "entity-twice": lambda one: add_entity(one, "Peru", "COUNTRY", country_code="PE", score=0.6),
    "removed": lambda one: _remove(one, "Chile"),
    "label-unknown": lambda one: add_entity(one, "agreement", "TREATY"),
    "overlap": lambda one: add_entity(one, "Peru signed"),
    "blank": lambda one: add_entity(one, "\n"),
    "edge-space": lambda one: add_entity(one, "agreement") and _widen(one),
    "inside-word": lambda one: add_entity(one, "agree"),
    "never-entity": lambda one: (
        add_text(one, "https://un.org") or add_entity(one, "https://un.org")
    ),
    "edge-punctuation": lambda one: add_entity(one, "agreement.") and _comma(one),
    "code-unknown": lambda one: entity(one, "c3").update(country_code="XX"),
    "code-missing": lambda one: entity(one, "c3").pop("country_code"),
    "code-differs": lambda one: entity(one, "c3").update(country_code="CL"),
    "code-misplaced": lambda one: entity(one, "p1").update(country_code="KE"),
    "relation-end": lambda one: relate(one, "p1", "represents", "c9"),
    "relation-self": lambda one: relate(one, "p1", "met_with", "p1"),
    "relation-unknown": lambda one: relate(one, "p1", "knows", "c3"),
    "relation-type": lambda one: relate(one, "p1", "works_for", "c3"),
    "relation-twice": lambda one: one["relations"].append(one["relations"][0]),
    "relation-pair": lambda one: _pair(one),
    "symmetric-order": lambda one: one["relations"][2].update(head="c3", tail="c2"),
}
REPAIRED = {
    *("entity-twice", "edge-space", "code-missing"),
    *("relation-twice", "symmetric-order"),
}


def _remove(document: Json, words: str) -> None:
    """A review that says it removed what stands elsewhere in the text, if anywhere."""
    review = {"status": "changed", "annotators": [], "tasks": [], "annotations": []}
    rules = {"annotated_at": "2026-03-01T10:00:00Z", "policy": "latest", "label_config": "0"}
    gone = {"id": "r", "start": 0, "end": len(words), "label": "COUNTRY", "text": words}
    document["provenance"] = review | rules | {"removed_entities": [gone]}


def _widen(document: Json) -> None:
    new = document["entities"][-1]
    new.update(start=new["start"] - 1, text=" " + new["text"])


def _comma(document: Json) -> None:
    document["text"] = document["text"].replace("agreement.", "agreement,")
    document["entities"][-1]["text"] = "agreement,"


def _pair(document: Json) -> None:
    new = add_entity(document, "agreement")
    relate(document, new["id"], "met_with", "p1")
    relate(document, "p1", "works_for", new["id"])
    document["relations"][-2].update(head="p1", tail=new["id"])


@pytest.mark.parametrize("code", BREAKS)
def test_what_is_injected_is_found_with_its_document(tmp_path: Path, code: str) -> None:
    given = sound()
    BREAKS[code](given[0])
    done = validated(given, tmp_path)
    assert set(codes(done)) == {code}
    assert all(one.document == "en-1" and "line 2" in one.where for one in done.findings)
    assert all(one.span for one in done.findings) or code in ("schema", "text-empty")


@pytest.mark.parametrize("code", BREAKS)
def test_what_is_safe_is_repaired_and_recorded(tmp_path: Path, code: str) -> None:
    given = sound()
    BREAKS[code](given[0])
    done = validated(given, tmp_path, fix=True)
    assert (codes(done) == []) == (code in REPAIRED)
    record = (tmp_path / "fixed.repairs.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["code"] for line in record] == [code] * (code in REPAIRED)
    assert len(done.ledger.repaired) == len(record)
    if code in REPAIRED:
        assert [one.id for one in gold.read(tmp_path / "fixed.json")] == ["en-1", "fa-1"]


def test_every_code_has_a_break_here() -> None:
    of_files = {"encoding", "json", "layout", "key-twice", "id-twice", "text-twice"}
    assert CODES.keys() == {*BREAKS, *of_files, "ending-outside"}


def test_a_sound_file_is_clean_and_a_fix_changes_nothing(tmp_path: Path) -> None:
    done = validated(sound(), tmp_path, fix=True)
    assert (done.findings, done.repairs) == ([], [])
    assert (done.ledger.taken, done.ledger.given) == (2, 2)
    assert json.loads((tmp_path / "fixed.json").read_text("utf-8")) == sound()


def test_an_ending_left_outside(tmp_path: Path) -> None:
    text = "আইএলও-র সভা।"
    found = {"id": "o", "start": 0, "end": 5, "label": "ORG", "text": "আইএলও"}
    given = {"id": "bn-1", "text": text, "language": "bn", "entities": [found]}
    assert codes(validated([given], tmp_path)) == ["ending-outside"]


def test_several_problems_of_a_document_are_all_named(tmp_path: Path) -> None:
    given = sound()
    for code in ("offset", "label-unknown", "relation-type", "schema"):
        BREAKS[code](given[0])
    assert set(codes(validated(given, tmp_path))) == {
        "offset",
        "label-unknown",
        "relation-type",
        "schema",
    }


def test_an_entity_is_moved_to_the_only_place_of_its_text(tmp_path: Path) -> None:
    given = sound()
    entity(given[0], "c3").update(start=900, end=904)
    entity(given[0], "p1").update(end=12)
    done = validated(given, tmp_path, fix=True)
    assert codes(done) == []
    assert [each.code for each in done.repairs] == ["text-differs", "offset"]
    assert json.loads((tmp_path / "fixed.json").read_text("utf-8")) == sound()


def test_an_entity_whose_text_stands_twice_is_left_to_people(tmp_path: Path) -> None:
    given = sound()
    entity(given[0], "c2").update(start=900, end=905)
    done = validated(given, tmp_path, fix=True)
    assert codes(done) == ["offset"]
    assert done.repairs == []


def test_relations_follow_to_the_copy_that_stays(tmp_path: Path) -> None:
    given = sound()
    copy = entity(given[0], "c3") | {"id": "c9"}
    given[0]["entities"].append(copy)
    given[0]["relations"][2]["tail"] = "c9"
    done = validated(given, tmp_path, fix=True)
    assert codes(done) == []
    assert json.loads((tmp_path / "fixed.json").read_text("utf-8")) == sound()
    assert [each.code for each in done.repairs] == ["entity-twice", "entity-twice"]


def test_a_symmetric_relation_both_ways_is_one(tmp_path: Path) -> None:
    given = sound()
    link = given[0]["relations"][2]
    given[0]["relations"].append(link | {"head": link["tail"], "tail": link["head"]})
    assert set(codes(validated(given, tmp_path))) == {"symmetric-order", "relation-twice"}
    assert codes(validated(given, tmp_path, fix=True)) == []
    assert json.loads((tmp_path / "fixed.json").read_text("utf-8")) == sound()


def test_copies_that_differ_are_left_to_people(tmp_path: Path) -> None:
    given = sound()
    given[0]["relations"].append(given[0]["relations"][0] | {"score": 0.1})
    given[0]["entities"].append(entity(given[0], "c3") | {"id": "c9", "note": "sure?"})
    done = validated(given, tmp_path, fix=True)
    assert codes(done) == ["entity-twice", "relation-twice"]
    assert done.repairs == []


@pytest.mark.parametrize("words", ["Korea", "Congo"])
def test_a_name_of_two_states_gets_no_code(tmp_path: Path, words: str) -> None:
    given = sound()
    add_text(given[0], words)
    add_entity(given[0], words, "COUNTRY")
    done = validated(given, tmp_path, fix=True)
    assert codes(done) == ["code-missing"]
    assert done.repairs == []


def test_ids_and_texts_that_stand_twice(tmp_path: Path) -> None:
    one, other = sound()
    again = other | {"id": "fa-2"}
    piece = one | {"id": "long", "text": "One.", "entities": [], "relations": []}
    pieces = [piece | {"meta": {"piece": {"index": n}}, "text": f"Text {n}."} for n in range(2)]
    done = validated([one, other, one | {"text": one["text"] + " "}, again, *pieces], tmp_path)
    found = [(each.code, each.document) for each in done.findings]
    assert found == [("id-twice", "en-1"), ("text-twice", "fa-2")]


def test_the_file_itself_is_never_written_over(tmp_path: Path) -> None:
    path = made.write(sound(), tmp_path / "gold.json")
    before = path.read_bytes()
    with pytest.raises(CallError):
        api.validate(path, fix=path, settings=made.settings())
    record = made.write(sound(), tmp_path / "gold.repairs.jsonl")
    with pytest.raises(CallError):
        api.validate(record, fix=path, settings=made.settings())
    assert path.read_bytes() == before


def test_documents_that_people_must_correct_stay_in_the_copy(tmp_path: Path) -> None:
    given = sound()
    BREAKS["overlap"](given[0])
    path = made.write(given, tmp_path / "gold.jsonl")
    api.validate(path, fix=tmp_path / "fixed.jsonl", settings=made.settings())
    assert [one.id for one in jsonl.read(tmp_path / "fixed.jsonl")] == ["en-1", "fa-1"]


SCHEMA = made.settings().schema_in_force()


@settings(max_examples=150)
@given(documents(overlapping=True, provenance=True), st.data())
def test_a_repaired_document_has_nothing_left_to_repair(
    document: Document, data: st.DataObject
) -> None:
    value = json.loads(document.to_json())
    _spoil(value, data)
    item = Item("item 1", value)
    before = json.dumps(value)
    fixed, _ = repair(item, SCHEMA)
    assert json.dumps(value) == before
    assert [one for one in check(fixed, SCHEMA) if one.repairable] == []
    assert repair(fixed, SCHEMA) == (fixed, [])


@settings(max_examples=100)
@given(documents(overlapping=True, provenance=True), st.data())
def test_what_is_said_to_be_repairable_is_repaired(document: Document, data: st.DataObject) -> None:
    value = json.loads(document.to_json())
    _spoil(value, data)
    said = any(one.repairable for one in check(Item("item 1", value), SCHEMA))
    assert said == bool(repair(Item("item 1", value), SCHEMA)[1])


@settings(max_examples=100)
@given(documents(overlapping=True, provenance=True))
def test_no_valid_document_is_said_to_break_the_model(document: Document) -> None:
    hard = {"schema", "offset", "text-differs", "entity-id-twice", "relation-end"}
    found = check(Item("item 1", json.loads(document.to_json())), SCHEMA)
    assert hard.isdisjoint(one.code for one in found)


def _spoil(value: Json, data: st.DataObject) -> None:
    """Shift, widen and double some entities, and turn and double some relations."""
    kinds = st.sampled_from(["keep", "keep", "shift", "widen", "double", "same id"])
    for one in list(value["entities"]):
        match data.draw(kinds):
            case "shift":
                one["start"] += data.draw(st.integers(-2, 2))
            case "widen":
                one["end"] = min(one["end"] + 1, len(value["text"]))
                one["text"] = value["text"][one["start"] : one["end"]]
            case "double":
                value["entities"].append(one | {"id": one["id"] + "'"})
            case "same id":
                value["entities"].append(dict(one))
    for one in list(value["relations"]):
        one["label"] = data.draw(st.sampled_from(["met_with", "works_for", "nothing"]))
        if data.draw(st.booleans()):
            value["relations"].append(one | {"head": one["tail"], "tail": one["head"]})
        if data.draw(st.booleans()):
            value["relations"].append(dict(one))


def test_another_label_config_is_the_one_in_force() -> None:
    xml = (
        '<View><Labels name="l" toName="t"><Label value="CITY"/></Labels>'
        '<Text name="t" value="$text"/></View>'
    )
    found = check(Item("item 1", sound()[0]), Schema.from_xml(xml))
    assert {one.code for one in found} == {"label-unknown", "relation-unknown"}


def test_a_removed_entity_where_it_stands_is_right_and_one_beyond_the_text_is_not(
    tmp_path: Path,
) -> None:
    given = sound()
    _remove(given[0], given[0]["text"][:5])
    assert codes(validated(given, tmp_path)) == []
    given[0]["provenance"]["removed_entities"][0] |= {"start": 9000, "end": 9005}
    assert codes(validated(given, tmp_path)) == ["removed"]


def test_what_is_nested_too_deeply_is_named_and_not_in_the_copy(tmp_path: Path) -> None:
    for depth in (300, 900):
        nested: object = 1
        for _ in range(depth):
            nested = [nested]
        given = [sound()[0] | {"meta": {"deep": nested}}, sound()[1]]
        done = validated(given, tmp_path)
        assert [(one.code, one.what) for one in done.findings] == [("schema", TOO_DEEP)]
    done = validated(given, tmp_path, fix=True)
    assert [note.what for note in done.ledger.refused] == [TOO_DEEP]
    assert [one.id for one in gold.read(tmp_path / "fixed.json")] == ["fa-1"]


def test_copy_and_record_come_together_into_a_folder_that_is_made(tmp_path: Path) -> None:
    path = made.write(sound(), tmp_path / "gold.json")
    target = tmp_path / "new" / "fixed.json"
    api.validate(path, fix=target, settings=made.settings())
    assert {one.name for one in target.parent.iterdir()} == {"fixed.json", "fixed.repairs.jsonl"}
    other = tmp_path / "other"
    (other / "fixed.repairs.jsonl").mkdir(parents=True)
    with pytest.raises(FormatError):
        api.validate(path, fix=other / "fixed.json", settings=made.settings())
    assert [one.name for one in other.iterdir()] == ["fixed.repairs.jsonl"]


def test_relations_follow_a_chain_of_copies_to_the_first(tmp_path: Path) -> None:
    given = sound()
    for name in ("copy-1", "copy-2"):
        given[0]["entities"].append(entity(given[0], "c3") | {"id": name})
        relate(given[0], "p1", "based_in", name)
    validated(given, tmp_path, fix=True)
    (document, _) = gold.read(tmp_path / "fixed.json")
    ends = [link.tail for link in document.relations if link.label == "based_in"]
    assert ends.count("c3") == 1
    assert not {"copy-1", "copy-2"} & {*ends, *(one.id for one in document.entities)}
