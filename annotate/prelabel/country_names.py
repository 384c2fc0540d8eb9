"""The forms that country names take in a language, and a matcher for them.

Source: CLDR's territory names as Babel carries them (Unicode licence), and
``data/countries.csv``, written for this project: official, short and old forms,
abbreviations, transliterations and news usage in Bengali, Vietnamese, Persian and
English.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from babel import Locale, UnknownLocaleError
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from annotate.prelabel.endings import inflected
from annotate.prelabel.fold import fold, split
from annotate.prelabel.once import once_a_doc
from annotate.prelabel.words import folded_words

# In CLDR's list, but not in ISO 3166-1: groups of states, pseudo-locales, Kosovo and
# the exceptionally reserved codes. Antarctica is in ISO, yet a continent to a reader.
_NO_COUNTRY = frozenset(
    ["AC", "AQ", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"]
)
# CLDR names that mean something else to a reader: Sicily, "my island", "follower" and
# a footballer, church names. The supplement has the usual forms.
_MISLEADING = {("bn", "SC"), ("fa", "IM"), ("fa", "PE"), ("fa", "NL"), ("en", "MF"), ("vi", "MF")}
# Languages whose forms can't be taken for words of a text in Latin script.
_OWN_SCRIPT = ("bn", "fa")
# Further CLDR locales that a text in the language may follow (Dari).
_VARIETIES = {"fa": ("fa_AF",)}
_OTHER_WORD = "\u2400"


@dataclass(frozen=True, slots=True)
class CountryForm:
    """One form: its ISO 3166-1 alpha-2 code, its spelling in the list, its language."""

    code: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class CountryMatch:
    """A form at ``words[start:end]``; ``ending`` is what its last word adds to it."""

    start: int
    end: int
    form: CountryForm
    ending: str


class CountryNames:
    """All forms for texts in one language: its own and the English ones.

    Matching compares folded words (see :func:`annotate.prelabel.fold.atoms`) with
    spaCy's PhraseMatcher on a shadow Doc, so it is independent of the vocabulary
    and tokenizer of the text. Case counts, except for all-capital headline forms.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._forms: dict[tuple[str, ...], CountryForm] = {}
        for form in _all_forms(language):
            for variant in _variants(form):
                self._forms.setdefault(variant, form)
        self._words = frozenset(word for variant in self._forms for word in variant)
        self._uninflected = {
            surface: (variant[-1], ending)
            for variant, form in self._forms.items()
            for surface, ending in inflected(variant[-1], form.language)
        }
        self._vocab = Vocab()
        self._matcher = PhraseMatcher(self._vocab)
        patterns = [Doc(self._vocab, words=list(variant)) for variant in self._forms]
        self._matcher.add("COUNTRY", patterns)

    def find(self, words: Sequence[str]) -> list[CountryMatch]:
        """The longest matches in a text's folded words, in order, without overlap."""
        whole = [(word if word in self._words else _OTHER_WORD, "") for word in words]
        stripped = [
            self._uninflected.get(word, each) for word, each in zip(words, whole, strict=True)
        ]
        found = self._match(whole)
        if stripped != whole:
            found |= self._match(stripped)
        return _longest(found)

    def code(self, words: Sequence[str]) -> str | None:
        """The code when the words are exactly one form, inflected or not."""
        if not words:
            return None
        last, _ = self._uninflected.get(words[-1], (words[-1], ""))
        form = self._forms.get(tuple(words)) or self._forms.get((*words[:-1], last))
        return form.code if form else None

    def _match(self, plain: Sequence[tuple[str, str]]) -> set[CountryMatch]:
        """Matches in words that are given without their endings, and with these beside.

        Words outside the list come masked, so that the vocabulary doesn't grow.
        """
        shadow = [word for word, _ in plain]
        if all(word is _OTHER_WORD for word in shadow):
            return set()
        found = set()
        for _, start, end in self._matcher(Doc(self._vocab, words=shadow)):
            if not any(ending for _, ending in plain[start : end - 1]):
                form = self._forms[tuple(shadow[start:end])]
                found.add(CountryMatch(start, end, form, plain[end - 1][1]))
        return found


@lru_cache(maxsize=16)
def country_names(language: str) -> CountryNames:
    """The forms for a language (ISO 639 code, with or without region), loaded once.

    For a language that CLDR does not know: the English forms, and the Bengali and
    Persian ones, whose scripts keep them apart.
    """
    return CountryNames(language)


@once_a_doc
def country_matches(doc: Doc, language: str) -> Sequence[CountryMatch]:
    """The country list's matches in the folded words of a doc."""
    words, _ = folded_words(doc)
    return country_names(language).find(words)


def _longest(found: Iterable[CountryMatch]) -> list[CountryMatch]:
    kept: list[CountryMatch] = []
    taken: set[int] = set()
    # Where a form is listed both bare and inflected, the bare one comes first.
    for match in sorted(found, key=lambda it: (it.start - it.end, it.start, len(it.ending))):
        if taken.isdisjoint(range(match.start, match.end)):
            taken.update(range(match.start, match.end))
            kept.append(match)
    return sorted(kept, key=lambda match: match.start)


def _all_forms(language: str) -> Iterator[CountryForm]:
    base = language.replace("-", "_").split("_")[0]
    known = _territories(language) or _territories(base)
    own = (base,) if known else _OWN_SCRIPT
    # The project's own rows come first: they decide where CLDR has the form too.
    for each in (*own, "en"):
        for form, code in _supplement().get(each, ()):
            yield CountryForm(code, form, each)
        for locale in (each, *_VARIETIES.get(each, ())):
            for code, name in _territories(locale).items():
                if (each, code) not in _MISLEADING:
                    yield CountryForm(code, _without_note(name), each)


@cache
def _supplement() -> dict[str, list[tuple[str, str]]]:
    rows: dict[str, list[tuple[str, str]]] = {}
    table = files("annotate.prelabel").joinpath("data/countries.csv").read_text("utf-8")
    for row in csv.DictReader(table.splitlines()):
        rows.setdefault(row["language"], []).append((row["form"], row["code"]))
    return rows


@cache
def iso_codes() -> frozenset[str]:
    """The ISO 3166-1 alpha-2 codes of states and territories."""
    return frozenset(_territories("en"))


def _territories(language: str) -> dict[str, str]:
    """Codes and names in a language as CLDR has them; empty where it knows none."""
    if language == "und":
        return {}
    try:
        territories = Locale.parse(language).territories
    except (UnknownLocaleError, ValueError):
        return {}
    return {
        code: name
        for code, name in territories.items()
        if re.fullmatch("[A-Z]{2}", code) and code not in _NO_COUNTRY
    }


def _without_note(name: str) -> str:
    """ "Myanmar (Burma)" is listed as "Myanmar"; the supplement has the other."""
    return re.sub(r"\s*[(（].*?[)）]$", "", name)


def _variants(form: CountryForm) -> Iterator[tuple[str, ...]]:
    spellings = {form.name}
    if " & " in form.name:
        spellings.add(form.name.replace(" & ", " and "))
    if form.language == "vi":
        spellings |= _vietnamese(form.name)
    if form.language == "fa":
        spellings |= persian_spellings(form.name)
    for spelling in sorted(spellings):
        words = split(spelling)
        yield words
        capitals = tuple(word.upper() for word in words)
        if capitals != words:
            yield capitals


def _vietnamese(name: str) -> set[str]:
    """ "Hàn Quốc" is also written Hàn quốc, "In-đô-nê-xi-a" also Inđônêxia."""
    spellings = {name[0] + name[1:].lower()} if " " in name else set()
    if re.search(r"-\w", name):
        spellings.add(re.sub(r"-(\w)", lambda part: part[1].lower(), name))
    return spellings


def persian_spellings(name: str) -> set[str]:
    """A joiner is also written as a blank or left out; ezafe behind ه: کره‌ی, کره ی."""
    plain = fold(name)
    return {
        name.replace("\u200c", " "),
        re.sub(r"ه(?= )", "هی", plain),
        re.sub(r"ه(?= )", "ه ی", plain),
    }
