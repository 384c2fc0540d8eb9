"""A JSON array read item by item: memory holds one item and a buffer, not the file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn, TextIO

from annotate.errors import FormatError

# Characters a read; an item that is longer doubles it until it fits.
_CHUNK = 1 << 18
# How far before the end of what was read a decoder may stumble over the cut alone: the
# longest token that is no string is "-Infinity", the longest escape a pair of \uXXXX.
_NEAR_END = 16
_SPACE = re.compile(r"[ \t\n\r]*")


def items(path: Path, what: str) -> Iterator[Any]:
    """Items of the array in a file, parsed exactly as the json module does.

    Raises FormatError, saying after which item, where the file is no JSON, and when it
    holds anything else than one array of ``what``.
    """
    number = 0
    try:
        # utf-8-sig: some editors write a byte order mark.
        with path.open(encoding="utf-8-sig", newline="") as file:
            for item in _items(file, path, what):
                number += 1
                yield item
    except OSError as error:
        raise FormatError(f"{path} can't be read: {error}.") from error
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{path}, after item {number}: this is no JSON: {error}.") from error


def _items(file: TextIO, path: Path, what: str) -> Iterator[Any]:
    buffer = _Buffer(file)
    if buffer.next() != "[":
        if not buffer.text:
            raise ValueError("it is empty")
        raise FormatError(f"{path} is no JSON array of {what}. One a line is the jsonl format.")
    buffer.place += 1
    if buffer.next() == "]":
        buffer.place += 1
    else:
        while True:
            yield buffer.value()
            mark = buffer.next()
            if mark not in (",", "]"):
                buffer.fail("Expecting ',' delimiter")
            buffer.place += 1
            if mark == "]":
                break
            buffer.next()
    if buffer.next():
        buffer.fail("Extra data")


class _Buffer:
    """A window on a text, and a place in it."""

    def __init__(self, file: TextIO) -> None:
        self.text = ""
        self.place = 0
        self._file = file
        self._before = 0  # characters of the file before the window
        self._ended = False
        self._decode = json.JSONDecoder(parse_constant=_no_number).raw_decode

    def next(self) -> str:
        """The next character that is no white space, the place being there; "" at the end."""
        while True:
            self.place = _SPACE.match(self.text, self.place).end()  # type: ignore[union-attr]
            if self.place < len(self.text):
                return self.text[self.place]
            if not self._more(_CHUNK):
                return ""

    def value(self) -> Any:
        """The value that begins here, the place being behind it."""
        chunk = _CHUNK
        while True:
            try:
                value, end = self._decode(self.text, self.place)
            except json.JSONDecodeError as error:
                if not self._is_cut(error) or not self._more(chunk):
                    self.place = error.pos
                    self.fail(error.msg)
            else:
                # A number may go on behind the end of the window.
                if len(self.text) - end > _NEAR_END or not self._more(chunk):
                    self.place = end
                    return value
            chunk *= 2

    def fail(self, problem: str) -> NoReturn:
        """Raise ValueError for what stands here."""
        raise ValueError(f"{problem}, character {self._before + self.place + 1}")

    def _is_cut(self, error: json.JSONDecodeError) -> bool:
        """Whether more text may mend it."""
        return error.msg.startswith("Unterminated string") or error.pos > len(self.text) - _NEAR_END

    def _more(self, size: int) -> bool:
        """Drop what is behind the place and read on; False at the end of the file."""
        if self._ended:
            return False
        more = self._file.read(size)
        self._ended = not more
        self._before += self.place
        self.text = self.text[self.place :] + more
        self.place = 0
        return True


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
