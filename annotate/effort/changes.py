"""What became of each suggestion under review, by label.

The rule, in words; which mark stems from which suggestion is
:mod:`annotate.review.compare`'s. A suggested entity is *accepted* when it stands with
span and label; *re-labelled* with the same span and another label; *re-bounded* with
the same label and another span; *both* with another span and another label; *deleted*
when nothing stems from it. An entity that stems from no suggestion is *added*. A
suggested relation is *accepted* when it stands between the entities that its ends
became; *re-typed* when they are joined by another type; *turned* when by the same type
the other way round; *deleted*; or *added*. Each counts under the suggestion's label;
what was added counts under its own. Country codes and notes don't count here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Literal, NamedTuple

from annotate.document import Link, Marks, Span
from annotate.evaluate.entities import bags
from annotate.evaluate.scores import Score
from annotate.review.compare import Comparison, compare

Kind = Literal["entities", "relations"]
OUTCOMES: dict[Kind, tuple[str, ...]] = {
    "entities": ("accepted", "re-labelled", "re-bounded", "both", "deleted", "added"),
    "relations": ("accepted", "re-typed", "turned", "deleted", "added"),
}


class Change(NamedTuple):
    """One outcome of one suggestion, or one mark added."""

    kind: Kind
    label: str
    outcome: str


def changes(suggested: Marks, reviewed: Marks) -> Counter[Change]:
    """How often each change was made between a suggestion and its review."""
    found = compare(suggested, reviewed)
    by_id = {item.id: item for item in suggested.entities}
    stems = {name: by_id[source] for name, source in found.stems.items()}
    return Counter(
        [*_entities(reviewed, found, stems), *_relations(suggested, reviewed, found, stems)]
    )


def agreement(suggested: Marks, reviewed: Marks) -> dict[Kind, Score]:
    """How far a review agrees with suggestions, seen by the reviewer or not.

    An entity agrees when span and label are the same, a relation when type and both
    ends are. ``wanted`` of a score are the marks of the review.
    """
    return {
        "entities": bags(
            (span.place for span in suggested.entities), (span.place for span in reviewed.entities)
        ),
        "relations": bags(suggested.placed_relations(), reviewed.placed_relations()),
    }


def _entities(reviewed: Marks, found: Comparison, stems: dict[str, Span]) -> Iterator[Change]:
    for item in reviewed.entities:
        source = stems.get(item.id)
        if source is None:
            yield Change("entities", item.label, "added")
            continue
        moved = (source.start, source.end) != (item.start, item.end)
        renamed = source.label != item.label
        outcome = "both" if moved and renamed else "re-bounded" if moved else "re-labelled"
        yield Change("entities", source.label, outcome if moved or renamed else "accepted")
    for item in found.removed_entities:
        yield Change("entities", item.label, "deleted")


def _relations(
    suggested: Marks, reviewed: Marks, found: Comparison, stems: dict[str, Span]
) -> Iterator[Change]:
    became = {source.id: name for name, source in stems.items()}
    # Suggested relations by the ids that their ends have now, as compare names them.
    left = Counter(
        (link.label, became.get(link.head, link.head), became.get(link.tail, link.tail))
        for link in suggested.relations
    )
    for link in found.removed_relations:
        yield Change("relations", link.label, "deleted")
        left[_joined(link)] -= 1
    for link in reviewed.relations:
        if found.relations[link] == "accepted":
            yield Change("relations", link.label, "accepted")
            left[_joined(link)] -= 1
    for link in reviewed.relations:
        if found.relations[link] == "added":
            yield Change("relations", link.label, "added")
        elif found.relations[link] == "changed":
            ends = {link.head, link.tail}
            source = next(key for key in +left if set(key[1:]) == ends)
            left[source] -= 1
            yield Change(
                "relations", source[0], "turned" if source[0] == link.label else "re-typed"
            )


def _joined(link: Link) -> tuple[str, str, str]:
    return link.label, link.head, link.tail
