"""A gold document as the audit would have it."""

from __future__ import annotations

from collections.abc import Sequence

from annotate.audit.mark import Change, overlapping
from annotate.document import Document, Entity, Relation, in_order, links_in_order
from annotate.schema import Schema


def proposal(document: Document, changes: Sequence[Change], schema: Schema) -> Document:
    """The document with the changes made, those first that stand first where two conflict.

    What a change would put over an entity that stays is left out, and what it cut for that
    comes back. Relations go with their ends, and where the new labels don't allow them.
    """
    cut = {name for change in changes for name in change.cut}
    kept = [entity for entity in document.entities if entity.id not in cut]
    for change in changes:
        fitting = [one for one in change.add if not overlapping(one.start, one.end, kept)]
        kept += fitting
        if change.add and not fitting:
            old = [document.entity(name) for name in change.cut]
            kept += [one for one in old if not overlapping(one.start, one.end, kept)]
    relations = _relations(document, changes, {one.id: one for one in kept}, schema)
    return document.model_copy(
        update={"entities": in_order(kept), "relations": links_in_order(relations, kept)}
    )


def _relations(
    document: Document, changes: Sequence[Change], by_id: dict[str, Entity], schema: Schema
) -> list[Relation]:
    gone = {link for change in changes for link in change.unlink}
    found: dict[tuple[str, str, str], Relation] = {}
    for link in (
        *(link for link in document.relations if link not in gone),
        *(link for change in changes for link in change.link),
    ):
        kind = schema.relation(link.label)
        head, tail = by_id.get(link.head), by_id.get(link.tail)
        if kind and head and tail and kind.joins(head.label, tail.label):
            found.setdefault((link.head, link.tail, link.label), link)
    return list(found.values())
