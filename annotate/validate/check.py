"""All that is wrong with one document, whatever it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from annotate.document import Document
from annotate.schema import Schema
from annotate.validate import entities, relations, removed
from annotate.validate.edges import trimmed
from annotate.validate.entities import Fault
from annotate.validate.findings import Finding
from annotate.validate.raw import text_of
from annotate.validate.source import Item

TOO_DEEP = "objects or lists in it are nested too deeply"


def check(item: Item, schema: Schema) -> list[Finding]:
    """The findings of one item of a file: schema first, then entities, then relations."""
    value = item.value
    if not isinstance(value, dict):
        return [Finding("schema", item.where, "not a JSON object, so it is no document")]
    try:
        found = [
            *(Fault("key-twice", f"{key!r} stands twice", None, "") for key in item.twice),
            *_schema(value),
            *_text(value),
            *entities.faults(value, schema.labels),
            *relations.faults(value, schema),
            *removed.faults(value),
        ]
    except RecursionError:
        found = [Fault("schema", TOO_DEEP, None, "")]
    return [_finding(fault, item.where, name_of(value)) for fault in found]


def name_of(value: Any) -> str:
    """The document's id as a message shows it; empty without one."""
    name = value.get("id") if isinstance(value, dict) else None
    return "" if name is None else str(name)


def _finding(fault: Fault, where: str, name: str) -> Finding:
    return Finding(fault.code, where, fault.what, name, fault.span, fault.words, fault.repairable)


def _text(value: dict[str, Any]) -> Iterator[Fault]:
    text = text_of(value)
    start, end = trimmed(text, 0, len(text))
    if isinstance(value.get("text"), str) and start == end:
        yield Fault("text-empty", "the text has nothing but blanks", None, "")


def _schema(value: dict[str, Any]) -> Iterator[Fault]:
    """What the document model says, but for what the other checks say in more detail."""
    try:
        # As JSON, since only there "3" is refused for a number and a list taken as a list.
        Document.model_validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_context=False):
            place = each["loc"]
            if not _is_said_elsewhere(each["type"], place, each["input"]):
                yield _misfit(each["type"], each["msg"], place, value)


def _is_said_elsewhere(kind: str, place: Sequence[int | str], given: object) -> bool:
    if place[:1] != ("entities",) and place:
        return False
    if kind == "value_error":
        return True
    field = place[2] if len(place) == 3 else ""
    code = field == "country_code" and isinstance(given, str)
    return code or (field == "start" and kind == "greater_than_equal")


def _misfit(kind: str, message: str, place: Sequence[int | str], value: dict[str, Any]) -> Fault:
    field = ".".join(map(str, place))
    if kind == "json_invalid":
        deep = "recursion" in message
        what = TOO_DEEP if deep else "half a character (a lone surrogate) stands in it"
        return Fault("schema", what, None, "")
    if kind == "extra_forbidden":
        message = "there is no such field"
    span, words = None, ""
    if len(place) > 1 and place[0] == "entities":
        fields = value["entities"][place[1]]
        if isinstance(fields, dict):
            start, end = fields.get("start"), fields.get("end")
            if isinstance(start, int) and isinstance(end, int):
                span = start, end
            words = str(fields.get("text", ""))
    return Fault("schema", f"{field}: {message}", span, words)
