"""What is missing in documents that were written and read back, found by comparing them.

It knows nothing of what a format says that it holds: a second opinion on the ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from annotate.document import Document, Review


def missing(before: Iterable[Document], after: Iterable[Document]) -> Counter[str]:
    """How many things of each kind ``after`` lacks; AssertionError where anything is new."""
    lost: Counter[str] = Counter()
    found = {document.id: document for document in after}
    for document in before:
        lost.update(_between(document, found[document.id]))
    return lost


def is_plain(document: Document) -> bool:
    """Whether no two of its entities, nor of its relations, say the same of the same place."""
    said = _places(document)
    return all(said[item] == 1 for item in said if item[0] in ("entity", "relation"))


def _between(before: Document, after: Document) -> Counter[str]:
    assert after.text == before.text
    old, new = _places(before), _places(after)
    assert new <= old, f"made up: {new - old}"
    gone = {item[1:] for item in old - new if item[0] in ("entity", "relation")}
    lost = Counter(
        _KINDS[item[0]]
        for item in (old - new).elements()
        # What is said of an entity that is lost is lost with it.
        if item[0] in ("entity", "relation") or item[1:-1] not in gone
    )
    for kind, value in (("language", "und"), ("meta", {}), ("provenance", None)):
        was, now = (_without_ids(getattr(one, kind)) for one in (before, after))
        if was != now:
            assert now == value, f"{kind}: {was!r} became {now!r}"
            lost[kind] += 1
    return lost


def _without_ids(value: object) -> object:
    """A review without the ids of what was removed: formats without handles have others."""
    if not isinstance(value, Review):
        return value
    removed = tuple(one.model_copy(update={"id": "-"}) for one in value.removed_entities)
    links = tuple(
        one.model_copy(update={"head": "-", "tail": "-"}) for one in value.removed_relations
    )
    return value.model_copy(update={"removed_entities": removed, "removed_relations": links})


_KINDS = {
    "entity": "entity",
    "relation": "relation",
    "country_code": "country code",
    "note": "note",
    "score": "score",
    "provenance": "provenance",
}


def _places(document: Document) -> Counter[tuple[Any, ...]]:
    """Everything that is said of spans and pairs, each as a tuple that begins with its kind."""
    said: Counter[tuple[Any, ...]] = Counter()
    for entity in document.entities:
        place = (entity.start, entity.end, entity.label)
        said["entity", *place] += 1
        for field in ("country_code", "note", "score", "provenance"):
            value = getattr(entity, field)
            if value is not None:
                said[field, *place, value] += 1
    for link in document.relations:
        head, tail = document.entity(link.head), document.entity(link.tail)
        pair = (head.start, head.end, head.label, tail.start, tail.end, tail.label, link.label)
        said["relation", *pair] += 1
        for field in ("score", "provenance"):
            value = getattr(link, field)
            if value is not None:
                said[field, *pair, value] += 1
    return said
