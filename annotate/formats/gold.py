"""The gold file: a JSON array of documents, one document a line, UTF-8, unescaped.

Holds everything. Files of other layouts (indented, one line) are read as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from annotate.document import Document
from annotate.formats import json_array
from annotate.formats.records import account, document_from, json_line, replacing
from annotate.ledger import Ledger


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
    for number, item in enumerate(json_array.items(path, "documents"), start=1):
        yield document_from(item, f"{path}, item {number}")
