"""Columns of other making, such as CoNLL-2002, CoNLL-2003 and WNUT: a token a line.

The token stands in the first column, its tag in the last (:mod:`annotate.formats.iob`);
a tab or blanks are between columns, a blank line behind each sentence, and a line that
begins with ``-DOCSTART-`` begins a document. Without such lines the file is one. A line
that begins with ``#`` and a blank, and does not end with a tag, is a comment.

The text is the tokens with a blank between, a line a sentence. What else lines say comes
into ``meta``: ``columns``, a list for each column between with an item a token;
``comments``; ``docstart``, what stands behind ``-DOCSTART-``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from annotate.errors import FormatError
from annotate.formats.iob import is_tag, spans

DOCSTART = "-DOCSTART-"
# What stands where a column says nothing.
_NOTHING = frozenset(["_", "-", "-X-", "O"])


class _Row(NamedTuple):
    line: int
    cells: list[str]


@dataclass
class _Block:
    """A document: the line where it begins, what stands there, its sentences and comments."""

    line: int = 0
    said: str = ""
    sentences: list[list[_Row]] = field(default_factory=lambda: [[]])
    comments: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.line or self.comments or any(self.sentences))


def documents(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each document as JSON for the model, and where it begins.

    Raises FormatError naming the line that is no token with a tag.
    """
    stem = path.name.split(".")[0]
    for number, block in enumerate(_blocks(path), start=1):
        _check_numbers(block.sentences, path)
        yield f"{path}, line {block.line or 1}", {"id": f"{stem}-{number}", **_value(block)}


def _blocks(path: Path) -> Iterator[_Block]:
    block, width = _Block(), 0
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as file:
            for number, each in enumerate(file, start=1):
                line = each.rstrip(" \t\r\n")
                # A token may be white space of another kind.
                cells = line.split("\t") if "\t" in line else re.split(" +", line.lstrip(" "))
                if line.startswith(DOCSTART):
                    if block:
                        yield block
                    block = _Block(number, line.removeprefix(DOCSTART).strip())
                elif not line.strip():
                    block.sentences.append([])
                elif _is_comment(cells, len(block.sentences[-1]), width):
                    block.comments.append(line)
                else:
                    width = width or len(cells)
                    _check(cells, width, f"{path}, line {number}")
                    block.sentences[-1].append(_Row(number, cells))
    except UnicodeDecodeError as error:
        raise FormatError(f"{path} can't be read: {error}. Save it as UTF-8.") from error
    except OSError as error:
        raise FormatError(f"{path} can't be read: {error}.") from error
    if block:
        yield block


def _is_comment(cells: Sequence[str], before: int, width: int) -> bool:
    # "#" is a token as well, and "#news" begins one: with a wrong tag these are mistakes.
    is_hash = cells[0] == "#" or cells[0].startswith("# ")
    return is_hash and not is_tag(cells[-1]) and (not before or len(cells) != width)


def _check(cells: Sequence[str], width: int, where: str) -> None:
    if len(cells) != width or width < 2:
        raise FormatError(
            f"{where}: {len(cells)} columns; each line needs as many, a token first and a tag last."
        )
    if not is_tag(cells[-1]):
        raise FormatError(f"{where}: {cells[-1]!r} in the last column is no tag such as B-ORG.")
    if not cells[0]:
        raise FormatError(f"{where}: the first column has no token.")


def _check_numbers(sentences: Sequence[Sequence[_Row]], path: Path) -> None:
    # As GermEval 2014 and CoNLL-U have them: the text would be 1 2 3.
    counted = [[row.cells[0] for row in rows] for rows in sentences if len(rows) > 1]
    if counted and all(own == [str(n) for n in range(1, len(own) + 1)] for own in counted):
        raise FormatError(
            f"{path}: the first column counts the tokens. Give a file with the token first and "
            "the tag last, for instance by 'cut -f 2,3'."
        )


def _value(block: _Block) -> dict[str, Any]:
    sentences = block.sentences
    text = "\n".join(" ".join(row.cells[0] for row in rows) for rows in sentences if rows)
    entities: list[dict[str, Any]] = []
    at = 0
    for rows in filter(None, sentences):
        starts = [at]
        for row in rows:
            starts.append(starts[-1] + len(row.cells[0]) + 1)
        for first, after, label in spans([row.cells[-1] for row in rows]):
            place = {"start": starts[first], "end": starts[after] - 1}
            own = text[place["start"] : place["end"]]
            name = f"e{len(entities) + 1}"
            entities.append({"id": name, **place, "label": label, "text": own})
        at = starts[-1]
    said = "" if set(block.said.split()) <= _NOTHING else block.said
    meta = {"columns": _between(sentences), "comments": block.comments, "docstart": said}
    return {
        "text": text,
        "entities": entities,
        "meta": {key: own for key, own in meta.items() if own},
    }


def _between(sentences: Sequence[Sequence[_Row]]) -> list[list[str]]:
    """The columns between token and tag, all of them if any says anything."""
    columns = [
        list(column)
        for column in zip(*(row.cells[1:-1] for own in sentences for row in own), strict=True)
    ]
    return columns if any(not _NOTHING.issuperset(own) for own in columns) else []
