import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from annotate.document import Document, Entity, Relation
from annotate.errors import FormatError
from annotate.formats import gliner
from annotate.ledger import Ledger
from tests.samples import english
from tests.strategies import collections

# An item in the layout of GLiNER's guide to training, of our own words.
FOREIGN = {
    "tokenized_text": ["Amina", "Yusuf", "left", "Kenya"],
    "ner": [[0, 1, "person"], [3, 3, "country"]],
    "relations": [[0, 1, "left"]],
    "ner_labels": ["person", "country", "date"],
}


def loaded(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text("utf-8"))


def test_fields_are_those_of_the_guide(tmp_path: Path, ledger: Ledger) -> None:
    path = tmp_path / "gold.gliner.json"
    gliner.write([english()], path, ledger)
    first, second = loaded(path)
    assert first["tokenized_text"] == ["Amina", "Yusuf", "of", "Kenya", "met", "Li", "Na", "."]
    assert first["ner"] == [[0, 1, "PERSON"], [3, 3, "COUNTRY"], [5, 6, "PERSON"]]
    assert first["relations"] == [[0, 1, "represents"], [0, 2, "met_with"]]
    assert second["relations"] == [[0, 1, "cooperates_with"]]


@settings(deadline=None, max_examples=60)
@given(documents=collections(overlapping=True))
def test_every_entity_and_relation_is_in_the_lists(folder: Path, documents: list[Document]) -> None:
    path = folder / "gold.gliner.json"
    gliner.write(documents, path, Ledger("export"))
    counts = [0, 0]
    for item in loaded(path):
        for first, last, label in item["ner"]:
            assert 0 <= first <= last < len(item["tokenized_text"])
            assert label
        for head, tail, _ in item["relations"]:
            assert {head, tail} <= set(range(len(item["ner"])))
        counts = [counts[0] + len(item["ner"]), counts[1] + len(item["relations"])]
        assert item["ner"] == sorted(item["ner"], key=lambda mark: mark[0])
    assert counts == [
        sum(len(document.entities) for document in documents),
        sum(len(document.relations) for document in documents),
    ]


def test_what_is_too_long_for_gliner_is_named(tmp_path: Path, ledger: Ledger) -> None:
    words = "word " * 400
    entity = Entity(id="e", start=0, end=14 * 5 - 1, label="ORG", text=words[: 14 * 5 - 1])
    path = tmp_path / "gold.gliner.json"
    other = Entity(id="f", start=75, end=79, label="ORG", text="word")
    last = Entity(id="g", start=1990, end=1994, label="ORG", text="word")
    ends = [("f", "e"), ("f", "g"), ("f", "f")]
    links = tuple(Relation(head=head, tail=tail, label="met_with") for head, tail in ends)
    entities = (entity, other, last)
    documents = [Document(id="d", text=words, entities=entities, relations=links)]
    gliner.write(documents, path, ledger)
    assert ledger.counts["passages of more than 384 tokens"] == 1
    assert [(loss.where, loss.kind) for loss in ledger.losses] == [
        ("d 0:69", f"entity in {gliner.PART}"),
        ("d 1990:1994", f"entity in {gliner.PART}"),
        ("d", f"relation in {gliner.PART}"),
        ("d", f"relation in {gliner.PART}"),
    ]


def test_relations_that_gliner_takes_for_others_are_counted(tmp_path: Path, ledger: Ledger) -> None:
    """From the second entity of a span on, but those of too wide entities are counted as such."""
    text = "Kenya met Peru and " + "Board " * 13
    marks = {"a": (0, 5), "b": (0, 5), "c": (10, 14), "wide": (19, 19 + 13 * 6 - 1)}
    entities = tuple(
        Entity(id=name, start=start, end=end, label=name, text=text[start:end])
        for name, (start, end) in marks.items()
    )
    ends = [("a", "a"), ("a", "b"), ("c", "a"), ("a", "wide"), ("c", "wide")]
    links = tuple(Relation(head=head, tail=tail, label="met_with") for head, tail in ends)
    path = tmp_path / "gold.gliner.json"
    gliner.write([Document(id="d", text=text, entities=entities, relations=links)], path, ledger)
    assert ledger.lost == {f"entity in {gliner.PART}": 1, f"relation in {gliner.PART}": 4}
    said = [loss.what.split(": ")[1] for loss in ledger.losses]
    assert said.count("an end of it is not learnt") == 2
    assert sum("have one span" in why for why in said) == 2


def test_a_second_document_of_one_id_is_refused(tmp_path: Path, ledger: Ledger) -> None:
    documents = [Document(id="d", text="one"), Document(id="d", text="two")]
    path = tmp_path / "gold.gliner.json"
    gliner.write(documents, path, ledger)
    assert list(gliner.read(path)) == documents[:1]
    assert [note.where for note in ledger.refused] == ["d"]


def test_a_file_of_other_making(tmp_path: Path) -> None:
    path = tmp_path / "train.json"
    alone = {key: FOREIGN[key] for key in ("tokenized_text", "ner")}
    path.write_text(json.dumps([FOREIGN, alone]), "utf-8")
    first, second = gliner.read(path)
    assert (first.id, first.text) == ("train-1", "Amina Yusuf left Kenya")
    assert [(e.id, e.text, e.label) for e in first.entities] == [
        ("e1", "Amina Yusuf", "person"),
        ("e2", "Kenya", "country"),
    ]
    assert [(link.head, link.label, link.tail) for link in first.relations] == [
        ("e1", "left", "e2")
    ]
    assert (second.id, second.relations) == ("train-2", ())


def test_keys_of_others_come_into_meta(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    more = {"negatives": ["city"], "document": "as it was", "text": "whole", "meta": "mine"}
    path.write_text(json.dumps([FOREIGN | more]), "utf-8")
    (document,) = gliner.read(path)
    assert (document.id, document.text) == ("x-1", "Amina Yusuf left Kenya")
    assert document.meta == {"ner_labels": FOREIGN["ner_labels"]} | more


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"tokenized_text": None}, "item 1: this is no item of GLiNER"),
        ({"ner": [[3, 4, "x"]]}, "no tokens 3:5 for a x"),
        ({"ner": [[3, 4]]}, "item 1: this is no item of GLiNER"),
        ({"relations": [[0, 2, "x"]]}, "between entities 0 and 2"),
        ({"ner_details": [{}]}, "'ner_details' are 1, 'ner' 2"),
    ],
)
def test_an_item_that_is_none_is_named(change: dict[str, Any], says: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.gliner.json"
    path.write_text(json.dumps([FOREIGN | {"relations": []} | change]), "utf-8")
    with pytest.raises(FormatError, match=says):
        list(gliner.read(path))
