"""Entities and relations of a document that may be broken, as far as they can be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from annotate.validate.findings import Span

Json = dict[str, Any]


class Mark(NamedTuple):
    """An entity with whole numbers for its offsets; a field of the wrong kind is empty.

    ``fields`` is the JSON object itself. ``inside`` says that the offsets are a place
    in the text, ``fits`` that the entity's text stands there.
    """

    fields: Json
    id: str
    start: int
    end: int
    label: str
    text: str
    inside: bool
    fits: bool

    @property
    def span(self) -> Span:
        """The offsets as they are written."""
        return self.start, self.end


class Link(NamedTuple):
    """A relation with strings for head, tail and label; ``fields`` is the JSON object."""

    fields: Json
    head: str
    tail: str
    label: str


def text_of(document: Json) -> str:
    """The text, or an empty one when it is no string."""
    return _string(document.get("text"))


def language_of(document: Json) -> str:
    """The language, ``und`` when the document says none."""
    return _string(document.get("language")) or "und"


def marks_of(document: Json) -> list[Mark]:
    """The entities whose offsets are whole numbers, in the order of the file."""
    text = text_of(document)
    return [
        mark_of(fields, text)
        for fields in _objects(document, "entities")
        if _is_whole(fields.get("start")) and _is_whole(fields.get("end"))
    ]


def links_of(document: Json) -> list[Link]:
    """The relations whose head, tail and label are strings, in the order of the file."""
    return [
        Link(fields, fields["head"], fields["tail"], fields["label"])
        for fields in _objects(document, "relations")
        if all(isinstance(fields.get(key), str) for key in ("head", "tail", "label"))
    ]


def ids_of(document: Json) -> Counter[str]:
    """How often each entity id is used, by entities of any shape."""
    found = (fields.get("id") for fields in _objects(document, "entities"))
    return Counter(name for name in found if isinstance(name, str))


def by_id(document: Json) -> dict[str, Mark]:
    """The marks whose id no other entity has."""
    once = ids_of(document)
    return {mark.id: mark for mark in marks_of(document) if once[mark.id] == 1}


def mark_of(fields: Json, text: str) -> Mark:
    """The entity of a JSON object whose offsets are whole numbers."""
    start, end, words = fields["start"], fields["end"], _string(fields.get("text"))
    inside = 0 <= start < end <= len(text)
    return Mark(
        fields,
        _string(fields.get("id")),
        start,
        end,
        _string(fields.get("label")),
        words,
        inside,
        inside and text[start:end] == words,
    )


def _objects(document: Json, key: str) -> list[Json]:
    found = document.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def hull(ends: Iterable[Mark]) -> Span | None:
    """The span from the first to the last of those that are inside the text."""
    spans = [end.span for end in ends if end.inside]
    return (min(start for start, _ in spans), max(end for _, end in spans)) if spans else None
