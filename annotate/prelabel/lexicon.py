"""The word tables of ``data/names``, and what they say of a word by itself.

How the tables are written, and what each means, stands in ``data/names/xx.toml``.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from weakref import WeakKeyDictionary

from spacy.language import Language
from spacy.tokens import Doc

from annotate.prelabel.country_names import country_names
from annotate.prelabel.fold import fold

_DATA = files("annotate.prelabel").joinpath("data")
# The tables that hold parts of words; all others hold whole ones.
_PARTS = frozenset({"ending", "vowel_ending", "vowel", "locative", "plain"}) | frozenset(
    {"stop_ending", "name_ending", "name_start", "office_ending"}
)
# A stream of texts in many languages must not fill the memory.
_MOST_WORDS = 1 << 13


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a table: its words, folded, as written and in lower case."""

    table: str
    words: tuple[str, ...]
    keys: tuple[str, ...]

    def fits(self, words: Sequence[Word], start: int) -> bool:
        """Whether the entry stands at ``start``, where its first word is known to match."""
        last = len(self.keys) - 1
        if start + last >= len(words):
            return False
        for offset in range(1, last + 1):
            word, key = words[start + offset], self.keys[offset]
            if word.key != key and not (offset == last and key in word.forms):
                return False
        if self.words == self.keys:
            return True
        # A capital of the entry must be one in the text; a headline's capitals will do.
        found = words[start : start + last + 1]
        return all(
            own in (word.plain, word.key) or (word.shout and len(own) > 3)
            for word, own in zip(found, self.words, strict=True)
        )


@dataclass(slots=True, eq=False)
class Word:
    """What a token's text says by itself. ``key`` is folded and in lower case.

    ``forms`` are the key and what is left of it without case endings; ``entries``
    are those that may begin with the word. ``long`` words with a capital make a line a
    headline. ``shout`` is two or more capitals and
    nothing else, ``barred`` the ending of words that no name holds, ``namelike`` one
    that only names have, ``initial`` a capital with a full stop.
    """

    plain: str
    key: str
    forms: tuple[str, ...]
    letters: bool
    cased: bool
    capital: bool
    long: bool
    shout: bool
    initial: bool
    inflected: bool
    locative: bool
    barred: bool
    namelike: bool
    entries: tuple[Entry, ...]


_LEXICONS: WeakKeyDictionary[Language, dict[str, Lexicon]] = WeakKeyDictionary()


def lexicon_of(nlp: Language, language: str) -> Lexicon:
    """The lexicon for texts in ``language`` (ISO 639 code), one for all components of ``nlp``."""
    own = _LEXICONS.setdefault(nlp, {})
    if language not in own:
        own[language] = Lexicon(language, nlp.make_doc)
    return own[language]


class Lexicon:
    """The tables for texts of one language, its own and those for every language."""

    def __init__(self, language: str, tokenize: Callable[[str], Doc]) -> None:
        base = re.split("[-_]", language)[0]
        tables = _tables(*dict.fromkeys(("xx", base)))
        self.has_own = base != "xx" and _path(base).is_file()
        self.language = language
        country_names(language)  # loads them now, not with the first text
        self.abbreviations = frozenset(entry.lower() for entry in tables.get("abbreviation", ()))
        self.syllables = "syllables" in tables
        self.unlisted_first = "unlisted_first" in tables
        self.long_surnames = "long_surnames" in tables
        self._parts = {
            table: tuple({fold(part) for part in tables.get(table, ())}) for table in _PARTS
        }
        self._uninflected = frozenset(self._parts["plain"])
        self._endings = {
            table: _by_size(self._parts[table]) for table in ("ending", "vowel_ending")
        }
        self._entries: dict[str, list[Entry]] = {}
        for table in sorted(tables.keys() - _PARTS):
            for text in tables[table]:
                words = tuple(_plain(token.text) for token in tokenize(text))
                keys = tuple(word.lower() for word in words)
                self._entries.setdefault(keys[0], []).append(Entry(table, words, keys))
        # Remembered, since texts repeat their words.
        self.word = lru_cache(_MOST_WORDS)(self._make)

    def _make(self, text: str) -> Word:
        """The word of a token's text."""
        plain = _plain(text)
        key = plain.lower()
        letters = key[:1].isalpha() and not any(sign.isdigit() for sign in key)
        cased = key != plain.upper()
        forms, entries = self._read(key) if letters else ((key,), self._begin(key, key))
        entries = entries or tuple(self._guess(forms) if letters else ())
        listed = any(entry.table in ("given", "family") for entry in entries)
        inflected = len(forms) > 1 and not (entries and entries[0].keys[0] == key)
        return Word(
            plain=plain,
            key=key,
            forms=forms,
            letters=letters,
            cased=cased,
            capital=letters and cased and plain[0] != key[0],
            long=letters and cased and len(key) > 3,
            shout=cased and len(plain) > 1 and plain.isupper(),
            initial=len(plain) == 1 and text[-1] == "." and plain.isupper(),
            inflected=inflected,
            locative=inflected and key.endswith(self._parts["locative"]),
            barred=letters and not listed and key.endswith(self._parts["stop_ending"]),
            namelike=letters and key.endswith(self._parts["name_ending"]),
            entries=entries,
        )

    def _read(self, key: str) -> tuple[tuple[str, ...], tuple[Entry, ...]]:
        """The key's forms, and the entries of the first form that has any."""
        forms = (key, *self._stems(key))
        for count, form in enumerate(forms, start=1):
            if entries := self._begin(form, key):
                listed = any(entry.table in ("given", "family") for entry in entries)
                # আমির is a name, not আমি with an ending.
                return (forms[:count] if listed else forms), entries
        return forms, ()

    def _begin(self, form: str, key: str) -> tuple[Entry, ...]:
        own = self._entries.get(form, ())
        return tuple(entry for entry in own if form == key or len(entry.keys) == 1)

    def _guess(self, forms: Sequence[str]) -> Iterator[Entry]:
        """What the beginning or end of a word that no table has makes of it."""
        if forms[0].startswith(self._parts["name_start"]):
            yield Entry("given", (forms[0],), (forms[0],))
        for form in forms:
            if form.endswith(self._parts["office_ending"]):
                yield Entry("office", (form,), (form,))
                return

    def _stems(self, key: str) -> Iterator[str]:
        if key in self._uninflected:
            return
        for table in ("ending", "vowel_ending"):
            for size, endings in self._endings[table]:
                stem = key[:-size]
                if len(stem) > 1 and key[-size:] in endings:
                    bare = stem.rstrip("'-")
                    if bare != stem or table == "ending" or stem.endswith(self._parts["vowel"]):
                        yield bare


def _by_size(endings: Iterable[str]) -> list[tuple[int, frozenset[str]]]:
    """The endings of each length in characters, the longest first."""
    groups: dict[int, set[str]] = {}
    for ending in endings:
        groups.setdefault(len(ending), set()).add(ending)
    return [(size, frozenset(groups[size])) for size in sorted(groups, reverse=True)]


def _plain(text: str) -> str:
    plain = fold(text)
    if plain[-1:] == "." and plain[:1].isalpha():
        return plain.replace(".", "")  # U.S., মো. and Dr. as US, মো and Dr
    return plain


def _path(language: str) -> Traversable:
    return _DATA.joinpath(f"names/{language}.toml")


def _tables(*languages: str) -> dict[str, list[str]]:
    """The tables of several languages joined, their blocks divided into entries."""
    own = [language for language in languages if _path(language).is_file()]
    joined: dict[str, list[str]] = {}
    for language in own:
        for group in tomllib.loads(_path(language).read_text("utf-8")).values():
            for table, block in group.items():
                entries = (entry.strip() for entry in re.split("[,\n]", block))
                joined.setdefault(table, []).extend(entry for entry in entries if entry)
    # A text in a language without tables may name a body in any of the languages.
    chosen = None if own == ["xx"] else languages
    rows = csv.DictReader(_DATA.joinpath("organisations.csv").read_text("utf-8").splitlines())
    joined["organisation"] = [
        row["form"] for row in rows if chosen is None or row["language"] in chosen
    ]
    return joined
