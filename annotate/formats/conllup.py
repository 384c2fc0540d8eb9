"""CoNLL-U Plus: a token a line, tab-separated columns that the first line names.

Columns ``ID FORM MISC`` are CoNLL-U's. White space is never a FORM: as UDPipe does it,
MISC has ``SpaceAfter=No``, or ``SpacesAfter`` and ``SpacesBefore`` with ``\\s \\t \\r \\n``;
any other white space is ``\\uXXXX`` there, which is ours. Three columns are ours:

* ``ANNOTATE:NER``: IOB2 tags; of any two entities that overlap only the longer, and none
  that is all white space, which are lost in this column;
* ``ANNOTATE:ENTITY``: all entities, as PARSEME writes its expressions: ``2:ORG`` where
  entity 2 begins, ``2`` where it goes on, ``;`` between several;
* ``ANNOTATE:REL``: where a head begins, ``1:represents:2:5``: relation 1 goes from
  entity 2 to entity 5.

Numbers are places in the document's lists. Characters that would end a column or part
of it are percent-encoded in labels. Before the first sentence of a document stand
``# newdoc id``, ``# language``, and where there is something to say ``# meta``,
``# provenance``, ``# document_id`` (an id that ``newdoc`` can't hold), ``# spaces`` (a
text of nothing else), ``# entity_2`` and ``# relation_1`` (what the columns can't say),
all but ``spaces`` as JSON. A document without tokens is comments alone.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

from annotate.document import Document, Entity, flat
from annotate.errors import FormatError
from annotate.formats import conllup_read
from annotate.formats.holding import flat_in, lose_in
from annotate.formats.items import details
from annotate.formats.lines import one_line
from annotate.formats.passages import Span, sentence_borders, uncrossed
from annotate.formats.records import account, document_from, json_line, replacing
from annotate.formats.tokens import Tokenize, built_in_tokens, tokens_cut_at
from annotate.ledger import Ledger

COLUMNS = "ID FORM MISC ANNOTATE:NER ANNOTATE:ENTITY ANNOTATE:REL"
PART = "ANNOTATE:NER"
_WORD = re.compile(r"\S+")
# UDPipe's manual, "Preserving Original Spaces".
_ESCAPES = {" ": r"\s", "\t": r"\t", "\r": r"\r", "\n": r"\n"}
_LABEL_BREAKERS = re.compile(r"[\s%;:|\x00-\x1f\x7f-\x9f]")


def write(
    documents: Iterable[Document],
    path: Path,
    ledger: Ledger,
    tokenize: Tokenize = built_in_tokens,
) -> None:
    """Write one file. A document whose id came before is refused."""
    seen: set[str] = set()
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        file.write(f"# global.columns = {COLUMNS}\n")
        for document in documents:
            ledger.taken += 1
            if document.id in seen:
                ledger.refuse(document.id, "a document of this id is in the file already.")
                continue
            seen.add(document.id)
            file.writelines(_lines(document, len(seen), ledger, tokenize))
            account(document, ledger)


def read(path: Path) -> Iterator[Document]:
    """Documents of a file; of one of other making the text and a column of IOB2 tags.

    Raises FormatError naming the line where the file can't be taken, or where its tags
    are not those of its entities.
    """
    for found in conllup_read.documents(path):
        document = document_from(found.value, found.where)
        if found.ours:
            expected = iob2(document.entities, found.words)
            for line, tag, own in zip(found.lines, found.tags, expected, strict=True):
                if tag != own:
                    raise FormatError(
                        f"{path}, line {line}: the tag is {tag}, but {own} by the entities of "
                        f"{document.id!r} in ANNOTATE:ENTITY. Change both, or write the file anew."
                    )
        yield document


def _lines(document: Document, number: int, ledger: Ledger, tokenize: Tokenize) -> Iterator[str]:
    text = document.text
    spans = [(entity.start, entity.end) for entity in document.entities]
    tokens = tokens_cut_at(text, spans, tokenize(document))
    ledger.counts["tokens cut at a span edge"] += tokens.cut
    words = [
        match.span() for start, end in tokens.offsets for match in _WORD.finditer(text, start, end)
    ]
    record = json.loads(json_line(document, ledger))
    for entity in flat_in(document, PART, ledger):
        if not entity.text.strip():
            lose_in(PART, document, entity, "is all white space", ledger)
    yield from _about(document, record, words)
    if not words:
        yield "\n"
        return
    borders = uncrossed(sentence_borders(text, tokens.offsets), spans)
    starts = [start for start, _ in words]
    firsts = sorted({0, *(bisect_left(starts, border) for border in borders)} - {len(words)})
    rows = list(_rows(document, words))
    for sentence, (first, after) in enumerate(pairwise([*firsts, len(words)]), start=1):
        yield f"# sent_id = {number}-{sentence}\n"
        yield f"# text = {_sentence_text(rows[first:after])}\n"
        for place, row in enumerate(rows[first:after], start=1):
            yield "\t".join((str(place), *row)) + "\n"
        yield "\n"


def _about(document: Document, record: Mapping[str, Any], words: Sequence[Span]) -> Iterator[str]:
    """The comments before a document's first sentence."""
    name = "_".join(document.id.split()) or "_"
    name = re.sub(r"[\x00-\x1f\x7f-\x9f]", "_", name)
    yield f"# newdoc id = {name}\n"
    if name != document.id:
        yield _comment("document_id", document.id)
    yield f"# language = {document.language}\n"
    for key, value in details(record, ("meta", "provenance")).items():
        yield _comment(key, value)
    if not words and document.text:
        yield f"# spaces = {escaped(document.text)}\n"
    placed = {}
    for number, entity in enumerate(document.entities, start=1):
        first, after = words_of(entity, words)
        placed[entity.id] = first < after
        more = details(record["entities"][number - 1])
        if entity.id != f"e{number}":
            more["id"] = entity.id
        if first == after:
            more |= {"start": entity.start, "end": entity.end, "label": entity.label}
        elif (words[first][0], words[after - 1][1]) != (entity.start, entity.end):
            more |= {"start": entity.start, "end": entity.end}
        if more:
            yield _comment(f"entity_{number}", more)
    numbers = _numbers(document)
    for number, link in enumerate(document.relations, start=1):
        more = details(record["relations"][number - 1])
        if not placed[link.head]:
            ends = {"head": numbers[link.head], "tail": numbers[link.tail]}
            more |= {"label": link.label, **ends}
        if more:
            yield _comment(f"relation_{number}", more)


def _rows(document: Document, words: Sequence[Span]) -> Iterator[tuple[str, ...]]:
    """FORM, MISC and our columns of each word."""
    text = document.text
    tags = iob2(document.entities, words)
    marks: list[list[str]] = [[] for _ in words]
    links: list[list[str]] = [[] for _ in words]
    heads = {}
    for number, entity in enumerate(document.entities, start=1):
        first, after = words_of(entity, words)
        heads[entity.id] = first if first < after else None
        for place in range(first, after):
            more = f":{_quoted(entity.label)}" if place == first else ""
            marks[place].append(f"{number}{more}")
    numbers = _numbers(document)
    for number, link in enumerate(document.relations, start=1):
        head = heads[link.head]
        if head is not None:
            ends = f"{numbers[link.head]}:{numbers[link.tail]}"
            links[head].append(f"{number}:{_quoted(link.label)}:{ends}")
    for place, (start, end) in enumerate(words):
        misc = [f"SpacesBefore={escaped(text[:start])}"] if start and not place else []
        spaces = text[end : words[place + 1][0] if place + 1 < len(words) else len(text)]
        if not spaces:
            misc.append("SpaceAfter=No")
        elif spaces != " ":
            misc.append(f"SpacesAfter={escaped(spaces)}")
        columns = "|".join(misc), tags[place], ";".join(marks[place]), ";".join(links[place])
        yield (text[start:end], *(column or "_" for column in columns))


def iob2(entities: Sequence[Entity], words: Sequence[Span]) -> list[str]:
    """The tag of each word, of entities the longer of any two that overlap."""
    tags = ["O"] * len(words)
    for entity in flat(entities):
        first, after = words_of(entity, words)
        label = _quoted(entity.label)
        tags[first:after] = [f"{'I' if place else 'B'}-{label}" for place in range(after - first)]
    return tags


def words_of(entity: Entity, words: Sequence[Span]) -> Span:
    """The entity's words, half-open; none where it is all white space."""
    first, after = (
        bisect_left(words, edge, key=lambda word: word[0]) for edge in (entity.start, entity.end)
    )
    return first, after


def escaped(spaces: str) -> str:
    """White space as MISC can hold it."""
    return "".join(_ESCAPES.get(one) or f"\\u{ord(one):04x}" for one in spaces)


def _sentence_text(rows: Iterable[Sequence[str]]) -> str:
    pieces = (form if "SpaceAfter=No" in misc else f"{form} " for form, misc, *_ in rows)
    return "".join(pieces).rstrip(" ")


def _quoted(label: str) -> str:
    return _LABEL_BREAKERS.sub(lambda found: quote(found[0], safe=""), label)


def _numbers(document: Document) -> dict[str, int]:
    return {entity.id: number for number, entity in enumerate(document.entities, start=1)}


def _comment(key: str, value: object) -> str:
    return f"# {key} = {one_line(value)}"
