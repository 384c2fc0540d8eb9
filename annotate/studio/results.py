"""A result of Label Studio (of an annotation, draft or prediction) → marks over its text.

Pure, and read twice for every annotation of an export, the second time for the suggestion
that it started from: so it makes light marks, and its one pass over a region is one function.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from operator import attrgetter
from typing import Any

from annotate.document import Link, Marks, Span
from annotate.ledger import Ledger
from annotate.prelabel.country_names import iso_codes
from annotate.schema import RelationType, Schema
from annotate.studio.tasks import COUNTRY

Json = dict[str, Any]
# A tuple, which is looked at in a fraction of the time of int | float.
_NUMBER = (int, float)
# Results of controls that people may add to a project, by the tags of Label Studio's
# documentation: they are about the text or a region, and no mark of it.
_OTHER_CONTROLS = frozenset(
    ["choices", "datetime", "number", "pairwise", "ranker", "rating", "taxonomy", "textarea"]
)


def from_result(text: str, result: list[Json], schema: Schema, ledger: Ledger, where: str) -> Marks:
    """Read a result (annotation, draft or prediction) over ``text``.

    Offsets are checked against the text and win over the region's own text;
    edges are trimmed; every repair and refusal goes to the ledger under
    ``where``. Entities come in text order, relations in the order given.
    """
    entities: dict[str, Span] = {}
    same: dict[tuple[int, int, str], str] = {}
    alias: dict[str, str] = {}
    links: list[Json] = []
    for item in result:
        if item.get("type") == "relation":
            links.append(item)
            continue
        span = _region(text, item, schema, ledger, where)
        if span is None:
            continue
        place = span.place
        if place in same:
            alias[span.id] = same[place]
            ledger.repair(where, f"{span.label} {span.text!r} was drawn twice; kept once")
        elif span.id in entities:
            ledger.refuse(where, f"two regions have the id {span.id}; kept the first")
        else:
            entities[span.id] = span
            same[place] = span.id
    relations: dict[Link, None] = {}
    for item in links:
        for link in _links(item, entities, alias, schema, ledger, where):
            if link in relations:
                ledger.repair(where, f"{link.label} was drawn twice; kept once")
            relations[link] = None
    ordered = sorted(entities.values(), key=attrgetter("place"))
    overlaps = sum(one.end > other.start for one, other in pairwise(ordered))
    if overlaps:
        # Kept: a person drew them. Formats that can't hold them say so.
        ledger.counts["mentions that overlap the one before, kept"] += overlaps
    return Marks(tuple(ordered), tuple(relations))


def _region(text: str, item: Json, schema: Schema, ledger: Ledger, where: str) -> Span | None:
    value = item.get("value") or {}
    given = value.get("labels") or []
    label = next(filter(schema.labels.__contains__, given), None)
    if label is None or item.get("from_name") != schema.control:
        kind = item.get("type")
        if not given and isinstance(kind, str) and kind in _OTHER_CONTROLS:
            ledger.counts[f"results of the type {kind}, which are no labels, left out"] += 1
            return None
        problem = f"its label {given} is not in the label config"
        if not given and kind != "labels":
            problem = f"is of the type {kind}, which marks no span of a text; left out"
        ledger.refuse(where, f"{_named(item)}: {problem}")
        return None
    start: Any = value.get("start")
    end: Any = value.get("end")
    # By type, since a bool is an int too.
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        ledger.refuse(where, f"{_named(item)}: offsets {start}:{end} are not inside the text")
        return None
    found = text[start:end]
    if len(given) > 1:
        ledger.repair(where, f"{_named(item)}: has labels {given}; kept {label}")
    told = value.get("text")
    if told != found and told is not None:
        ledger.repair(where, f"{_named(item)}: the text at {start}:{end} is {found!r}; took it")
    trimmed = found.strip()
    if trimmed != found:
        if not trimmed:
            ledger.refuse(where, f"{_named(item)}: holds only white space")
            return None
        was = f"{start}:{end}"
        start += len(found) - len(found.lstrip())
        end = start + len(trimmed)
        ledger.repair(where, f"{_named(item)}: white space trimmed, {was} → {start}:{end}")
    meta = item.get("meta")
    code, note = _code_and_note(item, label) if meta else (None, None)
    score = item.get("score")
    if score is not None and not (isinstance(score, _NUMBER) and 0 <= score <= 1):
        score = None
    name = str(item.get("id") or f"{start}-{end}")
    return Span(name, start, end, label, trimmed, score, code, note)


def _named(region: Json) -> str:
    text = str((region.get("value") or {}).get("text", ""))
    return f"region {region.get('id')} {text[:40]!r}"


def _code_and_note(item: Json, label: str) -> tuple[str | None, str | None]:
    """What the region's note says: for a COUNTRY its code, in capitals, then any remark."""
    text = item["meta"].get("text")
    if text is None:
        return None, None
    if isinstance(text, list):
        text = " ".join(str(part) for part in text)
    note = str(text or "").strip()
    first, _, rest = note.partition(" ")
    if first not in iso_codes():
        return None, note or None
    if label == COUNTRY:
        return first, rest.strip() or None
    # The code stayed on a suggested country that became something else.
    stale = not rest and str(item.get("origin", "")).startswith("prediction")
    return None, None if stale else note


def _links(
    item: Json,
    entities: dict[str, Span],
    alias: dict[str, str],
    schema: Schema,
    ledger: Ledger,
    where: str,
) -> Iterator[Link]:
    """The relations of one link: one a label."""
    head, tail = str(item.get("from_id")), str(item.get("to_id"))
    one, other = entities.get(alias.get(head, head)), entities.get(alias.get(tail, tail))
    if one is None or other is None:
        ledger.refuse(
            where, f"relation {item.get('labels')}: one of its ends was refused or is gone"
        )
        return
    labels = item.get("labels") or []
    if not labels:
        problem = "has no type; pick one in the Relations tab"
        ledger.refuse(where, f"relation {one.text!r} → {other.text!r}: {problem}")
    for label in labels:
        kind = schema.relation(label)
        if kind is None:
            problem = f"its type {label!r} is not in the label config"
            ledger.refuse(where, f"relation {one.text!r} → {other.text!r}: {problem}")
            continue
        link = _directed(kind, one, other, item.get("direction"), ledger, where)
        if link:
            yield link


def _directed(
    kind: RelationType, head: Span, tail: Span, direction: object, ledger: Ledger, where: str
) -> Link | None:
    if direction == "left":
        head, tail = tail, head
        ledger.counts["relations drawn to the left, turned"] += 1
    if head.id == tail.id:
        ledger.refuse(where, f"{_said(kind, head, tail)}: joins a mention to itself")
        return None
    if not kind.joins(head.label, tail.label):
        if not kind.joins(tail.label, head.label):
            problem = f"does not join {head.label} to {tail.label}"
            ledger.refuse(where, f"{_said(kind, head, tail)}: {problem}")
            return None
        ledger.repair(where, f"{_said(kind, head, tail)}: was drawn backwards; turned")
        head, tail = tail, head
    if kind.symmetric and (tail.start, tail.end) < (head.start, head.end):
        head, tail = tail, head
    return Link(head.id, tail.id, kind.label)


def _said(kind: RelationType, head: Span, tail: Span) -> str:
    return f"relation {head.text!r} {kind.label} {tail.text!r}"
