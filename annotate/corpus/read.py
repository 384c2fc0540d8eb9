"""Files and folders → documents, one at a time.

======  =================================================================
.txt    one document; its text is the file, byte for byte
.jsonl  a document a line: ``text``, and ``id``, ``language``, ``meta`` as
        wanted; other keys go to ``meta``. A line with ``entities`` or
        ``relations`` is a whole Document
.csv    a document a row, under a header: the same columns
======  =================================================================

A record that can't be used is refused in the ledger and the rest goes on.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from annotate.corpus.rows import Row, rows
from annotate.corpus.sources import find_sources, require_paths
from annotate.document import Document, text_hash
from annotate.errors import InputError
from annotate.ledger import Ledger

# Control characters, line separators and halves of characters.
_UNFIT_FOR_ID = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LONGEST_REASON = 300


class _Seen(NamedTuple):
    digest: bytes
    where: str


def read(
    paths: Sequence[Path],
    ledger: Ledger,
    *,
    language: str | None,
    detect: Callable[[str], str],
) -> Iterator[Document]:
    """Stream the documents of files and folders (.txt, .jsonl, .csv).

    A document's id is the record's own (whole numbers are taken as their
    digits); a .txt has its stem, or its path below the folder named in
    ``paths``, without suffix; any other gets ``stem-`` and 12 hex digits of its
    text's SHA-256. Its language is the record's own, else ``language``, else
    ``detect(text)``.

    ``ledger.taken`` counts records, ``given`` documents; each refusal names the
    path, or ``path:line``. Raises CallError at once if a path doesn't exist.
    """
    require_paths(paths)
    return _documents(paths, ledger, language, detect)


def _documents(
    paths: Sequence[Path], ledger: Ledger, language: str | None, detect: Callable[[str], str]
) -> Iterator[Document]:
    seen: dict[str, _Seen] = {}
    for source in find_sources(paths, ledger):
        for where, row in rows(source):
            ledger.taken += 1
            try:
                if isinstance(row, InputError):
                    raise row
                document = _document(row, source.path.stem, language, detect, seen, where)
            except InputError as error:
                ledger.refuse(where, str(error))
                continue
            ledger.given += 1
            yield document


def _document(
    row: Row,
    stem: str,
    language: str | None,
    detect: Callable[[str], str],
    seen: dict[str, _Seen],
    where: str,
) -> Document:
    text = _usable_text(row)
    digest = text_hash(text)
    fields = row | {
        "id": _fit_id(row.get("id"), f"{stem}-{digest[:12]}"),
        "language": row.get("language") or language or detect(text),
    }
    try:
        document = Document.model_validate(fields)
    except ValidationError as error:
        raise InputError(_first_fault(error)) from None
    _claim(document.id, _Seen(bytes.fromhex(digest[:16]), where), seen)
    return document


def _fit_id(given: object, made: str) -> object:
    """The id to use; one that isn't a string is for the model to refuse."""
    document_id = made if given is None else given
    if type(document_id) is int:
        return str(document_id)
    if isinstance(document_id, str) and (bad := _UNFIT_FOR_ID.search(document_id)):
        raise InputError(
            f"the id {document_id!a} holds U+{ord(bad[0]):04X}, which no id may hold. "
            "Give it another id, or rename the file."
        )
    return document_id


def _usable_text(row: Row) -> str:
    if "text" not in row:
        raise InputError("there is no 'text'. Name it so, or remove the record.")
    text = row["text"]
    if not isinstance(text, str):
        raise InputError(f"'text' is {_kind(text)}, not a string. Put it in quotes.")
    # A file saved empty by some editors holds a byte-order mark.
    if not text.removeprefix("\ufeff").strip():
        raise InputError("the text is empty. Remove the record, or fill it.")
    if (offset := text.find("\0")) >= 0:
        raise InputError(
            f"NUL character at offset {offset}: not a text file, or UTF-16 without a mark. "
            "Convert it to UTF-8, or remove the character."
        )
    return text


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    return "a list" if isinstance(value, list) else "an object"


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in fault["loc"])
    said = fault["msg"].removeprefix("Value error, ")
    reason = f"{place}: {said}" if place else said
    if len(reason) > _LONGEST_REASON:
        reason = f"{reason[:_LONGEST_REASON]}…"
    return f"not a valid document: {reason}. Correct the record."


def _claim(document_id: str, mine: _Seen, seen: dict[str, _Seen]) -> None:
    first = seen.setdefault(document_id, mine)
    if first is mine:
        return
    if first.digest == mine.digest:
        raise InputError(
            f"the same document as {first.where}: id {document_id!r} and text agree. "
            "Remove one of them."
        )
    raise InputError(
        f"the id {document_id!r} belongs to another text already, {first.where}. "
        "Give one of them another id."
    )
