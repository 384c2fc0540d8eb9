"""The project's own corpus, learnt again with every gold set: old knowledge is not lost.

``train`` is learnt from; ``unseen`` never, and measures what a model knew before it met a
user's gold. A label set with labels that the corpus lacks is not rehearsed at all: the
corpus would teach that nothing is ever one of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Literal

from annotate.document import Document
from annotate.formats import inline
from annotate.prelabel.relations import ENTITIES_ONLY
from annotate.schema import Schema
from annotate.shipped import shipped

# What the corpus has marked; checked against its texts by the tests.
LABELS = frozenset({"PERSON", "ORG", "COUNTRY"})
RELATIONS = frozenset({"works_for", "represents", "based_in", "met_with", "cooperates_with"})

Part = Literal["train", "unseen"]


def languages() -> list[str]:
    """The languages that the corpus has texts in."""
    return sorted(folder.name for folder in (shipped("corpus") / "train").iterdir())


def rehearsed(labels: Iterable[str]) -> bool:
    """Whether the corpus says all that a label set asks for."""
    return set(labels) <= LABELS


def corpus(part: Part, schema: Schema, without: Collection[str] = ()) -> Iterator[Document]:
    """The corpus' texts as far as a label set goes, but those that stand in ``without``.

    Nothing where the label set has labels of its own. Where it has relations of its own,
    the documents say in their meta that theirs are not to be learnt.
    """
    if not rehearsed(schema.labels):
        return
    kinds = {kind.label for kind in schema.relations}
    meta = {} if kinds <= RELATIONS else {ENTITIES_ONLY: True}
    for language in languages():
        for document in _texts(part, language):
            if document.text not in without:
                yield bounded(document, schema).model_copy(update={"meta": meta})


def bounded(document: Document, schema: Schema) -> Document:
    """The document without entities and relations that the label set has no place for."""
    entities = tuple(one for one in document.entities if one.label in schema.labels)
    ids, kinds = {one.id for one in entities}, {kind.label for kind in schema.relations}
    relations = tuple(
        link for link in document.relations if link.label in kinds and {link.head, link.tail} <= ids
    )
    return document.model_copy(update={"entities": entities, "relations": relations})


def is_unseen(document: Document) -> bool:
    """Whether it is one of the corpus' unseen texts."""
    return any(document.text == one.text for one in _texts("unseen", document.language))


@cache
def _texts(part: Part, language: str) -> tuple[Document, ...]:
    folder = shipped("corpus") / part / language
    return tuple(inline.read(folder)) if folder.is_dir() else ()
