import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.document import Document
from annotate.errors import FormatError
from annotate.formats import gold as gold_file
from annotate.formats import json_array, jsonl
from annotate.ledger import Ledger


def test_gold_has_one_document_a_line_for_every_reader(
    tmp_path: Path, gold: list[Document], ledger: Ledger
) -> None:
    path = tmp_path / "gold.json"
    gold_file.write(gold, path, ledger)
    lines = path.read_bytes().decode("utf-8").splitlines()
    assert [lines[0], lines[-1]] == ["[", "]"]
    assert [json.loads(line.removesuffix(","))["id"] for line in lines[1:-1]] == ["news/1", "empty"]
    assert "Việt Nam" in lines[1]
    assert json.loads(path.read_text("utf-8"))[0]["meta"]["source"] is None


def test_jsonl_has_one_document_a_line_for_every_reader(
    tmp_path: Path, gold: list[Document], ledger: Ledger
) -> None:
    path = tmp_path / "gold.jsonl"
    jsonl.write(gold, path, ledger)
    lines = path.read_bytes().decode("utf-8").splitlines()
    assert [json.loads(line)["text"] for line in lines] == [document.text for document in gold]


def test_gold_of_another_layout_is_read(tmp_path: Path, gold: list[Document]) -> None:
    path = tmp_path / "gold.json"
    values = [json.loads(document.to_json()) for document in gold]
    path.write_text(json.dumps(values, indent=2), "utf-8-sig")
    assert list(gold_file.read(path)) == gold


def test_gold_is_read_one_document_at_a_time(tmp_path: Path, gold: list[Document]) -> None:
    path = tmp_path / "gold.json"
    path.write_text(f"[{gold[0].to_json()},\n" + " " * 200_000 + "broken", "utf-8")
    documents = gold_file.read(path)
    assert next(documents) == gold[0]
    with pytest.raises(FormatError, match="after item 1"):
        next(documents)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no JSON"),
        (b"{}", "no JSON array"),
        (b'{"item": {"id": "a", "text": ""}}', "no JSON array"),
        (b'{"id": "a", "text": ""}\n{"id": "b", "text": ""}', "no JSON array"),
        (b"[1]", "item 1: Input should be"),
        (b'[{"id": "a", "text": ""}', "after item 1: this is no JSON"),
        (b'[{"id": "a", "text": ""}, {"id": "b"}]', r"item 2 \(id 'b'\): text: Field required"),
        (b'[{"id": "a", "text": "", "txt": ""}]', r"item 1 \(id 'a'\): txt: Extra"),
        (b'[{"id": "a", "text": "\xff"}]', "no JSON"),
        (b'[{"id": "a", "text": "", "meta": {"n": ' + b"1" * 5000 + b"}}]", "no JSON"),
    ],
)
def test_gold_that_cannot_be_read_says_where(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "gold.json"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=says) as caught:
        list(gold_file.read(path))
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"id": "a", "text": ""}\n\n{"id": "b"', "line 3: this is no JSON"),
        (b'{"id": "a", "text": ""}\n{"id": "b"}', r"line 2 \(id 'b'\): text: Field required"),
        (b"\xff", "line 1: this is no JSON"),
        (b"[" * 100_000, "line 1: this is no JSON"),
        (
            b'{"id": "a", "text": "", "relations": [{"head":"\\ud800", "tail": "", "label": "x"}]}',
            "line 1: this is no Unicode text",
        ),
    ],
)
def test_jsonl_that_cannot_be_read_says_where(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=says):
        list(jsonl.read(path))


@pytest.mark.parametrize("module", [gold_file, jsonl])
def test_numbers_that_json_lacks_are_named(module, tmp_path: Path, ledger: Ledger) -> None:
    path = tmp_path / "gold.json"
    module.write([Document(id="a", text="", meta={"x": float("nan")})], path, ledger)
    assert next(module.read(path)).meta == {"x": None}
    assert [(loss.where, loss.kind) for loss in ledger.losses] == [("a", "number")]


@pytest.mark.parametrize("module", [gold_file, jsonl])
def test_a_lone_surrogate_is_refused_by_name(module, tmp_path: Path, ledger: Ledger) -> None:
    path = tmp_path / "gold.json"
    with pytest.raises(FormatError, match="'odd'"):
        module.write([Document(id="odd", text="\ud800")], path, ledger)
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_an_error_of_ours(tmp_path: Path, ledger: Ledger) -> None:
    with pytest.raises(FormatError, match="can't be written"):
        gold_file.write([], tmp_path / "none" / "gold.json", ledger)
    with pytest.raises(FormatError, match="can't be read"):
        list(gold_file.read(tmp_path / "none" / "gold.json"))


def test_a_linked_file_stays_a_link(tmp_path: Path, gold: list[Document], ledger: Ledger) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("old", "utf-8")
    link.symlink_to(real)
    gold_file.write(gold, link, ledger)
    assert link.is_symlink()
    assert list(gold_file.read(real)) == gold


def test_a_device_is_written_to_as_it_is(gold: list[Document], ledger: Ledger) -> None:
    jsonl.write(gold, Path(os.devnull), ledger)
    assert ledger.given == 2
    assert not Path(os.devnull).is_file()


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
LAYOUTS = st.fixed_dictionaries(
    {"indent": st.sampled_from([None, 0, 3]), "ensure_ascii": st.booleans()}
)


@given(values=st.lists(VALUES, max_size=6), layout=LAYOUTS, chunk=st.integers(1, 40))
def test_an_array_is_read_as_json_reads_it_wherever_a_read_ends(
    values: list[object], layout: dict[str, object], chunk: int, folder: Path
) -> None:
    path = folder / "array.json"
    path.write_text(json.dumps(values, **layout), "utf-8", "surrogatepass", newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_array, "_CHUNK", chunk)
        assert repr(list(json_array.items(path, "values"))) == repr(values)


@given(values=st.lists(VALUES, max_size=3), cut=st.integers(0, 300), chunk=st.integers(1, 40))
def test_an_array_that_breaks_off_is_an_error(
    values: list[object], cut: int, chunk: int, folder: Path
) -> None:
    text = json.dumps(values)
    path = folder / "array.json"
    path.write_text(text[: min(cut, len(text) - 1)], "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_array, "_CHUNK", chunk)
        with pytest.raises(FormatError, match=r"after item \d+: this is no JSON"):
            list(json_array.items(path, "values"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[1, 2,]", "after item 2: this is no JSON: Expecting value, character 7"),
        (b"[1 2]", "after item 1: this is no JSON: Expecting ',' delimiter, character 4"),
        (b"[1] 2", "after item 1: this is no JSON: Extra data, character 5"),
        (b"[1, NaN]", "after item 1: this is no JSON: NaN is no number"),
        (b"[-Infinity]", "after item 0: this is no JSON: -Infinity is no number"),
        (b"[" * 100_000, "after item 0: this is no JSON"),
        (b'["\xff"]', "after item 0: this is no JSON"),
        (b"7", "is no JSON array of values"),
        (b"\xef\xbb\xbf \n", "after item 0: this is no JSON: it is empty"),
    ],
)
def test_an_array_that_cannot_be_read_says_where(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "array.json"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=says):
        list(json_array.items(path, "values"))


def test_a_mistake_is_found_without_reading_on_to_the_end(tmp_path: Path) -> None:
    path = tmp_path / "array.json"
    path.write_bytes(b'[{"a": 1, "b" 2}' + b" " * 3_000_000 + b"\xff")
    # The last byte would be another error.
    with pytest.raises(FormatError, match="Expecting ':' delimiter"):
        list(json_array.items(path, "values"))
