import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from annotate.document import Document, Entity, Relation
from annotate.errors import FormatError
from annotate.formats import docred
from annotate.ledger import Ledger
from tests.samples import english
from tests.strategies import collections

# An item in the layout of DocRED's data/README.md, of our own words.
FOREIGN = {
    "title": "Amina Yusuf",
    "sents": [["Amina", "Yusuf", "left", "Kenya", "."], ["She", "is", "back", "."]],
    "vertexSet": [
        [
            {"name": "Amina Yusuf", "sent_id": 0, "pos": [0, 2], "type": "PER"},
            {"name": "She", "sent_id": 1, "pos": [0, 1], "type": "PER"},
        ],
        [{"name": "Kenya", "sent_id": 0, "pos": [3, 4], "type": "LOC"}],
    ],
    "labels": [{"h": 0, "t": 1, "r": "P27", "evidence": [0, 1]}],
}


def loaded(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text("utf-8"))


def visible(text: str) -> str:
    return "".join(
        one for one in text if unicodedata.category(one)[0] not in "CZ" and one != "\ufffd"
    )


def as_gen_data_reads(folder: Path) -> list[tuple[list[str], list[tuple[str, str, str]]]]:
    """Entities and relations by the keys and sums of DocRED's gen_data.py and evaluation.py."""
    rel2id, ner2id = loaded(folder, "rel2id.json"), loaded(folder, "ner2id.json")
    assert (rel2id["Na"], ner2id["BLANK"]) == (0, 0)
    assert set(loaded(folder, "rel_info.json")) == set(rel2id) - {"Na"}
    found = []
    for item in loaded(folder, docred.DOCUMENTS):
        words = [word for sentence in item["sents"] for word in sentence]
        before = [sum(map(len, item["sents"][:number])) for number in range(len(item["sents"]))]
        names = []
        for (mention,) in item["vertexSet"]:
            assert mention["type"] in ner2id
            first, after = (before[int(mention["sent_id"])] + edge for edge in mention["pos"])
            assert visible("".join(words[first:after])) == visible(mention["name"])
            names.append(mention["name"])
        facts = []
        for label in item["labels"]:
            assert label["r"] in rel2id
            assert set(label["evidence"]) <= set(range(len(item["sents"])))
            facts.append((names[label["h"]], label["r"], names[label["t"]]))
        found.append((names, facts))
    return found


def test_docreds_scripts_find_entities_and_relations(tmp_path: Path, ledger: Ledger) -> None:
    across = Relation(head="p1", tail="c3", label="represents")
    document = english()
    document = document.model_copy(update={"relations": (*document.relations, across)})
    path = tmp_path / "gold-docred"
    docred.write([document], path, ledger)
    ((names, facts),) = as_gen_data_reads(path)
    assert names == ["Amina Yusuf", "Kenya", "Li Na", "Kenya", "Peru"]
    assert facts == [
        ("Amina Yusuf", "represents", "Kenya"),
        ("Amina Yusuf", "met_with", "Li Na"),
        ("Kenya", "cooperates_with", "Peru"),
        ("Amina Yusuf", "represents", "Peru"),
    ]
    (item,) = loaded(path, docred.DOCUMENTS)
    assert [label["evidence"] for label in item["labels"]] == [[0], [0], [1], [0, 1]]
    assert loaded(path, "rel_info.json")["met_with"] == "met with"


@settings(deadline=None, max_examples=60)
@given(documents=collections(overlapping=True))
def test_no_entity_or_relation_is_left_out(folder: Path, documents: list[Document]) -> None:
    path = folder / "gold-docred"
    docred.write(documents, path, Ledger("export"))
    for document, (names, facts) in zip(documents, as_gen_data_reads(path), strict=True):
        assert names == [entity.text for entity in document.entities]
        assert len(facts) == len(document.relations)


def test_an_entity_across_sentences_merges_them(tmp_path: Path, ledger: Ledger) -> None:
    text = "He saw Who?\nWhat? today."
    entity = Entity(id="e", start=7, end=17, label="ORG", text="Who?\nWhat?")
    docred.write([Document(id="d", text=text, entities=(entity,))], tmp_path / "x-docred", ledger)
    (item,) = loaded(tmp_path / "x-docred", docred.DOCUMENTS)
    assert item["vertexSet"][0][0]["sent_id"] == 0
    assert ledger.counts["sentences merged"] == 1


def test_what_docred_cannot_tell_apart_is_refused(tmp_path: Path, ledger: Ledger) -> None:
    blank = Entity(id="e", start=0, end=1, label="BLANK", text="a")
    other = blank.model_copy(update={"label": "X"})
    none = Relation(head="e", tail="e", label="Na")
    documents = [
        Document(id="d", text="a"),
        Document(id="d", text="b"),
        Document(id="b", text="a", entities=(blank,)),
        Document(id="n", text="a", entities=(other,), relations=(none,)),
    ]
    docred.write(documents, tmp_path / "x-docred", ledger)
    assert [note.where for note in ledger.refused] == ["d", "b", "n"]
    assert list(docred.read(tmp_path / "x-docred")) == documents[:1]


def test_a_folder_of_other_making(tmp_path: Path) -> None:
    (tmp_path / "dev.json").write_text(json.dumps([FOREIGN]), "utf-8")
    unlabelled = {key: FOREIGN[key] for key in ("title", "sents", "vertexSet")}
    (tmp_path / "test.json").write_text(json.dumps([unlabelled]), "utf-8")
    (tmp_path / "rel_info.json").write_text('{"P27": "country of citizenship"}', "utf-8")
    first, second = docred.read(tmp_path)
    assert (first.id, first.text) == ("Amina Yusuf", "Amina Yusuf left Kenya .\nShe is back .")
    assert [(e.id, e.text, e.label) for e in first.entities] == [
        ("e1", "Amina Yusuf", "PER"),
        ("e2", "She", "PER"),
        ("e3", "Kenya", "LOC"),
    ]
    assert [(one.head, one.label, one.tail) for one in first.relations] == [("e1", "P27", "e3")]
    assert first.meta == {"vertexSet": [["e1", "e2"], ["e3"]], "evidence": [[0, 1]]}
    assert second.relations == ()
    assert next(docred.read(tmp_path / "dev.json")) == first


def test_keys_of_others_come_into_meta(tmp_path: Path) -> None:
    """As Re-DocRED has them, and some that are ours elsewhere."""
    item = json.loads(json.dumps(FOREIGN)) | {"split": "dev", "text": "as it was", "number": 7}
    item["vertexSet"][0][1] |= {"global_pos": [6, 7], "index": "0_1", "number": "sg"}
    item["labels"][0] |= {"note": "sic", "id": 3, "score": 0.5}
    (tmp_path / "dev.json").write_text(json.dumps([FOREIGN, item]), "utf-8")
    plain, (document) = docred.read(tmp_path)
    assert document.text == plain.text
    assert document.relations[0].score == 0.5
    assert document.meta == plain.meta | {
        "split": "dev",
        "text": "as it was",
        "number": 7,
        "entities": [{}, {"global_pos": [6, 7], "index": "0_1", "number": "sg"}, {}],
        "relations": [{"note": "sic", "id": 3}],
    }
    docred.write([document], tmp_path / "again", Ledger("export"))
    assert list(docred.read(tmp_path / "again")) == [document]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"title": None, "sents": None}, "item 1: this is no item of DocRED"),
        (
            {"vertexSet": [[{"sent_id": 0, "pos": [4, 6], "type": "X"}]]},
            "no tokens 4:6 in sentence 0",
        ),
        (
            {"vertexSet": [[{"sent_id": 2, "pos": [0, 1], "type": "X"}]]},
            "no tokens 0:1 in sentence 2",
        ),
        ({"labels": [{"h": 0, "t": 7, "r": "X"}]}, "7 is missing"),
        ({"labels": [{"h": 0, "t": -1, "r": "X"}]}, "-1 is missing"),
    ],
)
def test_an_item_that_is_none_is_named(change: dict[str, Any], says: str, tmp_path: Path) -> None:
    (tmp_path / "dev.json").write_text(json.dumps([FOREIGN | {"labels": []} | change]), "utf-8")
    with pytest.raises(FormatError, match=says):
        list(docred.read(tmp_path))


def test_a_number_that_is_no_place_is_named(tmp_path: Path) -> None:
    odd = FOREIGN | {"labels": [], "vertexSet": [[{"sent_id": 7, "pos": [0, 1], "type": "X"}]]}
    content = json.dumps([odd]).replace('"sent_id": 7', '"sent_id": 1e999')
    (tmp_path / "dev.json").write_text(content, "utf-8")
    with pytest.raises(FormatError, match="item 1: this is no item of DocRED"):
        list(docred.read(tmp_path))


def test_a_folder_of_tables_alone_has_no_documents(tmp_path: Path) -> None:
    (tmp_path / "rel_info.json").write_text("{}", "utf-8")
    with pytest.raises(FormatError, match=r"no \.json file with a list"):
        list(docred.read(tmp_path))
