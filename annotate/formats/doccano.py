"""doccano's JSONL with relations, "JSONL(Relation)" where it imports.

One document a line, by the examples of doccano's own import and export pipelines:

* ``text``;
* ``entities`` with ``id`` (a number), ``label``, ``start_offset`` and ``end_offset``, in
  UTF-16 units: doccano's editor takes and gives offsets of JavaScript strings (but
  grapheme clusters in projects that count these). They differ from code points after a
  character beyond U+FFFF, such as an emoji;
* ``relations`` with ``id``, ``from_id``, ``to_id`` and ``type``;
* ``Comments``, always empty here;
* any other key, which doccano keeps as metadata and exports again: ``id``, ``language``,
  ``meta`` and ``provenance``. They stand on each line, null or not: doccano reads lines
  into a table and would fill the gaps with NaN.

An entity has ``entity_id``, ``text``, ``country_code``, ``note``, ``score`` and ``provenance``
besides, a relation ``score`` and ``provenance``. doccano ignores these: all is held in
the file, but they are gone after a way through doccano.

Read are also the older ``label`` or ``labels`` of ``[start, end, label]``, and ``data``
for the text. Other keys come into ``meta``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from annotate.document import Document
from annotate.errors import FormatError
from annotate.formats.lines import beside, json_or_refusal, objects, one_line
from annotate.formats.records import account, document_from, replacing
from annotate.ledger import Ledger

_MORE_OF_ENTITY = ("country_code", "note", "score", "provenance")
_MORE_OF_RELATION = ("score", "provenance")
_ENTITY_KEYS = ("id", "entity_id", "text", "label", "start_offset", "end_offset", *_MORE_OF_ENTITY)
_RELATION_KEYS = ("id", "from_id", "to_id", "type", *_MORE_OF_RELATION)
_ROW_KEYS = ("id", "relations", "language", "meta", "provenance")


def write(documents: Iterable[Document], path: Path, ledger: Ledger) -> None:
    """Write one document a line; the file appears whole or not at all."""
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        for document in documents:
            ledger.taken += 1
            line = json_or_refusal(document, ledger)
            if line is None:
                continue
            file.write(one_line(_row(json.loads(line))))
            ledger.counts["texts with characters of two UTF-16 units"] += _is_beyond(document.text)
            account(document, ledger)


def read(path: Path) -> Iterator[Document]:
    """Documents of a file that doccano or :func:`write` wrote, one at a time.

    Raises FormatError, naming the line, at the first that holds no text with spans.
    """
    for number, row in objects(path):
        where = f"{path}, line {number}"
        try:
            value = _value(row, f"{path.stem}-{number}", where)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise FormatError(f"{where}: this is no text with spans: {error!r}.") from error
        yield document_from(value, where)


def _row(value: dict[str, Any]) -> dict[str, Any]:
    """The line of a document's JSON."""
    units = _units(value["text"])
    numbers = {entity["id"]: number for number, entity in enumerate(value["entities"])}
    return {
        "id": value["id"],
        "text": value["text"],
        "entities": [
            {
                "id": numbers[entity["id"]],
                "label": entity["label"],
                "start_offset": units[entity["start"]],
                "end_offset": units[entity["end"]],
                "entity_id": entity["id"],
                "text": entity["text"],
            }
            | {key: entity[key] for key in _MORE_OF_ENTITY if key in entity}
            for entity in value["entities"]
        ],
        "relations": [
            {
                "id": number,
                "from_id": numbers[link["head"]],
                "to_id": numbers[link["tail"]],
                "type": link["label"],
            }
            | {key: link[key] for key in _MORE_OF_RELATION if key in link}
            for number, link in enumerate(value["relations"])
        ],
        "Comments": [],
        "language": value["language"],
        "meta": value["meta"],
        "provenance": value.get("provenance"),
    }


def _is_beyond(text: str) -> bool:
    return max(text, default="") > "\uffff"


def _units(text: str) -> Sequence[int]:
    """Offset in UTF-16 units of each code point of the text, and of its end."""
    if not _is_beyond(text):
        return range(len(text) + 1)
    return list(accumulate((1 + (character > "\uffff") for character in text), initial=0))


def _value(row: dict[str, Any], name: str, where: str) -> dict[str, Any]:
    """What a line holds of a document, for the model to validate."""
    if isinstance(row.get("spans"), list) and not row.keys() & {"entities", "label", "labels"}:
        raise FormatError(
            f"{where}: there are no 'entities' but 'spans', which doccano has not. "
            "Name the format that the file is of, such as prodigy."
        )
    text_key = "text" if "text" in row else "data"
    spans_key = next((key for key in ("entities", "label", "labels") if key in row), "entities")
    text, links = row[text_key], row.get("relations") or []
    spans = [_span(span, where) for span in row.get(spans_key) or []]
    ids = {
        span.get("id", number): _entity_id(span, number)
        for number, span in enumerate(spans, start=1)
    }
    if len(ids) < len(spans):
        raise FormatError(f"{where}: two entities have the same id.")
    used = (*_ROW_KEYS, text_key, spans_key)
    return {
        "id": name if row.get("id") is None else str(row["id"]),
        "text": text,
        "language": row.get("language", "und"),
        "entities": _entities(spans, ids.values(), text, where),
        "relations": [
            {key: link.get(key) for key in _MORE_OF_RELATION}
            | {
                "head": _end(link, "from_id", ids, where),
                "tail": _end(link, "to_id", ids, where),
                "label": link["type"],
            }
            for link in links
        ],
        "meta": _meta(row, spans, links, beside(row, used), where),
        "provenance": row.get("provenance"),
    }


def _span(span: object, where: str) -> dict[str, Any]:
    """A span as an object, be it one or ``[start, end, label]``."""
    if isinstance(span, dict):
        return span
    if isinstance(span, list) and len(span) == 3:
        return dict(zip(("start_offset", "end_offset", "label"), span, strict=True))
    raise FormatError(f"{where}: {span!r} is no span; only spans of text can be read.")


def _entities(
    spans: list[dict[str, Any]], ids: Iterable[str], text: str, where: str
) -> list[dict[str, Any]]:
    place = {unit: start for start, unit in enumerate(_units(text))}
    found = []
    for span, own_id in zip(spans, ids, strict=True):
        start, end = place.get(span["start_offset"]), place.get(span["end_offset"])
        if start is None or end is None:
            raise FormatError(
                f"{where}: {span['start_offset']}:{span['end_offset']} is no place in the text. "
                "Offsets are UTF-16 units, as doccano counts with grapheme clusters off."
            )
        more = {key: span.get(key) for key in _MORE_OF_ENTITY}
        said = span.get("text", text[start:end])
        own = {"id": own_id, "start": start, "end": end, "label": span["label"], "text": said}
        found.append(own | more)
    return found


def _entity_id(span: dict[str, Any], number: int) -> str:
    return str(span.get("entity_id") or span.get("id", f"e{number}"))


def _end(link: dict[str, Any], key: str, ids: dict[Any, str], where: str) -> str:
    if link[key] not in ids:
        raise FormatError(f"{where}: {key} of a relation is {link[key]!r}: no entity has this id.")
    return ids[link[key]]


def _meta(
    row: dict[str, Any],
    spans: list[dict[str, Any]],
    links: list[dict[str, Any]],
    more: dict[str, Any],
    where: str,
) -> dict[str, Any]:
    """Our ``meta``, doccano's metadata and comments, and what else an entity or relation has."""
    meta = row.get("meta")
    if not isinstance(meta, dict | None):
        meta = {"meta": meta}
    if not more.get("Comments"):
        more.pop("Comments", None)
    own = {
        key: [beside(part, known) for part in parts]
        for key, parts, known in (
            ("entities", spans, _ENTITY_KEYS),
            ("relations", links, _RELATION_KEYS),
        )
    }
    more |= {key: parts for key, parts in own.items() if any(parts)}
    twice = sorted(more.keys() & (meta or {}).keys())
    if twice:
        raise FormatError(f"{where}: {', '.join(twice)} is in meta and beside it; rename one.")
    return (meta or {}) | more
