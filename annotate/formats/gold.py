"""The gold file: a JSON array of documents, one document a line, UTF-8, unescaped.

Holds everything. Files of other layouts (indented, one line) are read as well.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import ijson

from annotate.document import Document
from annotate.errors import FormatError
from annotate.formats.records import account, document_from, json_line, replacing
from annotate.ledger import Ledger

# ijson's C backend fails on whole numbers beyond 64 bits, turns lone surrogates
# into question marks and crashes on a number of 5000 digits; this one is exact.
_json = ijson.get_backend("python")


def write(documents: Iterable[Document], path: Path, ledger: Ledger) -> None:
    """Write documents as one JSON array; ``path`` appears whole or not at all."""
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        file.write("[\n")
        between = ""
        for document in documents:
            ledger.taken += 1
            file.write(between + json_line(document, ledger))
            between = ",\n"
            account(document, ledger)
        file.write("\n]\n" if between else "]\n")


def read(path: Path) -> Iterator[Document]:
    """Documents of a gold file, one at a time.

    Raises FormatError, naming item number and id, at the first that is no document.
    """
    number = 0
    try:
        with path.open("rb") as file:
            if file.peek(len(BOM_UTF8)).startswith(BOM_UTF8):
                file.read(len(BOM_UTF8))
            for number, item in enumerate(_items(file, path), start=1):
                yield document_from(item, f"{path}, item {number}")
    except OSError as error:
        raise FormatError(f"{path} can't be read: {error}.") from error
    except (ijson.JSONError, ValueError, RecursionError) as error:
        raise FormatError(f"{path}, after item {number}: this is no JSON: {error}.") from error


def _items(file: BinaryIO, path: Path) -> Iterator[object]:
    events = _json.parse(file, use_float=True)
    first = next(events)
    # Without this an object at the top would read as no documents at all.
    if first[1] != "start_array":
        raise FormatError(
            f"{path} is no JSON array of documents. One document a line is the jsonl format."
        )
    yield from _json.items(chain([first], events), "item")
