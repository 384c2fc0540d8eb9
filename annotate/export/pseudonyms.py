"""Annotators under pseudonyms: gold that is sent along need not say who made it.

Replaced are the names in provenance, and the same names elsewhere: in ``meta`` where they
are a whole key or value (an e-mail address also inside a longer text), and in notes as whole
words. What Prodigy says of annotator and session in ``meta`` are such names too. Text, ids
and labels stay as they are, and so do people whom no provenance names. A name that is a
number alone, as in exports of Label Studio, is replaced in provenance only: elsewhere the
same figures are a page or a year.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TypeVar

from pydantic import JsonValue

from annotate.document import Document, Entity, Relation

Marked = TypeVar("Marked", Entity, Relation)
Hide = Callable[[str], str]

# Where files of Prodigy's have names: the format "prodigy" reads them into meta.
_PRODIGY_KEYS = frozenset({"_annotator_id", "_session_id"})


def pseudonyms(documents: Iterable[Document]) -> dict[str, str]:
    """Who becomes whom: annotator-1, annotator-2, …

    Numbered as they first come, those of Prodigy last, so that the same gold gives the
    same names.
    """
    found: dict[str, None] = {}
    sessions: dict[str, None] = {}
    for document in documents:
        found.update(dict.fromkeys(_named(document)))
        sessions.update(dict.fromkeys(_of_prodigy(document.meta)))
    return {name: f"annotator-{number}" for number, name in enumerate(found | sessions, start=1)}


def pseudonymous(documents: Iterable[Document], names: Mapping[str, str]) -> Iterator[Document]:
    """The documents under the pseudonyms that :func:`pseudonyms` gave of the same ones."""
    hidden = partial(_hidden, names=names, in_notes=_words(names))
    in_meta = _values(names)
    for document in documents:
        review = document.provenance
        changes: dict[str, object] = {
            "entities": tuple(map(hidden, document.entities)),
            "relations": tuple(map(hidden, document.relations)),
            "meta": _each(document.meta, in_meta),
        }
        if review:
            changes["provenance"] = review.model_copy(
                update={
                    "annotators": tuple(names[one] for one in review.annotators),
                    "removed_entities": tuple(map(hidden, review.removed_entities)),
                    "removed_relations": tuple(map(hidden, review.removed_relations)),
                }
            )
        yield document.model_copy(update=changes)


def without_names(
    accounts: Mapping[str, JsonValue], names: Mapping[str, str]
) -> dict[str, JsonValue]:
    """Accounts by part, with the names in them replaced as they are in ``meta``."""
    return {part: _each(own, _values(names)) for part, own in accounts.items()}


def _each(value: JsonValue, hide: Hide) -> JsonValue:
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, dict):
        return {hide(key): _each(own, hide) for key, own in value.items()}
    return [_each(own, hide) for own in value] if isinstance(value, list) else value


def _named(document: Document) -> Iterator[str]:
    review = document.provenance
    if review:
        yield from review.annotators
    marks: list[Entity | Relation] = [*document.entities, *document.relations]
    if review:
        marks += [*review.removed_entities, *review.removed_relations]
    for mark in marks:
        if mark.provenance:
            yield mark.provenance.annotator


def _of_prodigy(value: JsonValue, *, below: bool = False) -> Iterator[str]:
    """The texts below Prodigy's keys for annotator and session."""
    if isinstance(value, dict):
        for key, own in value.items():
            yield from _of_prodigy(own, below=below or key in _PRODIGY_KEYS)
    elif isinstance(value, list):
        for own in value:
            yield from _of_prodigy(own, below=below)
    elif below and isinstance(value, str) and value:
        yield value


def _hidden(mark: Marked, *, names: Mapping[str, str], in_notes: Hide) -> Marked:
    changes: dict[str, object] = {}
    if mark.provenance:
        name = names[mark.provenance.annotator]
        changes["provenance"] = mark.provenance.model_copy(update={"annotator": name})
    if isinstance(mark, Entity) and mark.note:
        changes["note"] = in_notes(mark.note)
    return mark.model_copy(update=changes) if changes else mark


def _values(names: Mapping[str, str]) -> Hide:
    """What replaces a text that is one of the names, and any address inside a text."""
    addresses = _words({name: new for name, new in names.items() if "@" in name})
    telling = _telling(names)

    def hide(text: str) -> str:
        return telling.get(text) or addresses(text)

    return hide


def _words(names: Mapping[str, str]) -> Hide:
    """What replaces each of the names in a text where it is a whole word."""
    # Addresses are the same in capitals; those of ASCII alone, which casefold agrees on.
    folded = {name.casefold(): new for name, new in names.items() if "@" in name}
    longest_first = sorted(_telling(names), key=len, reverse=True)
    if not longest_first:
        return str
    pattern = re.compile("|".join(map(_word, longest_first)))

    def new(found: re.Match[str]) -> str:
        return names.get(found[0]) or folded[found[0].casefold()]

    return partial(pattern.sub, new)


def _telling(names: Mapping[str, str]) -> dict[str, str]:
    """Those of the names that say who it is wherever they stand."""
    return {name: new for name, new in names.items() if name and not name.isdecimal()}


def _word(name: str) -> str:
    """A pattern for the name as a whole word."""
    # A Latin name may stand right beside letters of a script without blanks.
    edge = "[A-Za-z0-9_]" if name.isascii() else r"\w"
    return f"(?<!{edge})(?{'ai' if '@' in name else ''}:{re.escape(name)})(?!{edge})"
