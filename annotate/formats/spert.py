"""SpERT's JSON: a list of passages, ``NAME.spert.json``, and ``NAME.spert_types.json``.

As SpERT's README and its JsonInputReader have it, an item is ``tokens``; ``entities``
with ``type``, ``start``, ``end`` (tokens, half-open); ``relations`` with ``type`` and the
places of ``head`` and ``tail`` among the entities; ``orig_id``, the document's id. The
types say ``short`` and ``verbose`` of each label, and ``symmetric`` of relations: always
false, for SpERT turns symmetric ones round.

All else stands under keys that SpERT doesn't read: see :mod:`annotate.formats.items`.
``None`` is a label of SpERT's own: documents that use it are refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from annotate.document import Document
from annotate.formats import json_array
from annotate.formats.items import (
    WRONG_SHAPE,
    Item,
    Keys,
    Mark,
    Piece,
    items_of,
    joined,
    more_of,
    no_item,
    piece_of,
    write_items,
)
from annotate.formats.passages import passages
from annotate.formats.records import account, document_from, json_line, replacing
from annotate.formats.tokens import Tokenize, built_in_tokens
from annotate.ledger import Ledger

NO_LABEL = "None"
KEYS = Keys(
    ("tokens", "entities", "relations", "orig_id"),
    ("type", "start", "end"),
    ("type", "head", "tail"),
)


def write(
    documents: Iterable[Document],
    path: Path,
    ledger: Ledger,
    tokenize: Tokenize = built_in_tokens,
) -> None:
    """Write passages and types. A document whose id came before is refused."""
    entities: set[str] = set()
    relations: set[str] = set()

    def items() -> Iterator[dict[str, Any]]:
        for document in _taken(documents, ledger):
            entities.update(one.label for one in document.entities)
            relations.update(link.label for link in document.relations)
            yield from _items(document, ledger, tokenize)

    with replacing(path) as part, replacing(types_beside(path)) as types_part:
        with part.open("w", encoding="utf-8", newline="") as file:
            write_items(items(), file)
        types_part.write_text(_types(entities, relations), "utf-8", newline="")


def read(path: Path) -> Iterator[Document]:
    """Documents of a file; in files of other making tokens are joined by spaces.

    Items of one ``orig_id`` that follow each other are one document. Raises FormatError
    naming the item that is none of SpERT's.
    """
    pieces = (
        _piece(item, f"{path}, item {number}")
        for number, item in enumerate(json_array.items(path, "passages"), start=1)
    )
    for number, value in joined(pieces, path.name.split(".")[0]):
        yield document_from(value, f"{path}, item {number}")


def types_beside(path: Path) -> Path:
    """Where the types of a file of passages are."""
    stem = path.name.removesuffix(".json").removesuffix(".spert")
    return path.with_name(f"{stem}.spert_types.json")


def _taken(documents: Iterable[Document], ledger: Ledger) -> Iterator[Document]:
    """The documents that the format can hold; the ledger names the others."""
    seen: set[str] = set()
    for document in documents:
        ledger.taken += 1
        if document.id in seen:
            ledger.refuse(document.id, "a document of this id is in the file already.")
        elif NO_LABEL in {
            *(one.label for one in document.entities),
            *(link.label for link in document.relations),
        }:
            ledger.refuse(document.id, f"SpERT has a label {NO_LABEL!r} of its own: rename it.")
        else:
            seen.add(document.id)
            yield document


def _items(document: Document, ledger: Ledger, tokenize: Tokenize) -> Iterator[dict[str, Any]]:
    record = json.loads(json_line(document, ledger))
    found = passages(document, ledger, tokenize, with_relations=True)
    for item in items_of(document, record, found):
        yield {
            "tokens": item.tokens,
            "entities": [
                {"type": mark.label, "start": mark.first, "end": mark.second, **mark.ours}
                for mark in item.entities
            ],
            "relations": [
                {"type": link.label, "head": link.first, "tail": link.second, **link.ours}
                for link in item.relations
            ],
            "orig_id": document.id,
            **item.ours,
        }
    account(document, ledger)


def _types(entities: Iterable[str], relations: Iterable[str]) -> str:
    def named(label: str, **more: bool) -> dict[str, Any]:
        return {"short": label, "verbose": label.replace("_", " "), **more}

    types = {
        "entities": {label: named(label) for label in sorted(entities)},
        "relations": {label: named(label, symmetric=False) for label in sorted(relations)},
    }
    return json.dumps(types, ensure_ascii=False, indent=1) + "\n"


def _piece(value: Mapping[str, Any], where: str) -> Piece:
    try:
        entities = [Mark(one["type"], one["start"], one["end"], one) for one in value["entities"]]
        links = [Mark(one["type"], one["head"], one["tail"], one) for one in value["relations"]]
        document = value.get("orig_id")
        item = Item(value["tokens"], entities, links, value, more_of(value, KEYS))
        return piece_of(item, None if document is None else str(document), KEYS)
    except WRONG_SHAPE as error:
        raise no_item("SpERT", where, error) from error
