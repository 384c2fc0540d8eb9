"""What a format can hold of a document, and the account of what it can't.

A writer first reduces each document to what its format holds, by :func:`held`; all
that falls away is entered into the ledger, item by item. So a file that is read back
must give exactly the reduced documents, and no loss can be silent.

Some things are in a file, but not in the part of it that the tools look at for which
the format is made: of two entities that overlap, the columns of CoNLL have one. To a
model that is trained on it this is a loss like any other. It is entered by :func:`lose_in`,
with the part in its kind: ``entity in doc.ents``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import count
from typing import TypeVar

from annotate.document import Document, Entity, Relation, flat, in_order, links_in_order
from annotate.ledger import Ledger

Marked = TypeVar("Marked", Entity, Relation)


def held(document: Document, holds: Collection[str], ledger: Ledger) -> Document:
    """The document less what a format with these features can't hold.

    Each thing left out is a loss of the ledger, of the kind ``entity``, ``relation``,
    ``country code``, ``note``, ``score``, ``language``, ``meta`` or ``provenance``, and
    one of the kind ``ids`` for a document whose entities are numbered anew.
    """
    entities, relations = document.entities, document.relations
    if "overlaps" not in holds:
        entities, relations = _without_overlaps(document, ledger)
    if "relations" not in holds:
        for link in relations:
            _lose_relation(document, link, "", ledger)
        relations = ()
    elif "several" not in holds:
        relations = _one_a_pair(document, relations, ledger)
    reduced = document.model_copy(
        update={
            "entities": tuple(_bare_entity(document, one, holds, ledger) for one in entities),
            "relations": tuple(_bare_relation(document, one, holds, ledger) for one in relations),
        }
        | _bare_document(document, holds, ledger)
    )
    return reduced if "handles" in holds else _without_handles(reduced, ledger)


def flat_in(document: Document, part: str, ledger: Ledger) -> list[Entity]:
    """The entities that a part of a file has which can't hold overlaps: the longer of any two.

    The others are losses of the kind ``entity in PART``.
    """
    kept = flat(document.entities)
    if len(kept) < len(document.entities):
        ids = {entity.id for entity in kept}
        for entity in document.entities:
            if entity.id not in ids:
                lose_in(part, document, entity, "overlaps a longer entity", ledger)
    return kept


def lose_in(
    part: str, document: Document, mark: Entity | Relation, why: str, ledger: Ledger
) -> None:
    """Enter an entity or relation that is in the file, but not in that part of it."""
    if isinstance(mark, Relation):
        what = f"{_relation_text(document, mark)}: {why}"
        ledger.lose(document.id, f"relation in {part}", what)
    else:
        what = f"{mark.label} {mark.text!r}: {why}"
        ledger.lose(_where(document, mark), f"entity in {part}", what)


def numbered(document: Document) -> Document:
    """The document with its entities e1, e2, … by place, and relations in that order.

    What a review says that was removed stays as it is: see :func:`_without_handles`.
    """
    ordered = in_order(document.entities)
    ids = _numbers(document)
    entities = _renamed(ordered, ids)
    relations = links_in_order(_between(document.relations, ids), entities)
    return document.model_copy(update={"entities": entities, "relations": relations})


def _without_handles(document: Document, ledger: Ledger) -> Document:
    """The document numbered, and what its review removed between the same entities still."""
    now = numbered(document)
    review = document.provenance
    if review:
        ids = _numbers(document)
        ids |= _ids_of_removed(review.removed_entities, ids)
        removed = {
            "removed_entities": _renamed(review.removed_entities, ids),
            "removed_relations": _between(review.removed_relations, ids),
        }
        now = now.model_copy(update={"provenance": review.model_copy(update=removed)})
    if now != document:
        ledger.lose(document.id, "ids", f"entities are e1 to e{len(now.entities)}, by place")
    return now


def _numbers(document: Document) -> dict[str, str]:
    """The number of each entity by its id."""
    return {one.id: f"e{number}" for number, one in enumerate(in_order(document.entities), 1)}


def _ids_of_removed(removed: Iterable[Entity], ids: Mapping[str, str]) -> dict[str, str]:
    """Ids for removed entities, their own where that is no other's now."""
    taken = set(ids.values()) | {one.id for one in removed}
    free = (name for name in map("r{}".format, count(1)) if name not in taken)
    now = set(ids.values())
    return {one.id: next(free) for one in removed if one.id not in ids and one.id in now}


def _renamed(entities: Iterable[Entity], ids: Mapping[str, str]) -> tuple[Entity, ...]:
    return tuple(one.model_copy(update={"id": ids.get(one.id, one.id)}) for one in entities)


def _between(relations: Iterable[Relation], ids: Mapping[str, str]) -> tuple[Relation, ...]:
    return tuple(
        link.model_copy(
            update={"head": ids.get(link.head, link.head), "tail": ids.get(link.tail, link.tail)}
        )
        for link in relations
    )


def _without_overlaps(
    document: Document, ledger: Ledger
) -> tuple[tuple[Entity, ...], tuple[Relation, ...]]:
    kept = {entity.id for entity in flat(document.entities)}
    for entity in document.entities:
        if entity.id not in kept:
            what = f"{entity.label} {entity.text!r} overlaps a longer entity"
            ledger.lose(_where(document, entity), "entity", what)
    for link in document.relations:
        if not {link.head, link.tail} <= kept:
            _lose_relation(document, link, ": an end of it overlaps a longer entity", ledger)
    return (
        tuple(entity for entity in document.entities if entity.id in kept),
        tuple(link for link in document.relations if {link.head, link.tail} <= kept),
    )


def _one_a_pair(
    document: Document, relations: Iterable[Relation], ledger: Ledger
) -> tuple[Relation, ...]:
    pairs: dict[tuple[str, str], Relation] = {}
    for link in relations:
        if pairs.setdefault((link.head, link.tail), link) is not link:
            _lose_relation(document, link, ": the pair has another relation", ledger)
    return tuple(pairs.values())


def _bare_entity(
    document: Document, entity: Entity, holds: Collection[str], ledger: Ledger
) -> Entity:
    where = _where(document, entity)
    lost: dict[str, None] = {}
    for feature, field, kind in (
        ("codes", "country_code", "country code"),
        ("notes", "note", "note"),
        ("scores", "score", "score"),
        ("provenance", "provenance", "provenance"),
    ):
        value = getattr(entity, field)
        if value is not None and feature not in holds:
            ledger.lose(where, kind, _said(value, entity.text))
            lost[field] = None
    return entity.model_copy(update=lost) if lost else entity


def _bare_relation(
    document: Document, link: Relation, holds: Collection[str], ledger: Ledger
) -> Relation:
    lost: dict[str, None] = {}
    for feature in ("scores", "provenance"):
        field = feature.removesuffix("s")
        value = getattr(link, field)
        if value is not None and feature not in holds:
            ledger.lose(document.id, field, _said(value, _relation_text(document, link)))
            lost[field] = None
    return link.model_copy(update=lost) if lost else link


def _bare_document(document: Document, holds: Collection[str], ledger: Ledger) -> dict[str, object]:
    lost: dict[str, object] = {}
    if "language" not in holds and document.language != "und":
        ledger.lose(document.id, "language", document.language)
        lost["language"] = "und"
    if "meta" not in holds and document.meta:
        ledger.lose(document.id, "meta", ", ".join(sorted(document.meta)))
        lost["meta"] = {}
    if "provenance" not in holds and document.provenance:
        ledger.lose(document.id, "provenance", f"review: {document.provenance.status}")
        lost["provenance"] = None
    return lost


def _said(value: object, of: str) -> str:
    return f"{getattr(value, 'status', value)} of {of!r}"


def _lose_relation(document: Document, link: Relation, why: str, ledger: Ledger) -> None:
    ledger.lose(document.id, "relation", _relation_text(document, link) + why)


def _relation_text(document: Document, link: Relation) -> str:
    head, tail = document.entity(link.head), document.entity(link.tail)
    return f"{head.text} {link.label} {tail.text}"


def _where(document: Document, entity: Entity) -> str:
    return f"{document.id} {entity.start}:{entity.end}"
