"""What every format does alike: a document as JSON, the account, whole files."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from annotate.document import Document
from annotate.errors import FormatError
from annotate.formats.mark import refuse_if_not_ours, write_mark
from annotate.ledger import Ledger

# JSON may hold these as they are, but str.splitlines() ends a line at them.
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}
_ENDS = tuple(map(chr, _LINE_ENDS))


def json_line(document: Document, ledger: Ledger) -> str:
    """The document as JSON on one line, by any reader's notion of a line; no newline.

    NaN and infinities become null, a loss of the kind ``number``: JSON has no such
    numbers. Raises FormatError for what JSON can't hold at all (lone surrogates).
    """
    note_odd_numbers(document, ledger)
    try:
        return on_one_line(document.to_json())
    except ValueError as error:
        raise FormatError(f"Document {document.id!r} can't be written as JSON: {error}.") from error


def note_odd_numbers(document: Document, ledger: Ledger) -> None:
    """Enter the loss of NaN and infinities, which our JSON has as null."""
    lead_time = document.provenance.lead_time if document.provenance else None
    try:
        json.dumps([document.meta, lead_time], allow_nan=False)
    except ValueError:
        ledger.lose(document.id, "number", "NaN or an infinity in meta or lead_time became null")


def on_one_line(text: str) -> str:
    """JSON without line ends, the same with none by any reader's notion of a line."""
    # Looked for first: to translate takes longer than all else where there is nothing to do.
    return text.translate(_LINE_ENDS) if any(end in text for end in _ENDS) else text


def document_from(value: object, where: str) -> Document:
    """The document of a parsed JSON value; FormatError naming ``where``, its id and the field."""
    try:
        return Document.model_validate(value)
    except UnicodeEncodeError as error:
        # A lone surrogate in what the model's own message would say.
        raise FormatError(f"{where}: this is no Unicode text: {error}.") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        name = f" (id {value['id']!r})" if isinstance(value, dict) and "id" in value else ""
        raise FormatError(f"{where}{name}: {field + ': ' if field else ''}{said}.") from error


def account(document: Document, ledger: Ledger) -> None:
    """Enter a written document, with its entities and relations."""
    ledger.given += 1
    ledger.counts["entities"] += len(document.entities)
    ledger.counts["relations"] += len(document.relations)


def make_folder(path: Path) -> None:
    """Make the folder, and those above it, unless it is there; FormatError when that fails."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FormatError(f"The folder {path} can't be made: {error}.") from error


def check_name(path: Path) -> None:
    """Raise FormatError for a name that leaves no room for those of the parts beside it."""
    # Of a process number too; file systems hold 255 bytes.
    if len(path.name.encode("utf-8", "surrogatepass")) > 255 - len("..1234567890.part"):
        raise FormatError(f"{path} can't be written: its name is too long.")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside ``path`` to write to, which takes its place when all went well.

    On any error ``path`` stays as it was and nothing is left beside it. A pipe or
    device is written to as it is. Raises FormatError when writing fails.
    """
    check_name(path)
    direct = path.exists() and not path.is_file()
    # Resolved, so that a link to a file stays a link.
    target = path if direct else path.resolve()
    part = target if direct else target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield part
        if not direct:
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            part.replace(target)
    except (OSError, UnicodeEncodeError) as error:
        raise FormatError(f"{path} can't be written: {error}.") from error
    finally:
        if not direct:
            part.unlink(missing_ok=True)


@contextmanager
def replacing_folder(path: Path, name: str) -> Iterator[Path]:
    """A folder beside ``path`` to write into, which takes its place when all went well.

    On any error ``path`` stays as it was and nothing is left beside it. Raises
    FormatError when writing fails, or when ``path`` is there and is not, unchanged, what
    was written so in the format of that name: the work of others is never deleted.
    """
    check_name(path)
    try:
        target = path.resolve()
        refuse_if_not_ours(path, name)
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            part.mkdir(parents=True)
            yield part
            write_mark(part, name)
            # Again: writing may have taken long.
            refuse_if_not_ours(path, name)
            _put_in_place(part, target)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except (OSError, UnicodeEncodeError) as error:
        raise FormatError(f"{path} can't be written: {error}.") from error


def _put_in_place(part: Path, target: Path) -> None:
    """Let a folder take the place of ``target``, which is back there where that fails."""
    if not target.exists():
        part.rename(target)
        return
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    target.rename(old)
    try:
        part.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
