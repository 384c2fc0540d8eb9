"""Passages as items of a JSON array, and documents of such items: SpERT's and GLiNER's.

So that text and spans come back exactly, items have keys besides those of their format,
which its loaders don't look at: ``text``; ``offsets`` of the tokens in it, half-open
code points; ``chars`` of an entity, where its edges are not token edges; ``id``, and
``number``, its place in the document's list; ``score``, ``country_code``, ``note`` and
``provenance``; in the first item of a document its ``language``, ``meta`` and
``provenance``.

Other keys come into ``meta``: those of an item as they are (of several that are one
document as a list, ``items``), those of its marks as lists, ``entities`` and
``relations``, in the document's order.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from types import MappingProxyType
from typing import Any, NamedTuple, TextIO

from annotate.document import Document
from annotate.errors import FormatError
from annotate.formats.lines import beside
from annotate.formats.passages import Passage, Span

ABOUT = ("language", "meta", "provenance")
_DETAILS = ("score", "country_code", "note", "provenance")
# What our keys say of a mark, but for number and chars.
_OF_ENTITY = ("id", *_DETAILS)
_OF_RELATION = ("score", "provenance")
# What comes of a value that has not the shape that its format says.
WRONG_SHAPE = (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError)


class Mark(NamedTuple):
    """An entity: label, first token and the one behind its last, and our keys.

    Or a relation: label, places of head and tail among the item's entities, our keys.
    """

    label: str
    first: int
    second: int
    ours: Mapping[str, Any]


class Item(NamedTuple):
    """A passage with what is in it, entities by place; ``ours`` are our keys.

    ``more`` is what else an item says that was read.
    """

    tokens: list[str]
    entities: list[Mark]
    relations: list[Mark]
    ours: Mapping[str, Any]
    more: Mapping[str, Any] = MappingProxyType({})


class Keys(NamedTuple):
    """The keys of a format's items, entities and relations; do its marks have a ``number``?"""

    item: tuple[str, ...]
    entity: tuple[str, ...] = ()
    relation: tuple[str, ...] = ()
    numbers: bool = True


def items_of(
    document: Document, record: Mapping[str, Any], passages: Sequence[Passage]
) -> Iterator[Item]:
    """An item a passage; ``record`` is the document's JSON.

    Both ends of every relation must be in one passage.
    """
    text = document.text
    numbers = {entity.id: number for number, entity in enumerate(document.entities)}
    spans = [(entity.start, entity.end) for entity in document.entities]
    inside = _by_passage(passages, [start for start, _ in spans])
    links = _by_passage(passages, [spans[numbers[link.head]][0] for link in document.relations])
    about = details(record, ABOUT)
    for passage, own, own_links in zip(passages, inside, links, strict=True):
        own.sort(key=lambda number: (spans[number], number))
        places = {number: place for place, number in enumerate(own)}
        yield Item(
            [text[start:end] for start, end in passage.tokens],
            [entity_mark(document, record, number, passage, passage.start) for number in own],
            [
                Mark(
                    document.relations[number].label,
                    places[numbers[document.relations[number].head]],
                    places[numbers[document.relations[number].tail]],
                    {"number": number, **details(record["relations"][number])},
                )
                for number in own_links
            ],
            {
                "text": text[passage.start : passage.end],
                "offsets": [[s - passage.start, e - passage.start] for s, e in passage.tokens],
                **about,
            },
        )
        about = {}


def entity_mark(
    document: Document, record: Mapping[str, Any], number: int, passage: Passage, base: int
) -> Mark:
    """The document's entity of that number; ``chars`` count from ``base``."""
    entity = document.entities[number]
    first, after = passage.tokens_of(entity)
    ours = {"id": entity.id, "number": number, **details(record["entities"][number])}
    if (entity.start, entity.end) != (passage.tokens[first][0], passage.tokens[after - 1][1]):
        ours["chars"] = [entity.start - base, entity.end - base]
    return Mark(entity.label, first, after, ours)


def details(value: Mapping[str, Any], keys: Iterable[str] = _DETAILS) -> dict[str, Any]:
    """Those of the keys that a JSON value has anything under."""
    return {key: value[key] for key in keys if value.get(key) not in (None, {})}


def write_items(items: Iterable[Mapping[str, Any]], file: TextIO) -> None:
    """Write a JSON array, an item a line."""
    file.write("[")
    between = "\n"
    for item in items:
        file.write(between + json.dumps(item, ensure_ascii=False))
        between = ",\n"
    file.write("\n]\n")


def is_ours(value: Mapping[str, Any]) -> bool:
    """Whether an item says where its tokens are in which text."""
    return "text" in value and "offsets" in value


def more_of(value: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    """What an item has besides the keys of its format and ours."""
    own = ("text", "offsets") if is_ours(value) else ()
    return beside(dict(value), (*keys.item, *ABOUT, *own))


class Piece(NamedTuple):
    """An item as read: entities and relations as the model takes them, but for the places.

    ``start`` and ``end`` of entities are in ``text``, ``head`` and ``tail`` of relations
    are places among the entities; ``more`` of either, and of the piece, is for ``meta``.
    ``document`` is an id, None if the item stands alone; ``whole`` says that ``text`` is all
    that stands before the next piece.
    """

    document: str | None
    text: str
    whole: bool
    entities: list[dict[str, Any]]
    relations: list[dict[str, Any]]
    about: dict[str, Any]
    more: Mapping[str, Any]


def piece_of(item: Item, document: str | None, keys: Keys) -> Piece:
    """A piece of an item that was read; ValueError where its parts don't fit together."""
    text, offsets = laid(item.tokens, item.ours)
    number = ("number",) if keys.numbers and is_ours(item.ours) else ()
    of_entity, of_relation = (*_OF_ENTITY, *number), (*_OF_RELATION, *number)
    entities = [
        _said(mark, of_entity, (*keys.entity, "chars")) | placed(text, offsets, mark)
        for mark in item.entities
    ]
    relations = []
    for link in item.relations:
        if not {link.first, link.second} <= set(range(len(entities))):
            raise ValueError(f"a relation is between entities {link.first} and {link.second}")
        ends = {"head": link.first, "tail": link.second}
        relations.append(_said(link, of_relation, keys.relation) | ends)
    about = details(item.ours, ABOUT)
    return Piece(document, text, is_ours(item.ours), entities, relations, about, item.more)


def laid(words: Sequence[str], ours: Mapping[str, Any]) -> tuple[str, list[Span]]:
    """Text and token offsets; where ``ours`` doesn't say them, words have spaces between.

    Raises ValueError where the offsets don't fit the words.
    """
    if not is_ours(ours):
        starts = accumulate((len(word) + 1 for word in words), initial=0)
        return " ".join(words), [
            (start, start + len(word)) for word, start in zip(words, starts, strict=False)
        ]
    text = ours["text"]
    offsets = [(start, end) for start, end in ours["offsets"]]
    if [text[start:end] for start, end in offsets] != list(words):
        raise ValueError("the tokens are not those that 'offsets' show in 'text'")
    return text, offsets


def placed(text: str, offsets: Sequence[Span], mark: Mark) -> dict[str, Any]:
    """``start``, ``end`` and ``text`` of an entity: of its tokens, or ``chars`` if it says so.

    Raises ValueError where there are no such tokens, or ``chars`` hold others.
    """
    if not 0 <= mark.first < mark.second <= len(offsets):
        raise ValueError(f"there are no tokens {mark.first}:{mark.second} for a {mark.label}")
    start, end = offsets[mark.first][0], offsets[mark.second - 1][1]
    if "chars" in mark.ours:
        start, end = mark.ours["chars"]
        held = [place for place, (s, e) in enumerate(offsets) if start <= s and e <= end]
        if held != list(range(mark.first, mark.second)):
            raise ValueError(f"'chars' {start}:{end} of a {mark.label} hold other tokens")
    return {"start": start, "end": end, "text": text[start:end]}


def joined(pieces: Iterable[Piece], stem: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Documents as JSON for the model, each with the number of its first piece, from 1.

    Pieces of one document follow each other. Those without an id are named after
    ``stem`` and that number.
    """
    own: list[Piece] = []
    first = 1
    for number, piece in enumerate(pieces, start=1):
        if own and (piece.document is None or piece.document != own[0].document):
            yield first, _document(own, f"{stem}-{first}")
            own, first = [], number
        own.append(piece)
    if own:
        yield first, _document(own, f"{stem}-{first}")


def no_item(of: str, where: str, error: Exception) -> FormatError:
    """The error for an item that has not the shape of its format."""
    what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
    return FormatError(f"{where}: this is no item of {of}: {what}.")


def _document(pieces: Sequence[Piece], name: str) -> dict[str, Any]:
    text = ""
    entities: list[dict[str, Any]] = []
    relations: list[dict[str, Any]] = []
    for piece in pieces:
        before = len(entities)
        for number, entity in enumerate(piece.entities, start=before + 1):
            place = {"start": entity["start"] + len(text), "end": entity["end"] + len(text)}
            entities.append({"id": f"e{number}"} | entity | place)
        for link in piece.relations:
            ends = {end: entities[before + link[end]]["id"] for end in ("head", "tail")}
            relations.append(link | ends)
        text += piece.text
        if not piece.whole and piece is not pieces[-1]:
            text += "\n"
    name = name if pieces[0].document is None else pieces[0].document
    marks = {"entities": _in_number(entities), "relations": _in_number(relations)}
    meta = _meta(pieces, {kind: [mark.pop("more") for mark in marks[kind]] for kind in marks}, name)
    return {"id": name, "text": text, **marks, **pieces[0].about} | meta


def _meta(pieces: Sequence[Piece], of_marks: Mapping[str, list[Any]], name: str) -> dict[str, Any]:
    """The meta of the document with that id, where there is more than the pieces' own."""
    more = {kind: said for kind, said in of_marks.items() if any(said)}
    if len(pieces) == 1:
        more = dict(pieces[0].more) | more
    elif any(piece.more for piece in pieces):
        more["items"] = [dict(piece.more) for piece in pieces]
    meta = pieces[0].about.get("meta", {})
    if not isinstance(meta, dict):
        meta = {"meta": meta}
    twice = sorted(more.keys() & meta.keys())
    if twice:
        raise FormatError(f"{name}: {', '.join(twice)} is in meta and beside it; rename one.")
    return {"meta": meta | more} if meta or more else {}


def _in_number(marks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Marks in the order of their numbers, those without one behind, less the numbers."""
    ordered = sorted(marks, key=lambda mark: mark.get("number", len(marks)))
    return [{key: mark[key] for key in mark if key != "number"} for mark in ordered]


def _said(mark: Mark, own: tuple[str, ...], others: tuple[str, ...]) -> dict[str, Any]:
    """Label and what our ``own`` keys say of a mark; the rest but ``others`` is ``more``."""
    said = {"label": mark.label, **details(mark.ours, own)}
    if "number" in said:
        said["number"] = int(said["number"])
    return said | {"more": beside(dict(mark.ours), (*own, *others))}


def _by_passage(passages: Sequence[Passage], starts: Sequence[int]) -> list[list[int]]:
    """For each passage the numbers of what starts in it."""
    firsts = [passage.start for passage in passages]
    inside: list[list[int]] = [[] for _ in passages]
    for number, start in enumerate(starts):
        inside[bisect_right(firsts, start) - 1].append(number)
    return inside
