"""Whether a form of the country list names a country at its place in a text.

The cues stand in ``data/ambiguous.toml``; here is only how they are weighed.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from annotate.prelabel.country_names import CountryMatch
from annotate.prelabel.fold import fold, split

# A Vietnamese syllable, without tone marks: what a Vietnamese personal name is made of,
# and Elon, Donald or Lavrov are not. Initials, vowels and finals of the orthography.
_SYLLABLE = re.compile(
    r"(?:ngh?|[cgknpt]h|gi|qu|tr|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Cues:
    """Phrases to look for: whole ones, ones with an open last word, stems and ends of words."""

    whole: frozenset[tuple[str, ...]]
    open: tuple[tuple[str, ...], ...]
    stems: tuple[str, ...]
    ends: tuple[str, ...]
    firsts: frozenset[str]
    longest: int

    @classmethod
    def of(cls, phrases: Sequence[str]) -> Cues:
        """Cues as the table writes them: ``stem*``, ``*end`` or whole words."""
        whole = frozenset(split(phrase) for phrase in phrases if "*" not in phrase)
        stems = [split(phrase[:-1]) for phrase in phrases if phrase.endswith("*")]
        longer = tuple(stem for stem in stems if len(stem) > 1)
        return cls(
            whole=whole,
            open=longer,
            stems=tuple(stem[0] for stem in stems if len(stem) == 1),
            ends=tuple(fold(phrase[1:]) for phrase in phrases if phrase.startswith("*")),
            firsts=frozenset(phrase[0] for phrase in (*whole, *longer)),
            longest=max(map(len, (*whole, *stems)), default=1),
        )

    def fit(self, words: tuple[str, ...]) -> bool:
        """Whether the words are one of the cues, in this case or in lower case."""
        return self._fit(words, tuple(word.lower() for word in words))

    def _fit(self, words: tuple[str, ...], lower: tuple[str, ...]) -> bool:
        if words in self.whole or lower in self.whole:
            return True
        if len(words) == 1:
            return lower[0].startswith(self.stems) or lower[0].endswith(self.ends)
        return any(
            lower[:-1] == phrase[:-1] and lower[-1].startswith(phrase[-1])
            for phrase in self.open
            if len(phrase) == len(lower)
        )

    def end_before(self, words: Sequence[str], at: int) -> int:
        """How many words directly before ``at`` are a cue, the longest one; 0 if none."""
        before = tuple(words[max(0, at - self.longest) : at])
        lower = tuple([word.lower() for word in before])
        for size in range(len(before), 0, -1):
            if self._fit(before[-size:], lower[-size:]):
                return size
        return 0

    def begin_at(self, words: Sequence[str], at: int) -> bool:
        """Whether a cue begins at ``at``."""
        if at >= len(words):
            return False
        word, lower = words[at], words[at].lower()
        if self._fit((word,), (lower,)):
            return True
        # Most words begin no cue; longer ones are looked at only where one may.
        if word not in self.firsts and lower not in self.firsts:
            return False
        longest = min(self.longest, len(words) - at)
        return any(self.fit(tuple(words[at : at + n])) for n in range(2, longest + 1))


@dataclass(frozen=True, slots=True)
class Rule:
    """One ``[[forms.LANG]]`` table; the table says what its keys mean."""

    default: bool
    opening: bool
    names: bool
    joined: bool
    before_yes: Cues
    after_yes: Cues
    before_no: Cues
    after_no: Cues
    near_yes: frozenset[str]
    near_no: frozenset[str]
    ending_yes: frozenset[str]


class Context:
    """The tables for one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        table = _table()
        self._no_names = frozenset(map(fold, table["no_names"].get(language, ())))
        self._titles = Cues.of(table["titles"].get(language, ()))
        self._titles_not_after = Cues.of(table["titles_not_after"].get(language, ()))
        self._places_before = Cues.of(table["places"].get(language, {}).get("before", ()))
        self._places_after = Cues.of(table["places"].get(language, {}).get("after", ()))
        self._rules = {
            split(form): rule
            for entry in table["forms"].get(language, ())
            for rule in [_rule(entry)]
            for form in entry["forms"]
        }

    def title_before(self, words: Sequence[str], start: int) -> int:
        """How many words before ``start`` belong to the official name (Republic of)."""
        size = self._titles.end_before(words, start)
        before = self._titles_not_after.end_before(words, start - size) if size == 1 else 0
        return 0 if before else size

    def names_place(self, words: Sequence[str], match: CountryMatch) -> bool:
        """Whether the form is part of the name of a sea, a river, a city, a language."""
        if self._places_before.end_before(words, match.start):
            return True
        genitive = self.language == "bn" and bool(match.ending)
        return not genitive and self._places_after.begin_at(words, match.end)

    def rule(self, match: CountryMatch) -> Rule | None:
        """The rule for an ambiguous form, or None."""
        return self._rules.get(split(match.form.name))

    def makes_name(self, word: str) -> bool:
        """Whether the word beside a form looks like the rest of a personal or place name."""
        return (
            word[0].isupper()
            and not (len(word) > 1 and word.isupper())
            and word.lower() not in self._no_names
            and (self.language != "vi" or is_vietnamese_syllable(word))
        )


def is_vietnamese_syllable(word: str) -> bool:
    """Whether the word, tone marks aside, is spelled like a Vietnamese syllable."""
    letters = unicodedata.normalize("NFD", word.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _SYLLABLE.fullmatch(plain) is not None


@cache
def context(language: str) -> Context:
    """The tables for a language, empty for one that they don't have; loaded once."""
    return Context(language)


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(
        files("annotate.prelabel").joinpath("data/ambiguous.toml").read_text("utf-8")
    )


def _rule(entry: Mapping[str, Any]) -> Rule:
    return Rule(
        default=entry["default"],
        opening=entry.get("opening", entry["default"]),
        names=entry.get("names", False),
        joined=entry.get("joined", False),
        before_yes=Cues.of(entry.get("before_yes", ())),
        after_yes=Cues.of(entry.get("after_yes", ())),
        before_no=Cues.of(entry.get("before_no", ())),
        after_no=Cues.of(entry.get("after_no", ())),
        near_yes=frozenset(map(fold, entry.get("near_yes", ()))),
        near_no=frozenset(map(fold, entry.get("near_no", ()))),
        ending_yes=frozenset(map(fold, entry.get("ending_yes", ()))),
    )
