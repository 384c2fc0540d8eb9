"""The items of a gold file, also of a broken one: a bad item costs itself only.

The formats' own readers stop at the first fault. Here the file is scanned value by
value, and after one that is no JSON the scan goes on at the next line that begins an
object as the first one did.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from annotate.errors import FormatError
from annotate.validate.findings import Finding

_BEGIN = re.compile(r"[^ \t\r\n,]")


class Item(NamedTuple):
    """A JSON value of the file, where it stands, and keys that an object of it has twice."""

    where: str
    value: Any
    twice: tuple[str, ...] = ()


def items(path: Path) -> Iterator[Item | Finding]:
    """Every value of the file, and a finding for whatever is none.

    Raises FormatError when the file can't be read at all.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FormatError(f"{path} can't be read: {error}.") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"not UTF-8: byte 0x{data[error.start]:02X} at offset {error.start}"
        yield Finding("encoding", "file", what)
        # The items with such bytes then hold halves of characters, which are found too.
        text = data.decode("utf-8-sig", errors="surrogateescape")
    yield from _scan(text, lines=path.suffix.lower() == ".jsonl")


def _scan(text: str, *, lines: bool) -> Iterator[Item | Finding]:
    array = text.lstrip(" \t\r\n").startswith("[")
    if text.strip() and array == lines:
        named = ("JSON lines", "an array") if lines else ("an array", "no array")
        yield Finding("layout", "file", f"its name says {named[0]}, but it is {named[1]}")
    if not text.strip() and not lines:
        yield Finding("json", "file", "the file is empty")
        return
    twice: list[str] = []
    decoder = json.JSONDecoder(
        parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_noting(twice)
    )
    place = text.index("[") + 1 if array else 0
    number = line = counted = 0
    begin: re.Pattern[str] | None = None
    fresh = True  # nothing before this item that it must be divided from
    while True:
        found = _BEGIN.search(text, place)
        between = text[place : found.start() if found else len(text)]
        place += len(between)
        line, counted = line + text.count("\n", counted, place), place
        closed = array and text.startswith("]", place)
        where = (
            "end of file" if place == len(text) or closed else f"item {number + 1}, line {line + 1}"
        )
        if problem := _division(between, array, fresh, closed or place == len(text)):
            yield Finding("layout", where, problem)
        if place == len(text) or closed:
            yield from _end(text, place, array, closed)
            return
        number += 1
        begin = begin or _beginning(text, place)
        try:
            value, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            yield Finding("json", where, _reason(error, text))
            following = begin.search(text, place)
            place = following.end() - 1 if following else _last(text, array)
            fresh = True
            twice.clear()
            continue
        if not array and "\n" in text[place:end]:
            yield Finding("layout", where, "JSON lines have one document a line; this has more")
        yield Item(where, value, tuple(dict.fromkeys(twice)))
        twice.clear()
        place, fresh = end, False


def _noting(twice: list[str]) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    """What makes a dict of an object's pairs, and enters the keys that are there twice."""

    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            twice.extend(key for key in counts if counts[key] > 1)
        return found

    return made


def _division(between: str, array: bool, fresh: bool, last: bool) -> str:
    """What is wrong with that which stands between two items, or empty."""
    commas = between.count(",")
    wanted = int(array and not fresh and not last)
    if commas > wanted:
        return "a comma too many before this"
    if commas < wanted:
        return "a comma is missing before this"
    if not array and not fresh and not last and "\n" not in between:
        return "a line break is missing before this"
    return ""


def _end(text: str, place: int, array: bool, closed: bool) -> Iterator[Finding]:
    if array and not closed:
        yield Finding("layout", "end of file", "the array is not closed with ]")
    if closed and text[place + 1 :].strip():
        yield Finding("json", "end of file", "something stands behind the array's ]")


def _beginning(text: str, place: int) -> re.Pattern[str]:
    """Where an item may begin: at a line that is indented as the first item's is."""
    indent = text[text.rfind("\n", 0, place) + 1 : place]
    return re.compile(rf"\n{re.escape(indent) if not indent.strip() else ''}\{{")


def _last(text: str, array: bool) -> int:
    """Where the scan ends when no further item begins: at the closing bracket, if any."""
    stripped = text.rstrip()
    return len(stripped) - 1 if array and stripped.endswith("]") else len(text)


def _reason(error: Exception, text: str) -> str:
    if isinstance(error, json.JSONDecodeError):
        column = error.pos - text.rfind("\n", 0, error.pos)
        return f"no JSON: {error.msg} at line {error.lineno}, character {column}"
    if isinstance(error, RecursionError):
        return "no usable JSON: nested too deeply"
    return f"no usable JSON: {error}"


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _finite(number: str) -> float:
    value = float(number)
    if math.isinf(value):
        raise ValueError(f"{number} is too large")
    return value
