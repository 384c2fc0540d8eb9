"""brat standoff: a folder with a text and its annotations, ``0001.txt`` and ``0001.ann``.

After brat's manual, pages "standoff format" and "annotation configuration":

* ``T1⇥PERSON 3 14⇥Amina Yusuf``: an entity, half-open code points of the text file as
  it is. A line can't hold line breaks or tabs: a span over them is written as brat
  writes it, in fragments, ``3 8;9 14``. Where a span begins or ends with one, a note of
  type ``Span`` has its own edges.
* ``R1⇥works_for Arg1:T1 Arg2:T2``: a relation, from head to tail.
* ``A1⇥CountryCode T2 KE``: a country code, as an attribute.
* ``#1⇥AnnotatorNotes T1⇥…``: what the annotator wrote. Notes of further types hold what
  brat has no field for: ``Score``, ``Provenance`` (JSON), and ``Note``, the annotator's
  words as a JSON string where one line changes them.

``annotation.conf`` and ``visual.conf`` declare the labels, so that brat opens the folder.
brat takes ``A-Z a-z 0-9 _ -`` in names; others are written as ``_xHHHH_``, the code point
in hex, as ISO 9075-14 does for XML names, and ``visual.conf`` shows the label itself.
``documents.jsonl`` has the documents' data and the ids that brat could not have given: their
entities are ``T1``… in the files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from annotate.document import Document, Entity
from annotate.formats import FORMATS
from annotate.formats.brat_read import BREAKS, read
from annotate.formats.folders import INDEX, file_name, index_line, is_text
from annotate.formats.holding import held
from annotate.formats.records import account, replacing_folder
from annotate.ledger import Ledger

__all__ = ["read", "write"]

_BREAK = re.compile(f"[{BREAKS}]")
_FRAGMENT = re.compile(f"[^{BREAKS}]+")
# Any _ before an x, else a label that holds an escape would come back as another.
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]|_(?=x)")
# An entity's id that brat could have given.
_OWN = re.compile("T[1-9][0-9]{0,8}")


@dataclass
class _Declared:
    """The names that the folder's configuration has to declare."""

    entities: set[str] = field(default_factory=set)
    relations: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)


def write(documents: Iterable[Document], path: Path, ledger: Ledger) -> None:
    """Write documents into the folder ``path``, which appears whole or not at all."""
    declared = _Declared()
    with (
        replacing_folder(path, "brat") as folder,
        (folder / INDEX).open("w", encoding="utf-8", newline="") as index,
    ):
        written = 0
        for document in documents:
            ledger.taken += 1
            if not is_text(document):
                ledger.refuse(document.id, "it has lone surrogates, which no UTF-8 file can hold.")
                continue
            reduced = held(document, FORMATS["brat"].holds, ledger)
            written += 1
            file = file_name(written)
            (folder / f"{file}.txt").write_text(reduced.text, "utf-8", newline="")
            lines = "".join(f"{line}\n" for line in annotation_lines(reduced))
            (folder / f"{file}.ann").write_text(lines, "utf-8", newline="")
            index.write(index_line(reduced, file, ledger, handles=_handles(reduced)))
            _declare(reduced, declared)
            account(reduced, ledger)
        (folder / "annotation.conf").write_text(_annotation_conf(declared), "utf-8", newline="")
        (folder / "visual.conf").write_text(_visual_conf(declared), "utf-8", newline="")


def annotation_lines(document: Document) -> Iterator[str]:
    """The lines of a document's ``.ann`` file, without newlines."""
    names = _names(document)
    notes: list[str] = []
    for one in document.entities:
        pieces = fragments(document.text, one.start, one.end)
        places = ";".join(f"{start} {end}" for start, end in pieces)
        words = " ".join(document.text[start:end] for start, end in pieces)
        yield f"{names[one.id]}\t{name_of(one.label)} {places}\t{words}"
        if (pieces[0][0], pieces[-1][1]) != (one.start, one.end):
            notes.append(f"Span {names[one.id]}\t{one.start} {one.end}")
        notes += _notes(one, names[one.id])
    for number, link in enumerate(document.relations, start=1):
        ends = f"Arg1:{names[link.head]} Arg2:{names[link.tail]}"
        yield f"R{number}\t{name_of(link.label)} {ends}"
        if link.score is not None:
            notes.append(f"Score R{number}\t{link.score!r}")
        if link.provenance:
            notes.append(f"Provenance R{number}\t{_ascii(link.provenance.model_dump(mode='json'))}")
    coded = [one for one in document.entities if one.country_code]
    for number, one in enumerate(coded, start=1):
        yield f"A{number}\tCountryCode {names[one.id]} {one.country_code}"
    yield from (f"#{number}\t{note}" for number, note in enumerate(notes, start=1))


def fragments(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The parts of ``text[start:end]`` between line breaks and tabs, or one empty part."""
    return [found.span() for found in _FRAGMENT.finditer(text, start, end)] or [(start, start)]


def name_of(label: str) -> str:
    """The label as brat takes it in names; :func:`brat_read.label_of` gives it back."""
    name = _NOT_IN_NAMES.sub(lambda found: f"_x{ord(found[0]):04X}_", label)
    # A line of hyphens alone is a rule in annotation.conf.
    return name if name.strip("-") else f"_x{ord('-'):04X}_{name[1:]}"


def _notes(entity: Entity, name: str) -> Iterator[str]:
    if entity.note is not None:
        line = _BREAK.sub(" ", entity.note).strip()
        yield f"AnnotatorNotes {name}\t{line}"
        if line != entity.note:
            yield f"Note {name}\t{_ascii(entity.note)}"
    if entity.score is not None:
        yield f"Score {name}\t{entity.score!r}"
    if entity.provenance:
        yield f"Provenance {name}\t{_ascii(entity.provenance.model_dump(mode='json'))}"


def _ascii(value: object) -> str:
    """JSON that no reader's notion of a line breaks."""
    return json.dumps(value)


def _names(document: Document) -> dict[str, str]:
    """What brat calls each entity, by its id: its own where that is an id of brat's.

    So brat gives no new entity an id that is another's here.
    """
    own = {one.id for one in document.entities if _OWN.fullmatch(one.id)}
    free = (name for name in map("T{}".format, count(1)) if name not in own)
    return {one.id: one.id if one.id in own else next(free) for one in document.entities}


def _handles(document: Document) -> dict[str, str]:
    """The id of each entity by what brat calls it, where the two differ."""
    return {name: own for own, name in _names(document).items() if name != own}


def _declare(document: Document, names: _Declared) -> None:
    names.entities.update(one.label for one in document.entities)
    names.relations.update(link.label for link in document.relations)
    names.codes.update(one.country_code for one in document.entities if one.country_code)


def _annotation_conf(names: _Declared) -> str:
    relations = [f"{name_of(label)}\tArg1:<ENTITY>, Arg2:<ENTITY>" for label in names.relations]
    # Without it brat marks every two entities that overlap as a mistake.
    relations.append("<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>")
    codes = "|".join(sorted(names.codes))
    attributes = [f"CountryCode\tArg:<ENTITY>, Value:{codes}"] if codes else []
    return _sections(
        entities=sorted(name_of(label) for label in names.entities),
        relations=sorted(relations),
        events=[],
        attributes=attributes,
    )


def _visual_conf(names: _Declared) -> str:
    shown = {
        name_of(label): " ".join(label.replace("|", " ").split())
        for label in sorted(names.entities | names.relations)
    }
    return _sections(
        labels=[f"{name} | {label}" for name, label in shown.items() if label],
        drawing=[
            "SPAN_DEFAULT\tfgColor:black, bgColor:lightgreen, borderColor:darken",
            "ARC_DEFAULT\tcolor:black, arrowHead:triangle-5",
        ],
    )


def _sections(**sections: list[str]) -> str:
    return "\n".join(
        "".join(f"{line}\n" for line in [f"[{name}]", *lines]) for name, lines in sections.items()
    )
