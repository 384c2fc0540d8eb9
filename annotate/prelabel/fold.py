"""Keys to compare words by; the text itself is never changed.

Scraped text writes one name in several ways: Bengali য় as one letter or two,
Persian ی with the Arabic letter, with or without joiner and vowel signs,
Vietnamese tone marks on the first or the second vowel, four kinds of apostrophe.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Byte order mark, zero-width space, direction marks: between words, never inside one.
BETWEEN_WORDS = (
    "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
# Joiners, soft hyphen and tatweel stand inside words.
_INVISIBLE = BETWEEN_WORDS + "\u200c\u200d\u00ad\u0640"
_ARABIC_SIGNS = "".join(chr(code) for code in (*range(0x064B, 0x0653), *range(0x0654, 0x0660)))
_SAME = {
    # Arabic letters on Persian keyboards; ۀ and ة stand for a final ه.
    "ي": "ی",
    "ى": "ی",
    "ك": "ک",
    "ۀ": "ه",
    "ة": "ه",
    "ە": "ه",
    "أ": "ا",
    "إ": "ا",
    "ٱ": "ا",
    # Eth typed for the Vietnamese đ.
    "Ð": "Đ",
    "ð": "đ",
    **dict.fromkeys("’‘‛ʼ`´′", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
}
_TABLE = str.maketrans(_SAME | dict.fromkeys(_INVISIBLE + _ARABIC_SIGNS, ""))
_BLANKS = str.maketrans(dict.fromkeys(BETWEEN_WORDS, " "))
# hoà/hòa, khoẻ/khỏe, thuỷ/thủy: the tone mark goes to the first vowel of the pair.
_LATE_TONE = re.compile("([oOuU])([aAeEyY])([\u0300\u0301\u0303\u0309\u0323])(?![a-zA-Z])")


@lru_cache(maxsize=1 << 14)
def fold(token: str) -> str:
    """The comparison key of one word; case stays.

    Two spellings of a word that differ only in Unicode composition, joiners,
    Arabic vowel signs, look-alike letters, apostrophes, dashes or the place of a
    Vietnamese tone mark have the same key. The key is no longer than the NFD form.
    """
    if token.isascii():
        return token.replace("`", "'")
    # Precomposed signs first (ۀ, أ), then taken apart, then put together: NFC
    # leaves Bengali য় ড় ঢ় apart, which makes both spellings equal.
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFC", token).translate(_TABLE))
    moved = _LATE_TONE.sub(r"\1\3\2", apart)
    return unicodedata.normalize("NFC", moved.translate(_TABLE))


# Scripts written without blanks: Thai, Lao, Myanmar and Khmer letters, kana, Han.
UNSPACED = r"\u0E01-\u0E30\u0E40-\u0E44\u0E81-\u0EB0\u0EC0-\u0EC4\u1000-\u102A\u1780-\u17B3"
UNSPACED += r"\u3041-\u3096\u30A1-\u30FA\u3400-\u4DBF\u4E00-\u9FFF"
_MARKS = r"\-'./\\,;:!?()\[\]{}\"<>|&+*#@_=~$%^«»“”„।॥،؛؟۔…•·、。"
_ATOM = re.compile(rf"[^\s{_MARKS}{UNSPACED}]+|\n|[^\s]")


@lru_cache(maxsize=1 << 15)
def atoms(token: str) -> tuple[str, ...]:
    """The folded pieces of one token: its runs of letters and each mark by itself.

    In scripts without blanks each letter is a piece.

    However a tokenizer divides a text, the atoms of its tokens are the same, as
    long as none of its edges lies inside a run of letters. Blanks are dropped;
    a line break is an atom of its own.
    """
    return tuple(_ATOM.findall(fold(token)))


def split(text: str) -> tuple[str, ...]:
    """The atoms of a text, divided at blanks and direction marks first; no line breaks."""
    return tuple(atom for word in text.translate(_BLANKS).split() for atom in atoms(word))
