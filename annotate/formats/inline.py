"""Inline markup: annotated text that people read, write and review in any editor.

One file a document::

    id: en-001
    language: en
    genre: diplomacy

    [Amina Yusuf](PERSON p1), foreign minister of [Kenya](COUNTRY KE c1), met
    [Li Na](PERSON) on Monday.
    ---
    p1 represents c1

Header lines ``key: value``; a blank line; the text, where ``[mention](LABEL)``
is an entity, with a country code before and a handle after it where wanted; a
line ``---``; one relation a line, by handles. Other brackets are plain text.
The text ends before the newline that precedes ``---``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from annotate.document import Document, Entity, Relation
from annotate.errors import FormatError
from annotate.ledger import Ledger

_MENTION = re.compile(
    r"\[(?P<text>[^\[\]\n]+)\]"
    r"\((?P<label>[A-Z_]+)(?: (?P<code>[A-Z]{2}))?(?: (?P<handle>[a-z]\w*))?\)"
)
_END = re.compile(r"\n---\n", re.MULTILINE)


def read(path: Path) -> Iterator[Document]:
    """Documents of a file, or of every ``.md`` file of a folder but README.md, by name.

    Raises FormatError naming file and line.
    """
    files = sorted(path.rglob("*.md")) if path.is_dir() else [path]
    for file in files:
        if file.name != "README.md":
            yield parse(file.read_text("utf-8"), str(file))


def write(documents: Iterable[Document], path: Path, ledger: Ledger) -> None:
    """Write one file a document into the folder ``path``.

    Scores, notes, meta values that are no text, and provenance can't be held.
    """
    path.mkdir(parents=True, exist_ok=True)
    for number, document in enumerate(documents, start=1):
        ledger.taken += 1
        # The file's name is ours: an id from data never becomes a path.
        (path / f"{number:04}.md").write_text(render(document), "utf-8", newline="")
        ledger.given += 1


def parse(source: str, where: str) -> Document:
    """One marked-up document; ``where`` names it in errors."""
    head, _, body = source.partition("\n\n")
    header = dict(_pair(line, where) for line in head.splitlines())
    marked, *after = _END.split(body, maxsplit=1)
    text, entities, handles = _entities(marked.removesuffix("\n") if not after else marked)
    try:
        return Document(
            id=header.pop("id"),
            language=header.pop("language"),
            text=text,
            entities=tuple(entities),
            relations=tuple(
                _relation(line, handles, where) for line in "".join(after).splitlines() if line
            ),
            meta=dict(header),
        )
    except KeyError as error:
        raise FormatError(f"{where}: the header needs {error.args[0]}: …") from error
    except ValidationError as error:
        raise FormatError(f"{where}: {error.errors()[0]['msg']}") from error


def render(document: Document) -> str:
    """The document as inline markup; the inverse of :func:`parse`."""
    header = {"id": document.id, "language": document.language} | {
        key: value for key, value in document.meta.items() if isinstance(value, str)
    }
    used = {end for relation in document.relations for end in (relation.head, relation.tail)}
    pieces: list[str] = []
    at = 0
    for entity in sorted(document.entities, key=lambda entity: entity.start):
        words = (entity.label, entity.country_code, entity.id if entity.id in used else None)
        pieces += [document.text[at : entity.start], f"[{entity.text}]("]
        pieces += [" ".join(word for word in words if word), ")"]
        at = entity.end
    pieces.append(document.text[at:])
    relations = "".join(f"{link.head} {link.label} {link.tail}\n" for link in document.relations)
    head = "".join(f"{key}: {value}\n" for key, value in header.items())
    return f"{head}\n{''.join(pieces)}\n---\n{relations}"


def _pair(line: str, where: str) -> tuple[str, str]:
    key, colon, value = line.partition(":")
    if not colon:
        raise FormatError(f"{where}: {line!r} is no 'key: value' header line.")
    return key.strip(), value.strip()


def _entities(marked: str) -> tuple[str, list[Entity], dict[str, str]]:
    entities: list[Entity] = []
    handles: dict[str, str] = {}
    plain: list[str] = []
    length = at = 0
    for number, match in enumerate(_MENTION.finditer(marked), start=1):
        before = marked[at : match.start()]
        plain += [before, match["text"]]
        start = length + len(before)
        length = start + len(match["text"])
        at = match.end()
        handle = match["handle"] or f"e{number}"
        handles[handle] = handle
        entities.append(
            Entity(
                id=handle,
                start=start,
                end=length,
                label=match["label"],
                text=match["text"],
                country_code=match["code"],
            )
        )
    plain.append(marked[at:])
    return "".join(plain), entities, handles


def _relation(line: str, handles: dict[str, str], where: str) -> Relation:
    words = line.split()
    if len(words) != 3 or words[0] not in handles or words[2] not in handles:
        raise FormatError(f"{where}: {line!r}: a relation is 'handle type handle', handles known.")
    return Relation(head=words[0], label=words[1], tail=words[2])
