"""Where gold disagrees with itself: one name, several labels; one pair, several relations.

Names are compared folded (:mod:`annotate.prelabel.fold`), case kept, within a language.
No model is asked.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from annotate.audit.mark import overlapping
from annotate.document import Document, Entity, Relation
from annotate.formats.tokens import built_in_tokens
from annotate.prelabel.fold import atoms, split

# A name of a language: its folded words.
Name = tuple[str, tuple[str, ...]]
# Two names with their labels, head first; of a symmetric relation, in the order of gold.
Sides = tuple[Name, str, Name, str]
# Left without a label.
NONE = ""
# Folded words of the longest name that is looked for outside of entities.
_LONGEST = 12


class Elsewhere(NamedTuple):
    """How often the same words are marked so elsewhere, and the one other way most often seen."""

    alike: int
    unlike: int
    other: str


class Occurrence(NamedTuple):
    """Words ``start:end`` of a text that are a name elsewhere, and have no label here."""

    name: Name
    start: int
    end: int


class Labels:
    """How often each name has each label in the gold, or is left without one."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._counts: dict[Name, Counter[str]] = defaultdict(Counter)
        # The words behind the first one of each name that begins with it.
        self._names: dict[tuple[str, str], set[tuple[str, ...]]] = defaultdict(set)
        documents = list(documents)
        for document in documents:
            for entity in document.entities:
                if name := name_of(entity.text, document.language):
                    self._counts[name][entity.label] += 1
                    self._names[name[0], name[1][0]].add(name[1])
        # By document, in their order.
        self.bare = [list(self._occurrences(document)) for document in documents]
        for found in self.bare:
            for one in found:
                self._counts[one.name][NONE] += 1

    def of(self, name: Name | None, label: str) -> Elsewhere:
        """What the rest of the gold says of a name that is marked ``label`` here."""
        counts = self._counts.get(name, Counter[str]()) if name else Counter[str]()
        return elsewhere(counts, label)

    def _occurrences(self, document: Document) -> Iterator[Occurrence]:
        """The longest names that stand in a text outside of all entities."""
        language = document.language
        tokens = built_in_tokens(document)
        words = [
            (word, at)
            for at, (start, end) in enumerate(tokens)
            for word in atoms(document.text[start:end])
        ]
        position = 0
        while position < len(words):
            size = self._longest(
                language, [word for word, _ in words[position : position + _LONGEST]]
            )
            if size:
                start = tokens[words[position][1]][0]
                end = tokens[words[position + size - 1][1]][1]
                if not overlapping(start, end, document.entities):
                    name = (language, tuple(word for word, _ in words[position : position + size]))
                    if name_of(document.text[start:end], language) == name:
                        yield Occurrence(name, start, end)
            position += max(size, 1)

    def _longest(self, language: str, words: Sequence[str]) -> int:
        """How many of the words, from the first on, are a name."""
        known = self._names.get((language, words[0]), ())
        fitting = (name for name in known if tuple(words[: len(name)]) == name)
        return max(map(len, fitting), default=0)


class Types:
    """How often each two names stand in each relation in the gold."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._counts: dict[Sides, Counter[str]] = defaultdict(Counter)
        for document in documents:
            by_id = {entity.id: entity for entity in document.entities}
            for link in document.relations:
                if sides := sides_of(link, by_id, document.language):
                    self._counts[sides][link.label] += 1

    def of(self, sides: Sides | None, label: str) -> Elsewhere:
        """What the rest of the gold says of two names that are in relation ``label`` here."""
        counts = self._counts.get(sides, Counter[str]()) if sides else Counter[str]()
        return elsewhere(counts, label)


def elsewhere(counts: Counter[str], label: str) -> Elsewhere:
    """Counts less the one occurrence that is asked about."""
    others = [(number, other) for other, number in counts.items() if other != label]
    unlike, other = max(others, default=(0, NONE))
    return Elsewhere(max(0, counts[label] - 1), unlike, other)


def name_of(text: str, language: str) -> Name | None:
    """The name that a text is; None where it has no letter or digit."""
    words = split(text)
    return (language, words) if any(sign.isalnum() for word in words for sign in word) else None


def sides_of(link: Relation, by_id: dict[str, Entity], language: str) -> Sides | None:
    """The two names of a relation with their labels."""
    head, tail = by_id[link.head], by_id[link.tail]
    names = name_of(head.text, language), name_of(tail.text, language)
    if names[0] is None or names[1] is None:
        return None
    return names[0], head.label, names[1], tail.label
