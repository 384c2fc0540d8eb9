"""What the rest of the gold says, joined to what a model says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotate.audit.consistency import Elsewhere, Labels, Occurrence, Types, name_of, sides_of
from annotate.audit.entities import Beliefs, missing, outside
from annotate.audit.mark import Change, Mark, entity_mark, relation_mark
from annotate.document import Document, Entity
from annotate.prelabel.countries import code_of
from annotate.prelabel.merge import COUNTRY
from annotate.schema import Schema


def unjudged(document: Document) -> Iterator[Mark]:
    """The gold marks of a document that no model looks at."""
    by_id = {entity.id: entity for entity in document.entities}
    for entity in document.entities:
        yield entity_mark(document, entity)
    for link in document.relations:
        ends = by_id[link.head], by_id[link.tail]
        mark = relation_mark("relation", document, ends, link.label, link.label)
        yield mark._replace(change=Change(unlink=(link,)))


def with_labels(document: Document, marks: Sequence[Mark], labels: Labels) -> Iterator[Mark]:
    """Marks of entities with what their words are elsewhere."""
    by_place = {(one.start, one.end, one.label): one for one in document.entities}
    for mark in marks:
        found = labels.of(name_of(mark.words, document.language), mark.gold)
        mark = _compared(mark, found)
        # Where the model has no other idea, the majority has one.
        if mark.gold and mark.proposed == mark.gold and found.unlike > found.alike:
            entity = by_place[mark.start, mark.end, mark.gold]
            others = (_relabelled(entity, found.other, document.language),) if found.other else ()
            change = Change((entity.id,), others)
            mark = mark._replace(proposed=found.other, change=change)
        yield mark


def with_types(
    document: Document, marks: Sequence[Mark], types: Types, schema: Schema
) -> Iterator[Mark]:
    """Marks of relations with the relations that their two names have elsewhere."""
    by_id = {entity.id: entity for entity in document.entities}
    for mark in marks:
        (link,) = mark.change.unlink or mark.change.link
        found = types.of(sides_of(link, by_id, document.language), mark.gold or link.label)
        if not mark.gold:
            # Names of one relation may stand together without it: only another type counts.
            yield mark
            continue
        mark = _compared(mark, found)
        kind = schema.relation(found.other)
        fits = kind and kind.joins(by_id[link.head].label, by_id[link.tail].label)
        if fits and mark.proposed == mark.gold and found.unlike > found.alike:
            other = link.model_copy(update={"label": found.other, "score": None})
            change = Change(unlink=(link,), link=(other,))
            mark = mark._replace(proposed=found.other, change=change)
        yield mark


def left_out(
    document: Document,
    bare: Sequence[Occurrence],
    labels: Labels,
    suggested: Sequence[Mark],
    believed: Beliefs | None,
) -> Iterator[Mark]:
    """Names that are an entity nearly everywhere else, and neither here nor to the model."""
    for one in bare:
        found = labels.of(one.name, "")
        if found.unlike <= found.alike:
            continue
        if any(mark.start < one.end and one.start < mark.end for mark in suggested):
            continue
        entity = Entity(
            id=f"audit-{one.start}-{one.end}",
            start=one.start,
            end=one.end,
            label=found.other,
            text=document.text[one.start : one.end],
        )
        mark = missing(document, _relabelled(entity, found.other, document.language))
        trust = outside(entity, believed) if believed else None
        yield _compared(mark._replace(trust=trust), found)


def _compared(mark: Mark, found: Elsewhere) -> Mark:
    return mark._replace(alike=found.alike, unlike=found.unlike, elsewhere=found.other)


def _relabelled(entity: Entity, label: str, language: str) -> Entity:
    code = code_of(entity.text, language) if label == COUNTRY else None
    return entity.model_copy(update={"label": label, "country_code": code or None, "score": None})
