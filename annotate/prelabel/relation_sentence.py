"""One sentence as the relation rules see it: words, with entities as single places."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from annotate.prelabel.country_context import Cues
from annotate.prelabel.fold import split

_PHRASE_EDGES = frozenset({"<PERSON>", ",", "،", ";", "؛", ".", "।", "\n"})


@dataclass(frozen=True, slots=True)
class Node:
    """One entity of a document: its index in ``doc.ents``, offsets and identity.

    ``key`` is equal for two mentions of one side: the country code, else the
    folded text.
    """

    index: int
    start: int
    end: int
    label: str
    text: str
    key: str

    @property
    def place(self) -> str:
        """How the entity stands among a sentence's words."""
        return f"<{self.label}>"


class Sentence:
    """The words of ``text[start:end]``, folded and in lower case, and its entities."""

    def __init__(self, text: str, start: int, end: int, nodes: Sequence[Node]) -> None:
        self.nodes = nodes
        self.words: list[str] = []
        self._places: dict[Node, int] = {}
        at = start
        for node in nodes:
            self.words.extend(word.lower() for word in split(text[at : node.start]))
            self._places[node] = len(self.words)
            self.words.append(node.place)
            at = max(at, node.end)
        self.words.extend(word.lower() for word in split(text[at:end]))

    def place(self, node: Node) -> int:
        """Where among the words an entity stands."""
        return self._places[node]

    def labelled(self, *labels: str) -> list[Node]:
        """The entities with one of the labels, in order."""
        return [node for node in self.nodes if node.label in labels]

    def between(self, one: Node, other: Node) -> list[str]:
        """The words between two entities, whichever comes first."""
        first, last = sorted((self._places[one], self._places[other]))
        return self.words[first + 1 : last]

    def before(self, node: Node, size: int) -> list[str]:
        """At most ``size`` words right before an entity."""
        at = self._places[node]
        return self.words[max(0, at - size) : at]

    def phrase_before(self, node: Node, size: int) -> list[str]:
        """Of the words right before an entity, those behind the last comma or person."""
        words = self.before(node, size)
        cut = max((at for at, word in enumerate(words) if word in _PHRASE_EDGES), default=-1)
        return words[cut + 1 :]

    def after(self, node: Node, size: int) -> list[str]:
        """At most ``size`` words right behind an entity."""
        at = self._places[node] + 1
        return self.words[at : at + size]

    def line_before(self, node: Node) -> list[str]:
        """The words of the same line before an entity."""
        before = self.words[: self._places[node]]
        start = max((at for at, word in enumerate(before) if word == "\n"), default=-1)
        return before[start + 1 :]

    def around(self, one: Node, other: Node, size: int) -> list[str]:
        """The words from ``size`` before the first entity to ``size`` behind the last."""
        first, last = sorted((self._places[one], self._places[other]))
        return self.words[max(0, first - size) : last + size + 1]


def distance(one: Node, other: Node) -> int:
    """Characters between two entities."""
    return max(one.start, other.start) - min(one.end, other.end)


class Cue(NamedTuple):
    """One kind of the cues of ``data/relations.toml``, in one language."""

    kind: str
    language: str


def has(cue: Cue, words: Sequence[str]) -> bool:
    """Whether one of the cues stands among the words."""
    kind, language = cue
    longer = _first_words(language)
    return any(
        kind in _word_kinds(word, language)
        or (kind in longer.get(word, ()) and cue_words(kind, language).begin_at(words, at))
        for at, word in enumerate(words)
    )


def only(cue: Cue, words: Iterable[str]) -> bool:
    """Whether the words are nothing but cues, each a whole one."""
    return all(cue.kind in _word_kinds(word, cue.language) for word in words)


def opens(cue: Cue, words: Sequence[str]) -> bool:
    """Whether there is a first word and it is a cue."""
    return bool(words) and only(cue, words[:1])


@cache
def cue_words(kind: str, language: str) -> Cues:
    """The cues of one kind for a language; English ones for a language without any."""
    table = relation_table().get(kind, {})
    return Cues.of(table.get(language, table.get("en", ())))


def cue_kinds(words: Sequence[str], language: str) -> list[tuple[str, ...]]:
    """For each word, the kinds of the cues that begin there."""
    longer = _first_words(language)
    found = []
    for at, word in enumerate(words):
        kinds = _word_kinds(word, language)
        if word in longer:
            more = (kind for kind in longer[word] if cue_words(kind, language).begin_at(words, at))
            kinds = tuple(dict.fromkeys((*kinds, *more)))
        found.append(kinds)
    return found


@lru_cache(maxsize=1 << 14)
def _word_kinds(word: str, language: str) -> tuple[str, ...]:
    """The kinds of which a word by itself is a cue."""
    return tuple(
        kind
        for kind, words, stems, ends in _single_words(language)
        if word in words or word.startswith(stems) or word.endswith(ends)
    )


@cache
def _single_words(
    language: str,
) -> list[tuple[str, frozenset[str], tuple[str, ...], tuple[str, ...]]]:
    """Each kind with its cues of one word: whole ones, stems, ends."""
    cues = {kind: cue_words(kind, language) for kind in _kinds()}
    return [
        (kind, frozenset(each[0] for each in cue.whole if len(each) == 1), cue.stems, cue.ends)
        for kind, cue in cues.items()
    ]


@cache
def _first_words(language: str) -> Mapping[str, list[str]]:
    """Words that begin a cue of several words, with its kinds."""
    firsts: dict[str, list[str]] = {}
    for kind in _kinds():
        for word in cue_words(kind, language).firsts:
            firsts.setdefault(word, []).append(kind)
    return firsts


def _kinds() -> list[str]:
    return [name for name in relation_table() if name != "precision"]


@cache
def relation_table() -> Mapping[str, Any]:
    """``data/relations.toml`` as it stands."""
    return tomllib.loads(
        files("annotate.prelabel").joinpath("data/relations.toml").read_text("utf-8")
    )
