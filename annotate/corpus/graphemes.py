"""What a reader takes for one character."""

import unicodedata

_JOINERS = "\u200c\u200d"
_SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
_REGIONS = ("\U0001f1e6", "\U0001f1ff")
_TAGS = ("\U000e0020", "\U000e007f")
# Vowels and finals of Hangul written letter by letter.
_JAMO = ("\u1160", "\u11ff")
_VIRAMA = 9
# Flags beyond this many in a row may lose their count; it bounds the look back.
_REGIONS_BACK = 256


def splits_character(text: str, index: int) -> bool:
    """Whether a cut before ``text[index]`` would go through a character.

    That is a base and its combining marks, a conjunct, an emoji sequence, a
    flag, what (zero-width) joiners and non-joiners hold together, or CRLF.
    """
    if not 0 < index < len(text):
        return False
    before, after = text[index - 1], text[index]
    if before.isascii() and after.isascii():
        return before == "\r" and after == "\n"
    if before in _JOINERS or after in _JOINERS or unicodedata.category(after).startswith("M"):
        return True
    if unicodedata.combining(before) == _VIRAMA:
        return after.isalpha()
    if _is_in(_REGIONS, before) and _is_in(_REGIONS, after):
        return _regions_before(text, index) % 2 == 1
    return any(_is_in(span, after) for span in (_SKIN_TONES, _TAGS, _JAMO))


def _is_in(span: tuple[str, str], character: str) -> bool:
    return span[0] <= character <= span[1]


def _regions_before(text: str, index: int) -> int:
    run = text[max(0, index - _REGIONS_BACK) : index]
    count = 0
    while count < len(run) and _is_in(_REGIONS, run[-count - 1]):
        count += 1
    return count
