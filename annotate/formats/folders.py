"""Folder formats: numbered files, and an index of what the files can't say.

``documents.jsonl`` has one line a document, in order: the ``file`` (its name without
suffix), ``id``, ``language``, ``meta``, the document's ``provenance`` where there is
one, and what a format adds. A folder without it was made by other tools, and files that
it doesn't name were added by people.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from annotate.document import Document
from annotate.errors import FormatError
from annotate.formats.mark import read_mark, refuse_other_format
from annotate.formats.records import json_line
from annotate.ledger import Ledger

INDEX = "documents.jsonl"


class Row(NamedTuple):
    """A document's file, without suffix, and what is known of it."""

    file: str
    known: dict[str, Any]


def file_name(number: int) -> str:
    """The name, without suffix, of the file of document ``number``, from 1.

    Names are ours: an id from data never becomes a path.
    """
    return f"{number:04}"


def known(document: Document, ledger: Ledger) -> dict[str, Any]:
    """Id, language, meta and, where there is one, provenance of a document, JSON-ready.

    Raises FormatError where the document is no Unicode text.
    """
    alone = document.model_copy(update={"text": "", "entities": (), "relations": ()})
    row: dict[str, Any] = json.loads(json_line(alone, ledger))
    return {name: row[name] for name in ("id", "language", "meta", "provenance") if name in row}


def index_line(document: Document, file: str, ledger: Ledger, **more: object) -> str:
    """The line of the index for a document in ``file``, with its newline.

    ``more`` is added where it is not empty.
    """
    added = {name: value for name, value in more.items() if value}
    row = {"file": file} | known(document, ledger) | added
    return json.dumps(row, ensure_ascii=False) + "\n"


def is_text(document: Document) -> bool:
    """Whether every string of the document can be written as UTF-8."""
    try:
        document.model_dump_json()
    except ValueError:
        return False
    return True


def is_indexed(folder: Path) -> bool:
    """Whether there is an index: then :func:`index_line` wrote it."""
    return (folder / INDEX).is_file()


def rows(folder: Path, suffix: str, name: str) -> Iterator[Row]:
    """The files of that suffix: first those of the index, in its order, then all others.

    Raises FormatError when the folder is not there, is of another format than ``name`` or
    has no such files, or when a row names no file inside the folder.
    """
    if not folder.is_dir():
        raise FormatError(f"{folder} is no folder with {suffix} files.")
    refuse_other_format(folder, name)
    seen: set[str] = set()
    if is_indexed(folder):
        for row in _indexed(folder, suffix):
            seen.add(row["file"])
            yield Row(row.pop("file"), row)
    others = {
        path.relative_to(folder).with_suffix("").as_posix()
        for path in folder.rglob(f"*{suffix}")
        if path.is_file()
    } - seen
    if not others and not seen and not _is_empty_export(folder, suffix):
        raise FormatError(f"{folder} has no {suffix} files.")
    for file in sorted(others, key=_numbers_by_value):
        yield Row(file, {"id": file})


def text_of(path: Path) -> str:
    """The text of a file as it is, line ends and all; FormatError when it can't be read."""
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(f"{path} can't be read: {error}.") from error


def _indexed(folder: Path, suffix: str) -> Iterator[dict[str, Any]]:
    index = folder / INDEX
    for number, line in enumerate(text_of(index).split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{index}, line {number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise FormatError(f"{where}: this is no JSON: {error}.") from error
        if not isinstance(row, dict) or not isinstance(row.get("file"), str):
            raise FormatError(f"{where}: 'file' is missing.")
        # A name from a file is never followed out of the folder.
        if re.fullmatch(r"[\w-]+", row["file"]) is None:
            raise FormatError(f"{where}: {row['file']!r} is no name of a file in this folder.")
        if not (folder / (row["file"] + suffix)).is_file():
            raise FormatError(f"{where}: there is no file {row['file'] + suffix} in this folder.")
        yield row


def _is_empty_export(folder: Path, suffix: str) -> bool:
    """Whether an export wrote no document into the folder."""
    mark = read_mark(folder)
    return mark is not None and not any(file.endswith(suffix) for file in mark.files)


def _numbers_by_value(name: str) -> list[tuple[int, str]]:
    return [
        (int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)
    ]
