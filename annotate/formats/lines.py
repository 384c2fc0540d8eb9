"""JSON lines of other tools' making: one object a line, each with its place in the file."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from annotate.document import Document
from annotate.errors import FormatError
from annotate.formats.records import json_line, on_one_line
from annotate.ledger import Ledger


def json_or_refusal(document: Document, ledger: Ledger) -> str | None:
    """The document as JSON on one line; None, refused by name, where it is no Unicode."""
    try:
        return json_line(document, ledger)
    except FormatError as error:
        ledger.refuse(document.id, str(error))
        return None


def one_line(value: object) -> str:
    """The value as JSON on one line, by any reader's notion of a line, with its newline."""
    return on_one_line(json.dumps(value, ensure_ascii=False, allow_nan=False)) + "\n"


def objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a file and the numbers of their lines, from 1; blank lines are skipped.

    Raises FormatError, naming the line, at the first that is no JSON object.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, _object(line, f"{path}, line {number}")
    except OSError as error:
        raise FormatError(f"{path} can't be read: {error}.") from error


def _object(line: bytes, where: str) -> dict[str, Any]:
    try:
        # utf-8-sig: editors that write a byte order mark put it on the first line.
        value = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{where}: this is no JSON: {error}.") from error
    if not isinstance(value, dict):
        raise FormatError(f"{where}: this is no JSON object but {type(value).__name__}.")
    return value


def beside(value: dict[str, Any], known: Collection[str]) -> dict[str, Any]:
    """What else there is in an object than these keys, without what is null."""
    return {key: own for key, own in value.items() if key not in known and own is not None}
