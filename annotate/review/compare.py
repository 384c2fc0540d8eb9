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

from annotate.document import Link, Marks, Place, Span, Status


class Comparison(NamedTuple):
    """Status by entity id, status by relation, and what was removed.

    ``stems`` has the id of the suggestion that an entity stems from, by the entity's id.
    Removed relations have the ids that their ends have now: gold ones, or those of removed
    entities.
    """

    entities: dict[str, Status]
    relations: dict[Link, Status]
    stems: dict[str, str]
    removed_entities: tuple[Span, ...]
    removed_relations: tuple[Link, ...]

    @property
    def untouched(self) -> bool:
        """True when everything was accepted and nothing removed."""
        statuses = [*self.entities.values(), *self.relations.values()]
        removed = (*self.removed_entities, *self.removed_relations)
        return not removed and all(status == "accepted" for status in statuses)


def compare(suggested: Marks, reviewed: Marks) -> Comparison:
    """Compare a review with the suggestions it started from, over the same text."""
    places = {item.place: item.id for item in suggested.entities}
    stems = _stems(suggested, reviewed, places)
    entities: dict[str, Status] = {}
    for item in reviewed.entities:
        same = item.place in places
        entities[item.id] = "added" if item.id not in stems else "accepted" if same else "changed"
    relations, removed = _relations(suggested, reviewed, stems)
    became = {source: gold for gold, source in stems.items()}
    return Comparison(
        entities,
        relations,
        stems,
        tuple(item for item in suggested.entities if item.id not in became),
        tuple(
            link._replace(
                head=became.get(link.head, link.head), tail=became.get(link.tail, link.tail)
            )
            for link in removed
        ),
    )


def _stems(suggested: Marks, reviewed: Marks, places: dict[Place, str]) -> dict[str, str]:
    """Suggestion id by gold id, each suggestion at most once; ``places`` are of suggestions."""
    stems: dict[str, str] = {}
    others: list[Span] = []
    for item in reviewed.entities:
        source = places.get(item.place)
        if source is None:
            others.append(item)
        else:
            stems[item.id] = source
    if not others:
        return stems
    taken = set(stems.values())
    free = {item.id: item for item in suggested.entities if item.id not in taken}
    for item in others:
        if free.pop(item.id, None):
            stems[item.id] = item.id
    for item in others:
        if item.id not in stems:
            source = next((one.id for one in free.values() if _overlap(one, item)), None)
            if source:
                stems[item.id] = source
                del free[source]
    return stems


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _relations(
    suggested: Marks, reviewed: Marks, stems: dict[str, str]
) -> tuple[dict[Link, Status], tuple[Link, ...]]:
    left = {(item.label, item.head, item.tail): item for item in suggested.relations}
    statuses: dict[Link, Status] = {}
    for link in reviewed.relations:
        head, tail = stems.get(link.head), stems.get(link.tail)
        if head and tail and left.pop((link.label, head, tail), None):
            statuses[link] = "accepted"
    for link in reviewed.relations:
        if link not in statuses:
            pair = {stems.get(link.head), stems.get(link.tail)}
            key = next((key for key in left if set(key[1:]) == pair), None)
            statuses[link] = "changed" if key else "added"
            if key:
                del left[key]
    return statuses, tuple(left.values())
