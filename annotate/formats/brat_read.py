"""Reading brat standoff, ours (see :mod:`annotate.formats.brat`) or of brat's own making.

What a document has no field for of a foreign file goes to the note of the entity it
stands at (attributes, normalisations, further notes), or as it is to ``meta["brat"]``
(lines about relations or the whole document). Events, equivalences and spans with words
left out are refused with file and line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from annotate.document import Document
from annotate.errors import FormatError
from annotate.formats.folders import INDEX, is_indexed, rows, text_of
from annotate.formats.records import document_from

_ESCAPE = re.compile(r"_x([0-9A-F]{4,5}|10[0-9A-F]{4})_")
# What ends a line for str.splitlines(), as brat reads its files, and tabs, its separators;
# the inside of a character class.
BREAKS = r"\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
_GAP = re.compile(f"[{BREAKS}]*")
_ENTITY = re.compile(
    r"(?P<label>\S+) (?P<places>\d{1,10} \d{1,10}(?:;\d{1,10} \d{1,10})*)\s*(?:\t(?P<words>.*))?"
)
_RELATION = re.compile(r"(?P<label>\S+)\s+\S+?:(?P<head>\S+)\s+\S+?:(?P<tail>\S+)\s*")
_ATTRIBUTE = re.compile(r"(?P<type>\S+)\s+(?P<target>\S+)(?:\s+(?P<value>\S.*?))?\s*")
_REFERENCE = re.compile(r"\S+ (?P<target>\S+) (?P<reference>\S+)(?:\t(?P<name>.*))?")
_NOTE = re.compile(r"(?P<type>\S+) (?P<target>\S+)\s*?(?:\t(?P<text>.*))?")


class _Odd(Exception):
    """A line that can't be taken; its message says why."""


def read(path: Path) -> Iterator[Document]:
    """Documents of a folder, by the index or by file names, subfolders included.

    Documents that people added to a folder of ours are read as ours: brat takes labels from
    its configuration. Raises FormatError naming file and line where one can't be taken.
    """
    ours = is_indexed(path)
    for name, known in rows(path, ".txt", "brat"):
        stem = path / name
        text = text_of(stem.with_name(f"{stem.name}.txt"))
        file = stem.with_name(f"{stem.name}.ann")
        if not file.is_file():
            raise FormatError(f"{file} is missing; without annotations it is there and empty.")
        handles = known.pop("handles", {})
        value = {"text": text} | known | _Annotations(text, ours).taken(text_of(file), file)
        if known.get("meta"):
            value["meta"] = known["meta"] | value.get("meta", {})
        yield document_from(_renamed(value, handles, path / INDEX), str(file))
    for file in sorted(path.rglob("*.ann")):
        if not file.with_suffix(".txt").is_file():
            raise FormatError(f"{file} has no text {file.stem}.txt beside it.")


def label_of(name: str) -> str:
    """The label that :func:`annotate.formats.brat.name_of` wrote as ``name``."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), name)


def _renamed(value: dict[str, Any], handles: Any, index: Path) -> dict[str, Any]:
    """The value with the entities' own ids in place of brat's."""
    if not isinstance(handles, dict) or not all(isinstance(one, str) for one in handles.values()):
        raise FormatError(f"{index}: 'handles' of {value.get('id')!r} are not ids by brat's ids.")
    for entity in value["entities"]:
        entity["id"] = handles.get(entity["id"], entity["id"])
    for link in value["relations"]:
        link["head"] = handles.get(link["head"], link["head"])
        link["tail"] = handles.get(link["tail"], link["tail"])
    return value


class _Annotations:
    """The annotations of one file while its lines are read: they may refer to later ones."""

    def __init__(self, text: str, ours: bool) -> None:
        self.text = text
        self.ours = ours
        self.entities: dict[str, dict[str, Any]] = {}
        self.relations: dict[str, dict[str, Any]] = {}
        self.rest: list[str] = []

    def taken(self, content: str, file: Path) -> dict[str, Any]:
        """Entities, relations and, where needed, meta, of the file's content."""
        # By \n alone: a note may hold other characters that end lines for some readers.
        lines = [(n, line.rstrip("\r")) for n, line in enumerate(content.split("\n"), 1)]
        # What is said of entities and relations comes after them.
        lines.sort(key=lambda numbered: {"T": 0, "R": 1}.get(numbered[1][:1], 2))
        for number, line in lines:
            try:
                self._take(line)
            except _Odd as odd:
                raise FormatError(f"{file}, line {number}: {odd}") from None
        value: dict[str, Any] = {
            "entities": list(self.entities.values()),
            "relations": list(self.relations.values()),
        }
        return value | ({"meta": {"brat": self.rest}} if self.rest else {})

    def _take(self, line: str) -> None:
        if not line.strip():
            return
        name, _, rest = line.partition("\t")
        takes = {
            "T": (_ENTITY, self._entity),
            "R": (_RELATION, self._relation),
            "A": (_ATTRIBUTE, self._attribute),
            "M": (_ATTRIBUTE, self._attribute),
            "N": (_REFERENCE, self._reference),
            "#": (_NOTE, self._note),
        }
        if name[:1] in ("E", "*"):
            raise _Odd("events and equivalences can't be held; take them out.")
        if name[:1] not in takes:
            raise _Odd(f"{name!r} is no id of brat's.")
        pattern, take = takes[name[0]]
        found = pattern.fullmatch(rest)
        if found is None:
            raise _Odd(f"this is no line of the kind that {name!r} announces.")
        take(name, found, line)

    def _entity(self, name: str, found: re.Match[str], line: str) -> None:
        if name in self.entities:
            raise _Odd(f"the id {name} is used twice.")
        places = [
            (int(start), int(end))
            for start, end in (place.split(" ") for place in found["places"].split(";"))
        ]
        for (_, before), (after, _) in pairwise(places):
            if before > after or not _GAP.fullmatch(self.text, before, after):
                raise _Odd(f"{name} leaves out words between its parts, which can't be held.")
        self._check_words(name, places, found["words"] or "")
        start, end = places[0][0], places[-1][1]
        self.entities[name] = {
            "id": name,
            "start": start,
            "end": end,
            "label": self._label(found["label"]),
            "text": self.text[start:end],
        }

    def _check_words(self, name: str, places: list[tuple[int, int]], words: str) -> None:
        if any(start > end or end > len(self.text) for start, end in places):
            raise _Odd(f"{name} lies beyond the text of {len(self.text)} characters.")
        parts = [self.text[start:end] for start, end in places]
        # brat fills in words that are missing; before 1.3 it joined parts by nothing.
        if words.strip() and words.rstrip() not in (
            "".join(parts).rstrip(),
            " ".join(parts).rstrip(),
        ):
            raise _Odd(f"{name} is {words!r}, but the text there is {' '.join(parts)!r}.")

    def _relation(self, name: str, found: re.Match[str], line: str) -> None:
        for end in (found["head"], found["tail"]):
            if end not in self.entities:
                raise _Odd(f"{name} refers to {end}, which is no entity of this file.")
        if name in self.relations:
            raise _Odd(f"the id {name} is used twice.")
        self.relations[name] = {
            "head": found["head"],
            "tail": found["tail"],
            "label": self._label(found["label"]),
        }

    def _attribute(self, name: str, found: re.Match[str], line: str) -> None:
        value = found["value"]
        entity = self.entities.get(found["target"])
        if (
            found["type"] == "CountryCode"
            and entity is not None
            and re.fullmatch("[A-Z]{2}", value or "")
        ):
            entity["country_code"] = value
        else:
            self._remark(found["target"], found["type"] + (f": {value}" if value else ""), line)

    def _reference(self, name: str, found: re.Match[str], line: str) -> None:
        words = " ".join(part for part in (found["reference"], found["name"]) if part)
        self._remark(found["target"], words, line)

    def _note(self, name: str, found: re.Match[str], line: str) -> None:
        kind, target, words = found["type"], found["target"], found["text"] or ""
        item = self.entities.get(target) or self.relations.get(target)
        if item is None or not self.ours or kind not in ("Score", "Provenance", "Note", "Span"):
            self._remark(target, words, line)
        elif kind == "Span":
            self._widen(item, words)
        else:
            value = words if kind == "Score" else _parsed(words)
            # An annotator's later change to the plain note stands.
            if kind != "Note" or _plain(value) == item.get("note"):
                item[kind.lower()] = value

    def _widen(self, entity: dict[str, Any], words: str) -> None:
        """Give an entity the edges that its fragments can't show; not if it was moved since."""
        edges = re.fullmatch(r"(\d{1,10}) (\d{1,10})", words)
        if edges is None:
            raise _Odd(f"{words!r} is no span.")
        start, end = int(edges[1]), int(edges[2])
        inside = start <= entity["start"] <= entity["end"] <= end <= len(self.text)
        if (
            inside
            and _GAP.fullmatch(self.text, start, entity["start"])
            and _GAP.fullmatch(self.text, entity["end"], end)
        ):
            entity |= {"start": start, "end": end, "text": self.text[start:end]}

    def _remark(self, target: str, words: str, line: str) -> None:
        """Keep what has no field: in the entity's note, or else the whole line in meta."""
        entity = self.entities.get(target)
        if entity is None:
            self.rest.append(line)
        else:
            entity["note"] = "\n".join([entity["note"], words] if "note" in entity else [words])

    def _label(self, name: str) -> str:
        return label_of(name) if self.ours else name


def _parsed(words: str) -> Any:
    try:
        return json.loads(words)
    except (ValueError, RecursionError):
        raise _Odd(f"{words!r} is no JSON.") from None


def _plain(note: object) -> object:
    """The note as its AnnotatorNotes line has it."""
    if not isinstance(note, str):
        raise _Odd("a Note is a JSON string.")
    return re.sub(f"[{BREAKS}]", " ", note).strip()
