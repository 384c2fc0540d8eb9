"""One thing that gold says or leaves out, with what speaks against it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from annotate.document import Document, Entity, Relation

Kind = Literal["entity", "missing entity", "relation", "missing relation"]


class Change(NamedTuple):
    """What makes of the gold what the audit proposes; nothing where it proposes nothing.

    ``cut`` and ``unlink`` leave gold marks out, ``add`` and ``link`` put others in. Ends of
    a relation are ids of gold entities.
    """

    cut: tuple[str, ...] = ()
    add: tuple[Entity, ...] = ()
    unlink: tuple[Relation, ...] = ()
    link: tuple[Relation, ...] = ()


class Mark(NamedTuple):
    """A gold mark, or one that gold hasn't; ``gold`` and ``proposed`` are empty for none.

    ``start`` and ``end`` are code points; of a relation, from its first end to its last.
    ``trust`` is how likely what gold says is by a model that has not seen the document, 0
    to 1, or None where no model could judge. ``alike`` and ``unlike`` count the same words
    (of a relation: the same two names) elsewhere in the gold that are marked as here, and
    that are marked in the one other way most often seen.
    """

    kind: Kind
    document: str
    language: str
    start: int
    end: int
    words: str
    gold: str
    proposed: str
    change: Change = Change()
    trust: float | None = None
    alike: int = 0
    unlike: int = 0
    elsewhere: str = ""


class Finding(NamedTuple):
    """A mark with its score: the share of marks that suspect that is wrong, 0 to 1."""

    mark: Mark
    score: float
    reason: str

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON-ready data."""
        mark = self.mark
        return {
            "document": mark.document,
            "language": mark.language,
            "kind": mark.kind,
            "start": mark.start,
            "end": mark.end,
            "words": mark.words,
            "gold": mark.gold or None,
            "proposed": mark.proposed or None,
            "score": self.score,
            "reason": self.reason,
        }


def relation_mark(
    kind: Kind, document: Document, ends: tuple[Entity, Entity], gold: str, proposed: str
) -> Mark:
    """A relation of two entities, head first, before anyone judged it."""
    head, tail = ends
    return Mark(
        kind,
        document.id,
        document.language,
        min(head.start, tail.start),
        max(head.end, tail.end),
        f"{head.text} → {tail.text}",
        gold,
        proposed,
    )


def entity_mark(document: Document, entity: Entity) -> Mark:
    """A gold entity before anyone judged it."""
    return Mark(
        "entity",
        document.id,
        document.language,
        entity.start,
        entity.end,
        entity.text,
        entity.label,
        entity.label,
    )


def overlapping(start: int, end: int, entities: Sequence[Entity]) -> list[Entity]:
    """The entities that share a character with a span."""
    return [one for one in entities if one.start < end and start < one.end]
