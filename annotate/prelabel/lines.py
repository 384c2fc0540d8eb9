"""A document as lines that no name crosses, each word looked up in the tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from spacy.tokens import Doc

from annotate.prelabel.country_names import country_matches
from annotate.prelabel.lexicon import Lexicon, Word
from annotate.prelabel.once import once_a_doc
from annotate.prelabel.words import GLUED_WORDS, folded_words, token_marks, token_texts

_HOSTS = r"com|org|net|gov|edu|info|vn|ir|bd|vnp|html?"
_LINK = re.compile(rf"(?:https?://|www\.)\S+|\S+@\S+\.\w+|[@#]\w+|\b[\w.-]+\.(?:{_HOSTS})\b\S*")
_SENTENCE_END = frozenset(".!?।॥؟…|")
# What ends a name in scripts without capitals.
_BOUNDS = (
    *("stop", "light", "says", "office", "honorific"),
    *("head_last", "head_first", "place_head"),
)
# Entries of these tables own all their words: none of them begins something else.
_OWNING = ("country", "place", "stop", "office", "role", "honorific")

_NOTHING: dict[str, int] = {}


class Found(NamedTuple):
    """Words ``start:end`` of a line, and how sure the rule is that found them."""

    start: int
    end: int
    score: float


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
        self.tables: set[str] = set()  # those with an entry in the line
        self.inside: set[int] = set()  # words of an entry behind its first
        self.behind_place: set[int] = set()  # where a place's name follows ("street ...")
        self._countries: dict[int, int] | None = None  # what was looked up with
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
        if glued and word.key in GLUED_WORDS and not word.cased and self._ends_glued():
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
        own = {
            index: countries[start]
            for index, (start, _) in enumerate(self.tokens)
            if start in countries
        }
        if own == self._countries:
            return
        self._countries = own
        self.found, self.tables, self.inside, self.behind_place = [], set(), set(), set()
        for index, word in enumerate(words):
            if not word.entries and index not in own:
                self.found.append(_NOTHING)
                continue
            here: dict[str, int] = {}
            for entry in word.entries:
                if entry.fits(words, index):
                    here[entry.table] = max(len(entry.keys), here.get(entry.table, 0))
            if index in own:
                here["country"] = self.upto(index, own[index]) - index
            self.found.append(here)
            self.tables.update(here)
            for table in here.keys() & _OWNING:
                self.inside.update(range(index + 1, index + here[table]))
            if "place_head" in here:
                self.behind_place.add(index + here["place_head"])
        long = [word for word in words if word.long]
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

    def bare(self, index: int) -> bool:
        """Whether a word without capitals may be part of a name: nothing bounds it."""
        if not self.letters(index):
            return False
        word = self.words[index]
        return not (word.cased or word.barred or self.has(index, *_BOUNDS))

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


def lines_of(doc: Doc, lexicon: Lexicon) -> Sequence[Line]:
    """The lines of a doc, with what the tables and the countries found so far say of them."""
    lines = _divided(doc, lexicon)
    countries = countries_in(doc, lexicon)
    for line in lines:
        line.look_up(countries)
    return lines


@once_a_doc
def _divided(doc: Doc, lexicon: Lexicon) -> Sequence[Line]:
    """Divide a document where no name goes on: line break, sentence end, link."""
    content = doc.text
    links = [match.span() for match in _LINK.finditer(content)]
    links.append((len(content) + 1, len(content) + 1))
    marked = doc.has_annotation("SENT_START")
    marks = token_marks(doc, "IDX", "SPACY", "IS_SPACE", "SENT_START")
    lines: list[Line] = []
    line, link, glued = Line(lexicon), 0, False
    for index, (text, mark) in enumerate(zip(token_texts(doc), marks, strict=True)):
        offset, spaced, blank, start = mark
        while links[link][1] <= offset:
            link += 1
        stop = text[0] in _SENTENCE_END and _SENTENCE_END.issuperset(text)
        stop = stop and not (text == "." and glued and line.abbreviates())
        stop = stop or links[link][0] < offset + len(text)
        begins = marked and start == 1
        if line.words and (stop or begins or (blank and not text.isprintable())):
            lines.append(line)
            line = Line(lexicon)
        if not stop and not blank:
            line.append(text, index, glued=glued)
        glued = not blank and not spaced
    return [*lines, line] if line.words else lines


def countries_in(doc: Doc, lexicon: Lexicon) -> dict[int, int]:
    """Where countries begin and end, in tokens: they bound offices and names."""
    _, owners = folded_words(doc)
    found = {
        owners[match.start]: owners[match.end - 1] + 1
        for match in country_matches(doc, lexicon.language)
    }
    return found | {ent.start: ent.end for ent in doc.ents if ent.label_ == "COUNTRY"}


def token_tables(doc: Doc, lexicon: Lexicon) -> list[list[str]]:
    """For each token, the tables that know it: B- where an entry begins, else I-.

    Two more marks: ``inflected``, and ``headline`` for a line of capitals.
    """
    known: list[list[str]] = [[] for _ in doc]
    for line in lines_of(doc, lexicon):
        for place, (start, _) in enumerate(line.tokens):
            for table, size in line.found[place].items():
                for offset, (first, last) in enumerate(line.tokens[place : place + size]):
                    for index in range(first, last):
                        begins = offset == 0 and index == first
                        known[index].append(("B-" if begins else "I-") + table)
            if line.words[place].inflected:
                known[start].append("inflected")
            if line.headline or line.shouted:
                known[start].append("headline")
    return known
