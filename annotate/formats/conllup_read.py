"""CoNLL-U Plus as read: ours as :mod:`annotate.formats.conllup` has it, and others'.

Of a file of other making are taken its text, documents, and the first column whose name
ends with ``NER`` (``NER``, ``FLAIR:NER``), with tags of :mod:`annotate.formats.iob`. The
other columns and the comments are kept in ``meta``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from annotate.errors import FormatError
from annotate.formats.iob import odd, spans
from annotate.formats.passages import Span

_COMMENT = re.compile(r"#\s*([\w.]+)\s*=\s?(.*)", re.DOTALL)
_NEWDOC = re.compile(r"#\s*newdoc(?:\s+id\s*=\s*(.*))?$", re.DOTALL)
_ESCAPED = re.compile(r"\\(?:([strnp\\])|u([0-9a-fA-F]{4}))")
_SPACES = {"s": " ", "t": "\t", "r": "\r", "n": "\n", "p": "|", "\\": "\\"}
_OURS = "ANNOTATE:ENTITY"
_NOTHING = ("_", "O", "*")


class Found(NamedTuple):
    """A document: JSON for the model, and the offsets, tags and line numbers of its words."""

    value: dict[str, Any]
    where: str
    ours: bool
    words: list[Span]
    tags: list[str]
    lines: list[int]


class _Row(NamedTuple):
    line: int
    sentence: int
    columns: Mapping[str, str]


class _Block(NamedTuple):
    """The lines of a document: its id by ``newdoc``, comments by key and as they are, rows."""

    line: int
    name: str | None
    comments: dict[str, str]
    said: list[str]
    rows: list[_Row]


def documents(path: Path) -> Iterator[Found]:
    """Documents of a file, one at a time; FormatError naming the line that can't be taken."""
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as file:
            first = _COMMENT.match(file.readline().rstrip("\r\n"))
            if not first or first[1] != "global.columns":
                raise FormatError(
                    f"{path}, line 1: this is no CoNLL-U Plus, which begins '# global.columns = …'."
                )
            names = first[2].split()
            ner = next((name for name in names if name.upper().split(":")[-1] == "NER"), None)
            if "FORM" not in names or ner is None:
                raise FormatError(f"{path}, line 1: columns FORM and NER are needed: {first[2]}.")
            for number, block in enumerate(_blocks(file, names, path), start=1):
                yield _found(block, ner, names, path, f"{path.name.split('.')[0]}-{number}")
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(f"{path} can't be read: {error}.") from error


def _blocks(lines: Iterator[str], names: Sequence[str], path: Path) -> Iterator[_Block]:
    block = _Block(2, None, {}, [], [])
    before, sentence = "", 0
    for number, each in enumerate(lines, start=2):
        line = each.rstrip("\r\n")
        comment = _COMMENT.match(line)
        newdoc = _NEWDOC.match(line)
        if newdoc:
            if block.rows or block.name is not None:
                yield block
            block = _Block(number, newdoc[1] or "", {}, [], [])
        elif line.startswith("#"):
            block.said.append(line)
            if comment:
                block.comments[comment[1]] = comment[2]
        elif line:
            columns = line.split("\t")
            if len(columns) != len(names):
                raise FormatError(
                    f"{path}, line {number}: {len(columns)} columns, but line 1 names {len(names)}."
                )
            row = _Row(number, sentence, dict(zip(names, columns, strict=True)))
            before = _check_id(row, before, path)
            if before == row.columns.get("ID", ""):
                block.rows.append(row)
        else:
            before, sentence = "", sentence + 1
    if block.rows or block.name is not None:
        yield block


def _check_id(row: _Row, before: str, path: Path) -> str:
    """The id of the last row that counts: this one's, unless it is part of a range."""
    own = row.columns.get("ID", "")
    if "." in own:
        if any(tag not in _NOTHING for name, tag in row.columns.items() if name.endswith("NER")):
            raise FormatError(f"{path}, line {row.line}: an entity on an empty node, {own}.")
        return before
    within = re.fullmatch(r"(\d+)-(\d+)", before)
    if within and own.isdecimal() and int(within[1]) <= int(own) <= int(within[2]):
        if any(tag[:2] == "B-" for name, tag in row.columns.items() if name.endswith("NER")):
            raise FormatError(f"{path}, line {row.line}: an entity inside the token {before}.")
        return before
    return own


def _found(block: _Block, ner: str, names: Sequence[str], path: Path, name: str) -> Found:
    ours = _OURS in names
    where = f"{path}, line {block.line}"
    text, words = _text(block, ours)
    tags = [row.columns[ner] for row in block.rows]
    try:
        marks = _our_entities(block, words, path) if ours else _tagged(block.rows, words, ner, path)
        entities = [
            {key: mark[key] for key in mark if key != "number"}
            | {"text": text[mark["start"] : mark["end"]]}
            for mark in marks
        ]
        value: dict[str, Any] = {"id": block.name or name, "text": text, "entities": entities}
        if "language" in block.comments:
            value["language"] = block.comments["language"]
        if ours:
            ids = {mark["number"]: mark["id"] for mark in marks}
            value |= _said(block.comments) | {"relations": _relations(block, ids, path)}
        else:
            value["meta"] = _rest(block, ner)
    except (ValueError, TypeError, KeyError) as error:
        raise FormatError(f"{where}: a comment of this document can't be read: {error}.") from error
    return Found(value, where, ours, words, tags, [row.line for row in block.rows])


def _text(block: _Block, ours: bool) -> tuple[str, list[Span]]:
    """The text as UDPipe's rules restore it, and the offsets of its words."""
    pieces = [_unescaped(block.comments.get("spaces", ""))] if ours else []
    at = sum(map(len, pieces))
    words = []
    for row in block.rows:
        pairs = row.columns.get("MISC", "_").split("|")
        misc = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
        default = "" if misc.get("SpaceAfter") == "No" else r"\s"
        before = _unescaped(misc.get("SpacesBefore", ""))
        after = _unescaped(misc.get("SpacesAfter", default))
        form = row.columns["FORM"]
        if "SpacesInToken" in misc:
            form = _unescaped(misc["SpacesInToken"])
        words.append((at + len(before), at + len(before) + len(form)))
        pieces += [before, form, after]
        at = words[-1][1] + len(after)
    text = "".join(pieces)
    # The space behind a last token is CoNLL-U's default, and seldom meant.
    return (text if ours else text.removesuffix(" ")), words


def _unescaped(spaces: str) -> str:
    return _ESCAPED.sub(lambda one: _SPACES[one[1]] if one[1] else chr(int(one[2], 16)), spaces)


def _rest(block: _Block, ner: str) -> dict[str, Any]:
    """What the comments and other columns of a document of other making say, for ``meta``."""
    names = [name for name in (block.rows[0].columns if block.rows else ()) if name != ner]
    columns = {
        name: [row.columns[name] for row in block.rows]
        for name in names
        if name not in ("ID", "FORM")
    }
    comments = [line for line in block.said if not re.match(r"#\s*(text|language)\s*=", line)]
    rest: dict[str, Any] = {
        "columns": {name: own for name, own in columns.items() if set(own) != {"_"}},
        "comments": comments,
    }
    return {key: own for key, own in rest.items() if own}


def _said(comments: Mapping[str, str]) -> dict[str, Any]:
    said = {key: json.loads(comments[key]) for key in ("meta", "provenance") if key in comments}
    if "document_id" in comments:
        said["id"] = json.loads(comments["document_id"])
    return said


def _numbered(comments: Mapping[str, str], what: str) -> dict[int, dict[str, Any]]:
    """What comments ``# what_2 = {…}`` say, by number."""
    return {
        int(key.removeprefix(f"{what}_")): json.loads(said)
        for key, said in comments.items()
        if re.fullmatch(rf"{what}_\d+", key)
    }


def _our_entities(block: _Block, words: Sequence[Span], path: Path) -> list[dict[str, Any]]:
    marks: dict[int, dict[str, Any]] = {}
    ends: dict[int, int] = {}
    for place, row in enumerate(block.rows):
        for part in _parts(row.columns[_OURS]):
            number, _, label = part.partition(":")
            if not number.isdecimal() or (not label) == (int(number) not in marks):
                raise FormatError(f"{path}, line {row.line}: {part!r} begins or goes on no entity.")
            if label:
                start = words[place][0]
                marks[int(number)] = {"start": start, "label": unquote(label)}
            elif ends[int(number)] != place - 1:
                raise FormatError(f"{path}, line {row.line}: entity {number} has a gap.")
            ends[int(number)] = place
            marks[int(number)]["end"] = words[place][1]
    for place, more in _numbered(block.comments, "entity").items():
        if place not in marks and not {"start", "end", "label"} <= set(more):
            raise FormatError(f"{path}, line {block.line}: no word is of entity {place}.")
        if place in marks and "start" in more and _differ(marks[place], more, words):
            raise FormatError(
                f"{path}, line {block.line}: the comment on entity {place} has it hold other "
                "words than its column."
            )
        marks[place] = marks.get(place, {}) | more
    return [{"id": f"e{place}", "number": place} | marks[place] for place in sorted(marks)]


def _differ(column: Mapping[str, Any], comment: Mapping[str, Any], words: Sequence[Span]) -> bool:
    """Whether a comment's span holds other words than the column's, which has no spaces."""
    gaps = [(comment["start"], column["start"]), (column["end"], comment["end"])]
    return any(
        begin > stop or any(begin < end and start < stop for start, end in words)
        for begin, stop in gaps
    )


def _relations(block: _Block, ids: Mapping[int, str], path: Path) -> list[dict[str, Any]]:
    links: dict[int, dict[str, Any]] = {}
    for row in block.rows:
        for part in _parts(row.columns.get("ANNOTATE:REL", "_")):
            fields = part.split(":")
            if len(fields) != 4 or not all(fields[place].isdecimal() for place in (0, 2, 3)):
                raise FormatError(f"{path}, line {row.line}: {part!r} is no relation.")
            number, head, tail = (int(fields[place]) for place in (0, 2, 3))
            links[number] = {"label": unquote(fields[1]), "head": head, "tail": tail}
    for number, more in _numbered(block.comments, "relation").items():
        links[number] = links.get(number, {}) | more
    for number, link in links.items():
        if not {link.get("head"), link.get("tail")} <= set(ids):
            raise FormatError(f"{path}, line {block.line}: relation {number} lacks an entity.")
    return [
        link | {"head": ids[link["head"]], "tail": ids[link["tail"]]}
        for _, link in sorted(links.items())
    ]


def _parts(column: str) -> list[str]:
    return [] if column in _NOTHING else column.split(";")


def _tagged(
    rows: Sequence[_Row], words: Sequence[Span], ner: str, path: Path
) -> list[dict[str, Any]]:
    """Entities of a column of tags, sentence by sentence."""
    marks: list[dict[str, Any]] = []
    pairs = zip(rows, words, strict=True)
    for _, sentence in groupby(pairs, key=lambda pair: pair[0].sentence):
        own = list(sentence)
        tags = [row.columns[ner] for row, _ in own]
        tags = ["O" if tag in _NOTHING else tag for tag in tags]
        wrong = odd(tags)
        if wrong is not None:
            line = own[wrong][0].line
            raise FormatError(f"{path}, line {line}: {tags[wrong]!r} is no tag such as B-ORG.")
        for first, after, label in spans(tags):
            place = {"start": own[first][1][0], "end": own[after - 1][1][1]}
            marks.append({"id": f"e{len(marks) + 1}", **place, "label": label})
    return marks
