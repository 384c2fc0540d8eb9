"""What must hold of a suggestion before it is sent.

The server takes nearly anything and the editor then draws it somewhere odd or
drops it in silence (seen with 1.23.2: unknown labels, offsets beyond the text,
a second relation on one pair), so we look first. The document model has
already checked offsets, texts and ids.
"""

from __future__ import annotations

from annotate.document import Document, Entity, Relation, flat, in_order, links_in_order
from annotate.ledger import Ledger
from annotate.schema import Schema


def sendable(document: Document, schema: Schema, ledger: Ledger) -> Document:
    """The document with the suggestions that Label Studio can show.

    Left out by name, with the relations that hang on them: labels that the label
    config lacks, overlaps (the longer, then the earlier, stays), relations of
    unknown type, between labels that their type does not join, from a mention to
    itself, and repeated ones.
    """
    known = [item for item in document.entities if _is_known(item, document, schema, ledger)]
    flat = _flat(known, document, ledger)
    kept = {entity.id: entity for entity in flat}
    relations: dict[tuple[str, str, str], Relation] = {}
    for relation in document.relations:
        problem = _problem(relation, kept, schema)
        link = problem or _in_direction(relation, kept, schema)
        if isinstance(link, str):
            ledger.refuse(document.id, f"relation {relation.label}: {link}")
        elif (link.head, link.tail, link.label) in relations:
            ledger.refuse(document.id, f"relation {relation.label}: stands there twice")
        else:
            relations[link.head, link.tail, link.label] = link
    return document.model_copy(
        update={
            "entities": in_order(flat),
            "relations": links_in_order(tuple(relations.values()), flat),
        }
    )


def _is_known(entity: Entity, document: Document, schema: Schema, ledger: Ledger) -> bool:
    if entity.label in schema.labels:
        return True
    ledger.refuse(
        document.id,
        f"{entity.label} {entity.text!r} at {entity.start}: its label is not in the label config",
    )
    return False


def _flat(entities: list[Entity], document: Document, ledger: Ledger) -> list[Entity]:
    kept = flat(entities)
    for entity in entities:
        if entity not in kept:
            over = next(one for one in kept if one.start < entity.end and entity.start < one.end)
            ledger.refuse(
                document.id,
                f"{entity.label} {entity.text!r} at {entity.start}: overlaps {over.text!r}",
            )
    return kept


def _problem(relation: Relation, kept: dict[str, Entity], schema: Schema) -> str | None:
    kind = schema.relation(relation.label)
    if kind is None:
        return "its type is not in the label config"
    head, tail = kept.get(relation.head), kept.get(relation.tail)
    if head is None or tail is None:
        return "one of its ends was left out"
    if head.id == tail.id:
        return f"joins {head.text!r} to itself"
    if not kind.joins(head.label, tail.label):
        return f"does not join {head.label} {head.text!r} to {tail.label} {tail.text!r}"
    return None


def _in_direction(relation: Relation, kept: dict[str, Entity], schema: Schema) -> Relation:
    kind = schema.relation(relation.label)
    head, tail = kept[relation.head], kept[relation.tail]
    if kind and kind.symmetric and tail.start < head.start:
        return relation.model_copy(update={"head": tail.id, "tail": head.id})
    return relation
