"""What the sequence labeller sees of each token: words, shapes, tables, suggestions.

Every feature is a string such as ``-1w=ministry``: a token has it or hasn't. They
come from the text and from what the components before found, never from the
vocabulary of a pipeline, so that a model works behind any of them.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from spacy.tokens import Doc, Span

from annotate.prelabel.fold import fold

# Longest shape that is kept apart; longer words differ in nothing that matters.
_SHAPE = 8
# A name that stands in capitals this often is one, whatever opens the sentence.
_OFTEN = 4


def token_features(
    doc: Doc, tables: Sequence[Iterable[str]], channels: Mapping[str, Iterable[Span]]
) -> list[list[str]]:
    """Features of every token of ``doc``, which has sentence starts.

    ``tables`` has, for each token, the names of the word tables that know it;
    ``channels`` the suggestions of earlier components under a short name each.
    """
    words = [_word(token.text) for token in doc]
    tags = {name: iob(spans, len(doc)) for name, spans in channels.items()}
    known = [sorted(set(names)) for names in tables]
    capitals = Counter(
        token.text for token in doc if token.text[0].isupper() and not token.is_sent_start
    )
    often = Counter(word.key for word in words)
    features = []
    for index, token in enumerate(doc):
        own = ["bias", *words[index].features, *_table_features(known, index)]
        own += _channel_features(tags, index)
        own += _context_features(words, index)
        own += [f"T+={name}|{other}" for name in _at(known, index - 1) for other in known[index]]
        own.append(f"often={min(often[words[index].key], _OFTEN)}")
        if token.is_sent_start:
            own.append("first")
        if token.whitespace_:
            own.append("blank")
        if capitals[token.text]:
            own.append("capital" if capitals[token.text] == 1 else "capitals")
        features.append(own)
    return features


def iob(spans: Iterable[Span], size: int) -> list[str]:
    """IOB2 tags of ``size`` tokens for spans that don't overlap."""
    tags = ["O"] * size
    for span in spans:
        tags[span.start] = f"B-{span.label_}"
        for index in range(span.start + 1, span.end):
            tags[index] = f"I-{span.label_}"
    return tags


class _Word:
    """A token's text by itself; ``features`` are those that need no context."""

    __slots__ = ("features", "key", "shape")

    def __init__(self, text: str) -> None:
        self.key = fold(text).lower()
        self.shape = _shape(text)
        endings = [f"s{size}={self.key[-size:]}" for size in (1, 2, 3, 4) if len(self.key) > size]
        starts = [f"p{size}={self.key[:size]}" for size in (1, 2, 3, 4, 5) if len(self.key) > size]
        self.features = (f"w={self.key}", f"sh={self.shape}", *endings, *starts)


@lru_cache(maxsize=1 << 14)
def _word(text: str) -> _Word:
    return _Word(text)


def _shape(text: str) -> str:
    """Xxx, dd, bbb …: kinds of characters, runs of one kind cut to two."""
    shape: list[str] = []
    for character in text[:_SHAPE]:
        category = unicodedata.category(character)
        kind = {"Lu": "X", "Ll": "x"}.get(category)
        kind = kind or ("d" if category[0] == "N" else "b" if category[0] in "LM" else character)
        if shape[-2:] != [kind, kind]:
            shape.append(kind)
    return "".join(shape)


def _table_features(known: Sequence[Sequence[str]], index: int) -> list[str]:
    found = [f"t={name}" for name in known[index]]
    if known[index]:
        found.append("T=" + "+".join(known[index]))
    for step in (-2, -1, 1, 2):
        found += [f"{step}t={name}" for name in _at(known, index + step)]
    return found


def _channel_features(tags: Mapping[str, Sequence[str]], index: int) -> list[str]:
    found = ["c=" + "|".join(channel[index] for channel in tags.values())]
    for name, channel in tags.items():
        for step in (-2, -1, 0, 1, 2):
            if 0 <= index + step < len(channel):
                found.append(f"{step}{name}={channel[index + step]}")
    return found


def _context_features(words: Sequence[_Word], index: int) -> list[str]:
    own = words[index]
    found = []
    for step in (-3, -2, -1, 1, 2, 3):
        if not 0 <= index + step < len(words):
            found.append(f"{step}=edge")
            continue
        other = words[index + step]
        if abs(step) == 3:
            found.append(f"near={other.key}")
            continue
        found += [f"{step}w={other.key}", f"{step}sh={other.shape}"]
        if abs(step) == 1:
            first, second = (other, own) if step < 0 else (own, other)
            found += [f"{step}s2={other.key[-2:]}", f"{step}s3={other.key[-3:]}"]
            found.append(f"{step}ww={first.key}|{second.key}")
            found.append(f"{step}shsh={first.shape}|{second.shape}")
    return found


def _at(known: Sequence[Sequence[str]], index: int) -> Sequence[str]:
    return known[index] if 0 <= index < len(known) else ()
