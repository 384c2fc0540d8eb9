"""Columns of other making, such as CoNLL-2002, CoNLL-2003 and WNUT: a token a line.

The token stands in the first column, its tag in the last (:mod:`annotate.formats.iob`);
a tab or blanks are between columns, a blank line behind each sentence, and a line that
begins with ``-DOCSTART-`` begins a document. Without such lines the file is one. A line
that begins with ``#`` and does not end with a tag is a comment.

The text is the tokens with a blank between, a line a sentence. Columns between are kept
in ``meta["columns"]``, a list a column with an item a token, unless all items are alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from annotate.errors import FormatError
from annotate.formats.iob import is_tag, spans

DOCSTART = "-DOCSTART-"


class _Row(NamedTuple):
    line: int
    cells: list[str]


def documents(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each document as JSON for the model, and where it begins.

    Raises FormatError naming the line that is no token with a tag.
    """
    stem = path.name.split(".")[0]
    for number, (line, sentences) in enumerate(_blocks(path), start=1):
        where = f"{path}, line {line}"
        yield where, {"id": f"{stem}-{number}", **_value(sentences)}


def _blocks(path: Path) -> Iterator[tuple[int, list[list[_Row]]]]:
    """The sentences of each document, and the line where it begins."""
    begin, sentences = 0, [list[_Row]()]
    width = 0
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as file:
            for number, each in enumerate(file, start=1):
                line = each.rstrip()
                if line.startswith(DOCSTART):
                    if begin or any(sentences):
                        yield begin or 1, sentences
                    begin, sentences = number, [[]]
                    continue
                cells = line.split("\t") if "\t" in line else line.split()
                if not line.strip():
                    sentences.append([])
                elif not (line.startswith("#") and not is_tag(cells[-1])):
                    width = width or len(cells)
                    _check(cells, width, f"{path}, line {number}")
                    sentences[-1].append(_Row(number, cells))
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(f"{path} can't be read: {error}.") from error
    if begin or any(sentences):
        _check_numbers(sentences, path)
        yield begin or 1, sentences


def _check(cells: Sequence[str], width: int, where: str) -> None:
    if len(cells) != width or width < 2:
        raise FormatError(
            f"{where}: {len(cells)} columns; each line needs as many, a token first and a tag last."
        )
    if not is_tag(cells[-1]):
        raise FormatError(f"{where}: {cells[-1]!r} in the last column is no tag such as B-ORG.")
    if not cells[0].strip():
        raise FormatError(f"{where}: the first column has no token.")


def _check_numbers(sentences: Sequence[Sequence[_Row]], path: Path) -> None:
    # As GermEval 2014 and CoNLL-U have them: the text would be 1 2 3.
    counted = [[row.cells[0] for row in rows] for rows in sentences if len(rows) > 1]
    if counted and all(own == [str(n) for n in range(1, len(own) + 1)] for own in counted):
        raise FormatError(
            f"{path}: the first column counts the tokens. Give a file with the token first and "
            "the tag last, for instance by 'cut -f 2,3'."
        )


def _value(sentences: Sequence[Sequence[_Row]]) -> dict[str, Any]:
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
    columns = _between(sentences)
    return {"text": text, "entities": entities, "meta": {"columns": columns} if columns else {}}


def _between(sentences: Sequence[Sequence[_Row]]) -> list[list[str]]:
    """The columns between token and tag that say anything."""
    rows = [row.cells[1:-1] for own in sentences for row in own]
    columns = [list(column) for column in zip(*rows, strict=True)]
    return [own for own in columns if any(one != other for one, other in pairwise(own))]
