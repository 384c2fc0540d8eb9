"""What a reviewer has to do to the suggestions, against labelling the bare text.

One edit is an entity or relation added, removed or changed (new edge, label, type,
direction), as :mod:`annotate.review.compare` tells them apart, or a country code put
right. From scratch every gold entity and every gold relation is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from annotate.document import Document, Marks, marks_of
from annotate.evaluate.bootstrap import Interval, ratio_interval
from annotate.evaluate.entities import codes
from annotate.evaluate.pairs import Pair
from annotate.review.compare import compare


class Edits(NamedTuple):
    """Edits by kind, and what labelling from scratch takes; the interval is that of ``saved``."""

    kinds: Counter[str]
    scratch: int
    interval: Interval | None = None

    @property
    def total(self) -> int:
        """All edits."""
        return self.kinds.total()

    @property
    def saved(self) -> float:
        """``1 - edits / scratch``: 1 is nothing left to do, below 0 more than from scratch."""
        return 1 - self.total / self.scratch if self.scratch else float(not self.total)

    def as_dict(self) -> dict[str, Any]:
        """Counts and share as JSON-ready data."""
        return {
            "edits": self.total,
            "scratch": self.scratch,
            "saved": self.saved,
            "interval": self.interval,
            "kinds": dict(self.kinds),
        }


def edits(pair: Pair) -> Edits:
    """The edits that turn the suggestion of a pair into its gold."""
    found = compare(_marks(pair.predicted, "suggested"), _marks(pair.gold, "gold"))
    entities, relations = list(found.entities.values()), list(found.relations.values())
    known = codes(pair)
    kinds = {
        "entities added": entities.count("added"),
        "entities removed": len(found.removed_entities),
        "entities changed": entities.count("changed"),
        "codes changed": known.whole - known.part,
        "relations added": relations.count("added"),
        "relations removed": len(found.removed_relations),
        "relations changed": relations.count("changed"),
    }
    return Edits(Counter(kinds), len(pair.gold.entities) + len(pair.gold.relations))


def all_edits(pairs: Sequence[Pair]) -> Edits:
    """The edits of all pairs, with the 95 % interval of what is saved."""
    rows = [edits(pair) for pair in pairs]
    kinds: Counter[str] = Counter()
    for row in rows:
        kinds.update(row.kinds)
    spread = ratio_interval([row.total for row in rows], [row.scratch for row in rows])
    interval = (1 - spread[1], 1 - spread[0]) if spread else None
    return Edits(kinds, sum(row.scratch for row in rows), interval)


def _marks(document: Document, side: str) -> Marks:
    """Its marks under ids of their own: an id that two files share means nothing."""
    entities, relations = marks_of(document)
    ids = {item.id: f"{side} {number}" for number, item in enumerate(entities)}
    return Marks(
        tuple(item._replace(id=ids[item.id]) for item in entities),
        tuple(item._replace(head=ids[item.head], tail=ids[item.tail]) for item in relations),
    )
