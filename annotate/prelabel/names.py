"""annotate_names: suggests PERSON and ORG by cue words, name lists and document memory.

Nothing here is learned. Four steps a document: divide it into lines that no name
crosses, look every word up in the tables of ``data/names`` once, let the rules of
:mod:`annotate.prelabel.organisations` and :mod:`annotate.prelabel.persons` propose
spans, then find the same names again where they stand without a cue.

The rules know no language, only two kinds of script: those that write a name with
a capital (Latin, Cyrillic) and those that don't (Bengali, Persian).
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from annotate.prelabel import extensions  # noqa: F401  (registers Span._.score)
from annotate.prelabel.country_names import country_names
from annotate.prelabel.endings import GLUED
from annotate.prelabel.fold import atoms, fold
from annotate.prelabel.organisations import find_organisations
from annotate.prelabel.persons import TITLED, find_persons, find_recurring, is_listed

_DATA = files("annotate.prelabel").joinpath("data")
_LINK = re.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|[@#]\w+|\b[\w.-]+\.(?:com|org|net|gov|edu|info|vn|ir|bd|vnp|html?)\b\S*"
)
_SENTENCE_END = frozenset(".!?।॥؟…|")
_GLUED = frozenset(map(fold, GLUED))
_MEMORY_SCORE = 0.7
_ENDINGS = (
    "ending", "vowel_ending", "vowel", "locative", "stop_ending", "name_ending", "name_start",
    "plain",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a table: its words, folded, as written."""

    table: str
    words: tuple[str, ...]
    keys: tuple[str, ...]

    def fits(self, words: Sequence[Word], start: int) -> bool:
        """Whether the entry stands at ``start``; its first word is known to match."""
        size = len(self.keys)
        if start + size > len(words):
            return False
        for offset in range(1, size):
            word, key = words[start + offset], self.keys[offset]
            if word.key != key and not (offset == size - 1 and key in word.forms):
                return False
        if self.words == self.keys:
            return True
        # A capital of the entry must be one in the text; a headline's capitals will do.
        return all(
            own in (word.plain, word.key) or (word.shout and len(own) > 3)
            for word, own in zip(words[start : start + size], self.words, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Word:
    """What a token's text says by itself. ``key`` is folded and lower-case.

    ``forms`` are the key and what is left of it without case endings; ``entries``
    are those that may begin with the word, with the form they begin with.
    """

    plain: str
    key: str
    forms: tuple[str, ...]
    letters: bool
    cased: bool
    capital: bool
    shout: bool
    inflected: bool
    locative: bool
    barred: bool
    namelike: bool
    initial: bool
    entries: tuple[Entry, ...]


class Lexicon:
    """The tables for texts of one language, its own and those for every language."""

    def __init__(self, language: str, tokenize: Callable[[str], Doc]) -> None:
        self.countries = country_names(language)
        base = re.split("[-_]", language)[0]
        self.has_own = base != "xx" and _path(base).is_file()
        tables = _tables(*dict.fromkeys(("xx", base)))
        self._raw = {name: tables.get(name, ()) for name in _ENDINGS}
        self.abbreviations = frozenset(entry.lower() for entry in tables.get("abbreviation", ()))
        self.syllables = "syllables" in tables
        self.unlisted_first = "unlisted_first" in tables
        self.long_surnames = "long_surnames" in tables
        self._index: dict[str, list[Entry]] = {}
        for table, entries in tables.items():
            for text in entries if table not in _ENDINGS else ():
                words = tuple(_plain(token.text) for token in tokenize(text))
                keys = tuple(word.lower() for word in words)
                self._index.setdefault(keys[0], []).append(Entry(table, words, keys))
        self._words: dict[str, Word] = {}

    def word(self, text: str) -> Word:
        """The word of a token's text; remembered, since texts repeat their words."""
        word = self._words.get(text)
        if word is None:
            if len(self._words) > 200_000:  # a long stream of texts must not fill the memory
                self._words.clear()
            word = self._words[text] = self._make(text)
        return word

    def _make(self, text: str) -> Word:
        plain = _plain(text)
        key = plain.lower()
        letters = key[:1].isalpha() and not any(sign.isdigit() for sign in key)
        cased = key != plain.upper()
        forms = (key, *self._stems(key)) if letters else (key,)
        entries: tuple[Entry, ...] = ()
        for form in forms:
            own = self._index.get(form, ())
            entries = tuple(entry for entry in own if form == key or len(entry.keys) == 1)
            if entries:
                break
        if not entries and key.startswith(self._raw["name_start"]):
            entries = (Entry("given", (plain,), (key,)),)
        listed = any(entry.table in ("given", "family") for entry in entries)
        if listed:  # আমির is a name, not আমি with an ending
            forms = forms[: forms.index(form) + 1]
        inflected = len(forms) > 1 and (not entries or form != key)
        endings = self._raw
        return Word(
            plain=plain,
            key=key,
            forms=forms,
            letters=letters,
            cased=cased,
            capital=letters and cased and plain[0] != key[0],
            shout=cased and len(plain) > 1 and plain.isupper(),
            inflected=inflected,
            locative=inflected and key.endswith(endings["locative"]),
            barred=letters and not listed and key.endswith(endings["stop_ending"]),
            initial=len(plain) == 1 and text[-1] == "." and plain.isupper(),
            namelike=letters and key.endswith(endings["name_ending"]),
            entries=entries,
        )

    def _stems(self, key: str) -> Iterator[str]:
        if key in self._raw["plain"]:
            return
        for table in ("ending", "vowel_ending"):
            for ending in self._raw[table]:
                stem = key[: -len(ending)]
                if not key.endswith(ending) or len(stem) < 2:
                    continue
                apart = stem[-1] in "'-"
                if apart or table == "ending" or stem.endswith(self._raw["vowel"]):
                    yield stem.rstrip("'-")


def _plain(text: str) -> str:
    plain = fold(text)
    if plain[-1:] == "." and plain[:1].isalpha():
        return plain.replace(".", "")  # U.S., মো. and Dr. as US, মো and Dr
    return plain


def _path(language: str) -> Traversable:
    return _DATA.joinpath(f"names/{language}.toml")


def _tables(*languages: str) -> dict[str, tuple[str, ...]]:
    """The tables of several languages joined; block strings divided into entries."""
    joined: dict[str, list[str]] = {}
    own = [language for language in languages if _path(language).is_file()]
    for language in own:
        path = _path(language)
        for group in tomllib.loads(path.read_text("utf-8")).values():
            for table, block in group.items():
                entries = (part.strip() for line in block.splitlines() for part in line.split(","))
                joined.setdefault(table, []).extend(entry for entry in entries if entry)
    rows = csv.DictReader(_DATA.joinpath("organisations.csv").read_text("utf-8").splitlines())
    joined["organisation"] = [
        # A text in an unknown language may name a body in any of them.
        row["form"]
        for row in rows
        if row["language"] in languages or own == ["xx"]
    ]
    for table in _ENDINGS:
        entries_ = {fold(entry) for entry in joined.pop(table, ())}
        joined[table] = sorted(entries_, key=len, reverse=True)
    return {table: tuple(entries) for table, entries in joined.items()}


class Line:
    """The words of one sentence on one line, and what the tables say of them.

    A word is one token, or several written together: an abbreviation with its full
    stop, a name with a case ending behind an apostrophe or hyphen. ``tokens`` has
    the token range of each word.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.words: list[Word] = []
        self.tokens: list[tuple[int, int]] = []
        self.glued: list[bool] = []
        self.found: list[dict[str, int]] = []
        self.inside: set[int] = set()  # words of an entry behind its first
        self.behind_place: set[int] = set()  # where a place's name follows ("street ...")
        self.headline = False  # all words but small ones have a capital
        self.shouted = False  # most words are in capitals

    def __len__(self) -> int:
        return len(self.words)

    def look_up(self, countries: dict[int, int]) -> None:
        """Fill ``found``: for each place, how many words of each table begin there."""
        words = self.words
        for index, word in enumerate(words):
            here: dict[str, int] = {}
            for entry in word.entries:
                if entry.fits(words, index):
                    size = len(entry.keys)
                    here[entry.table] = max(size, here.get(entry.table, 0))
            stop = countries.get(self.tokens[index][0])
            if stop is not None:
                here["country"] = sum(start < stop for start, _ in self.tokens[index:])
            self.found.append(here)
            for table in ("country", "place", "stop", "office", "role", "honorific"):
                self.inside.update(range(index + 1, index + here.get(table, 0)))
            if "place_head" in here:
                self.behind_place.add(index + here["place_head"])
        long = [word for word in words if word.letters and word.cased and len(word.key) > 3]
        self.headline = len(long) > 4 and all(word.capital for word in long)
        self.shouted = len(long) > 1 and sum(word.shout for word in long) > 0.6 * len(long)

    def at(self, index: int, table: str) -> int:
        """How long the table's entry at ``index`` is, in words; 0 where none begins."""
        return self.found[index].get(table, 0) if 0 <= index < len(self.words) else 0

    def capital(self, index: int) -> bool:
        """Whether there is a capitalised word at ``index``."""
        return 0 <= index < len(self.words) and self.words[index].capital

    def key(self, index: int) -> str:
        """The folded lower-case word; empty outside the line."""
        return self.words[index].key if 0 <= index < len(self.words) else ""

    def letters(self, index: int) -> bool:
        """Whether there is a word of letters at ``index``."""
        return 0 <= index < len(self.words) and self.words[index].letters

    def short(self, index: int) -> bool:
        """Whether an abbreviation in capitals stands at ``index``."""
        return 0 <= index < len(self.words) and self.words[index].shout and len(self.key(index)) < 5

    def has(self, index: int, *tables: str) -> bool:
        """Whether an entry of one of the tables begins at ``index``."""
        return 0 <= index < len(self.words) and not self.found[index].keys().isdisjoint(tables)

    def opens(self, index: int) -> bool:
        """Whether the line, a bracket or a quotation begins at ``index``."""
        return index == 0 or not (self.words[index - 1].letters or self.key(index - 1).isdigit())

    def hyphen(self, index: int) -> bool:
        """Whether a hyphen at ``index`` joins the words on its sides."""
        return self.key(index) == "-" and self.glued[index] and self.is_glued(index + 1)

    def is_glued(self, index: int) -> bool:
        """Whether no blank stands in front of the word at ``index``."""
        return 0 < index < len(self.words) and self.glued[index]


def _lines(doc: Doc, lexicon: Lexicon) -> Iterator[Line]:
    """Divide a document where no name goes on: line break, sentence end, link."""
    links = [match.span() for match in _LINK.finditer(doc.text)]
    marked = doc.has_annotation("SENT_START")
    line = Line(lexicon)
    glued = False
    for index, token in enumerate(doc):
        text, at = token.text, token.idx
        if links and at >= links[0][1]:
            links.pop(0)
        blank = token.is_space
        ends = _ends_line(line, text, glued) or (bool(links) and links[0][0] <= at)
        begins = marked and bool(token.is_sent_start)
        if (ends or begins or (blank and not text.isprintable())) and line.words:
            yield line
            line = Line(lexicon)
        if not ends and not blank:
            _append(line, text, index, glued)
        glued = not blank and not token.whitespace_
    if line.words:
        yield line


def _ends_line(line: Line, text: str, glued: bool) -> bool:
    if not _SENTENCE_END.issuperset(text):
        return False
    return not (text == "." and glued and _abbreviated(line))


def _abbreviated(line: Line) -> bool:
    if not line.words:
        return False
    last = line.words[-1]
    return last.key in line.lexicon.abbreviations or (last.capital and len(last.key) == 1)


def _append(line: Line, text: str, index: int, glued: bool) -> None:
    """Add a token to the line, or to the word it belongs to."""
    if text == "." and glued and _abbreviated(line):
        line.tokens[-1] = (line.tokens[-1][0], index + 1)
        line.words[-1] = line.lexicon.word(line.words[-1].plain + ".")
        return
    word = line.lexicon.word(text)
    ending = glued and word.key in _GLUED and not word.cased and len(line.words) > 1
    if ending and line.key(len(line) - 1) in "-'" and line.glued[-1] and line.words[-2].letters:
        start, _ = line.tokens[-2]
        del line.words[-1], line.tokens[-1], line.glued[-1]
        line.words[-1] = line.lexicon.word(line.words[-1].plain + "'" + text)
        line.tokens[-1] = (start, index + 1)
        return
    line.words.append(word)
    line.tokens.append((index, index + 1))
    line.glued.append(glued)


class Names:
    """The component: adds PERSON and ORG to ``doc.ents`` beside what is there.

    Each span's ``_.score`` is the constant of the rule that found it: the share of
    its suggestions that were right on the development set, rounded. It is an
    estimate for sorting, no probability.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def __call__(self, doc: Doc) -> Doc:
        lines = list(_lines(doc, self.lexicon))
        countries = self._countries(doc)
        found: list[Span] = []
        taken: list[set[int]] = []
        for line in lines:
            line.look_up(countries)
            bodies = find_organisations(line)
            people = find_persons(line, bodies)
            found += [_span(doc, line, each, "ORG") for each in bodies]
            found += [_span(doc, line, each, "PERSON") for each in people]
            taken.append({at for each in (*bodies, *people) for at in range(each.start, each.end)})
        for line, people in zip(lines, find_recurring(lines, taken), strict=True):
            found += [_span(doc, line, each, "PERSON") for each in people]
        found = filter_spans(found)
        found += self._again(doc, lines, found)
        doc.ents = _beside(doc.ents, found)
        return doc

    def _countries(self, doc: Doc) -> dict[int, int]:
        """Where countries begin and end, in tokens: they bound offices and names."""
        owners: list[int] = []
        words: list[str] = []
        for token in doc:
            for atom in atoms(token.text):
                owners.append(token.i)
                words.append(atom)
        found = {
            owners[match.start]: owners[match.end - 1] + 1
            for match in self.lexicon.countries.find(words)
        }
        return found | {ent.start: ent.end for ent in doc.ents if ent.label_ == "COUNTRY"}

    def _again(self, doc: Doc, lines: Sequence[Line], found: Sequence[Span]) -> list[Span]:
        """The names of ``found`` where they stand without a cue."""
        memory = _Memory(lines, found)
        taken = {index for span in found for index in range(span.start, span.end)}
        again = []
        for line in lines:
            for start, size, label in memory.matches(line):
                tokens = range(line.tokens[start][0], line.tokens[start + size - 1][1])
                if taken.isdisjoint(tokens):
                    taken.update(tokens)
                    again.append(_span(doc, line, (start, start + size, _MEMORY_SCORE), label))
        return again


class _Memory:
    """The names of one document, by their first word: whole, and as one word alone."""

    def __init__(self, lines: Sequence[Line], found: Sequence[Span]) -> None:
        spans = {span.start: span for span in found}
        self._names: dict[str, list[tuple[tuple[str, ...], frozenset[str], str]]] = {}
        for line in lines:
            for index, (start, _) in enumerate(line.tokens):
                if start in spans:
                    size = sum(start <= at < spans[start].end for at, _ in line.tokens)
                    self._remember(line, index, size, spans[start])
        for names in self._names.values():
            names.sort(key=lambda name: -len(name[0]))

    def _remember(self, line: Line, start: int, size: int, span: Span) -> None:
        words = range(start, start + size)
        if size > 1 or span.label_ == "ORG":
            self._add([line.words[at] for at in words], span.label_)
        if span.label_ == "ORG" or line.lexicon.syllables:
            return  # a Vietnamese given name alone is an everyday syllable
        if line.words[start].cased or any(is_listed(line, at) for at in words):
            for at in {words[-1], *words[1:2]} if size > 2 else {words[-1]}:
                if self._stands_alone(line, at, span):
                    self._add([line.words[at]], span.label_)

    def _stands_alone(self, line: Line, index: int, span: Span) -> bool:
        common = ("stop", "maybe", "place", "country", "demonym", "part", "office", "head_last")
        if len(line.key(index)) < 3 or line.has(index, "initial", "particle", *common):
            return False
        if line.lexicon.unlisted_first:  # Bengalis are called by any name but the family's
            listed = line.has(index, "given", "known")
            return not line.has(index, "family") and (listed or span._.score >= TITLED)
        return index == 0 or line.tokens[index][1] == span.end or not line.has(index, "given")

    def _add(self, words: Sequence[Word], label: str) -> None:
        name = (tuple(word.key for word in words[:-1]), frozenset(words[-1].forms), label)
        for first in words[0].forms if len(words) == 1 else (words[0].key,):
            names = self._names.setdefault(first, [])
            if name not in names:
                names.append(name)

    def matches(self, line: Line) -> Iterator[tuple[int, int, str]]:
        """Start, length and label of each remembered name in the line."""
        for index, word in enumerate(line.words):
            if word.cased and not word.capital:
                continue
            for form in word.forms:
                for keys, last, label in self._names.get(form, ()):
                    if _matches(line, index, keys, last) and (keys or _is_free(line, index)):
                        yield index, len(keys) + 1, label


def _matches(line: Line, start: int, keys: tuple[str, ...], last: frozenset[str]) -> bool:
    words = line.words[start : start + len(keys) + 1]
    if len(words) <= len(keys) or last.isdisjoint(words[-1].forms):
        return False
    return all(word.key == key for word, key in zip(words[:-1], keys, strict=True))


def _is_free(line: Line, index: int) -> bool:
    """Whether a name alone is not a part of a longer one ("Stanley Cup", "the Obamas")."""
    if not line.words[index].cased or line.shouted:
        return True
    beside = line.capital(index - 1) or line.capital(index + 1) or line.has(index - 1, "article")
    titled = line.has(index - 1, "honorific", "office")
    return titled or not (beside or line.hyphen(index - 1) or line.hyphen(index + 1))


def _span(doc: Doc, line: Line, found: tuple[int, int, float], label: str) -> Span:
    start, end, score = found
    span = Span(doc, line.tokens[start][0], line.tokens[end - 1][1], label=label)
    span._.score = score
    return span


def _beside(kept: Sequence[Span], found: Sequence[Span]) -> list[Span]:
    """What was there, and of ``found`` what doesn't overlap it."""
    taken = {index for span in kept for index in range(span.start, span.end)}
    free = [span for span in found if taken.isdisjoint(range(span.start, span.end))]
    return sorted([*kept, *free], key=lambda span: span.start)


@Language.factory(
    "annotate_names", default_config={"language": "xx"}, assigns=["doc.ents", "span._.score"]
)
def make_names(nlp: Language, name: str, language: str) -> Names:
    """Make the component for texts of one language (ISO 639); xx is any other."""
    return Names(Lexicon(language, nlp.make_doc))
