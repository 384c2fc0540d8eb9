"""A text in windows that a model can take whole, each sharing a sentence with the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from spacy.language import Language

from annotate.corpus.points import cut_points
from annotate.corpus.sentences import sentence_spans


class Word(NamedTuple):
    """A token and where it stands: half-open offsets in code points of the document."""

    text: str
    start: int
    end: int


class Window(NamedTuple):
    """A part of a document: its text, where it starts, and its words."""

    text: str
    start: int
    words: tuple[Word, ...]


# How much of what a model takes at once these words need; 1 is all of it.
Share = Callable[[Sequence[str]], float]


class _Unit(NamedTuple):
    start: int
    end: int
    words: tuple[Word, ...]
    share: float


def windows(text: str, nlp: Language, share: Share) -> Iterator[Window]:
    """Windows of ``text`` in order, which together hold each of its words.

    A window is as many sentences as fit, and begins with the one that ended the
    window before. Of a sentence that takes more than half, parts take its place: two
    neighbours always stand in one window. ``share`` must add up over words.
    """
    units = [
        unit for start, end in sentence_spans(text) for unit in _units(text, start, end, nlp, share)
    ]
    first = 0
    while first < len(units):
        last, taken = first + 1, units[first].share
        while last < len(units) and taken + units[last].share <= 1:
            taken += units[last].share
            last += 1
        words = tuple(word for unit in units[first:last] for word in unit.words)
        if words:
            start = units[first].start
            yield Window(text[start : units[last - 1].end], start, words)
        if last == len(units):
            return
        first = max(last - 1, first + 1)


def _units(text: str, start: int, end: int, nlp: Language, share: Share) -> Iterator[_Unit]:
    words = tuple(
        Word(token.text, start + token.idx, start + token.idx + len(token))
        for token in nlp.make_doc(text[start:end])
        if not token.is_space
    )
    taken = share([word.text for word in words])
    parts = cut_points(text[start:end], (end - start + 1) // 2, []) if taken > 0.5 else []
    if len(parts) < 2:
        yield _Unit(start, end, words, taken)
        return
    for first, last in parts:
        yield from _units(text, start + first, start + last, nlp, share)
