"""Reading WebAnno TSV 3.2 and 3.3, ours (see :mod:`annotate.formats.webanno`) or INCEpTION's.

The text is built as INCEpTION builds it: a line break after each sentence, taken back
where the next begins at once, and spaces where it begins later; but without the break
after the last one. Named entities and custom span layers are entities, relation layers
between them relations. Other built-in layers (parts of speech, lemmas, syntax) say
nothing that a document holds and are left aside. Chains and slots are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, NamedTuple

from annotate.document import Document
from annotate.errors import FormatError
from annotate.formats import inception
from annotate.formats.folders import is_indexed, rows, text_of
from annotate.formats.holding import numbered
from annotate.formats.records import document_from

_UNIT = re.compile(r"(\d+-\d+)(\.\d+)?")
_OFFSETS = re.compile(r"(\d{1,10})-(\d{1,10})")
_SEPARATOR = re.compile(r"\\.|(\|)", re.DOTALL)
_CELL = re.compile(r"(?P<value>(?:\\.|[^\\\[])*)(?:\[(?P<ids>\d+(?:_\d+)?)\])?", re.DOTALL)
_IN_TEXT = re.compile(r"\\([\\tnrfb\x00-\x07\x0e-\x1f])")
_IN_VALUES = re.compile(r"\\(->|[\\\[\]|_;*tnr])")
# How many spaces there may be in all where sentences begin later than the ones before end:
# a wrong offset must not fill the memory.
_MOST_SPACES = 100_000
_NAMED = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "b": "\b"}


class _Odd(Exception):
    """A line that can't be taken; its message says why."""


class _Layer(NamedTuple):
    """A layer of the header: its kind (SP, RL, CH), type, and the columns by feature.

    ``slots`` are columns of slot features, ``ends`` and ``base`` the column of a relation's
    other end and the layer of both.
    """

    kind: str
    name: str
    columns: dict[str, int]
    slots: list[int]
    ends: int = -1
    base: str = ""


class _Link(NamedTuple):
    """A relation as it stands at the unit of its tail, before its ends are looked up."""

    line: int
    layer: _Layer
    unit: str
    source: str
    ids: str
    features: dict[str, str | None]


def read(path: Path) -> Iterator[Document]:
    """Documents of a folder, by the index or by file names, subfolders included.

    Documents that people added to a folder of ours are read as ours, for the layers are
    the same. Raises FormatError naming file and line where one can't be taken.
    """
    ours = is_indexed(path)
    for name, known in rows(path, ".tsv", "webanno"):
        stem = path / name
        file = stem.with_name(f"{stem.name}.tsv")
        content = _Content(file, ours)
        document = document_from(content.value(text_of(file)) | known, str(file))
        # By place, as the format has no order of its own.
        yield numbered(document)


def utf16_offsets(text: str) -> list[int]:
    """The offset in UTF-16 code units of each code point of the text, and of its end."""
    return [0, *accumulate(1 + (character > "\uffff") for character in text)]


class _Content:
    """What one file says, while it is read: its lines may refer to later ones."""

    def __init__(self, file: Path, ours: bool) -> None:
        self.file = file
        self.ours = ours
        self.layers: list[_Layer] = []
        self.width = 3
        self.text: list[str] = []
        self.length = 0
        self.spaces = 0
        self.sentence: list[str] = []
        self.started = False
        # Units by id: line, begin and end in UTF-16 code units, and what is said to stand there.
        self.units: dict[str, tuple[int, int, int, str]] = {}
        # Annotations in order, by disambiguation id, and stacked at units; by layer.
        self.spans: list[dict[str, Any]] = []
        self.by_id: dict[tuple[str, str], dict[str, Any]] = {}
        self.stacks: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.links: list[_Link] = []

    def value(self, content: str) -> dict[str, Any]:
        """Text, entities and relations, for the document model."""
        lines = [line.rstrip("\r") for line in content.removeprefix("\ufeff").split("\n")]
        if re.fullmatch(r"#FORMAT=WebAnno TSV 3\.[23]", lines[0]) is None:
            raise FormatError(f"{self.file}, line 1: this is no WebAnno TSV 3.2 or 3.3.")
        for number, line in enumerate(lines[1:], start=2):
            self._checked(number, self._line, number, line)
        self._checked(len(lines), self._line, len(lines), "")
        text = "".join(self.text).removesuffix("\n")
        places = {place: number for number, place in enumerate(utf16_offsets(text))}
        for number, begin, end, word in self.units.values():
            self._checked(number, _check_word, text, places, begin, end, word)
        entities = [self._entity(f"s{n}", one, text, places) for n, one in enumerate(self.spans)]
        relations = [self._checked(link.line, self._relation, link) for link in self.links]
        return {"text": text, "entities": entities, "relations": relations}

    def _checked(self, number: int, take: Callable[..., Any], *given: Any) -> Any:
        try:
            return take(*given)
        except _Odd as odd:
            raise FormatError(f"{self.file}, line {number}: {odd}") from None

    def _line(self, number: int, line: str) -> None:
        if not line:
            if self.sentence:
                raise _Odd("a sentence without tokens.")
            self.started = False
        elif not self.started and line.startswith("#T_"):
            self._layer(line)
        elif not self.started and line.startswith("#"):
            if line.startswith("#Text="):
                self.sentence.append(_unescaped(_IN_TEXT, line.removeprefix("#Text=")))
        else:
            self._unit(number, line.split("\t"))

    def _layer(self, line: str) -> None:
        found = re.fullmatch(r"#T_(SP|RL|CH)=([^|]+)\|?(.*)", line)
        if found is None or self.text:
            raise _Odd("this is no declaration of a layer.")
        kind, name, declared = found.groups()
        columns: dict[str, int] = {}
        slots, ends, base = [], -1, ""
        # A layer without features has a column all the same.
        for column in declared.split("|"):
            if kind == "RL" and column.startswith("BT_"):
                ends, base = self.width, column.removeprefix("BT_")
            elif kind == "SP" and (column.startswith("ROLE_") or "." in column):
                slots.append(self.width)
            else:
                columns[column] = self.width
            self.width += 1
        if kind == "RL" and not base:
            raise _Odd("the relation layer has no column BT_.")
        self.layers.append(_Layer(kind, name, columns, slots, ends, base))

    def _unit(self, number: int, fields: list[str]) -> None:
        if len(fields) < self.width:
            raise _Odd(f"there are {len(fields)} fields where the header declares {self.width}.")
        unit, offsets = _UNIT.fullmatch(fields[0]), _OFFSETS.fullmatch(fields[1])
        if unit is None or offsets is None or fields[0] in self.units:
            raise _Odd("this is no token with a number of its own and offsets.")
        begin, end = int(offsets[1]), int(offsets[2])
        if not self.started:
            self._begin_sentence(begin)
        self.units[fields[0]] = (number, begin, end, fields[2])
        for layer in self.layers:
            if layer.kind == "CH" and any(fields[at] != "_" for at in layer.columns.values()):
                raise _Odd(f"chains ({layer.name}) can't be held; take them out.")
            if any(fields[at] not in ("_", "*") for at in layer.slots):
                raise _Odd(f"slots ({layer.name}) can't be held; take them out.")
            if layer.kind == "SP" and inception.is_entity_layer(layer.name):
                self._annotations(layer, fields, begin, end)
            elif layer.kind == "RL" and inception.is_relation_layer(layer.name):
                self._links(number, layer, fields)

    def _begin_sentence(self, begin: int) -> None:
        if not self.sentence:
            raise _Odd("there is no #Text= before the sentence's first token.")
        if self.length == begin + 1:
            self.text[-1] = self.text[-1].removesuffix("\n")
            self.length -= 1
        if self.length > begin:
            raise _Odd(f"the sentence begins at {begin}, before the end of the one before it.")
        self.spaces += begin - self.length
        if self.spaces > _MOST_SPACES:
            raise _Odd(f"the sentence begins at {begin}, but the text before it ends far earlier.")
        words = "\n".join([*self.sentence, ""])
        self.text += [" " * (begin - self.length), words]
        self.length = begin + utf16_offsets(words)[-1]
        self.sentence = []
        self.started = True

    def _annotations(self, layer: _Layer, fields: list[str], begin: int, end: int) -> None:
        for ids, features in _stacked(layer, fields):
            span = self.by_id.get((layer.name, ids)) if ids else None
            if span is None:
                span = {"layer": layer.name, "begin": begin, "end": end, "features": features}
                self.spans.append(span)
                if ids:
                    self.by_id[layer.name, ids] = span
            span["begin"], span["end"] = min(span["begin"], begin), max(span["end"], end)
            self.stacks.setdefault((layer.name, fields[0]), []).append(span)

    def _links(self, number: int, layer: _Layer, fields: list[str]) -> None:
        sources = [] if fields[layer.ends] == "_" else _cells(fields[layer.ends])
        stacked = _stacked(layer, fields) or [("", {})] * len(sources)
        if len(stacked) != len(sources):
            raise _Odd(f"the columns of {layer.name} hold different numbers of relations.")
        for (source, ids), (_, features) in zip(sources, stacked, strict=True):
            self.links.append(_Link(number, layer, fields[0], source or "", ids, features))

    def _entity(
        self, name: str, span: dict[str, Any], text: str, places: dict[int, int]
    ) -> dict[str, Any]:
        span["id"] = name
        start, end = places[span["begin"]], places[span["end"]]
        fields = inception.entity_fields(span["features"], span["layer"], self.ours)
        return fields | {"id": name, "start": start, "end": end, "text": text[start:end]}

    def _relation(self, link: _Link) -> dict[str, Any]:
        head, _, tail = link.ids.partition("_")
        try:
            fields = inception.relation_fields(link.features, link.layer.name, self.ours)
        except ValueError as error:
            raise _Odd(f"{error}.") from None
        ends = {
            "head": self._end(link.layer, link.source, head),
            "tail": self._end(link.layer, link.unit, tail),
        }
        return fields | ends

    def _end(self, layer: _Layer, unit: str, disambiguation: str) -> str:
        """The id of the entity at an end of a relation, by its own number or by its unit."""
        if disambiguation.strip("0"):
            found = self.by_id.get((layer.base, disambiguation))
            candidates = [found] if found else []
        else:
            candidates = self.stacks.get((layer.base, unit), [])
        if len(candidates) != 1:
            raise _Odd(f"the relation's end at {unit} is not one entity of {layer.base}.")
        return str(candidates[0]["id"])


def _stacked(layer: _Layer, fields: list[str]) -> list[tuple[str, dict[str, str | None]]]:
    """The annotations of a layer at a unit: disambiguation id and features of each."""
    said = {name: _cells(fields[at]) for name, at in layer.columns.items() if fields[at] != "_"}
    counts = {len(cells) for cells in said.values()}
    if len(counts) > 1:
        raise _Odd(f"the columns of {layer.name} hold different numbers of annotations.")
    return [
        (
            next((cells[n][1] for cells in said.values()), ""),
            {name: cells[n][0] for name, cells in said.items() if name},
        )
        for n in range(max(counts, default=0))
    ]


def _cells(field: str) -> list[tuple[str | None, str]]:
    """Value and disambiguation ids of each annotation in a field, unescaped."""
    bounds = [found.start() for found in _SEPARATOR.finditer(field) if found[1]]
    pieces = [field[a + 1 : b] for a, b in pairwise([-1, *bounds, len(field)])]
    cells = []
    for piece in pieces:
        found = _CELL.fullmatch(piece)
        if found is None:
            raise _Odd(f"{piece!r} is not well escaped.")
        value = found["value"]
        cells.append((None if value == "*" else _unescaped(_IN_VALUES, value), found["ids"] or ""))
    return cells


def _check_word(text: str, places: dict[int, int], begin: int, end: int, word: str) -> None:
    if begin not in places or end not in places:
        raise _Odd(f"{begin}-{end} are no offsets of the text in UTF-16 code units.")
    here = text[places[begin] : places[end]]
    if here not in (word, _unescaped(_IN_TEXT, word)):
        raise _Odd(f"{word!r} is said to be at {begin}-{end}, but {here!r} is.")


def _unescaped(pattern: re.Pattern[str], words: str) -> str:
    return pattern.sub(lambda found: _NAMED.get(found[1], found[1]), words)
