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

# The share of names found again that were right on the development sets, rounded.
AGAIN = 0.7

_DATA = files("annotate.prelabel").joinpath("data")
_HOSTS = r"com|org|net|gov|edu|info|vn|ir|bd|vnp|html?"
_LINK = re.compile(rf"(?:https?://|www\.)\S+|\S+@\S+\.\w+|[@#]\w+|\b[\w.-]+\.(?:{_HOSTS})\b\S*")
_SENTENCE_END = frozenset(".!?।॥؟…|")
_GLUED = frozenset(map(fold, GLUED))
# The tables that hold parts of words; all others hold whole ones.
_PARTS = frozenset({"ending", "vowel_ending", "vowel", "locative", "plain"}) | frozenset(
    {"stop_ending", "name_ending", "name_start", "office_ending"}
)
# Entries of these tables own all their words: none of them begins something else.
_CLOSED = ("country", "place", "stop", "office", "role", "honorific")
# A text of many languages must not fill the memory.
_MOST_WORDS = 200_000


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


@dataclass(frozen=True, slots=True)
class Word:
    """What a token's text says by itself. ``key`` is folded and in lower case.

    ``forms`` are the key and what is left of it without case endings; ``entries``
    are those that may begin with the word. ``shout`` is two or more capitals and
    nothing else, ``barred`` the ending of words that no name holds, ``namelike`` one
    that only names have, ``initial`` a capital with a full stop.
    """

    plain: str
    key: str
    forms: tuple[str, ...]
    letters: bool
    cased: bool
    capital: bool
    shout: bool
    initial: bool
    inflected: bool
    locative: bool
    barred: bool
    namelike: bool
    entries: tuple[Entry, ...]


class Lexicon:
    """The tables for texts of one language, its own and those for every language."""

    def __init__(self, language: str, tokenize: Callable[[str], Doc]) -> None:
        base = re.split("[-_]", language)[0]
        tables = _tables(*dict.fromkeys(("xx", base)))
        self.has_own = base != "xx" and _path(base).is_file()
        self.countries = country_names(language)
        self.abbreviations = frozenset(entry.lower() for entry in tables.get("abbreviation", ()))
        self.syllables = "syllables" in tables
        self.unlisted_first = "unlisted_first" in tables
        self.long_surnames = "long_surnames" in tables
        self._parts = {
            table: tuple(sorted({fold(part) for part in tables.get(table, ())}, key=len))[::-1]
            for table in _PARTS
        }
        self._entries: dict[str, list[Entry]] = {}
        for table in sorted(tables.keys() - _PARTS):
            for text in tables[table]:
                words = tuple(_plain(token.text) for token in tokenize(text))
                keys = tuple(word.lower() for word in words)
                self._entries.setdefault(keys[0], []).append(Entry(table, words, keys))
        self._words: dict[str, Word] = {}

    def word(self, text: str) -> Word:
        """The word of a token's text; remembered, since texts repeat their words."""
        word = self._words.get(text)
        if word is None:
            if len(self._words) > _MOST_WORDS:
                self._words.clear()
            word = self._words[text] = self._make(text)
        return word

    def _make(self, text: str) -> Word:
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
        if key in self._parts["plain"]:
            return
        for table in ("ending", "vowel_ending"):
            for ending in self._parts[table]:
                stem = key[: -len(ending)]
                if len(stem) > 1 and key.endswith(ending):
                    bare = stem.rstrip("'-")
                    if bare != stem or table == "ending" or stem.endswith(self._parts["vowel"]):
                        yield bare


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


class Line:
    """The words of one sentence on one line, and what the tables say of them.

    A word is one token, or several written together: an abbreviation with its full
    stop, a name with a case ending behind an apostrophe or hyphen. ``tokens`` has
    the token range of each word, ``glued`` whether no blank stands in front of it,
    ``found`` how many words the tables' entries have that begin with it.
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

    def append(self, text: str, index: int, *, glued: bool) -> None:
        """Add the token at ``index``, or join it to the word it belongs to."""
        if text == "." and glued and self.abbreviates():
            self.tokens[-1] = (self.tokens[-1][0], index + 1)
            self.words[-1] = self.lexicon.word(self.words[-1].plain + ".")
            return
        word = self.lexicon.word(text)
        if glued and word.key in _GLUED and not word.cased and self._ends_glued():
            mark, (start, _) = self.words.pop(), self.tokens[-2]
            del self.tokens[-1], self.glued[-1]
            self.words[-1] = self.lexicon.word(self.words[-1].plain + mark.plain + text)
            self.tokens[-1] = (start, index + 1)
            return
        self.words.append(word)
        self.tokens.append((index, index + 1))
        self.glued.append(glued)

    def abbreviates(self) -> bool:
        """Whether a full stop behind the line's last word ends no sentence."""
        last = self.words[-1] if self.words else None
        if last is None:
            return False
        return last.key in self.lexicon.abbreviations or (last.capital and len(last.key) == 1)

    def _ends_glued(self) -> bool:
        """Whether the line ends in a word with a hyphen or apostrophe written onto it."""
        size = len(self.words)
        return size > 1 and self.key(size - 1) in "-'" and self.glued[-1] and self.letters(size - 2)

    def look_up(self, countries: dict[int, int]) -> None:
        """Fill what the tables say; ``countries`` are token ranges, end by start."""
        words = self.words
        for index, word in enumerate(words):
            here: dict[str, int] = {}
            for entry in word.entries:
                if entry.fits(words, index):
                    here[entry.table] = max(len(entry.keys), here.get(entry.table, 0))
            end = countries.get(self.tokens[index][0])
            if end is not None:
                here["country"] = self.upto(index, end) - index
            self.found.append(here)
            for table in here.keys() & _CLOSED:
                self.inside.update(range(index + 1, index + here[table]))
            if "place_head" in here:
                self.behind_place.add(index + here["place_head"])
        long = [word for word in words if word.letters and word.cased and len(word.key) > 3]
        self.headline = len(long) > 4 and all(word.capital for word in long)
        self.shouted = len(long) > 1 and sum(word.shout for word in long) > 0.6 * len(long)

    def upto(self, index: int, token: int) -> int:
        """The first word behind ``index`` that begins at ``token`` or later."""
        end = index + 1
        while end < len(self.words) and self.tokens[end][0] < token:
            end += 1
        return end

    def at(self, index: int, table: str) -> int:
        """How long the table's entry at ``index`` is, in words; 0 where none begins."""
        return self.found[index].get(table, 0) if 0 <= index < len(self.words) else 0

    def has(self, index: int, *tables: str) -> bool:
        """Whether an entry of one of the tables begins at ``index``."""
        return 0 <= index < len(self.words) and not self.found[index].keys().isdisjoint(tables)

    def key(self, index: int) -> str:
        """The folded lower-case word; empty outside the line."""
        return self.words[index].key if 0 <= index < len(self.words) else ""

    def letters(self, index: int) -> bool:
        """Whether there is a word of letters at ``index``."""
        return 0 <= index < len(self.words) and self.words[index].letters

    def capital(self, index: int) -> bool:
        """Whether there is a capitalised word at ``index``."""
        return 0 <= index < len(self.words) and self.words[index].capital

    def short(self, index: int) -> bool:
        """Whether an abbreviation in capitals stands at ``index``."""
        return 0 <= index < len(self.words) and self.words[index].shout and len(self.key(index)) < 5

    def opens(self, index: int) -> bool:
        """Whether the line, a bracket or a quotation begins at ``index``."""
        return index == 0 or not (self.words[index - 1].letters or self.key(index - 1).isdigit())

    def hyphen(self, index: int) -> bool:
        """Whether a hyphen at ``index`` joins the words on its sides."""
        if self.key(index) != "-" or index + 1 >= len(self.words):
            return False
        return self.glued[index] and self.glued[index + 1]


def _lines(doc: Doc, lexicon: Lexicon) -> Iterator[Line]:
    """Divide a document where no name goes on: line break, sentence end, link."""
    links = [match.span() for match in _LINK.finditer(doc.text)]
    links.append((len(doc.text) + 1, len(doc.text) + 1))
    marked = doc.has_annotation("SENT_START")
    line, link, glued = Line(lexicon), 0, False
    for index, token in enumerate(doc):
        text, blank = token.text, token.is_space
        while links[link][1] <= token.idx:
            link += 1
        stop = _SENTENCE_END.issuperset(text) and not (text == "." and glued and line.abbreviates())
        stop = stop or links[link][0] < token.idx + len(text)
        begins = marked and bool(token.is_sent_start)
        if line.words and (stop or begins or (blank and not text.isprintable())):
            yield line
            line = Line(lexicon)
        if not stop and not blank:
            line.append(text, index, glued=glued)
        glued = not blank and not token.whitespace_
    if line.words:
        yield line


class Names:
    """The component: adds PERSON and ORG to ``doc.ents`` beside what is there.

    Each span's ``_.score`` is the constant of the rule that found it: the share of
    its suggestions that met a name on the development set, rounded. It is an
    estimate for sorting, no probability.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def __call__(self, doc: Doc) -> Doc:
        """Set ``doc.ents``; the text and the tokens are not touched."""
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
        found += _again(doc, lines, found)
        kept = {index for ent in doc.ents for index in range(ent.start, ent.end)}
        free = [span for span in found if kept.isdisjoint(range(span.start, span.end))]
        doc.ents = (*doc.ents, *free)
        return doc

    def _countries(self, doc: Doc) -> dict[int, int]:
        """Where countries begin and end, in tokens: they bound offices and names."""
        owners: list[int] = []
        words: list[str] = []
        for index, token in enumerate(doc):
            pieces = atoms(token.text)
            words += pieces
            owners += [index] * len(pieces)
        matches = self.lexicon.countries.find(words)
        found = {owners[match.start]: owners[match.end - 1] + 1 for match in matches}
        return found | {ent.start: ent.end for ent in doc.ents if ent.label_ == "COUNTRY"}


def _span(doc: Doc, line: Line, found: tuple[int, int, float], label: str) -> Span:
    start, end, score = found
    span = Span(doc, line.tokens[start][0], line.tokens[end - 1][1], label=label)
    span._.score = score
    return span


# Found again ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Name:
    """A name of the document: its words but the last, and the forms of the last."""

    keys: tuple[str, ...]
    last: frozenset[str]
    label: str

    def stands_at(self, line: Line, start: int) -> bool:
        """Whether the name is at ``start`` in the line, as a whole."""
        words = line.words[start : start + len(self.keys) + 1]
        if len(words) <= len(self.keys) or self.last.isdisjoint(words[-1].forms):
            return False
        if not self.keys:
            return _is_free(line, start)
        return all(word.key == key for word, key in zip(words[:-1], self.keys, strict=True))


def _again(doc: Doc, lines: Sequence[Line], found: Sequence[Span]) -> list[Span]:
    """The names of ``found`` where they stand without a cue."""
    names = _remember(lines, found)
    taken = {index for span in found for index in range(span.start, span.end)}
    again = []
    for line in lines:
        for index, word in enumerate(line.words):
            if word.cased and not word.capital:
                continue
            for name in [name for form in word.forms for name in names.get(form, ())]:
                last = index + len(name.keys)
                if not name.stands_at(line, index):
                    continue
                tokens = range(line.tokens[index][0], line.tokens[last][1])
                if taken.isdisjoint(tokens):
                    taken.update(tokens)
                    again.append(_span(doc, line, (index, last + 1, AGAIN), name.label))
    return again


def _remember(lines: Sequence[Line], found: Sequence[Span]) -> dict[str, list[_Name]]:
    """The names by their first word, the longest first."""
    spans = {span.start: span for span in found}
    names: dict[str, list[_Name]] = {}
    for line in lines:
        for index, (start, _) in enumerate(line.tokens):
            if start not in spans:
                continue
            for words in _memorable(line, index, spans[start]):
                keys = tuple(word.key for word in words[:-1])
                name = _Name(keys, frozenset(words[-1].forms), spans[start].label_)
                for first in keys[:1] or name.last:
                    names.setdefault(first, []).append(name)
    return {
        first: sorted(dict.fromkeys(own), key=lambda name: -len(name.keys))
        for first, own in names.items()
    }


def _memorable(line: Line, start: int, span: Span) -> Iterator[Sequence[Word]]:
    """The whole name, and of a person the words that may stand for it alone."""
    end = line.upto(start, span.end)
    words = range(start, end)
    if len(words) > 1 or span.label_ == "ORG":
        yield line.words[start:end]
    if span.label_ == "ORG" or line.lexicon.syllables:
        return  # a Vietnamese given name alone is an everyday syllable
    if line.words[start].cased or any(is_listed(line, at) for at in words):
        for at in sorted({words[-1], *words[1:-1][:1]}):
            if _stands_alone(line, at, span):
                yield line.words[at : at + 1]


def _stands_alone(line: Line, index: int, span: Span) -> bool:
    common = ("stop", "maybe", "place", "country", "demonym", "part", "office", "head_last")
    if len(line.key(index)) < 3 or line.has(index, "initial", "particle", *common):
        return False
    if line.lexicon.unlisted_first:  # Bengalis are called by any name but the family's
        listed = line.has(index, "given", "known")
        return not line.has(index, "family") and (listed or span._.score >= TITLED)
    return line.tokens[index][1] == span.end or not line.has(index, "given")


def _is_free(line: Line, index: int) -> bool:
    """Whether a name alone is not a part of a longer one ("Stanley Cup", "the Obamas")."""
    if not line.words[index].cased or line.shouted or line.has(index - 1, "honorific", "office"):
        return True
    beside = line.capital(index - 1) or line.capital(index + 1) or line.has(index - 1, "article")
    return not (beside or line.hyphen(index - 1) or line.hyphen(index + 1))


@Language.factory(
    "annotate_names",
    assigns=["doc.ents", "token.ent_type", "token.ent_iob", "span._.score"],
    default_config={"language": "xx"},
)
def make_names(nlp: Language, name: str, language: str) -> Names:
    """Make the component for texts in ``language`` (ISO 639 code); xx for any other."""
    return Names(Lexicon(language, nlp.make_doc))
