"""WebAnno TSV 3.3: a folder with one ``0001.tsv`` a document, for INCEpTION and WebAnno.

After INCEpTION's user guide, "WebAnno TSV 3.3 File format". A header declares the layers
(see :mod:`annotate.formats.inception`) and of their features those that are used, so that
a plain gold set needs the built-in layer and one relation layer alone. Then sentence by
sentence the text, ``#Text=…``, and its tokens: ``1-2⇥3-8⇥Amina⇥PERSON[1]``. Offsets are
UTF-16 code units. The number in brackets tells annotations of several tokens, and stacked
ones, apart; a relation stands at its tail's first token and points to its head's.

Sentences join up, so that INCEpTION builds the same text from them, to the last line
break, which it adds where there is none. Tokens of whitespace are left out but for those
where the text or an entity begins or ends. ``documents.jsonl`` has the documents' data.
An empty document is a header alone, which INCEpTION does not open.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from annotate.document import Document, Entity, Relation
from annotate.formats import FORMATS, inception
from annotate.formats.folders import INDEX, file_name, index_line, is_text
from annotate.formats.holding import held
from annotate.formats.records import account, replacing_folder
from annotate.formats.tokens import Tokenize, built_in_tokens, tokens_cut_at
from annotate.formats.webanno_read import read, utf16_offsets
from annotate.ledger import Ledger

__all__ = ["read", "write"]

FORMAT = "#FORMAT=WebAnno TSV 3.3"
NULL, NONE = "*", "_"
# What INCEpTION escapes in the text, and in values besides; "->" counts as one character.
_NAMED = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\f": "\\f", "\b": "\\b"}
_CONTROLS = {chr(code): f"\\{chr(code)}" for code in (*range(8), *range(14, 32))}
_IN_TEXT = str.maketrans(_CONTROLS | _NAMED)
_IN_VALUES = str.maketrans(
    {one: _NAMED[one] for one in "\\\t\n\r"} | {one: f"\\{one}" for one in "[]|_;*"}
)
# A token's text is not escaped, but it can't break the line.
_IN_TOKENS = str.maketrans({one: _NAMED[one] for one in "\t\n\r"})


def write(
    documents: Iterable[Document],
    path: Path,
    ledger: Ledger,
    tokenize: Tokenize = built_in_tokens,
) -> None:
    """Write documents into the folder ``path``, which appears whole or not at all."""
    with (
        replacing_folder(path, "webanno") as folder,
        (folder / INDEX).open("w", encoding="utf-8", newline="") as index,
    ):
        written = 0
        for document in documents:
            ledger.taken += 1
            if not is_text(document):
                ledger.refuse(document.id, "it has lone surrogates, which no UTF-8 file can hold.")
                continue
            reduced = held(document, FORMATS["webanno"].holds, ledger)
            spans = [(one.start, one.end) for one in reduced.entities]
            tokens = tokens_cut_at(reduced.text, spans, tokenize(reduced))
            ledger.counts["tokens cut at a span edge"] += tokens.cut
            written += 1
            file = file_name(written)
            content = "".join(lines(reduced, tokens.offsets))
            (folder / f"{file}.tsv").write_text(content, "utf-8", newline="")
            index.write(index_line(reduced, file, ledger))
            account(reduced, ledger)


def lines(document: Document, tokens: Sequence[tuple[int, int]]) -> Iterator[str]:
    """The lines of a document's file; ``tokens`` are cut at the entities' edges."""
    text = document.text
    units = _with_leading(text, inception.units(document, tokens))
    sentences = inception.sentences(document, units)
    ends = [*(its[0][0] for its in sentences[1:]), len(text)][: len(sentences)]
    names = [f"{s}-{t}" for s, its in enumerate(sentences, 1) for t in range(1, len(its) + 1)]
    entities, relations = _entity_layer(document, units), _relation_layer(document, units, names)
    places = utf16_offsets(text)
    yield f"{FORMAT}\n{entities.header}{relations.header}\n"
    number = 0
    for its, end in zip(sentences, ends, strict=True):
        yield "\n"
        for line in text[its[0][0] : end].split("\n"):
            yield f"#Text={line.translate(_IN_TEXT)}\n"
        for start, stop in its:
            offsets = f"{places[start]}-{places[stop]}"
            word = text[start:stop].translate(_IN_TOKENS)
            cells = [*entities.cells[number], *relations.cells[number]]
            yield "\t".join([names[number], offsets, word, *cells]) + "\t\n"
            number += 1


class _Layer(NamedTuple):
    """A layer's line of the header, empty if it isn't used, and its cells by unit."""

    header: str
    cells: list[list[str]]


def _with_leading(text: str, units: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The units and, before them, whitespace that the text begins with.

    The format has no other place for it: sentences begin with their first token.
    """
    first = units[0][0] if units else len(text)
    return [(0, first), *units] if first else units


def _entity_layer(document: Document, units: list[tuple[int, int]]) -> _Layer:
    values = {one.id: inception.entity_features(one) for one in document.entities}
    names = _used(values.values())
    ids = _ids(document, units)
    stacks = _stacks(document, units)
    header = f"#T_SP={inception.NAMED_ENTITY}|{'|'.join(names)}\n" if names else ""
    return _Layer(
        header,
        [
            [
                _stacked(_cell(values[one.id][name]) + _suffix(ids.get(one.id)) for one in stack)
                for name in names
            ]
            for stack in stacks
        ],
    )


def _relation_layer(
    document: Document, units: list[tuple[int, int]], unit_names: list[str]
) -> _Layer:
    values = [inception.relation_features(link) for link in document.relations]
    names = _used(values)
    ids = _ids(document, units)
    first = {one.id: covered.start for one, covered in _covered(document, units)}
    at: list[list[tuple[Relation, inception.Features]]] = [[] for _ in units]
    for link, value in zip(document.relations, values, strict=True):
        at[first[link.tail]].append((link, value))

    def source(link: Relation) -> str:
        ends = [ids.get(link.head, 0), ids.get(link.tail, 0)]
        return unit_names[first[link.head]] + (f"[{ends[0]}_{ends[1]}]" if any(ends) else "")

    header = f"#T_RL={inception.RELATION}|{'|'.join(names)}|BT_{inception.NAMED_ENTITY}\n"
    return _Layer(
        header if names else "",
        [
            [
                *(_stacked(_cell(value[name]) for _, value in here) for name in names),
                *([_stacked(source(link) for link, _ in here)] if names else []),
            ]
            for here in at
        ],
    )


def _covered(document: Document, units: list[tuple[int, int]]) -> Iterator[tuple[Entity, range]]:
    """Each entity with the numbers of its units."""
    starts = [start for start, _ in units]
    for one in document.entities:
        yield one, range(bisect_left(starts, one.start), bisect_left(starts, one.end))


def _stacks(document: Document, units: list[tuple[int, int]]) -> list[list[Entity]]:
    """The entities of each unit, in the document's order."""
    stacks: list[list[Entity]] = [[] for _ in units]
    for one, covered in _covered(document, units):
        for number in covered:
            stacks[number].append(one)
    return stacks


def _ids(document: Document, units: list[tuple[int, int]]) -> dict[str, int]:
    """Disambiguation ids, from 1, of entities that have several units or share one."""
    stacks = _stacks(document, units)
    several = [
        one.id
        for one, covered in _covered(document, units)
        if len(covered) > 1 or len(stacks[covered.start]) > 1
    ]
    return {name: number for number, name in enumerate(several, start=1)}


def _used(values: Iterable[inception.Features]) -> list[str]:
    """Names of the features that have a value somewhere, in their order."""
    found = list(values)
    return [
        name for name in (found[0] if found else ()) if any(one[name] is not None for one in found)
    ]


def _cell(value: str | None) -> str:
    return NULL if value is None else value.translate(_IN_VALUES).replace("->", "\\->")


def _suffix(disambiguation: int | None) -> str:
    return "" if disambiguation is None else f"[{disambiguation}]"


def _stacked(cells: Iterable[str]) -> str:
    found = list(cells)
    return "|".join(found) if found else NONE
