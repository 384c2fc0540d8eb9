import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from annotate.document import Document, Entity
from annotate.errors import FormatError
from annotate.formats import spert
from annotate.ledger import Ledger
from tests.samples import english
from tests.strategies import collections

# An item in the layout of SpERT's README, of our own words.
FOREIGN = {
    "tokens": ["Amina", "Yusuf", "left", "Kenya", "."],
    "entities": [
        {"type": "Peop", "start": 0, "end": 2},
        {"type": "Loc", "start": 3, "end": 4},
    ],
    "relations": [{"type": "Live_In", "head": 0, "tail": 1}],
    "orig_id": 2912,
}


def loaded(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text("utf-8"))


def as_spert_reads(path: Path, types: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Entities and relations by the very keys that SpERT's JsonInputReader looks up.

    It runs in torch, which the tests do without.
    """
    for one in types["entities"].values():
        assert {one["short"], one["verbose"]}
    for one in types["relations"].values():
        assert one["symmetric"] is False
        assert {one["short"], one["verbose"]}
    found = []
    for item in loaded(path):
        entities = []
        for one in item["entities"]:
            assert one["type"] in types["entities"]
            assert 0 <= one["start"] < one["end"] <= len(item["tokens"])
            entities.append((" ".join(item["tokens"][one["start"] : one["end"]]), one["type"]))
        links = []
        for one in item["relations"]:
            assert one["type"] in types["relations"]
            links.append((entities[one["head"]][0], one["type"], entities[one["tail"]][0]))
        found.append((entities, links))
    return found


def test_spert_finds_entities_and_relations(tmp_path: Path, ledger: Ledger) -> None:
    path = tmp_path / "gold.spert.json"
    spert.write([english()], path, ledger)
    types = json.loads((tmp_path / "gold.spert_types.json").read_text("utf-8"))
    first, second = as_spert_reads(path, types)
    assert first == (
        [("Amina Yusuf", "PERSON"), ("Kenya", "COUNTRY"), ("Li Na", "PERSON")],
        [("Amina Yusuf", "represents", "Kenya"), ("Amina Yusuf", "met_with", "Li Na")],
    )
    assert second == (
        [("Kenya", "COUNTRY"), ("Peru", "COUNTRY")],
        [("Kenya", "cooperates_with", "Peru")],
    )
    assert types["relations"]["met_with"]["verbose"] == "met with"
    assert ledger.counts["sentences merged"] == 0


@settings(deadline=None, max_examples=60)
@given(documents=collections(overlapping=True))
def test_no_entity_or_relation_is_left_out(folder: Path, documents: list[Document]) -> None:
    path = folder / "gold.spert.json"
    spert.write(documents, path, Ledger("export"))
    types = json.loads((folder / "gold.spert_types.json").read_text("utf-8"))
    found = as_spert_reads(path, types)
    assert sum(len(entities) for entities, _ in found) == sum(
        len(document.entities) for document in documents
    )
    assert sum(len(links) for _, links in found) == sum(
        len(document.relations) for document in documents
    )


def test_a_relation_across_sentences_merges_them(tmp_path: Path, ledger: Ledger) -> None:
    document = english()
    across = document.relations[0].model_copy(update={"tail": "c3"})
    path = tmp_path / "gold.spert.json"
    spert.write([document.model_copy(update={"relations": (across,)})], path, ledger)
    (item,) = loaded(path)
    assert item["text"] == document.text
    assert ledger.counts["sentences merged"] == 1


def test_white_space_and_format_characters_are_no_tokens(tmp_path: Path, ledger: Ledger) -> None:
    path = tmp_path / "gold.spert.json"
    document = Document(id="d", text="\u200f Kenya \n\u200b\u2028 met \u00a0")
    spert.write([document], path, ledger)
    assert [token for item in loaded(path) for token in item["tokens"]] == ["Kenya", "met"]
    assert list(spert.read(path)) == [document]


def test_an_entity_that_cannot_be_seen_is_kept_and_named(tmp_path: Path, ledger: Ledger) -> None:
    entity = Entity(id="e", start=1, end=3, label="ORG", text=" \u200b")
    path = tmp_path / "gold.spert.json"
    spert.write([Document(id="d", text="a \u200bb", entities=(entity,))], path, ledger)
    assert [(loss.where, loss.kind) for loss in ledger.losses] == [
        ("d 1:3", "entity in visible tokens")
    ]
    ((document,), (item,)) = spert.read(path), loaded(path)
    assert document.entities == (entity,)
    assert "".join(item["tokens"]) == "a \u200bb"


def test_what_spert_cannot_tell_apart_is_refused(tmp_path: Path, ledger: Ledger) -> None:
    none = Entity(id="e", start=0, end=1, label="None", text="a")
    documents = [
        Document(id="d", text="a"),
        Document(id="d", text="b"),
        Document(id="n", text="a", entities=(none,)),
    ]
    path = tmp_path / "gold.spert.json"
    spert.write(documents, path, ledger)
    assert [note.where for note in ledger.refused] == ["d", "n"]
    assert list(spert.read(path)) == documents[:1]


def test_a_file_of_other_making(tmp_path: Path) -> None:
    path = tmp_path / "conll04_train.json"
    alone = {key: FOREIGN[key] for key in ("tokens", "entities", "relations")}
    path.write_text(json.dumps([FOREIGN, FOREIGN, alone]), "utf-8")
    first, second = spert.read(path)
    line = "Amina Yusuf left Kenya ."
    assert (first.id, first.text) == ("2912", f"{line}\n{line}")
    assert [(e.id, e.start, e.text, e.label) for e in first.entities] == [
        ("e1", 0, "Amina Yusuf", "Peop"),
        ("e2", 17, "Kenya", "Loc"),
        ("e3", 25, "Amina Yusuf", "Peop"),
        ("e4", 42, "Kenya", "Loc"),
    ]
    assert [(link.head, link.label, link.tail) for link in first.relations] == [
        ("e1", "Live_In", "e2"),
        ("e3", "Live_In", "e4"),
    ]
    assert (second.id, second.text) == ("conll04_train-3", line)


def test_keys_of_others_come_into_meta(tmp_path: Path, ledger: Ledger) -> None:
    path = tmp_path / "x.json"
    item = json.loads(json.dumps(FOREIGN)) | {"ltokens": ["before"], "text": "as it was"}
    item["relations"][0] |= {"note": "sic", "number": 2}
    item["entities"][1] |= {"head": 3, "note": "a note of the entity"}
    path.write_text(json.dumps([item, FOREIGN, item | {"orig_id": 3}]), "utf-8")
    two, one = spert.read(path)
    assert one.entities[1].note == "a note of the entity"
    assert one.meta == {
        "ltokens": ["before"],
        "text": "as it was",
        "entities": [{}, {"head": 3}],
        "relations": [{"note": "sic", "number": 2}],
    }
    assert two.meta == {
        "items": [{"ltokens": ["before"], "text": "as it was"}, {}],
        "entities": [{}, {"head": 3}, {}, {}],
        "relations": [{"note": "sic", "number": 2}, {}],
    }
    spert.write([two, one], path, ledger)
    assert list(spert.read(path)) == [two, one]


def test_a_key_that_people_added_to_our_file_is_kept(tmp_path: Path, ledger: Ledger) -> None:
    document = english().model_copy(update={"meta": {"source": "own"}})
    path = tmp_path / "x.spert.json"
    spert.write([document], path, ledger)
    items = loaded(path)
    items[0]["entities"][0]["sure"] = True
    path.write_text(json.dumps(items), "utf-8")
    (back,) = spert.read(path)
    sure = [{"sure": True}, *({} for _ in document.entities[1:])]
    assert back == document.model_copy(update={"meta": {"source": "own", "entities": sure}})
    items[0]["meta"]["entities"] = "mine"
    path.write_text(json.dumps(items), "utf-8")
    with pytest.raises(FormatError, match="entities is in meta and beside it"):
        list(spert.read(path))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"tokens": None}, "item 1: this is no item of SpERT"),
        ({"entities": [{"start": 0, "end": 1}]}, "'type' is missing"),
        ({"entities": [{"type": "X", "start": 4, "end": 9}]}, "no tokens 4:9 for a X"),
        ({"entities": [{"type": "X", "start": -2, "end": -1}]}, "no tokens -2:-1"),
        ({"relations": [{"type": "X", "head": 0, "tail": -1}]}, "between entities 0 and -1"),
        ({"text": "Amina Yusuf", "offsets": [[0, 5]]}, "the tokens are not those"),
        (
            {"entities": [{"type": "X", "start": 0, "end": 1, "chars": [0, 11]}]},
            "'chars' 0:11 of a X hold other tokens",
        ),
    ],
)
def test_an_item_that_is_none_is_named(change: dict[str, Any], says: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.spert.json"
    path.write_text(json.dumps([FOREIGN | {"relations": []} | change]), "utf-8")
    with pytest.raises(FormatError, match=says):
        list(spert.read(path))
