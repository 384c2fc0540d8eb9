"""Reading files and folders: what becomes a document, and what each refusal says."""

import csv
import gc
import io
import json
import os
import tempfile
import time
import tracemalloc
from pathlib import Path

import pytest

from annotate.corpus.read import read
from annotate.document import Document, Entity, text_hash
from annotate.errors import CallError
from annotate.ledger import Ledger

NASTY = "\ufeffমো. রেজাউল\r\nمی\u200cشود\u200f\u2028e\u0301 👩\u200d👧🏽\x85\rend\n\n"


def read_all(*paths: Path, language: str | None = None) -> tuple[list[Document], Ledger]:
    ledger = Ledger("read")
    documents = list(read(paths, ledger, language=language, detect=lambda text: "xx"))
    assert ledger.taken == ledger.given + len(ledger.refused)
    assert ledger.given == len(documents)
    return documents, ledger


def refusal(*paths: Path) -> tuple[str, str]:
    """Where and why of the only refusal; nothing else may have been read."""
    documents, ledger = read_all(*paths)
    assert documents == []
    (note,) = ledger.refused
    return note.where, note.what


def saved(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def saved_lines(path: Path, *values: object) -> Path:
    lines = (value if isinstance(value, str) else json.dumps(value) for value in values)
    return saved(path, "".join(f"{line}\n" for line in lines))


def saved_rows(path: Path, *rows: list[str]) -> Path:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(rows)
    return saved(path, buffer.getvalue())


# --- .txt and folders


def test_a_text_file_is_taken_byte_for_byte(tmp_path):
    (document,), _ = read_all(saved(tmp_path / "a.b.txt", NASTY))
    assert document == Document(id="a.b", text=NASTY, language="xx")


def test_a_folder_is_read_with_all_below_it_in_order(tmp_path):
    for name in ("b/z.txt", "b/a/x.txt", "a.txt", "C.TXT", "মো. x.txt"):
        saved(tmp_path / name, name)
    documents, _ = read_all(tmp_path)
    assert [document.id for document in documents] == ["C", "a", "মো. x", "b/z", "b/a/x"]


def test_other_files_in_a_folder_are_counted_and_hidden_ones_are_skipped(tmp_path):
    for name in ("a.txt", "a.json", "b.json", "README", ".hidden.txt", ".git/config.txt"):
        saved(tmp_path / name, "text")
    documents, ledger = read_all(tmp_path)
    assert [document.id for document in documents] == ["a"]
    assert ledger.counts == {
        "passed over (.json)": 2,
        "passed over (no suffix)": 1,
        "passed over (hidden)": 2,
    }


def test_a_path_that_does_not_exist_is_a_wrong_call_before_anything_is_read(tmp_path):
    with pytest.raises(CallError, match=r"none\.txt: No such file"):
        read([tmp_path, tmp_path / "none.txt"], Ledger("read"), language=None, detect=str)


def test_a_named_file_of_another_type_is_refused(tmp_path):
    where, why = refusal(saved(tmp_path / "a.pdf", "%PDF"))
    assert where == str(tmp_path / "a.pdf")
    assert ".txt, .jsonl or .csv" in why


def test_a_file_reached_twice_is_read_once(tmp_path):
    path = saved(tmp_path / "sub" / "a.txt", "text")
    (tmp_path / "link.txt").symlink_to(path)
    documents, ledger = read_all(path, path, tmp_path, tmp_path / "sub")
    assert [document.id for document in documents] == ["a"]
    assert ledger.counts["passed over (reached twice)"] == 4


def test_links_between_folders_do_not_go_round_in_circles(tmp_path):
    saved(tmp_path / "in" / "a" / "x.txt", "text")
    saved(tmp_path / "out" / "y.txt", "more text")
    (tmp_path / "in" / "a" / "up").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "self").symlink_to(tmp_path / "in" / "self")
    (tmp_path / "in" / "to_out").symlink_to(tmp_path / "out")
    (tmp_path / "out" / "back").symlink_to(tmp_path / "in")
    documents, _ = read_all(tmp_path / "in")
    assert [document.id for document in documents] == ["a/x", "to_out/y"]


def test_a_file_that_cannot_be_opened_is_refused_and_the_rest_goes_on(tmp_path):
    saved(tmp_path / "b.txt", "text")
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone.txt")
    documents, ledger = read_all(tmp_path)
    assert [document.id for document in documents] == ["b"]
    assert ledger.refused[0].where == str(tmp_path / "a.txt")
    assert "can't be read: No such file" in ledger.refused[0].what


@pytest.fixture
def as_anyone():
    """A folder of a user who may not read everything, and that user: root becomes one."""
    nobody = 65534
    with tempfile.TemporaryDirectory() as name:
        root = os.geteuid() == 0
        if root:
            os.chown(name, nobody, nobody)
            os.seteuid(nobody)
        try:
            yield Path(name)
        finally:
            if root:
                os.seteuid(0)


def test_files_and_folders_without_permission_are_refused(as_anyone):
    saved(as_anyone / "a.txt", "text").chmod(0)
    saved(as_anyone / "closed" / "b.txt", "text").parent.chmod(0)
    saved(as_anyone / "listed" / "c.txt", "text").parent.chmod(0o400)
    try:
        _, ledger = read_all(as_anyone)
    finally:
        (as_anyone / "closed").chmod(0o700)
        (as_anyone / "listed").chmod(0o700)
    names = [Path(note.where).name for note in ledger.refused]
    assert names == ["a.txt", "closed", "c.txt"]
    assert all("Permission denied" in note.what for note in ledger.refused)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_keeps_no_one_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    assert "no regular file" in refusal(tmp_path)[1]


def test_a_file_name_that_is_not_utf8_is_refused_as_an_id(tmp_path):
    try:
        saved(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")), "text")
    except OSError:
        pytest.skip("this file system wants UTF-8 names")
    where, why = refusal(tmp_path)
    assert where == f"{tmp_path}/caf\\xe9.txt"
    assert "rename the file" in why


def test_a_file_name_with_a_line_break_is_refused_as_an_id(tmp_path):
    assert "U+000A" in refusal(saved(tmp_path / "a\nb.txt", "text"))[1]


# --- texts that can't be used


def test_bytes_that_are_not_utf8_are_named(tmp_path):
    _, why = refusal(saved(tmp_path / "a.txt", "café".encode("latin-1")))
    assert why == "not UTF-8: byte 0xE9 at offset 3. Convert the file to UTF-8."


@pytest.mark.parametrize("suffix", [".txt", ".jsonl", ".csv"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_is_recognised_by_its_mark(tmp_path, suffix, encoding):
    content = "\ufefftext\nnext\nthird".encode(encoding)
    where, why = refusal(saved(tmp_path / f"a{suffix}", content))
    assert where == str(tmp_path / f"a{suffix}")
    assert "begins like UTF-16" in why


def test_a_nul_is_refused(tmp_path):
    assert "NUL character at offset 1" in refusal(saved(tmp_path / "a.txt", b"a\0b"))[1]


@pytest.mark.parametrize("content", ["", " \n\t\u2028", "\ufeff", "\ufeff\n"])
def test_an_empty_text_is_refused(tmp_path, content):
    assert "the text is empty" in refusal(saved(tmp_path / "a.txt", content))[1]


# --- .jsonl


def test_lines_become_documents_with_unknown_keys_in_meta(tmp_path):
    path = saved_lines(
        tmp_path / "a.jsonl",
        {"text": NASTY, "id": " x ", "language": "vi", "meta": {"a": [1]}, "url": "http://x"},
        "",
        "   ",
        {"text": "two"},
        {"text": "three", "id": 3, "meta": None},
    )
    documents, ledger = read_all(path, language="bn")
    assert documents == [
        Document(id=" x ", text=NASTY, language="vi", meta={"a": [1], "url": "http://x"}),
        Document(id=f"a-{text_hash('two')[:12]}", text="two", language="bn"),
        Document(id="3", text="three", language="bn"),
    ]
    assert ledger.clean


def test_a_line_with_entities_is_a_whole_document(tmp_path):
    entity = Entity(id="e1", start=0, end=3, label="PERSON", text="Ann", score=0.5)
    document = Document(id="d", text="Ann!", language="en", entities=(entity,), meta={"a": 1})
    (found,), _ = read_all(saved(tmp_path / "a.jsonl", document.to_json()), language="bn")
    assert found == document


def test_what_prelabel_wrote_without_finding_anything_is_read_back(tmp_path):
    document = Document(id="d", text="Ann!", meta={"a": {"b": None}})
    (found,), _ = read_all(saved(tmp_path / "a.jsonl", document.to_json()))
    assert found == document


def test_only_line_feeds_end_a_line(tmp_path):
    path = saved(tmp_path / "a.jsonl", '{"text": "a\u2028b\x85c"}\r\n{"text": "d"}')
    documents, _ = read_all(path)
    assert [document.text for document in documents] == ["a\u2028b\x85c", "d"]


def test_a_byte_order_mark_before_the_first_line_is_no_part_of_it(tmp_path):
    (document,), _ = read_all(saved(tmp_path / "a.jsonl", '\ufeff{"text": "a"}'))
    assert document.text == "a"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"text": "a"', "not valid JSON: Expecting ',' delimiter at character 1"),
        ("[", "not valid JSON"),
        ('{"text": "a", "n": NaN}', "NaN is no JSON value"),
        ('{"text": "a", "n": ' + "1" * 5000 + "}", "not usable JSON"),
        ('{"text": "a", "n": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
        ('["text"]', "not a JSON object"),
        ('"text"', "not a JSON object"),
        ('{"id": "a"}', "there is no 'text'"),
        ('{"text": null}', "'text' is null, not a string"),
        ('{"text": 5}', "'text' is a number"),
        ('{"text": true}', "'text' is true or false"),
        ('{"text": ["a"]}', "'text' is a list"),
        ('{"text": {}}', "'text' is an object"),
        ('{"text": " "}', "the text is empty"),
        ('{"text": "a\\u0000"}', "NUL character at offset 1"),
        ('{"text": "a\\ud83d"}', "lone surrogate U+D83D) at offset 1 of 'text'"),
        ('{"text": "a", "meta": {"b": "\\udc00"}}', "lone surrogate U+DC00"),
        ('{"text": "a", "\\ud800": 1}', "lone surrogate U+D800"),
        ('{"text": "a", "id": "b\\tc"}', "holds U+0009"),
        ('{"text": "a", "id": ""}', "not a valid document: id: "),
        ('{"text": "a", "id": 1.5}', "not a valid document: id: "),
        ('{"text": "a", "id": true}', "not a valid document: id: "),
        ('{"text": "a", "language": 5}', "not a valid document: language: "),
        ('{"text": "a", "language": "e"}', "not a valid document: language: "),
        ('{"text": "a", "meta": [1]}', "'meta' is no object"),
        ('{"text": "a", "meta": {"b": 1}, "b": 2}', "'b' stands in 'meta' and beside it"),
        ('{"text": "a", "entities": [{"id": "e"}]}', "entities.0.start: Field required"),
        (
            '{"text": "ab", "entities": [{"id": "e", "start": 0, "end": 1, "label": "X", '
            '"text": "b"}]}',
            "not a valid document: entity e: text is 'b', but 0:1 is 'a'",
        ),
        ('{"text": "a", "relations": [{"head": "x", "tail": "y", "label": "z"}]}', "no entity x"),
        ('{"text": "a", "entities": [], "url": "x"}', "url: Extra inputs"),
    ],
)
def test_a_bad_line_is_refused_by_number_and_the_rest_goes_on(tmp_path, line, why):
    path = saved_lines(tmp_path / "a.jsonl", {"text": "one"}, "", line, {"text": "two"})
    documents, ledger = read_all(path)
    assert [document.text for document in documents] == ["one", "two"]
    (note,) = ledger.refused
    assert note.where == f"{path}:3"
    assert why in note.what
    assert len(note.what) < 500


def test_a_line_that_is_not_utf8_costs_itself_only(tmp_path):
    path = saved(tmp_path / "a.jsonl", b'{"text": "one"}\n{"text": "\xe9"}\n{"text": "two"}\n')
    documents, ledger = read_all(path)
    assert [document.text for document in documents] == ["one", "two"]
    assert ledger.refused[0].where == f"{path}:2"
    assert "byte 0xE9 at offset 10" in ledger.refused[0].what


def test_escaped_pairs_of_surrogates_are_characters(tmp_path):
    (document,), _ = read_all(saved(tmp_path / "a.jsonl", '{"text": "\\ud83d\\ude00"}'))
    assert document.text == "😀"


# --- ids


def test_the_same_document_again_is_refused_with_the_place_of_the_first(tmp_path):
    path = saved_lines(tmp_path / "a.jsonl", {"text": "one"}, {"text": "one"})
    documents, ledger = read_all(path)
    assert len(documents) == 1
    assert ledger.refused[0].where == f"{path}:2"
    assert f"the same document as {path}:1" in ledger.refused[0].what


def test_another_text_under_the_same_id_is_refused(tmp_path):
    one, other = saved(tmp_path / "a" / "x.txt", "one"), saved(tmp_path / "b" / "x.txt", "two")
    documents, ledger = read_all(tmp_path / "a", tmp_path / "b")
    assert [document.text for document in documents] == ["one"]
    assert ledger.refused[0].where == str(other)
    assert f"belongs to another text already, {one}" in ledger.refused[0].what


def test_a_refused_record_does_not_use_up_its_id(tmp_path):
    path = saved_lines(tmp_path / "a.jsonl", {"id": "x", "text": ""}, {"id": "x", "text": "one"})
    documents, _ = read_all(path)
    assert [document.id for document in documents] == ["x"]


# --- .csv


def test_rows_become_documents_with_other_columns_in_meta(tmp_path):
    quoted, nasty = 'a "quoted", text', NASTY.lstrip("\ufeff")
    path = saved_rows(
        tmp_path / "a.csv",
        ["id", "text", "language", "meta", "year"],
        ["x", nasty, "vi", "m", "2024"],
        ["", quoted, "", "", ""],
    )
    documents, ledger = read_all(path)
    made_id = f"a-{text_hash(quoted)[:12]}"
    assert documents == [
        Document(id="x", text=nasty, language="vi", meta={"meta": "m", "year": "2024"}),
        Document(id=made_id, text=quoted, language="xx", meta={"meta": "", "year": ""}),
    ]
    assert ledger.clean


def test_a_byte_order_mark_before_the_header_is_no_part_of_it(tmp_path):
    (document,), _ = read_all(saved(tmp_path / "a.csv", "\ufefftext\nhello\n"))
    assert document.text == "hello"


@pytest.mark.parametrize("header", ["", "id;text\n1;a\n", "Text\na\n"])
def test_a_table_without_a_text_column_is_refused_as_a_whole(tmp_path, header):
    where, why = refusal(saved(tmp_path / "a.csv", header))
    assert where == str(tmp_path / "a.csv")
    assert "no column 'text'" in why


def test_a_table_with_two_columns_of_a_name_is_refused(tmp_path):
    assert (
        "two columns are named 'text'" in refusal(saved(tmp_path / "a.csv", "text,text\na,b\n"))[1]
    )


def test_bad_rows_are_refused_by_the_line_they_begin_on(tmp_path):
    content = (
        b"id,text\n"
        b'1,"two\nlines"\n'
        b"2,caf\xe9\n"
        b"\n"
        b"3,too,many\n"
        b"4\n"
        b'5,"a"b\n'
        b"6,\n"
        b"7,fine\n"
        b'8,"never closed\n'
        b"9,lost\n"
    )
    path = saved(tmp_path / "a.csv", content)
    documents, ledger = read_all(path)
    assert [document.text for document in documents] == ["two\nlines", "fine"]
    lines = {int(note.where.removeprefix(f"{path}:")): note.what for note in ledger.refused}
    assert sorted(lines) == [4, 6, 7, 8, 9, 11]
    assert "byte 0xE9 at offset 3 of column 'text'" in lines[4]
    assert "3 cells, but the first line names 2 columns" in lines[6]
    assert "there is no 'text'" in lines[7]
    assert "not valid CSV" in lines[8]
    assert "the text is empty" in lines[9]
    assert "unexpected end of data" in lines[11]


# --- size


@pytest.mark.parametrize("suffix", [".txt", ".jsonl", ".csv"])
def test_a_text_of_20_megabytes_is_read_fast(tmp_path, suffix):
    text = "বৈঠক শেষ। " * (20_000_000 // 26)
    path = tmp_path / f"a{suffix}"
    if suffix == ".txt":
        saved(path, text)
    elif suffix == ".jsonl":
        saved_lines(path, {"text": text})
    else:
        saved_rows(path, ["text"], [text])
    began = time.perf_counter()
    (document,), _ = read_all(path)
    assert time.perf_counter() - began < 5
    assert document.text == text


def test_a_long_jsonl_is_not_held_in_memory(tmp_path):
    path = tmp_path / "a.jsonl"
    filler = "x" * 5_000
    with path.open("w") as file:
        for number in range(4_000):
            file.write(json.dumps({"id": str(number), "text": f"{number} {filler}"}) + "\n")
    ledger = Ledger("read")
    gc.collect()
    tracemalloc.start()
    try:
        for _ in read([path], ledger, language="en", detect=str):
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert ledger.given == 4_000
    assert peak < path.stat().st_size / 5


def test_the_first_document_comes_before_the_last_line_is_read(tmp_path):
    path = saved_lines(tmp_path / "a.jsonl", {"text": "one"}, "broken")
    ledger = Ledger("read")
    first = next(read([path], ledger, language="en", detect=str))
    assert first.text == "one"
    assert (ledger.taken, ledger.given, ledger.refused) == (1, 1, [])
