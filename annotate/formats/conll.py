"""CoNLL-2003 style columns ``TOKEN _ _ TAG`` with IOB2 tags, and two files beside.

``NAME.conll`` separates documents by ``-DOCSTART- -X- O O`` and sentences by a blank
line; whitespace is not printed, of any kind, so that each line is one token to every
reader. The columns hold flat entities only: the longer of any two that overlap, and
none that is all whitespace. Whitespace in a label is written as ``_``. Who reads the
columns alone does not see the rest: the ledger has it as lost in the columns.

``NAME.relations.tsv`` has one relation a row, with the id, offsets (half-open code
points), label and text of its head and tail.

``NAME.documents.jsonl`` has one document a line, in the same order, with all that the
columns can't say.

:func:`read` needs all three and refuses them where they disagree. With neither of the two
beside, the columns are of other making: see :mod:`annotate.formats.columns`.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from annotate.corpus.sentences import sentence_spans
from annotate.document import Document, Entity, flat
from annotate.errors import FormatError
from annotate.formats import columns, jsonl
from annotate.formats.holding import flat_in, lose_in
from annotate.formats.records import account, document_from, json_line, replacing
from annotate.formats.tokens import Tokenize, built_in_tokens, tokens_cut_at
from annotate.ledger import Ledger

DOCSTART = "-DOCSTART- -X- O O"
PART = "the columns"
ENDS = [
    f"{end}_{what}" for end in ("head", "tail") for what in ("id", "start", "end", "label", "text")
]
COLUMNS = ["document", *ENDS, "label", "score"]
# Exactly what str.split() leaves whole.
_PRINTED = re.compile(r"\S+")


class Row(NamedTuple):
    """A token line of the columns: its number in the file, from 1, token and tag."""

    line: int
    token: str
    tag: str


def write(
    documents: Iterable[Document],
    path: Path,
    ledger: Ledger,
    tokenize: Tokenize = built_in_tokens,
) -> None:
    """Write the columns to ``path`` and the two files beside it, each whole or not at all.

    A document whose id came before is refused: relations refer to documents by id.
    """
    seen: set[str] = set()
    with ExitStack() as stack:
        parts = [stack.enter_context(replacing(each)) for each in (path, *_beside(path))]
        lines, relations, records = (
            stack.enter_context(part.open("w", encoding="utf-8", newline="")) for part in parts
        )
        # The dialect's own \r\n: only so is a \r inside a field quoted.
        table = csv.writer(relations, dialect="excel-tab")
        table.writerow(COLUMNS)
        for document in documents:
            ledger.taken += 1
            if document.id in seen:
                ledger.refuse(document.id, "a document of this id is in the file already.")
                continue
            seen.add(document.id)
            records.write(json_line(document, ledger) + "\n")
            lines.writelines(_lines(document, ledger, tokenize(document)))
            table.writerows(_relation_rows(document))
            account(document, ledger)


def read(path: Path) -> Iterator[Document]:
    """Documents of the three files, or of columns of other making alone.

    Raises FormatError naming file and line where one can't be read, or where columns
    and relations don't agree with the document they belong to.
    """
    relations_path, records_path = _beside(path)
    if not relations_path.exists() and not records_path.exists():
        for where, value in columns.documents(path):
            yield document_from(value, where)
        return
    relations = _relations(relations_path)
    for document, rows in zip_longest(jsonl.read(records_path), _blocks(path)):
        if document is None or rows is None:
            raise FormatError(f"{path} and {records_path} hold different numbers of documents.")
        _check_tags(document, rows, path)
        _check_relations(document, relations.pop(document.id, []), relations_path)
        yield document
    if relations:
        raise FormatError(f"{relations_path}: there is no document {next(iter(relations))!r}.")


def _beside(path: Path) -> tuple[Path, Path]:
    return path.with_suffix(".relations.tsv"), path.with_suffix(".documents.jsonl")


def _lines(document: Document, ledger: Ledger, whole: Sequence[tuple[int, int]]) -> Iterator[str]:
    """The lines of one document in the columns."""
    text = document.text
    kept = _in_columns(document, ledger)
    tokens = tokens_cut_at(text, [(entity.start, entity.end) for entity in kept], whole)
    ledger.counts["tokens cut at a span edge"] += tokens.cut
    words, starts = _printed(text, tokens.offsets)
    tags = _tags(starts, kept)
    breaks = {bisect_left(starts, start) for start, _ in sentence_spans(text)} - {0}
    yield f"{DOCSTART}\n\n"
    lines = [f"{word} _ _ {tag}\n" for word, tag in zip(words, tags, strict=True)]
    for number in breaks - {len(lines)}:
        # A sentence end inside an entity doesn't split it.
        if not tags[number].startswith("I-"):
            lines[number] = "\n" + lines[number]
    yield from lines
    yield "\n" if lines else ""


def _printed(text: str, offsets: Sequence[tuple[int, int]]) -> tuple[list[str], list[int]]:
    """What is printed of the tokens, a line each, and where it starts in the text."""
    words: list[str] = []
    starts: list[int] = []
    for start, end in offsets:
        token = text[start:end]
        parts = token.split()
        if parts == [token]:
            words.append(token)
            starts.append(start)
        elif parts:
            words += parts
            starts += [match.start() for match in _PRINTED.finditer(text, start, end)]
    return words, starts


def _tags(starts: list[int], entities: Iterable[Entity]) -> list[str]:
    """IOB2 tags of tokens that start there, for flat entities whose edges are token edges."""
    tags = ["O"] * len(starts)
    for entity in entities:
        first = bisect_left(starts, entity.start)
        after = bisect_left(starts, entity.end, first)
        if first < after:
            label = _column_label(entity.label)
            tags[first:after] = [f"B-{label}"] + [f"I-{label}"] * (after - first - 1)
    return tags


def _column_label(label: str) -> str:
    return "_".join(label.split()) or "_"


def _in_columns(document: Document, ledger: Ledger) -> list[Entity]:
    """The entities that the columns hold; what they lack of the others is lost in them."""
    kept = []
    for entity in flat_in(document, PART, ledger):
        if not entity.text.strip():
            lose_in(PART, document, entity, "is all whitespace", ledger)
            continue
        kept.append(entity)
        label = _column_label(entity.label)
        if label != entity.label:
            where = f"{document.id} {entity.start}:{entity.end}"
            ledger.lose(where, f"label in {PART}", f"{entity.label!r} is written as {label!r}")
    return kept


def _relation_rows(document: Document) -> Iterator[list[Any]]:
    by_id = {entity.id: entity for entity in document.entities}
    for link in document.relations:
        ends = [
            value
            for end in (by_id[link.head], by_id[link.tail])
            for value in (end.id, end.start, end.end, end.label, end.text)
        ]
        yield [document.id, *ends, link.label, link.score]


def _blocks(path: Path) -> Iterator[list[Row]]:
    """The token lines of each document in turn."""
    rows: list[Row] | None = None
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            for number, line in enumerate(file, start=1):
                fields = line.split()
                if line.strip() == DOCSTART:
                    if rows is not None:
                        yield rows
                    rows = []
                elif fields and (rows is None or len(fields) != 4):
                    raise FormatError(f"{path}, line {number}: this is no 'TOKEN _ _ TAG' line.")
                elif fields and rows is not None:
                    rows.append(Row(number, fields[0], fields[3]))
        if rows is not None:
            yield rows
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(f"{path} can't be read: {error}.") from error


def _check_tags(document: Document, rows: list[Row], path: Path) -> None:
    """Refuse columns that tag anything else than the document's entities."""
    expected = []
    for entity in flat(document.entities):
        inner = entity.text.strip()
        if inner:
            start = entity.start + entity.text.index(inner)
            expected.append((start, start + len(inner), _column_label(entity.label)))
    found = _tagged_spans(document, rows, path)
    if found != expected:
        start, end, label = min(set(found) ^ set(expected))
        raise FormatError(
            f"{path}: document {document.id!r}: {label} at {start}:{end} is either in the "
            "columns or in the file of documents, not in both. Write the files anew."
        )


def _tagged_spans(document: Document, rows: list[Row], path: Path) -> list[tuple[int, int, str]]:
    """Start, end and label of each tagged span, by laying the tokens on the text."""
    text, at, before = document.text, 0, "O"
    spans: list[tuple[int, int, str]] = []
    for line, token, tag in rows:
        here = _PRINTED.search(text, at)
        if here is None or not text.startswith(token, here.start()):
            raise FormatError(
                f"{path}, line {line}: {token!r} is not what comes next in the text of "
                f"{document.id!r}, from {at} on. Write the files anew."
            )
        label = tag[2:]
        continues = tag == f"I-{label}" and before in (f"B-{label}", tag)
        start = spans.pop()[0] if continues else here.start()
        at = here.start() + len(token)
        if tag != "O":
            spans.append((start, at, label))
        before = tag
    if _PRINTED.search(text, at):
        raise FormatError(f"{path}: the lines of {document.id!r} end before its text does.")
    return spans


def _relations(path: Path) -> dict[str, list[dict[str, str]]]:
    """Rows of the table of relations by document id, each in the table's order."""
    rows: dict[str, list[dict[str, str]]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            table = csv.DictReader(file, dialect="excel-tab", strict=True)
            if table.fieldnames != COLUMNS:
                raise FormatError(f"{path}, line 1: the header is not {' '.join(COLUMNS)}.")
            for row in table:
                if None in row or None in row.values():
                    raise FormatError(
                        f"{path}, line {table.line_num}: there are not {len(COLUMNS)} fields."
                    )
                rows.setdefault(row["document"], []).append(row)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FormatError(f"{path} can't be read: {error}.") from error
    return rows


def _check_relations(document: Document, rows: list[dict[str, str]], path: Path) -> None:
    """Refuse a table that does not say of a document what the file of documents says."""
    expected = [
        [str(value) if value is not None else "" for value in row]
        for row in _relation_rows(document)
    ]
    found = [list(row.values()) for row in rows]
    if found == expected:
        return
    wrong = next((row for row in found if row not in expected), None)
    problem = f"has {' '.join(wrong[1:])!r} and" if wrong else "lacks a relation that"
    differs = "does not" if wrong else "has"
    raise FormatError(
        f"{path}: the table {problem} the file of documents {differs}, of {document.id!r}. "
        "Write the files anew."
    )
