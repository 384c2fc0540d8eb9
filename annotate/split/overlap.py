"""How many names of one part a model has already seen in another.

A score on names that stood in the training texts says little about new ones, so a
split says how many of its test names these are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from annotate.document import Document
from annotate.prelabel.fold import split as words

Names = Mapping[str, Counter[str]]


class Overlap(NamedTuple):
    """Of one label: different names and mentions, and how many of both were seen."""

    names: int
    names_seen: int
    mentions: int
    mentions_seen: int

    def as_dict(self) -> dict[str, Any]:
        """The counts, and the share of names seen (0 to 1, None without names)."""
        return self._asdict() | {"share": self.names_seen / self.names if self.names else None}


def names_of(documents: Iterable[Document]) -> dict[str, Counter[str]]:
    """How often each name occurs, by label; names as they are folded, in lower case."""
    found: dict[str, Counter[str]] = {}
    for document in documents:
        for entity in document.entities:
            name = " ".join(words(entity.text)).casefold()
            found.setdefault(entity.label, Counter())[name] += 1
    return found


def overlap(names: Names, seen: Names) -> dict[str, Overlap]:
    """The overlap of each label of ``names``: a name was seen when it had this label."""
    found = {}
    for label, counts in sorted(names.items()):
        known = [name for name in counts if name in seen.get(label, {})]
        found[label] = Overlap(
            len(counts), len(known), counts.total(), sum(counts[name] for name in known)
        )
    return found


def total(labels: Mapping[str, Overlap]) -> Overlap:
    """All labels together."""
    return (
        Overlap(*(sum(column) for column in zip(*labels.values(), strict=True)))
        if labels
        else (Overlap(0, 0, 0, 0))
    )
