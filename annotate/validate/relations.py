"""What is wrong with the relations of one document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from annotate.schema import Schema
from annotate.validate.entities import Fault
from annotate.validate.raw import Json, Link, Mark, by_id, hull, ids_of, links_of


def faults(document: Json, schema: Schema) -> Iterator[Fault]:
    """What is wrong with each relation, in the order of the file."""
    marks, ids = by_id(document), ids_of(document)
    known = {kind.label for kind in schema.relations}
    kinds: dict[tuple[str, str], Link] = {}
    same: dict[tuple[str, str, str], Link] = {}
    for link in links_of(document):
        ends = [marks[end] for end in (link.head, link.tail) if end in marks]
        for end in (link.head, link.tail):
            if end not in ids:
                yield _fault("relation-end", f"there is no entity {end!r}", link, ends)
        if link.label not in known:
            what = f"{link.label!r} is not one of {', '.join(sorted(known))}"
            yield _fault("relation-unknown", what, link, ends)
        if link.head == link.tail:
            yield _fault("relation-self", "an entity has no relation to itself", link, ends)
        yield from _type(link, marks, ends, schema)
        if is_turned(link, marks, schema):
            what = "the earlier mention is the head of a symmetric relation"
            yield _fault("symmetric-order", what, link, ends, True)
        straight = turned(link) if is_turned(link, marks, schema) else link
        first = same.setdefault((straight.label, *_pair(straight)), straight)
        if first is not straight:
            exact = content(first) == content(straight)
            yield _fault("relation-twice", "it stands there already", link, ends, exact)
        elif kinds.setdefault(_pair(straight), straight) is not straight:
            other = kinds[_pair(straight)].label
            yield _fault("relation-pair", f"the same pair has {other} already", link, ends)


def is_turned(link: Link, marks: Mapping[str, Mark], schema: Schema) -> bool:
    """Whether it is symmetric and its tail stands before its head."""
    kind = schema.relation(link.label)
    if kind is None or not kind.symmetric or link.head not in marks or link.tail not in marks:
        return False
    head, tail = marks[link.head], marks[link.tail]
    return head.inside and tail.inside and tail.span < head.span


def turned(link: Link) -> Link:
    """The relation with head and tail exchanged."""
    fields = link.fields | {"head": link.tail, "tail": link.head}
    return Link(fields, link.tail, link.head, link.label)


def content(link: Link) -> str:
    """All that a relation says, to compare it with another."""
    return json.dumps(link.fields, sort_keys=True)


def _type(
    link: Link, marks: Mapping[str, Mark], ends: list[Mark], schema: Schema
) -> Iterator[Fault]:
    kind = schema.relation(link.label)
    if kind is None or link.head not in marks or link.tail not in marks:
        return
    head, tail = marks[link.head].label, marks[link.tail].label
    # An unknown label is one fault, not two.
    if head in schema.labels and tail in schema.labels and not kind.joins(head, tail):
        yield _fault("relation-type", f"{head} → {tail} is not allowed", link, ends)


def _pair(link: Link) -> tuple[str, str]:
    return link.head, link.tail


def _fault(code: str, what: str, link: Link, ends: list[Mark], repairable: bool = False) -> Fault:
    names = {end.id: end.text for end in ends}
    words = " ".join((names.get(link.head, link.head), link.label, names.get(link.tail, link.tail)))
    return Fault(code, what, hull(ends), words, repairable)
