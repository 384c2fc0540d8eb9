"""Repairs that change nothing a person decided, each with a record.

An entity is moved to the one place where its text can stand, blanks at its edges are
trimmed, exact copies dropped (relations follow to the one that stays), a country code
is added that the list leaves no doubt about, symmetric relations begin with the earlier
mention. Everything else is for people.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

from annotate.schema import Schema
from annotate.validate.check import name_of
from annotate.validate.edges import trimmed
from annotate.validate.entities import (
    by_name,
    code_for,
    copies_of,
    is_exact_copy,
    needs_code,
    true_place,
)
from annotate.validate.findings import Span
from annotate.validate.raw import (
    Json,
    Link,
    Mark,
    by_id,
    hull,
    language_of,
    links_of,
    mark_of,
    marks_of,
    text_of,
)
from annotate.validate.relations import content, is_turned, turned
from annotate.validate.source import Item


class Repair(NamedTuple):
    """One change: the code of what was wrong, where, and the JSON before and after.

    ``after`` is None where something was dropped. ``span`` is the place before.
    """

    code: str
    where: str
    document: str
    span: Span | None
    before: Any
    after: Any

    def as_dict(self) -> dict[str, Any]:
        """The repair as JSON-ready data."""
        return self._asdict()


# Changes the document in place; gives code, span, before and after of each change.
Change = tuple[str, Span | None, Any, Any]
Step = Callable[[Json, Schema], Iterator[Change]]


def repair(item: Item, schema: Schema) -> tuple[Item, list[Repair]]:
    """The item with all that is safe repaired, and what was done; the item given stays."""
    if not isinstance(item.value, dict):
        return item, []
    document = copy.deepcopy(item.value)
    name = name_of(document)
    done: list[Repair] = []
    # One repair may open the way for another; every one leaves less to do, so this ends.
    while found := [change for step in _STEPS for change in step(document, schema)]:
        done += [Repair(code, item.where, name, *rest) for code, *rest in found]
    return Item(item.where, document), done


def _move(document: Json, schema: Schema) -> Iterator[Change]:
    text = text_of(document)
    marks = marks_of(document)
    for place, mark in enumerate(marks):
        if found := true_place(mark, marks, text):
            before = _fields(mark.fields, "start", "end", "text")
            mark.fields.update(start=found[0], end=found[1])
            after = _fields(mark.fields, "start", "end", "text")
            marks[place] = mark_of(mark.fields, text)  # no other is moved there now
            yield "text-differs" if mark.inside else "offset", mark.span, before, after


def _trim(document: Json, schema: Schema) -> Iterator[Change]:
    text = text_of(document)
    for mark in marks_of(document):
        start, end = trimmed(text, *mark.span) if mark.fits else mark.span
        if start < end and (start, end) != mark.span:
            before = _fields(mark.fields, "start", "end", "text")
            mark.fields.update(start=start, end=end, text=text[start:end])
            yield "edge-space", mark.span, before, _fields(mark.fields, "start", "end", "text")


def _drop_entities(document: Json, schema: Schema) -> Iterator[Change]:
    marks = marks_of(document)
    named, links = by_name(marks), _by_end(document)
    gone: set[int] = set()
    for twin, first in copies_of(marks):
        if not is_exact_copy(twin, first, named):
            continue
        gone.add(id(twin.fields))
        yield "entity-twice", twin.span, twin.fields, None
        if twin.id == first.id:
            continue
        for fields in links.pop(twin.id, ()):
            before = dict(fields)
            fields.update({key: first.id for key in ("head", "tail") if fields[key] == twin.id})
            links.setdefault(first.id, []).append(fields)
            yield "entity-twice", twin.span, before, dict(fields)
    _drop(document, "entities", gone)


def _add_codes(document: Json, schema: Schema) -> Iterator[Change]:
    for mark in marks_of(document):
        code = code_for(mark.text, language_of(document)) if needs_code(mark) else None
        if code and mark.fits:
            mark.fields["country_code"] = code
            yield "code-missing", mark.span, None, code


def _turn(document: Json, schema: Schema) -> Iterator[Change]:
    marks = by_id(document)
    for link in links_of(document):
        if is_turned(link, marks, schema):
            before = dict(link.fields)
            link.fields.update(turned(link).fields)
            yield "symmetric-order", _hull(link, marks), before, dict(link.fields)


def _drop_relations(document: Json, schema: Schema) -> Iterator[Change]:
    marks = by_id(document)
    seen: set[str] = set()
    gone: set[int] = set()
    for link in links_of(document):
        said = content(link)
        if said in seen:
            gone.add(id(link.fields))
            yield "relation-twice", _hull(link, marks), link.fields, None
        seen.add(said)
    _drop(document, "relations", gone)


_STEPS: tuple[Step, ...] = (_move, _trim, _drop_entities, _add_codes, _turn, _drop_relations)


def _fields(fields: Json, *names: str) -> Json:
    return {name: fields.get(name) for name in names}


def _by_end(document: Json) -> dict[str, list[Json]]:
    """The relations of each entity id, each once."""
    found: dict[str, list[Json]] = {}
    for link in links_of(document):
        for end in dict.fromkeys((link.head, link.tail)):
            found.setdefault(end, []).append(link.fields)
    return found


def _drop(document: Json, key: str, gone: Collection[int]) -> None:
    """Take the objects with these identities out of a list of the document."""
    if gone:
        document[key] = [one for one in document[key] if id(one) not in gone]


def _hull(link: Link, marks: Mapping[str, Mark]) -> Span | None:
    return hull(marks[end] for end in (link.head, link.tail) if end in marks)
