"""Folders that people edited are never replaced; those that only an export wrote are."""

import json
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from annotate import formats
from annotate.document import Document
from annotate.errors import FormatError
from annotate.formats.mark import MARK, read_mark
from annotate.formats.records import _put_in_place, replacing_folder
from annotate.ledger import Ledger
from tests.formats.test_round_trip import bytes_of

# A file of each folder format, the one that people would edit.
EDITED = {
    "brat": "0001.ann",
    "cas": "0001.xmi",
    "webanno": "0001.tsv",
    "hf": "data.parquet",
    "docred": "documents.json",
    "csv": "entities.csv",
}


def exported(name: str, path: Path, documents: list[Document]) -> Path:
    formats.get(name)[0].write(documents, path, Ledger("export"))
    return path


def test_these_are_all_folder_formats() -> None:
    assert set(EDITED) == {name for name, one in formats.FORMATS.items() if "." not in one.suffix}


@pytest.mark.parametrize("name", EDITED)
def test_the_mark_says_format_files_and_sums(
    name: str, tmp_path: Path, gold: list[Document]
) -> None:
    path = exported(name, tmp_path / "g", gold)
    mark = read_mark(path)
    assert mark is not None
    assert mark.format == name
    sums = {file: sha256(content).hexdigest() for file, content in bytes_of(path).items()}
    assert mark.files == {file: sums[file] for file in sums if file != MARK}
    assert list(mark.files) == sorted(mark.files)
    assert EDITED[name] in mark.files


@pytest.mark.parametrize("name", EDITED)
def test_a_folder_that_people_changed_is_not_replaced(
    name: str, tmp_path: Path, gold: list[Document]
) -> None:
    path = exported(name, tmp_path / "g", gold)
    with (path / EDITED[name]).open("ab") as file:
        file.write(b"\n")
    (path / "zzz.txt").write_text("mine")
    before = bytes_of(tmp_path)
    with pytest.raises(FormatError, match=rf"g/{EDITED[name]} \(and 1 more\) was changed.*move"):
        exported(name, path, gold[:1])
    assert bytes_of(tmp_path) == before


def add(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "0009.txt").write_text("mine")


def link(folder: Path) -> None:
    (folder / "more").symlink_to(folder.parent, target_is_directory=True)


@pytest.mark.parametrize(
    ("edit", "file"), [(add, "sub/0009.txt"), pytest.param(link, "more", marks=pytest.mark.skipif(
        sys.platform == "win32", reason="links need rights"
    ))],
)  # fmt: skip
def test_a_folder_to_which_people_added_is_not_replaced(
    tmp_path: Path, gold: list[Document], edit: Callable[[Path], None], file: str
) -> None:
    path = exported("csv", tmp_path / "g", gold)
    edit(path)
    with pytest.raises(FormatError, match=f"g/{file} was added since the export"):
        exported("csv", path, gold)
    assert (path / file).exists()


def test_a_file_that_came_while_writing_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "g"
    with replacing_folder(path, "csv"):
        pass
    with pytest.raises(FormatError, match=r"late\.txt was added"), replacing_folder(path, "csv"):
        (path / "late.txt").write_text("mine")
    assert [one.name for one in tmp_path.iterdir()] == ["g"]
    assert (path / "late.txt").read_text() == "mine"


def test_what_is_gone_or_left_behind_by_programs_is_no_reason_to_refuse(
    tmp_path: Path, gold: list[Document]
) -> None:
    path = exported("brat", tmp_path / "g", gold)
    (path / "0002.ann").unlink()
    (path / ".stats_cache").write_bytes(b"brat's own")
    exported("brat", path, gold)
    assert set(bytes_of(path)) == {*(read_mark(path) or pytest.fail("no mark")).files, MARK}


def test_an_export_in_another_format_is_not_replaced(tmp_path: Path, gold: list[Document]) -> None:
    path = exported("csv", tmp_path / "g", gold)
    with pytest.raises(FormatError, match=r"g is an export of format csv; move it"):
        exported("brat", path, gold)
    assert (path / "entities.csv").is_file()


@pytest.mark.parametrize("mark", ["annotate\n", "{", "[]", '{"format": "csv"}', '{"files": {}}'])
def test_a_mark_without_sums_vouches_for_nothing(
    tmp_path: Path, gold: list[Document], mark: str
) -> None:
    path = exported("csv", tmp_path / "g", gold)
    (path / MARK).write_text(mark)
    with pytest.raises(FormatError, match="doesn't say which files"):
        exported("csv", path, gold)


def test_an_empty_folder_may_be_used(tmp_path: Path, gold: list[Document]) -> None:
    (tmp_path / "g").mkdir()
    exported("brat", tmp_path / "g", gold)
    assert [one.name for one in tmp_path.iterdir()] == ["g"]
    assert list(formats.get("brat")[0].read(tmp_path / "g")) == gold


def test_a_file_in_the_place_is_not_replaced(tmp_path: Path, gold: list[Document]) -> None:
    (tmp_path / "g").write_text("mine")
    with pytest.raises(FormatError, match="no earlier export"):
        exported("brat", tmp_path / "g", gold)
    assert (tmp_path / "g").read_text() == "mine"


def test_a_parent_that_cannot_be_made_is_named(tmp_path: Path, gold: list[Document]) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FormatError, match=r"file/g can't be written"):
        exported("brat", tmp_path / "file" / "g", gold)


def test_the_old_folder_is_back_where_the_new_one_cannot_take_its_place(tmp_path: Path) -> None:
    path = tmp_path / "g"
    with replacing_folder(path, "csv") as part:
        (part / "a").write_text("old")
    before = bytes_of(tmp_path)

    with pytest.raises(FileNotFoundError):
        _put_in_place(tmp_path / "gone", path)
    assert bytes_of(tmp_path) == before
    assert json.loads((path / MARK).read_text("utf-8"))["format"] == "csv"
