"""A folder of tables for people and their spreadsheets: CSV in UTF-8 with a byte order mark.

``documents.csv`` has one document a row, ``entities.csv`` one entity, ``relations.csv`` one
relation, in the documents' order; all is held. Excel takes the encoding from the byte
order mark. ``before`` and ``after`` (the text around an entity, on one line) and the texts
of a relation's ends are there for people only and not read back.

A cell that a spreadsheet could take for a formula, and one that begins with an apostrophe
or is empty but not absent, is written with an apostrophe before it, which is taken away on
reading: so ``=1+1`` is ``'=1+1`` and ``'tis`` is ``''tis``. (OWASP, "CSV Injection".)
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from annotate.document import Document, Entity, Provenance, Relation
from annotate.errors import FormatError
from annotate.formats.lines import json_or_refusal
from annotate.formats.mark import refuse_other_format
from annotate.formats.records import account, document_from, replacing_folder
from annotate.ledger import Ledger

_SOURCE = ["status", "annotator", "annotated_at", "annotation", "model_version"]
DOCUMENTS = ["id", "language", "text", "meta", "review"]
ENTITIES = [
    *("document", "id", "label", "before", "text", "after", "start", "end"),
    *("country_code", "note", "score", *_SOURCE),
]
RELATIONS = ["document", "head", "head_text", "label", "tail", "tail_text", "score", *_SOURCE]
TABLES = {"documents.csv": DOCUMENTS, "entities.csv": ENTITIES, "relations.csv": RELATIONS}

# Characters of the text shown on each side of an entity.
CONTEXT = 40
# What begins a formula in a spreadsheet, the full-width forms as well, by OWASP's list.
_GUARDED = tuple("=+-@\t\r\n＝＋－＠'")
# The csv module refuses longer fields than 131072 characters, which a text may well have.
csv.field_size_limit(2**31 - 1)

# A row's cells by column, and its place in its file.
Row = tuple[str, dict[str, str]]


def write(documents: Iterable[Document], path: Path, ledger: Ledger) -> None:
    """Write the folder of three tables; it appears whole or not at all.

    A document whose id came before is refused: rows refer to documents by id.
    """
    seen: set[str] = set()
    with replacing_folder(path, "csv") as part, ExitStack() as stack:
        files = [
            stack.enter_context((part / name).open("w", encoding="utf-8-sig", newline=""))
            for name in TABLES
        ]
        texts, entities, relations = (csv.writer(file) for file in files)
        for table, columns in zip((texts, entities, relations), TABLES.values(), strict=True):
            table.writerow(columns)
        for document in documents:
            ledger.taken += 1
            if document.id in seen:
                ledger.refuse(document.id, "a document of this id is in the tables already.")
                continue
            line = json_or_refusal(document, ledger)
            if line is None:
                continue
            seen.add(document.id)
            said = {entity.id: entity.text for entity in document.entities}
            texts.writerow(_cells(_document_row(json.loads(line))))
            entities.writerows(_cells(_entity_row(document, one)) for one in document.entities)
            relations.writerows(
                _cells(_relation_row(document, one, said)) for one in document.relations
            )
            account(document, ledger)


def read(path: Path) -> Iterator[Document]:
    """Documents of a folder of three tables; entities and relations are in memory at once.

    Raises FormatError, naming file and line, where a table lacks a column, a cell is no
    number, or a row belongs to no document.
    """
    refuse_other_format(path, "csv")
    missing = [name for name in TABLES if not (path / name).is_file()]
    if missing:
        raise FormatError(f"{path} is no folder of tables: there is no {' and no '.join(missing)}.")
    entities = _by_document(path / "entities.csv", ENTITIES)
    relations = _by_document(path / "relations.csv", RELATIONS)
    for where, row in _rows(path / "documents.csv", DOCUMENTS):
        name = _plain(row["id"])
        try:
            meta = json.loads(_plain(row["meta"]))
            review = json.loads(_optional(row["review"]) or "null")
        except (ValueError, RecursionError) as error:
            raise FormatError(f"{where}: meta or review is no JSON: {error}.") from error
        value = {
            "id": name,
            "language": _plain(row["language"]),
            "text": _plain(row["text"]),
            "entities": [_entity(*each) for each in entities.pop(name, [])],
            "relations": [_relation(*each) for each in relations.pop(name, [])],
            "meta": meta,
            "provenance": review,
        }
        yield document_from(value, where)
    for name, left in (entities | relations).items():
        raise FormatError(f"{left[0][0]}: documents.csv has no document {name!r}.")


def _document_row(value: dict[str, Any]) -> list[Any]:
    review = value.get("provenance")
    return [
        *(value["id"], value["language"], value["text"]),
        json.dumps(value["meta"], ensure_ascii=False),
        json.dumps(review, ensure_ascii=False) if review else None,
    ]


def _entity_row(document: Document, entity: Entity) -> list[Any]:
    text, start, end = document.text, entity.start, entity.end
    return [
        *(document.id, entity.id, entity.label),
        " ".join(text[max(0, start - CONTEXT) : start].split()),
        entity.text,
        " ".join(text[end : end + CONTEXT].split()),
        *(start, end, entity.country_code, entity.note, entity.score),
        *_source_row(entity.provenance),
    ]


def _relation_row(document: Document, link: Relation, texts: dict[str, str]) -> list[Any]:
    return [
        *(document.id, link.head, texts[link.head], link.label),
        *(link.tail, texts[link.tail], link.score),
        *_source_row(link.provenance),
    ]


def _source_row(provenance: Provenance | None) -> list[Any]:
    value = provenance.model_dump(mode="json") if provenance else {}
    return [value.get(column) for column in _SOURCE]


def _cells(values: Sequence[Any]) -> list[str]:
    """Values as cells: nothing for None, and no formula for a spreadsheet."""
    return ["" if value is None else _guarded(str(value)) for value in values]


def _guarded(text: str) -> str:
    return f"'{text}" if not text or text.startswith(_GUARDED) else text


def _plain(cell: str) -> str:
    return cell.removeprefix("'")


def _optional(cell: str) -> str | None:
    return _plain(cell) if cell else None


def _rows(path: Path, columns: list[str]) -> Iterator[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file, strict=True)
            if table.fieldnames != columns:
                raise FormatError(f"{path}, line 1: the header is not {','.join(columns)}.")
            for row in table:
                where = f"{path}, line {table.line_num}"
                if None in row or None in row.values():
                    raise FormatError(f"{where}: there are not {len(columns)} fields.")
                yield where, row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FormatError(f"{path} can't be read: {error}.") from error


def _by_document(path: Path, columns: list[str]) -> dict[str, list[Row]]:
    """Rows of a table by document id, each in the table's order."""
    rows: dict[str, list[Row]] = {}
    for where, row in _rows(path, columns):
        rows.setdefault(_plain(row["document"]), []).append((where, row))
    return rows


def _entity(where: str, row: dict[str, str]) -> dict[str, Any]:
    return {
        "id": _plain(row["id"]),
        "start": _number(where, row, "start"),
        "end": _number(where, row, "end"),
        "label": _plain(row["label"]),
        "text": _plain(row["text"]),
        "country_code": _optional(row["country_code"]),
        "note": _optional(row["note"]),
        "score": _score(where, row),
        "provenance": _source(where, row),
    }


def _relation(where: str, row: dict[str, str]) -> dict[str, Any]:
    return {
        "head": _plain(row["head"]),
        "tail": _plain(row["tail"]),
        "label": _plain(row["label"]),
        "score": _score(where, row),
        "provenance": _source(where, row),
    }


def _source(where: str, row: dict[str, str]) -> dict[str, Any] | None:
    own: dict[str, Any] = {column: _optional(row[column]) for column in _SOURCE}
    if not any(value is not None for value in own.values()):
        return None
    return own | {"annotation": _number(where, row, "annotation")}


def _number(where: str, row: dict[str, str], column: str) -> int:
    try:
        return int(_plain(row[column]))
    except ValueError:
        raise FormatError(f"{where}: {column} is {row[column]!r}, no whole number.") from None


def _score(where: str, row: dict[str, str]) -> float | None:
    score = _optional(row["score"])
    try:
        return None if score is None else float(score)
    except ValueError:
        raise FormatError(f"{where}: score is {score!r}, no number.") from None
