"""Whether a span begins and ends where a reader sees a word begin and end.

Words are runs of letters, marks and digits (Unicode categories L, M, Nd, Nl) and what
joins them: joiners, soft hyphens, underscores. So an ending that is glued on belongs to
the word, while hyphen, slash and apostrophe divide. In scripts written without blanks
nothing tells where a word ends; there only a character may not be cut.
"""

from __future__ import annotations

import re
import unicodedata

from annotate.corpus.graphemes import splits_character
from annotate.prelabel.fold import BETWEEN_WORDS, UNSPACED, fold
from annotate.prelabel.words import GLUED_WORDS

_JOINERS = "\u200c\u200d\u00ad"
# With the iteration and length marks, and the Han letters beyond U+FFFF.
_UNSPACED = re.compile(f"[{UNSPACED}\u3005\u30fc\U00020000-\U0003ffff]")
_APOSTROPHES = "'’‘ʼ`´"
_HYPHENS = "-\u2010\u2011\u2012\u2013"
_BRACKETS = {"(": ")", "[": "]", "{": "}", "（": "）", "«": "»", "“": "”", "「": "」", "《": "》"}
_WORD = re.compile(r"\w+")
_FLAG = "\U0001f1e6-\U0001f1ff"
_NEVER = re.compile(
    rf"(?:https?://|ftp://|www\.)\S+|[^\s@]+@[^\s@]+\.\w+|[#@]\w+|[{_FLAG}\s]+", re.IGNORECASE
)


def is_blank(character: str) -> bool:
    """Whether it shows nothing: white space, a byte order mark, a direction mark."""
    return character.isspace() or character in BETWEEN_WORDS


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the blanks at its edges; an empty one when it has no more."""
    while start < end and is_blank(text[start]):
        start += 1
    while start < end and is_blank(text[end - 1]):
        end -= 1
    return start, end


def inside_word(text: str, index: int) -> bool:
    """Whether the edge before ``text[index]`` goes through a word."""
    left, right = index - 1, index
    while left >= 0 and text[left] in _JOINERS:
        left -= 1
    while right < len(text) and text[right] in _JOINERS:
        right += 1
    if left < 0 or right >= len(text):
        return False
    if not (_is_letter(text[left]) and _is_letter(text[right])):
        return right == index and unicodedata.category(text[right]).startswith("M")
    if _UNSPACED.match(text[left]) or _UNSPACED.match(text[right]):
        return splits_character(text, index)
    return True


def has_edge_punctuation(words: str) -> bool:
    """Whether punctuation stands at an edge that does not belong to the name.

    A full stop at the end may be an abbreviation's, an ampersand the name's, one
    apostrophe may be a letter's, and a bracket belongs to the name when its pair is inside.
    """
    first, last = words[0], words[-1]
    if first in _APOSTROPHES and last in _APOSTROPHES:
        return len(words) > 1
    opening = _is_mark(first) and not _pairs(words, first) and first not in _APOSTROPHES
    closing = _is_mark(last) and not _pairs(words, last) and last not in f".&{_APOSTROPHES}"
    whole = _BRACKETS.get(first) == last and first not in words[1:]
    return opening or closing or whole


def leaves_ending(text: str, end: int, language: str) -> bool:
    """Whether a Bengali case ending, glued on with hyphen or apostrophe, is left outside."""
    if language.split("-")[0] != "bn" or text[end : end + 1] not in {*_HYPHENS, *_APOSTROPHES}:
        return False
    word = re.compile(r"[\u0980-\u09ff]+").match(text, end + 1)
    return word is not None and fold(word[0]) in GLUED_WORDS


def is_never_a_name(text: str, start: int, end: int) -> bool:
    """Whether the span is a link, an e-mail address, a hashtag or handle, or flags."""
    if _NEVER.fullmatch(text, start, end):
        return True
    before = text[start - 1] if start else ""
    outside = start < 2 or not _is_letter(text[start - 2])
    return before in ("#", "@") and outside and _WORD.match(text, start) is not None


def _is_letter(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "LM" or category in ("Nd", "Nl") or character == "_"


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("P") or character in "`´"


def _pairs(words: str, bracket: str) -> bool:
    """Whether the bracket has its pair inside the words."""
    closes = {close: opening for opening, close in _BRACKETS.items()}
    return _BRACKETS.get(bracket, closes.get(bracket, "\0")) in words
