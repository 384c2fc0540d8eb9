"""What a format can hold of a document, and the account of what it can't.

A writer first reduces each document to what its format holds, by :func:`held`; all
that falls away is entered into the ledger, item by item. So a file that is read back
must give exactly the reduced documents, and no loss can be silent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeVar

from annotate.document import Document, Entity, Relation, flat, in_order, links_in_order
from annotate.ledger import Ledger

Marked = TypeVar("Marked", Entity, Relation)


def held(document: Document, holds: Collection[str], ledger: Ledger) -> Document:
    """The document less what a format with these features can't hold.

    Each thing left out is a loss of the ledger, of the kind ``entity``, ``relation``,
    ``country code``, ``note``, ``score``, ``language``, ``meta`` or ``provenance``.
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
    return reduced if "handles" in holds else numbered(reduced)


def numbered(document: Document) -> Document:
    """The document with its entities e1, e2, … by place, and relations in that order."""
    ordered = in_order(document.entities)
    ids = {entity.id: f"e{number}" for number, entity in enumerate(ordered, start=1)}
    entities = tuple(one.model_copy(update={"id": ids[one.id]}) for one in ordered)
    relations = tuple(
        link.model_copy(update={"head": ids[link.head], "tail": ids[link.tail]})
        for link in document.relations
    )
    return document.model_copy(
        update={"entities": entities, "relations": links_in_order(relations, entities)}
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
