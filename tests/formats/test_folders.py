"""Folders that people edited or that are of another format: all is read, or refused by name."""

import json
import shutil
from pathlib import Path

import pytest

from annotate import api, formats
from annotate.document import Document
from annotate.errors import FormatError
from annotate.formats.mark import MARK
from tests.formats.test_mark import EDITED, exported
from tests.formats.test_webanno import HEADER, NAMED_ENTITY


def read(name: str, path: Path) -> list[Document]:
    return list(formats.get(name)[0].read(path))


def test_documents_that_people_added_in_brat_are_read(tmp_path: Path, gold: list[Document]) -> None:
    path = exported("brat", tmp_path / "g", gold)
    (path / "0003.txt").write_text("Kenya", "utf-8")
    (path / "0003.ann").write_text("T1\tJob_x0020_title 0 5\tKenya\n", "utf-8")
    (path / "sub").mkdir()
    (path / "sub" / "10.txt").write_text("x", "utf-8")
    (path / "sub" / "10.ann").write_text("", "utf-8")
    *ours, third, last = read("brat", path)
    assert ours == gold
    assert (third.id, third.language, third.text, last.id) == ("0003", "und", "Kenya", "sub/10")
    # Labels are those of the folder's annotation.conf.
    assert [one.label for one in third.entities] == ["Job title"]


def test_a_file_that_people_added_in_inception_is_read(
    tmp_path: Path, gold: list[Document]
) -> None:
    path = exported("webanno", tmp_path / "g", gold)
    (path / "news.tsv").write_text(
        f"{HEADER}#T_SP={NAMED_ENTITY}|value|identifier|note\n\n\n"
        f"#Text=Kenya\n1-1\t0-5\tKenya\tLOC\thttp://example.org/Q114\tsic\t\n",
        "utf-8",
    )
    *ours, added = read("webanno", path)
    assert [one.id for one in ours] == [one.id for one in gold]
    assert (added.id, added.text, added.entities[0].label) == ("news", "Kenya", "LOC")
    assert added.entities[0].note == "sic\nidentifier: http://example.org/Q114"


@pytest.mark.parametrize("name", ["brat", "webanno"])
def test_a_document_whose_row_is_lost_is_read_all_the_same(
    name: str, tmp_path: Path, gold: list[Document]
) -> None:
    path = exported(name, tmp_path / "g", gold)
    index = path / "documents.jsonl"
    first, second = index.read_text("utf-8").splitlines(keepends=True)
    index.write_text(second, "utf-8")
    assert json.loads(first)["file"] == "0001"
    other, found = read(name, path)
    assert other == gold[1]
    assert (found.id, found.text) == ("0001", gold[0].text)
    assert len(found.entities) == len(gold[0].entities)


def test_annotations_without_a_text_are_named(tmp_path: Path, gold: list[Document]) -> None:
    path = exported("brat", tmp_path / "g", gold)
    (path / "0003.ann").write_text("T1\tX 0 5\tKenya\n", "utf-8")
    with pytest.raises(FormatError, match=r"0003\.ann has no text 0003\.txt beside it"):
        read("brat", path)


@pytest.mark.parametrize("name", EDITED)
def test_a_folder_read_as_another_format_says_which_it_is(
    name: str, tmp_path: Path, gold: list[Document]
) -> None:
    path = exported(name, tmp_path / "g", gold)
    for other in EDITED.keys() - {name}:
        with pytest.raises(FormatError, match=rf"g is of format {name}; use --from {name}\."):
            read(other, path)


@pytest.mark.parametrize("name", EDITED)
def test_a_foreign_folder_without_such_a_file_is_an_error(name: str, tmp_path: Path) -> None:
    (tmp_path / "g").mkdir()
    (tmp_path / "g" / "notes.md").write_text("mine")
    with pytest.raises(FormatError, match="g"):
        read(name, tmp_path / "g")


@pytest.mark.parametrize("name", ["brat", "webanno", "cas"])
def test_an_export_of_nothing_is_read_but_not_one_that_lost_all(
    name: str, tmp_path: Path, gold: list[Document]
) -> None:
    assert read(name, exported(name, tmp_path / "empty", [])) == []
    path = exported(name, tmp_path / "g", gold)
    for file in path.iterdir():
        if file.suffix in (".txt", ".ann", ".tsv", ".xmi", ".jsonl"):
            file.unlink()
    with pytest.raises(FormatError, match=r"g has no \.(txt|tsv|xmi) files"):
        read(name, path)


def test_convert_from_the_wrong_format_leaves_what_was_there(
    tmp_path: Path, gold: list[Document]
) -> None:
    path = exported("csv", tmp_path / "g", gold)
    target = tmp_path / "gold.json"
    target.write_text("mine")
    for folder in (path, shutil.copytree(path, tmp_path / "unmarked")):
        if folder != path:
            (folder / MARK).unlink()
        for wrong in ("brat", "webanno"):
            with pytest.raises(FormatError):
                api.convert(folder, target, from_=wrong, to="gold")
    assert target.read_text() == "mine"
    assert api.convert(path, target, from_="csv", to="gold").given == 2
