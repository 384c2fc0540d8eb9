"""What gold documents hold, counted while they stream through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from annotate.document import Agreement, Document
from annotate.review.agreement import summed

# What became of a suggestion, or that there was none.
OUTCOMES = ("accepted", "changed", "added", "removed")
_COUNTERS = (
    "documents",
    "entities",
    "relations",
    "lengths",
    "outcomes",
    "annotators",
)


@dataclass(slots=True)
class Tally:
    """Counts of one part of a gold set, over its documents."""

    documents: Counter[str] = field(default_factory=Counter)
    """by language"""
    entities: Counter[tuple[str, str]] = field(default_factory=Counter)
    """by language and label"""
    relations: Counter[tuple[str, str]] = field(default_factory=Counter)
    """by language and label"""
    lengths: Counter[int] = field(default_factory=Counter)
    """entities by characters"""
    outcomes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """entities and relations by kind, label, and what the review made of them"""
    agreement: tuple[Agreement, ...] = ()
    """of documents that more than one person reviewed, by kind and label"""
    annotators: Counter[str] = field(default_factory=Counter)
    """documents by annotator"""
    reviewed: int = 0
    several: int = 0
    """documents that more than one person reviewed"""
    first: datetime | None = None
    last: datetime | None = None

    def add(self, document: Document) -> None:
        """Count one more document."""
        language = document.language
        self.documents[language] += 1
        for entity in document.entities:
            self.entities[language, entity.label] += 1
            self.lengths[entity.end - entity.start] += 1
            if entity.provenance:
                self.outcomes["entity", entity.label, entity.provenance.status] += 1
        for link in document.relations:
            self.relations[language, link.label] += 1
            if link.provenance:
                self.outcomes["relation", link.label, link.provenance.status] += 1
        review = document.provenance
        if review:
            self.reviewed += 1
            self.annotators.update(review.annotators)
            for entity in review.removed_entities:
                self.outcomes["entity", entity.label, "removed"] += 1
            for link in review.removed_relations:
                self.outcomes["relation", link.label, "removed"] += 1
            self.first = min(self.first or review.annotated_at, review.annotated_at)
            self.last = max(self.last or review.annotated_at, review.annotated_at)
            if review.agreement is not None:
                self.several += 1
                self.agreement = summed([self.agreement, review.agreement])

    def as_dict(self) -> dict[str, Any]:
        """The counts as JSON-ready data, sorted."""
        return {
            "documents": sum(self.documents.values()),
            "reviewed": self.reviewed,
            "reviewed_by_several": self.several,
            "languages": dict(sorted(self.documents.items())),
            "entities": nested(self.entities),
            "relations": nested(self.relations),
            "outcomes": nested(self.outcomes),
            "agreement": self._agreement(),
            "annotators": dict(sorted(self.annotators.items())),
            "reviewed_from": self.first.isoformat() if self.first else None,
            "reviewed_to": self.last.isoformat() if self.last else None,
        }

    def _agreement(self) -> dict[str, dict[str, dict[str, float]]]:
        """Shared and single marks with their F1, by kind and label."""
        found: dict[str, dict[str, dict[str, float]]] = {}
        for row in self.agreement:
            found.setdefault(row.kind, {})[row.label] = {
                "shared": row.shared,
                "single": row.single,
                "f1": round(row.f1, 4),
            }
        return found


def counting(documents: Iterable[Document], tally: Tally) -> Iterator[Document]:
    """Pass documents through a tally."""
    for document in documents:
        tally.add(document)
        yield document


def nested(counts: Counter[Any]) -> dict[str, Any]:
    """Counts by tuples as a dict of dicts, sorted."""
    found: dict[str, Any] = {}
    for (*outer, last), number in sorted(counts.items()):
        inner = found
        for key in outer:
            inner = inner.setdefault(key, {})
        inner[last] = number
    return found


def joined(tallies: Iterable[Tally]) -> Tally:
    """All parts as one."""
    whole = Tally()
    for one in tallies:
        for name in _COUNTERS:
            getattr(whole, name).update(getattr(one, name))
        whole.reviewed += one.reviewed
        whole.several += one.several
        whole.agreement = summed([whole.agreement, one.agreement])
        for edge, choose in (("first", min), ("last", max)):
            moments = [at for at in (getattr(whole, edge), getattr(one, edge)) if at]
            setattr(whole, edge, choose(moments, default=None))
    return whole
