"""GLiNER's training JSON: a list of passages, with relations for its relation models.

As GLiNER's guide to training has it, an item is ``tokenized_text``; ``ner`` with
``[first token, last token, label]``, both included; ``relations`` with
``[head, tail, label]``, the places of both ends in ``ner``.

All else stands under keys that GLiNER doesn't read: ``document``, the id;
``ner_details`` and ``relations_details``, one for each; the others and what is in them
see :mod:`annotate.formats.items`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from annotate.document import Document
from annotate.formats import json_array
from annotate.formats.holding import lose_in
from annotate.formats.items import (
    WRONG_SHAPE,
    Item,
    Keys,
    Mark,
    Piece,
    is_ours,
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

# Defaults of GLiNER's configuration, max_len and max_width: it cuts passages off behind
# so many tokens and learns no entity of more tokens than this.
LONGEST, WIDEST = 384, 12
PART = "GLiNER's targets"
KEYS = Keys(("tokenized_text", "ner", "relations", "ner_details", "relations_details"))


def write(
    documents: Iterable[Document],
    path: Path,
    ledger: Ledger,
    tokenize: Tokenize = built_in_tokens,
) -> None:
    """Write passages. A document whose id came before is refused.

    What GLiNER makes no targets of is lost in them: entities that are too long for its
    defaults or behind what it cuts off, their relations, and relations that it takes for
    others because two entities have one span.
    """

    def items() -> Iterator[dict[str, Any]]:
        seen: set[str] = set()
        for document in documents:
            ledger.taken += 1
            if document.id in seen:
                ledger.refuse(document.id, "a document of this id is in the file already.")
                continue
            seen.add(document.id)
            yield from _items(document, ledger, tokenize)

    with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        write_items(items(), file)


def read(path: Path) -> Iterator[Document]:
    """Documents of a file; in files of other making, an item each, its tokens with spaces.

    Raises FormatError naming the item that is none of GLiNER's.
    """
    pieces = (
        _piece(item, f"{path}, item {number}")
        for number, item in enumerate(json_array.items(path, "passages"), start=1)
    )
    for number, value in joined(pieces, path.name.split(".")[0]):
        yield document_from(value, f"{path}, item {number}")


def _items(document: Document, ledger: Ledger, tokenize: Tokenize) -> Iterator[dict[str, Any]]:
    record = json.loads(json_line(document, ledger))
    found = passages(document, ledger, tokenize, with_relations=True)
    for item in items_of(document, record, found):
        _note_lost(document, item, ledger)
        yield {
            "tokenized_text": item.tokens,
            "ner": [[mark.first, mark.second - 1, mark.label] for mark in item.entities],
            "relations": [[link.first, link.second, link.label] for link in item.relations],
            "document": document.id,
            "ner_details": [mark.ours for mark in item.entities],
            "relations_details": [link.ours for link in item.relations],
            **item.ours,
        }
    account(document, ledger)


def _note_lost(document: Document, item: Item, ledger: Ledger) -> None:
    """Enter what GLiNER doesn't learn with its defaults: entities, and relations of them."""
    if len(item.tokens) > LONGEST:
        ledger.counts[f"passages of more than {LONGEST} tokens"] += 1
    left: set[int] = set()
    for place, mark in enumerate(item.entities):
        why = _why_not_learnt(mark)
        if why:
            left.add(place)
            lose_in(PART, document, document.entities[mark.ours["number"]], why, ledger)
    moved = _moved(item, left)
    for link in item.relations:
        ends = {link.first, link.second}
        if not ends.isdisjoint(left):
            why = "an end of it is not learnt"
        elif not ends.isdisjoint(moved):
            why = "two entities of its passage have one span: it is left out, or learnt of others"
        else:
            continue
        lose_in(PART, document, document.relations[link.ours["number"]], why, ledger)


def _why_not_learnt(mark: Mark) -> str:
    if mark.second - mark.first > WIDEST:
        return f"has {mark.second - mark.first} tokens: raise max_width"
    if mark.second > LONGEST:
        return f"ends at token {mark.second} of its passage: raise max_len"
    return ""


def _moved(item: Item, left: Collection[int]) -> set[int]:
    """Places of entities that GLiNER takes for others, or for none, as ends of relations."""
    # Its loader numbers the ends of relations by entity, its targets by span: from the
    # second entity of a span on, a number is that of a later span, or of none.
    spans = [(mark.first, mark.second) for mark in item.entities]
    learnt = sorted(set(range(len(spans))) - set(left), key=spans.__getitem__)
    targets = sorted({spans[place] for place in learnt})
    moved = {place for place, span in zip(learnt, targets, strict=False) if spans[place] != span}
    return moved.union(learnt[len(targets) :])


def _piece(value: Mapping[str, Any], where: str) -> Piece:
    try:
        ner, links = value["ner"], value.get("relations") or []
        entities = [
            Mark(label, first, last + 1, ours)
            for (first, last, label), ours in zip(ner, _ours(value, "ner", ner), strict=True)
        ]
        relations = [
            Mark(label, head, tail, ours)
            for (head, tail, label), ours in zip(
                links, _ours(value, "relations", links), strict=True
            )
        ]
        ours = is_ours(value)
        keys = KEYS._replace(item=(*KEYS.item, "document")) if ours else KEYS
        item = Item(value["tokenized_text"], entities, relations, value, more_of(value, keys))
        return piece_of(item, value["document"] if ours else None, keys)
    except WRONG_SHAPE as error:
        raise no_item("GLiNER", where, error) from error


def _ours(value: Mapping[str, Any], key: str, marks: list[Any]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = value.get(f"{key}_details") or [{} for _ in marks]
    if len(found) != len(marks):
        raise ValueError(f"'{key}_details' are {len(found)}, '{key}' {len(marks)}")
    return found
