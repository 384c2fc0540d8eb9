"""Files that are no JSON, or not laid out as they should be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotate import api
from annotate.errors import FormatError
from annotate.formats import gold
from tests.validate.made import codes, settings, sound

ONE, TWO = (json.dumps(one, ensure_ascii=False) for one in sound())
THREE = json.dumps(sound()[0] | {"id": "en-3", "text": "More.", "entities": [], "relations": []})


def look(folder: Path, name: str, text: str | bytes, *, fix: bool = False) -> api.Validated:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    target = folder / "fixed.json" if fix else None
    return api.validate(path, fix=target, settings=settings())


@pytest.mark.parametrize(
    "text",
    [
        f"[\n{ONE},\n{TWO}\n]\n",
        f"[{ONE},{TWO}]",
        json.dumps(sound(), indent=2),
        f"\ufeff[\n{ONE},\n{TWO}\n]",
        "[]",
    ],
)
def test_every_layout_of_an_array_is_right(tmp_path: Path, text: str) -> None:
    assert codes(look(tmp_path, "gold.json", text)) == []


@pytest.mark.parametrize("text", [f"{ONE}\n{TWO}\n", f"\n{ONE}\r\n\r\n{TWO}", ""])
def test_every_layout_of_lines_is_right(tmp_path: Path, text: str) -> None:
    assert codes(look(tmp_path, "gold.jsonl", text)) == []


@pytest.mark.parametrize(
    "bad",
    [ONE[:40], ONE[:-1], '{"id": "a", }', "{", "nonsense", '{"a": NaN}', '{"a": 1e999}'],
)
def test_a_line_that_is_no_json_costs_itself_only(tmp_path: Path, bad: str) -> None:
    done = look(tmp_path, "gold.jsonl", f"{ONE}\n{bad}\n{TWO}\n{THREE}\n")
    assert codes(done) == ["json"]
    assert done.findings[0].where == "item 2, line 2"
    assert (done.ledger.taken, done.ledger.given) == (4, 3)


def test_a_bad_item_of_an_array_costs_itself_only(tmp_path: Path) -> None:
    done = look(tmp_path, "gold.json", f"[\n{ONE},\n{TWO[:50]},\n{THREE}\n]\n", fix=True)
    assert codes(done) == ["json"]
    assert [note.where for note in done.ledger.refused] == ["item 2, line 3"]
    assert [one.id for one in gold.read(tmp_path / "fixed.json")] == ["en-1", "en-3"]


def test_the_last_item_may_be_bad(tmp_path: Path) -> None:
    done = look(tmp_path, "gold.json", f"[\n{ONE},\n{TWO[:50]}\n]\n")
    assert codes(done) == ["json"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gold.json", f"[{ONE},{TWO},]"),
        ("gold.json", f"[{ONE} {TWO}]"),
        ("gold.json", f"[{ONE},{TWO}"),
        ("gold.json", f"{ONE}\n{TWO}\n"),
        ("gold.jsonl", f"[{ONE},{TWO}]"),
        ("gold.jsonl", f"{ONE} {TWO}"),
        ("gold.jsonl", f"{ONE},\n{TWO}"),
        ("gold.jsonl", json.dumps(sound()[0], indent=1) + f"\n{TWO}"),
    ],
)
def test_a_layout_that_readers_refuse_is_found_and_repaired(
    tmp_path: Path, name: str, text: str
) -> None:
    assert set(codes(look(tmp_path, name, text))) == {"layout"}
    done = look(tmp_path, name, text, fix=True)
    assert codes(done) == []
    assert {each.code for each in done.repairs} == {"layout"}
    assert [one.id for one in gold.read(tmp_path / "fixed.json")] == ["en-1", "fa-1"]


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_file_is_no_gold_file(tmp_path: Path, text: str) -> None:
    assert codes(look(tmp_path, "gold.json", text)) == ["json"]


def test_bytes_that_are_not_utf8_are_named_and_left_out_of_the_copy(tmp_path: Path) -> None:
    bad = TWO.encode("utf-8").replace("ایران".encode(), b"\xe7\xe8", 1)
    text = f"{ONE}\n".encode() + bad
    assert codes(look(tmp_path, "gold.jsonl", text))[:2] == ["encoding", "schema"]
    done = look(tmp_path, "gold.jsonl", text, fix=True)
    assert [note.where for note in done.ledger.refused] == ["item 2, line 2 'fa-1'"]
    assert [one.id for one in gold.read(tmp_path / "fixed.json")] == ["en-1"]


@pytest.mark.parametrize("value", ["3", '"text"', "null", "[1]"])
def test_an_item_that_is_no_object_is_no_document(tmp_path: Path, value: str) -> None:
    assert codes(look(tmp_path, "gold.json", f"[{value}]")) == ["schema"]


@pytest.mark.parametrize(
    "fields",
    [
        '"entities": 3',
        '"entities": [3]',
        '"entities": [{"start": "0"}]',
        '"entities": [{"start": true, "end": 2}], "relations": {}',
        '"relations": [{"head": 1}]',
        '"text": 3',
        '"meta": []',
        '"id": null',
    ],
)
def test_fields_of_the_wrong_kind_are_found(tmp_path: Path, fields: str) -> None:
    given = json.dumps([{"id": "a", "text": "abc"} | json.loads(f"{{{fields}}}")])
    done = look(tmp_path, "gold.json", given, fix=True)
    assert set(codes(done)) == {"schema"}


def test_deep_nesting_is_no_crash(tmp_path: Path) -> None:
    assert codes(look(tmp_path, "gold.json", "[" * 100_000)) == ["json", "layout"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FormatError):
        api.validate(tmp_path / "none.json", settings=settings())


@pytest.mark.parametrize("twice", ['"id": "en-1", "id": "other",', '"meta": {"a": 1, "a": 2},'])
def test_a_key_that_stands_twice_is_named_and_the_document_not_copied(
    tmp_path: Path, twice: str
) -> None:
    text = f"[\n{{{twice} {ONE[1:]},\n{TWO}\n]\n"
    done = look(tmp_path, "gold.json", text)
    assert codes(done)[0] == "key-twice"
    assert "stands twice" in done.findings[0].what
    assert done.ledger.given == 1
    done = look(tmp_path, "gold.json", text, fix=True)
    assert ["twice" in note.what for note in done.ledger.refused] == [True]
    assert [one.id for one in gold.read(tmp_path / "fixed.json")] == ["fa-1"]
