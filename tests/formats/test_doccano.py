import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from annotate.document import Document, Entity
from annotate.errors import FormatError
from annotate.formats import doccano
from annotate.ledger import Ledger
from tests.strategies import collections


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def row_file(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def check_row(row: dict[str, Any], document: Document) -> None:
    """What doccano 1.8.4 demands of a line, and its offsets as JavaScript counts."""
    assert row["text"] == document.text
    units = document.text.encode("utf-16-le")
    for span, entity in zip(row["entities"], document.entities, strict=True):
        start, end = span["start_offset"], span["end_offset"]
        assert isinstance(span["id"], int)
        assert 0 <= start < end
        assert units[2 * start : 2 * end].decode("utf-16-le") == entity.text
        assert span["label"] == entity.label
        # doccano makes these two itself and would fail on a second one.
        assert not {"uuid", "example_uuid"} & (span.keys() | row.keys())
    pairs = zip(row["entities"], document.entities, strict=True)
    ids = {span["id"]: entity.id for span, entity in pairs}
    assert len(ids) == len(document.entities)
    for relation, link in zip(row["relations"], document.relations, strict=True):
        assert (ids[relation["from_id"]], ids[relation["to_id"]]) == (link.head, link.tail)
        assert relation["type"] == link.label


@given(documents=collections(overlapping=True, provenance=True))
def test_every_line_is_what_doccano_imports(folder: Path, documents: list[Document]) -> None:
    path = folder / "gold.doccano.jsonl"
    doccano.write(documents, path, Ledger("export"))
    rows = rows_of(path)
    # Where the keys of lines differ, doccano's table fills the gaps with NaN.
    assert len({tuple(row) for row in rows}) <= 1
    for row, document in zip(rows, documents, strict=True):
        check_row(row, document)


def test_corpus_is_what_doccano_imports(folder: Path, corpus: list[Document]) -> None:
    path = folder / "corpus.doccano.jsonl"
    doccano.write(corpus, path, Ledger("export"))
    for row, document in zip(rows_of(path), corpus, strict=True):
        check_row(row, document)


def test_a_line_of_a_full_document(tmp_path: Path, gold: list[Document], ledger: Ledger) -> None:
    path = tmp_path / "gold.doccano.jsonl"
    doccano.write(gold, path, ledger)
    row, empty = rows_of(path)
    del row["entities"][0]["provenance"], row["relations"][0]["provenance"]
    assert row["entities"][0] == {
        **{"id": 0, "label": "PERSON", "start_offset": 3, "end_offset": 14},
        **{"entity_id": "p1", "text": "Amina Yusuf", "note": "sic", "score": 0.1},
    }
    assert row["relations"] == [
        {"id": 0, "from_id": 0, "to_id": 1, "type": "represents", "score": 1 / 3},
        {"id": 1, "from_id": 0, "to_id": 2, "type": "met_with"},
    ]
    assert (row["id"], row["language"], row["meta"]) == ("news/1", "en", gold[0].meta)
    assert empty == {
        **{"id": "empty", "text": "", "entities": [], "relations": [], "Comments": []},
        **{"language": "und", "meta": {}, "provenance": None},
    }


def test_offsets_are_those_of_the_editor_and_the_difference_is_counted(
    tmp_path: Path, ledger: Ledger
) -> None:
    entity = Entity(id="c", start=2, end=7, label="COUNTRY", text="Kenya")
    documents = [Document(id="d", text="🇰 Kenya", entities=(entity,)), Document(id="e", text="é")]
    path = tmp_path / "gold.doccano.jsonl"
    doccano.write(documents, path, ledger)
    (span,) = rows_of(path)[0]["entities"]
    assert (span["start_offset"], span["end_offset"]) == (3, 8)
    assert ledger.counts["texts with characters of two UTF-16 units"] == 1
    assert list(doccano.read(path)) == documents


# The layout of doccano 1.8.4's own export: numbers of its database, metadata beside.
EXPORTED = {
    "id": 12,
    "text": "👍 Ana founded ACME.",
    "source": "news",
    "Comments": [{"id": 3, "comment": "sure?"}],
    "entities": [
        {"id": 41, "label": "PERSON", "start_offset": 3, "end_offset": 6},
        {"id": 40, "label": "ORG", "start_offset": 15, "end_offset": 19},
    ],
    "relations": [{"id": 7, "from_id": 41, "to_id": 40, "type": "founded"}],
}


def test_what_doccano_exported_is_read(tmp_path: Path) -> None:
    (document,) = doccano.read(row_file(tmp_path / "all.jsonl", EXPORTED))
    assert (document.id, document.language) == ("12", "und")
    assert [(one.id, one.text, one.label) for one in document.entities] == [
        ("41", "Ana", "PERSON"),
        ("40", "ACME", "ORG"),
    ]
    (link,) = document.relations
    assert (link.head, link.tail, link.label) == ("41", "40", "founded")
    assert document.meta == {"source": "news", "Comments": [{"id": 3, "comment": "sure?"}]}


def test_what_went_through_doccano_keeps_all_but_what_is_said_of_entities(
    tmp_path: Path, gold: list[Document], ledger: Ledger
) -> None:
    path = tmp_path / "gold.doccano.jsonl"
    doccano.write(gold[:1], path, ledger)
    (row,) = rows_of(path)
    known = ("id", "label", "start_offset", "end_offset", "from_id", "to_id", "type")
    for key in ("entities", "relations"):
        row[key] = [{name: one[name] for name in known if name in one} for one in row[key]]
    (back,) = doccano.read(row_file(path, row))
    assert [one.id for one in back.entities] == ["0", "1", "2"]
    assert [one.text for one in back.entities] == [one.text for one in gold[0].entities]
    for field in ("id", "text", "language", "meta", "provenance"):
        assert getattr(back, field) == getattr(gold[0], field)


@pytest.mark.parametrize(
    "row",
    [
        {"text": "Ana met Bo", "label": [[0, 3, "PER"], [8, 10, "PER"]]},
        {"text": "Ana met Bo", "labels": [[0, 3, "PER"], [8, 10, "PER"]]},
        {"data": "Ana met Bo", "label": [[0, 3, "PER"], [8, 10, "PER"]]},
    ],
)
def test_older_layouts_are_read(row: dict[str, Any], tmp_path: Path) -> None:
    first, second = doccano.read(row_file(tmp_path / "old.jsonl", row, row | {"id": 0}))
    assert (first.id, second.id) == ("old-1", "0")
    assert [(one.id, one.text) for one in first.entities] == [("e1", "Ana"), ("e2", "Bo")]
    assert first.meta == {}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"text": None}, "line 2: this is no text with spans"),
        ({"entities": ["good"]}, "line 2: 'good' is no span"),
        ({"entities": []}, "line 2: from_id of a relation is 41: no entity"),
        ({"entities": [{"id": 41, "label": "X", "start_offset": 0}]}, "no text with spans"),
        ({"relations": [{"from_id": 41, "to_id": 9, "type": "x"}]}, "to_id of a relation is 9"),
        ({"entities": [[1, 2, "X"]], "relations": []}, "line 2: 1:2 is no place in the text"),
        ({"entities": [[0, 99, "X"]], "relations": []}, "line 2: 0:99 is no place"),
        ({"entities": [[3, 3, "X"]], "relations": []}, "line 2 .*'12'.*end 2 is not after"),
        ({"entities": [EXPORTED["entities"][0]] * 2}, "line 2: two entities have the same id"),
        ({"meta": {"source": 1}}, "line 2: source is in meta and beside it"),
    ],
)
def test_a_line_that_is_no_text_with_spans_is_named(
    change: dict[str, Any], says: str, tmp_path: Path
) -> None:
    found = doccano.read(row_file(tmp_path / "all.jsonl", EXPORTED, EXPORTED | change))
    assert next(found).id == "12"
    with pytest.raises(FormatError, match=says):
        next(found)


def test_an_entity_of_another_text_is_refused(
    tmp_path: Path, gold: list[Document], ledger: Ledger
) -> None:
    path = tmp_path / "gold.doccano.jsonl"
    doccano.write(gold, path, ledger)
    (row, _) = rows_of(path)
    row["entities"][0]["start_offset"] += 1
    with pytest.raises(FormatError, match=r"line 1 \(id 'news/1'\): .*p1: text is 'Amina Yusuf'"):
        list(doccano.read(row_file(path, row)))


def test_tasks_of_prodigy_are_not_read_as_texts_without_entities(tmp_path: Path) -> None:
    path = tmp_path / "prodigy.jsonl"
    span = {"start": 0, "end": 2, "label": "PERSON"}
    path.write_text(json.dumps({"text": "Li", "spans": [span]}))
    with pytest.raises(FormatError, match="line 1: there are no 'entities' but 'spans'"):
        list(doccano.read(path))
