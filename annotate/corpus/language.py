"""The language of a text, with trust in what the settings expect."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from math import sqrt

# Enough to decide by, and it bounds the time for a text of any length.
_HEAD = 4000
# By how much another language must beat the expected ones, in log likelihood
# over the root of the bytes (the scale that py3langid itself calibrates with, on
# which short texts can't score high). Measured on 17,038 single sentences of the
# default languages, many of them lists of names: never above 5.9, nor above 1.9
# on paragraphs. One sentence of French, German, Arabic or Urdu: 15 to 37.
_LEAD = 7.0
_UNKNOWN = "und"


def base_language(code: str) -> str:
    """The language without script and region: ``en`` of ``en-GB``."""
    return code.replace("_", "-").partition("-")[0].lower()


def detector(languages: Sequence[str]) -> Callable[[str], str]:
    """A function from text to its ISO 639 code, expecting one of ``languages``.

    Another one is the answer only where its lead over them is clear, which it
    seldom is for a few words, or where none of them is written in the script of
    most letters. "und": no letters, or no known language. An expected language
    that py3langid doesn't know is never the answer.
    """
    # The import takes a tenth of a second, which not every command needs.
    from py3langid import rank

    scripts = {language: _scripts_of(language) for language in languages}

    def detect(text: str) -> str:
        # Full-width and presentation forms count as the letters they stand for.
        head = unicodedata.normalize("NFKC", text[:_HEAD])
        letters = "".join(filter(str.isalpha, head))
        if not letters:
            return _UNKNOWN
        script = _script(letters)
        expected = {one for one in languages if script in scripts[one] or not scripts[one]}
        ranked: list[tuple[str, float]] = rank(head)
        first, score = ranked[0]
        for language, own_score in ranked:
            if language in expected and score - own_score < _LEAD * sqrt(len(head.encode())):
                return language
        # zxx: no linguistic content.
        return _UNKNOWN if first == "zxx" else first

    return detect


def _script(letters: str) -> str:
    """The commonest script, as the first word of Unicode character names ("LATIN")."""
    counted = Counter(letters)
    scripts: Counter[str] = Counter()
    for letter, count in counted.items():
        scripts[_name(letter)] += count
    return scripts.most_common(1)[0][0]


def _scripts_of(language: str) -> frozenset[str]:
    """The scripts of CLDR's country names in the language; none if CLDR lacks it."""
    from babel import Locale, UnknownLocaleError

    try:
        names = Locale.parse(language, sep="-").territories.values()
    except (UnknownLocaleError, ValueError):
        return frozenset()
    return frozenset(_name(letter) for letter in set("".join(names)) if letter.isalpha())


def _name(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
