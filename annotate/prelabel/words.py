"""The folded words of a doc, as names are looked up in, and back to its tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from spacy.tokens import Doc

from annotate.prelabel.endings import GLUED
from annotate.prelabel.fold import atoms, fold
from annotate.prelabel.merge import COUNTRY, Mention
from annotate.prelabel.once import once_a_doc

GLUED_WORDS = frozenset(map(fold, GLUED))


@once_a_doc
def token_texts(doc: Doc) -> tuple[str, ...]:
    """The text of each token of a doc."""
    return tuple(token.text for token in doc)


def token_marks(doc: Doc, *attributes: str) -> list[list[int]]:
    """For each token the values of two or more of spaCy's attributes, as its arrays hold them."""
    return cast(list[list[int]], doc.to_array(list(attributes)).tolist())


@once_a_doc
def folded_words(doc: Doc) -> tuple[Sequence[str], Sequence[int]]:
    """The folded words of a doc, and for each the index of its token."""
    words: list[str] = []
    owners: list[int] = []
    for index, text in enumerate(token_texts(doc)):
        pieces = atoms(text)
        words.extend(pieces)
        owners.extend([index] * len(pieces))
    return tuple(words), tuple(owners)


def _touch(doc: Doc, owners: Sequence[int], index: int) -> bool:
    """Whether no blank separates the word at ``index`` from the next one."""
    here, there = owners[index], owners[index + 1]
    return here == there or (here + 1 == there and not doc[here].whitespace_)


def glued_ending(
    doc: Doc, words: Sequence[str], owners: Sequence[int], end: int, language: str
) -> int:
    """2 when a hyphen or apostrophe glues a Bengali case ending on (ইউএই-র), else 0."""
    if language != "bn" or end + 1 >= len(words):
        return 0
    if words[end] not in "-'" or words[end + 1] not in GLUED_WORDS:
        return 0
    touching = all(_touch(doc, owners, index) for index in (end - 1, end))
    return 2 if touching else 0


def without_glued(words: Sequence[str], language: str) -> tuple[str, ...]:
    """The words of a name less a Bengali case ending behind a hyphen or apostrophe."""
    glued = len(words) > 2 and words[-2] in "-'" and words[-1] in GLUED_WORDS
    return tuple(words[:-2] if language == "bn" and glued else words)


def mention_of(
    doc: Doc, words: Sequence[str], owners: Sequence[int], start: int, end: int
) -> Mention | None:
    """The words as whole tokens; None inside a token (a link) or behind # or @."""
    first, last = owners[start], owners[end - 1]
    inside = (start and owners[start - 1] == first) or (end < len(owners) and owners[end] == last)
    if inside:
        return None
    if start and words[start - 1] in "#@" and _touch(doc, owners, start - 1):
        return None
    return Mention(first, last + 1, COUNTRY)
