"""What the sequence labeller sees of each token: words, shapes, tables, suggestions.

Every feature is a string such as ``-1w=ministry``: a token has it or hasn't. They
come from the text and from what the components before found, never from the
vocabulary of a pipeline, so that a model works behind any of them.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

from spacy.tokens import Doc, Span

from annotate.prelabel.fold import fold
from annotate.prelabel.words import token_marks, token_texts

# Longest shape that is kept apart; longer words differ in nothing that matters.
_SHAPE = 8
# A name that stands in capitals this often is one, whatever opens the sentence.
_OFTEN = 4
# How many tokens to each side a token sees the words of, the tables, the suggestions.
_WORDS, _TABLES, _TAGS = 3, 2, 2
# How much is remembered of each kind: a stream of texts must not fill the memory.
_MOST = 1 << 13

Strings = tuple[str, ...]
# The features that a token gives, indexed by its place as the token sees it that gets
# them: 0 is the same token, -1 the one right before it.
Steps = tuple[Strings, ...]


class Word(NamedTuple):
    """A token's text by itself: its folded key, its shape, the features that it gives."""

    key: str
    shape: str
    seen: Steps


class Features:
    """The features of tokens: all of them, or only the ``known`` ones, in the same order.

    A model has weights for few of all that there are, and to hand it the others takes
    time. What words, sets of tables and runs of tags give is remembered.
    """

    def __init__(self, known: Container[str] | None = None) -> None:
        self._known = known
        self._word = lru_cache(_MOST)(self._read_word)
        self._table = lru_cache(_MOST)(self._read_tables)
        self._joined = lru_cache(_MOST)(self._join_tables)
        self._tags = lru_cache(_MOST)(self._read_tags)
        self._signs = lru_cache(_MOST)(self._read_signs)
        edges = ([f"{step}=edge"] for step in (0, 1, 2, 3, -3, -2, -1))
        self._edge = Word("", "", tuple(map(self._kept, edges)))

    def of(
        self, doc: Doc, tables: Sequence[Iterable[str]], channels: Mapping[str, Iterable[Span]]
    ) -> list[list[str]]:
        """Features of every token of ``doc``, which has sentence starts.

        ``tables`` has, for each token, the names of the word tables that know it;
        ``channels`` the suggestions of earlier components under a short name each.
        """
        texts = token_texts(doc)
        if not texts:
            return []
        words = list(map(self._word, texts))
        listed = [tuple(sorted(set(names))) for names in tables]
        parts = zip(
            (word.seen[0] for word in words),
            self._of_tables(listed),
            self._of_channels(channels, len(doc)),
            self._of_words(words),
            (self._joined(before, here) for before, here in pairwise([(), *listed])),
            self._of_doc(doc, texts, words),
            strict=True,
        )
        return [list(chain.from_iterable(own)) for own in parts]

    def _kept(self, features: Sequence[str]) -> Strings:
        known = self._known
        return tuple(features if known is None else [each for each in features if each in known])

    # Words ------------------------------------------------------------------------------

    def _read_word(self, text: str) -> Word:
        key, shape = fold(text).lower(), _shape(text)
        own, next_, second, third, second_last, last = map(self._kept, _word_features(key, shape))
        return Word(key, shape, (own, next_, second, third, third, second_last, last))

    def _of_words(self, words: Sequence[Word]) -> Iterator[list[str]]:
        edges = [self._edge] * _WORDS
        padded = [*edges, *words, *edges]
        pairs = [((), ()), *(self._pair(*both) for both in pairwise(words)), ((), ())]
        for at, (before, after) in enumerate(pairwise(pairs), start=_WORDS):
            yield [
                *padded[at - 3].seen[-3],
                *padded[at - 2].seen[-2],
                *padded[at - 1].seen[-1],
                *before[1],
                *padded[at + 1].seen[1],
                *after[0],
                *padded[at + 2].seen[2],
                *padded[at + 3].seen[3],
            ]

    def _pair(self, first: Word, second: Word) -> tuple[Strings, Strings]:
        """What the first and the second of two neighbours see of the pair."""
        keys, shapes = f"{first.key}|{second.key}", f"{first.shape}|{second.shape}"
        return (
            self._kept(("1ww=" + keys, "1shsh=" + shapes)),
            self._kept(("-1ww=" + keys, "-1shsh=" + shapes)),
        )

    # Tables -----------------------------------------------------------------------------

    def _read_tables(self, names: Strings) -> Steps:
        own = [f"t={name}" for name in names]
        if names:
            own.append("T=" + "+".join(names))
        around = ([f"{step}t={name}" for name in names] for step in (1, 2, -2, -1))
        return tuple(map(self._kept, (own, *around)))

    def _of_tables(self, listed: Sequence[Strings]) -> Iterator[list[str]]:
        edges = [self._table(())] * _TABLES
        padded = [*edges, *map(self._table, listed), *edges]
        for at in range(_TABLES, _TABLES + len(listed)):
            yield [
                *padded[at][0],
                *padded[at - 2][-2],
                *padded[at - 1][-1],
                *padded[at + 1][1],
                *padded[at + 2][2],
            ]

    def _join_tables(self, before: Strings, here: Strings) -> Strings:
        return self._kept([f"T+={name}|{other}" for name in before for other in here])

    # Suggestions, and what the doc as a whole says ------------------------------------------

    def _of_channels(self, channels: Mapping[str, Iterable[Span]], size: int) -> Iterator[Strings]:
        edge, names = [""] * _TAGS, tuple(channels)
        runs = [[*edge, *iob(spans, size), *edge] for spans in channels.values()]
        windows = (
            zip(*(run[step:] for step in range(2 * _TAGS + 1)), strict=False) for run in runs
        )
        return (self._tags(names, *tags) for tags in zip(*windows, strict=True))

    def _read_tags(self, names: Strings, *windows: Strings) -> Strings:
        found = ["c=" + "|".join(tags[_TAGS] for tags in windows)]
        for name, tags in zip(names, windows, strict=True):
            found += [f"{step}{name}={tag}" for step, tag in enumerate(tags, -_TAGS) if tag]
        return self._kept(found)

    def _of_doc(self, doc: Doc, texts: Strings, words: Sequence[Word]) -> Iterator[Strings]:
        marks = token_marks(doc, "SENT_START", "SPACY")
        capitals = Counter(
            text
            for text, (start, _) in zip(texts, marks, strict=True)
            if text[0].isupper() and start != 1
        )
        often = Counter(word.key for word in words)
        for text, word, (start, spaced) in zip(texts, words, marks, strict=True):
            count = min(often[word.key], _OFTEN)
            yield self._signs(count, start == 1, bool(spaced), min(capitals.get(text, 0), 2))

    def _read_signs(self, often: int, first: bool, blank: bool, capitals: int) -> Strings:
        found = [f"often={often}"]
        if first:
            found.append("first")
        if blank:
            found.append("blank")
        if capitals:
            found.append("capital" if capitals == 1 else "capitals")
        return self._kept(found)


def iob(spans: Iterable[Span], size: int) -> list[str]:
    """IOB2 tags of ``size`` tokens for spans that don't overlap."""
    tags = ["O"] * size
    for span in spans:
        tags[span.start] = f"B-{span.label_}"
        for index in range(span.start + 1, span.end):
            tags[index] = f"I-{span.label_}"
    return tags


def _word_features(key: str, shape: str) -> list[list[str]]:
    """The features that a word gives at the places 0, 1, 2, 3 (as -3), -2, -1."""
    own = ["bias", "w=" + key, "sh=" + shape]
    own += [f"s{size}={key[-size:]}" for size in (1, 2, 3, 4) if len(key) > size]
    own += [f"p{size}={key[:size]}" for size in (1, 2, 3, 4, 5) if len(key) > size]
    two, three = key[-2:], key[-3:]
    return [
        own,
        ["1w=" + key, "1sh=" + shape, "1s2=" + two, "1s3=" + three],
        ["2w=" + key, "2sh=" + shape],
        ["near=" + key],
        ["-2w=" + key, "-2sh=" + shape],
        ["-1w=" + key, "-1sh=" + shape, "-1s2=" + two, "-1s3=" + three],
    ]


def _shape(text: str) -> str:
    """Xxx, dd, bbb …: kinds of characters, runs of one kind cut to two."""
    shape: list[str] = []
    for character in text[:_SHAPE]:
        kind = _kind(character)
        if shape[-2:] != [kind, kind]:
            shape.append(kind)
    return "".join(shape)


@lru_cache(_MOST)
def _kind(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Lu", "Ll"):
        return "X" if category == "Lu" else "x"
    return "d" if category[0] == "N" else "b" if category[0] in "LM" else character
