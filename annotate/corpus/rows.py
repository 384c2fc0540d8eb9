"""One file → its records, in the shape that a Document is made from.

A record that can't be used comes out as the InputError that says why, so that
the records after it still do.
"""

import codecs
import csv
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from annotate.corpus.sources import Source
from annotate.errors import InputError

Row = dict[str, Any]
Records = Iterator[tuple[str, Row | InputError]]

_FIELDS = ("id", "text", "language")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_TO_UTF8 = "Convert the file to UTF-8."
# The csv module keeps its limit in a C long, which has 32 bits on Windows.
_LARGEST_CELL = 2**31 - 1
# What errors="surrogateescape" makes of bytes that aren't UTF-8.
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")
_MAY_BE_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def rows(source: Source) -> Records:
    """Every record of the file: where it stands, and its row or why it has none.

    ``where`` is the path, with ``:line`` for .jsonl and .csv. A row holds
    ``text``, ``id``, ``language`` and ``meta`` as far as the record names them,
    or all that a line with entities or relations says.
    """
    read = {".txt": _text, ".jsonl": _lines, ".csv": _table}[source.path.suffix.lower()]
    try:
        yield from read(source)
    except InputError as error:
        yield source.where, error
    except OSError as error:
        reason = f"can't be read: {error.strerror}. Check that it is there and its permissions."
        yield source.where, InputError(reason)


def _text(source: Source) -> Records:
    yield source.where, {"id": source.id, "text": _decoded(source.path.read_bytes())}


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(data[error.start], error.start, data.startswith(_UTF16)) from None


def _not_utf8(byte: int, offset: int, utf16: bool = False, within: str = "") -> InputError:
    guess = " It begins like UTF-16." if utf16 else ""
    return InputError(f"not UTF-8: byte 0x{byte:02X} at offset {offset}{within}.{guess} {_TO_UTF8}")


def _refuse_utf16(head: bytes) -> None:
    if head.startswith(_UTF16):
        raise _not_utf8(head[0], 0, utf16=True)


def _lines(source: Source) -> Records:
    with source.path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if number == 1:
                _refuse_utf16(line)
                line = line.removeprefix(codecs.BOM_UTF8)
            if not line.strip():
                continue
            where = f"{source.where}:{number}"
            try:
                yield where, _row(_parsed(line))
            except InputError as error:
                yield where, error
            except RecursionError:
                yield where, InputError("JSON nested too deeply. Flatten the record.")


def _parsed(line: bytes) -> Row:
    try:
        value = json.loads(_decoded(line), parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        reason = f"{error.msg} at character {error.pos}"
        raise InputError(f"not valid JSON: {reason}. Write one JSON object a line.") from None
    except ValueError as error:
        raise InputError(f"not usable JSON: {error}. Correct the line.") from None
    if not isinstance(value, dict):
        raise InputError("not a JSON object. Write one object with a 'text' a line.")
    if _MAY_BE_SURROGATE.search(line):
        _refuse_surrogates(value)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _refuse_surrogates(value: Row) -> None:
    for key, field in value.items():
        written = field if isinstance(field, str) else json.dumps(field, ensure_ascii=False)
        try:
            f"{written}{key}".encode()
        except UnicodeEncodeError as error:
            half = ord(error.object[error.start])
            raise InputError(
                f"half a character (lone surrogate U+{half:04X}) at offset {error.start} of "
                f"{key!a}. Write the file anew from the original text."
            ) from None


def _row(value: Row) -> Row:
    if "entities" in value or "relations" in value:
        return value
    given = value.get("meta")
    meta = {} if given is None else given
    if not isinstance(meta, dict):
        raise InputError("'meta' is no object. Write it as {...}.")
    rest = {key: field for key, field in value.items() if key not in (*_FIELDS, "meta")}
    if twice := sorted(meta.keys() & rest.keys()):
        raise InputError(f"{twice[0]!r} stands in 'meta' and beside it. Rename one of them.")
    return {key: value[key] for key in _FIELDS if key in value} | {"meta": meta | rest}


def _table(source: Source) -> Records:
    with source.path.open("rb") as binary:
        _refuse_utf16(binary.read(2))
    csv.field_size_limit(_LARGEST_CELL)
    # A bad byte must cost its own row only, hence no strict decoding here.
    with source.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        # Lenient parsing takes all that follows a stray quote for one cell.
        table = csv.reader(file, strict=True)
        header = _header(table)
        while True:
            where = f"{source.where}:{table.line_num + 1}"
            try:
                cells = next(table)
            except StopIteration:
                return
            except csv.Error as error:
                yield where, _bad_row(error)
                continue
            if not cells:
                continue
            try:
                yield where, _cells(header, cells)
            except InputError as error:
                yield where, error


def _header(table: Iterator[list[str]]) -> list[str]:
    try:
        header = next(table, [])
    except csv.Error as error:
        raise _bad_row(error) from None
    _refuse_escaped(header, header)
    if "text" not in header:
        raise InputError(
            "there is no column 'text' in the first line. Name the columns there, with commas."
        )
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise InputError(f"two columns are named {twice!r}. Rename one of them.")
    return header


def _bad_row(error: csv.Error) -> InputError:
    return InputError(
        f"not valid CSV: {error}. Put a cell that holds quotes in quotes, and double those inside."
    )


def _cells(header: Sequence[str], cells: Sequence[str]) -> Row:
    _refuse_escaped(header, cells)
    if len(cells) > len(header):
        raise InputError(
            f"{len(cells)} cells, but the first line names {len(header)} columns. "
            "Put cells that hold commas in quotes."
        )
    named = dict(zip(header, cells, strict=False))
    fields = {key: named.pop(key) for key in _FIELDS if key in named}
    return {key: cell for key, cell in fields.items() if cell or key == "text"} | {"meta": named}


def _refuse_escaped(header: Sequence[str], cells: Sequence[str]) -> None:
    for place, cell in enumerate(cells):
        if bad := _ESCAPED_BYTE.search(cell):
            offset = len(cell[: bad.start()].encode("utf-8", "surrogateescape"))
            column = ascii(header[place]) if place < len(header) else f"number {place + 1}"
            raise _not_utf8(ord(bad[0]) - 0xDC00, offset, within=f" of column {column}")
