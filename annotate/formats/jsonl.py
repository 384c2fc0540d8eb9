"""JSON lines: one document a line, UTF-8, unescaped. Holds everything."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from annotate.document import Document
from annotate.errors import FormatError
from annotate.formats.records import account, document_from, json_line, replacing
from annotate.ledger import Ledger


def write(documents: Iterable[Document], path: Path, ledger: Ledger) -> None:
    """Write one document a line; a file appears whole or not at all."""
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        for document in documents:
            ledger.taken += 1
            file.write(json_line(document, ledger) + "\n")
            account(document, ledger)


def read(path: Path) -> Iterator[Document]:
    """Documents of a file, one at a time; blank lines are skipped.

    Raises FormatError, naming line and id, at the first line that is no document.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    where = f"{path}, line {number}"
                    yield document_from(_value(line, where), where)
    except OSError as error:
        raise FormatError(f"{path} can't be read: {error}.") from error


def _value(line: bytes, where: str) -> object:
    try:
        # utf-8-sig: editors that write a byte order mark put it on the first line.
        return json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{where}: this is no JSON: {error}.") from error
