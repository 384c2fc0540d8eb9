"""What the relation model sees of two entities of a sentence: words, cues, rules, order.

A pair is in text order; every feature is a string that it has or hasn't. They come
from the text, the entities and the rules, never from the vocabulary of a pipeline.
Features without words in them are the same in every language, so that one model
learns from all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from annotate.prelabel.fold import fold
from annotate.prelabel.relation_rules import Found
from annotate.prelabel.relation_sentence import Node, Sentence, cue_kinds, distance

# Entities between the two of a pair. In the corpus no relation has more than four;
# without a bound the pairs of a list grow with its square.
REACH = 8
# Letters of a word that stand for all its forms; 3 was best of 3 to 6 by cross-validation.
_STEM = 3
# How many words count as right before the first entity, and right behind the second.
_BEFORE, _BEHIND = 5, 8
_CONTEXT = 4
_STEPS = (0, 1, 2, 3, 5, 8, 12, 20, 35)


class Pair(NamedTuple):
    """Two entities of a sentence, ``first`` before ``second``, and their features."""

    first: Node
    second: Node
    features: list[str]


def pairs(
    sentence: Sentence,
    language: str,
    joins: Callable[[str, str], bool],
    found: Iterable[Found],
) -> Iterator[Pair]:
    """The pairs that may be related: nearest mentions of two sides whose labels fit.

    ``joins`` says whether entities of two labels may be; ``found`` is what the rules of
    every type find in this sentence.
    """
    nodes = sentence.nodes
    places = [
        (one, other)
        for one in range(len(nodes))
        for other in range(one + 1, min(len(nodes), one + REACH + 2))
        if joins(nodes[one].label, nodes[other].label)
    ]
    view: _View | None = None
    for one, other in places:
        first, second = nodes[one], nodes[other]
        if (first.label, first.key) == (second.label, second.key):
            continue
        nearer = _nearer(nodes, one, other)
        # "When one side is mentioned twice, use the nearest mention" (the guidelines).
        if any(it.label == second.label and it.key == second.key for it in nearer[0]):
            continue
        if any(it.label == first.label and it.key == first.key for it in nearer[1]):
            continue
        view = view or _View(sentence, language, found)
        yield Pair(first, second, view.features(one, other, nearer))


def _nearer(nodes: Sequence[Node], one: int, other: int) -> tuple[list[Node], list[Node]]:
    """The entities nearer to the first than the second is, and the other way round."""
    first, second = nodes[one], nodes[other]
    size = distance(first, second)
    between = list(nodes[one + 1 : other])
    before = nodes[max(0, one - REACH) : one]
    behind = nodes[other + 1 : other + 1 + REACH]
    return (
        [it for it in before if distance(it, first) < size] + between,
        between + [it for it in behind if distance(second, it) < size],
    )


class _View:
    """A sentence with all that its pairs have in common."""

    def __init__(self, sentence: Sentence, language: str, found: Iterable[Found]) -> None:
        self.nodes = sentence.nodes
        self.words = sentence.words
        self.at = [sentence.place(node) for node in sentence.nodes]
        self.cues = cue_kinds(self.words, language)
        self.anywhere = [f"cs={kind}" for kind in sorted(set().union(*self.cues))]
        self.patterns: dict[frozenset[int], str] = {}
        self.sides: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
        for head, tail, pattern in found:
            self.patterns.setdefault(frozenset({head.index, tail.index}), pattern)
            self.sides[head.index].append((f"{pattern}>", tail.index))
            self.sides[tail.index].append((f"{pattern}<", head.index))

    def features(self, one: int, other: int, nearer: tuple[list[Node], list[Node]]) -> list[str]:
        """All features of the pair of entities at two places of the sentence."""
        first, second = self.nodes[one], self.nodes[other]
        labels = f"{first.label}-{second.label}"
        typed = [*self._order(one, other, nearer), *self._cues(one, other)]
        return [
            "bias",
            f"t={labels}",
            *typed,
            *(f"{labels}|{feature}" for feature in typed),
            *self.anywhere,
            *self._rules(first, second),
            *self._position(one, other),
            *self._gap(one, other),
            *self._context(one, other),
            *_ends("ea", first.text),
            *_ends("eb", second.text),
            f"ee={first.text[-1]}{second.text[-1]}",
        ]

    def _order(self, one: int, other: int, nearer: tuple[list[Node], list[Node]]) -> list[str]:
        """How far apart they are, and what stands nearer: features that types weigh unlike."""
        labels = ",".join(node.label for node in self.nodes[one + 1 : other][:4])
        rivals = sum(it.label == self.nodes[other].label for it in nearer[0])
        others = sum(it.label == self.nodes[one].label for it in nearer[1])
        words = self.at[other] - self.at[one] - 1
        return [f"d={_bucket(words)}", f"E={labels}", f"rr={min(rivals, 2)}{min(others, 2)}"]

    def _cues(self, one: int, other: int) -> list[str]:
        start, end = self.at[one], self.at[other]
        between = set().union(*self.cues[start + 1 : end])
        before = set().union(*self.cues[max(0, start - _BEFORE) : start])
        behind = set().union(*self.cues[end + 1 : end + 1 + _BEHIND])
        return [
            *(f"cb={kind}" for kind in sorted(between)),
            *(f"ca={kind}" for kind in sorted(before)),
            *(f"cz={kind}" for kind in sorted(behind)),
        ]

    def _rules(self, first: Node, second: Node) -> Iterator[str]:
        """The pattern that found this pair, and those that found one of it with another."""
        yield "R=" + self.patterns.get(frozenset({first.index, second.index}), "-")
        for side, node, other in (("A", first, second), ("B", second, first)):
            found = {name for name, index in self.sides[node.index] if index != other.index}
            yield from (f"R{side}={name}" for name in sorted(found) or "-")

    def _position(self, one: int, other: int) -> Iterator[str]:
        yield f"i={min(one, 3)}"
        yield f"z={min(len(self.nodes) - 1 - other, 3)}"
        yield "pa=" + _bucket(self.at[one])
        yield "pz=" + _bucket(len(self.words) - 1 - self.at[other])

    def _gap(self, one: int, other: int) -> Iterator[str]:
        """The words between."""
        start, end = self.at[one] + 1, self.at[other]
        gap = self.words[start:end]
        for word in dict.fromkeys(gap):
            yield f"b={word}"
        for stem in dict.fromkeys(word[:_STEM] for word in gap if len(word) > _STEM):
            yield f"bs={stem}"
        if gap:
            yield f"g1={gap[0]}"
            yield f"g-1={gap[-1]}"
        if len(gap) <= _CONTEXT:
            yield "g=" + " ".join(gap)
        if len(gap) <= _BEFORE:
            yield "cg=" + " ".join("+".join(kinds) or "?" for kinds in self.cues[start:end])

    def _context(self, one: int, other: int) -> Iterator[str]:
        """The words before the first and behind the second."""
        for step in range(1, _CONTEXT + 1):
            for side, place in (("-", self.at[one] - step), ("+", self.at[other] + step)):
                word = self.words[place] if 0 <= place < len(self.words) else "edge"
                yield f"{side}w={word}"
                if len(word) > _STEM:
                    yield f"{side}s={word[:_STEM]}"


def _bucket(count: int) -> str:
    return next((str(step) for step in _STEPS if count <= step), "far")


@lru_cache(maxsize=1 << 12)
def _ends(name: str, text: str) -> tuple[str, ...]:
    """The last letters, where Bengali and Persian write the case."""
    key = fold(text).lower()
    return tuple(f"{name}={key[-size:]}" for size in (1, 2, 3))
