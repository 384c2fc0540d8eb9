"""What the reviewer did to the suggestions: accepted, changed, added, removed.

The rule, in words. An entity is *accepted* when a suggestion has the same span
and label; *changed* when it stems from one that has not: the editor keeps a
region's id while it is moved or re-labelled, and one drawn anew over a deleted
suggestion stems from that; *added* otherwise. A relation is *accepted* when a
suggestion has the same type between the entities that its ends stem from,
*changed* when one joins them with another type or direction, *added* otherwise.
Suggestions that no gold item stems from are *removed*. Label Studio's own
``origin`` doesn't tell all this: a deleted region leaves no trace there.
"""

from __future__ import annotations

from typing import NamedTuple

from annotate.document import Entity, Marks, Relation, Status


class Comparison(NamedTuple):
    """Status by entity id, status by relation, and what was removed."""

    entities: dict[str, Status]
    relations: dict[Relation, Status]
    removed_entities: tuple[Entity, ...]
    removed_relations: tuple[Relation, ...]

    @property
    def untouched(self) -> bool:
        """True when everything was accepted and nothing removed."""
        statuses = [*self.entities.values(), *self.relations.values()]
        removed = (*self.removed_entities, *self.removed_relations)
        return not removed and all(status == "accepted" for status in statuses)


def compare(suggested: Marks, reviewed: Marks) -> Comparison:
    """Compare a review with the suggestions it started from, over the same text."""
    stems = _stems(suggested, reviewed)
    places = {(item.start, item.end, item.label) for item in suggested.entities}
    entities: dict[str, Status] = {}
    for entity in reviewed.entities:
        same = (entity.start, entity.end, entity.label) in places
        entities[entity.id] = (
            "added" if entity.id not in stems else "accepted" if same else "changed"
        )
    relations, removed = _relations(suggested, reviewed, stems)
    became = {source: gold for gold, source in stems.items()}
    return Comparison(
        entities,
        relations,
        tuple(item for item in suggested.entities if item.id not in became),
        # By the ids that their ends have now: gold ones, or those of removed entities.
        tuple(
            item.model_copy(
                update={
                    "head": became.get(item.head, item.head),
                    "tail": became.get(item.tail, item.tail),
                }
            )
            for item in removed
        ),
    )


def _stems(suggested: Marks, reviewed: Marks) -> dict[str, str]:
    """Suggestion id by gold id, each suggestion at most once."""
    by_place = {(item.start, item.end, item.label): item.id for item in suggested.entities}
    stems = {
        entity.id: by_place[entity.start, entity.end, entity.label]
        for entity in reviewed.entities
        if (entity.start, entity.end, entity.label) in by_place
    }
    free = {item.id: item for item in suggested.entities if item.id not in set(stems.values())}
    others = [entity for entity in reviewed.entities if entity.id not in stems]
    for entity in others:
        if free.pop(entity.id, None):
            stems[entity.id] = entity.id
    for entity in others:
        if entity.id not in stems:
            source = next((item.id for item in free.values() if _overlap(item, entity)), None)
            if source:
                stems[entity.id] = source
                del free[source]
    return stems


def _overlap(one: Entity, other: Entity) -> bool:
    return one.start < other.end and other.start < one.end


def _relations(
    suggested: Marks, reviewed: Marks, stems: dict[str, str]
) -> tuple[dict[Relation, Status], tuple[Relation, ...]]:
    left = {(item.label, item.head, item.tail): item for item in suggested.relations}
    statuses: dict[Relation, Status] = {}
    for relation in reviewed.relations:
        head, tail = (stems.get(end) for end in (relation.head, relation.tail))
        if head and tail and left.pop((relation.label, head, tail), None):
            statuses[relation] = "accepted"
    for relation in reviewed.relations:
        if relation not in statuses:
            pair = {stems.get(relation.head), stems.get(relation.tail)}
            key = next((key for key in left if set(key[1:]) == pair), None)
            statuses[relation] = "changed" if key else "added"
            if key:
                del left[key]
    return statuses, tuple(left.values())
