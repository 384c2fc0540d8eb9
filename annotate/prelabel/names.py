"""annotate_names: suggests PERSON and ORG by cue words, name lists and document memory.

Nothing here is learned. Four steps a document: divide it into lines that no name
crosses, look every word up in the tables of ``data/names`` once, let the rules of
:mod:`annotate.prelabel.organisations` and :mod:`annotate.prelabel.persons` propose
spans, then find the same names again where they stand without a cue.

The rules know no language, only two kinds of script: those that write a name with
a capital (Latin, Cyrillic) and those that don't (Bengali, Persian).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from annotate.prelabel import extensions  # noqa: F401  (registers Span._.score)
from annotate.prelabel.lexicon import Lexicon, Word, lexicon_of
from annotate.prelabel.lines import Line, lines_of
from annotate.prelabel.organisations import find_employers, find_organisations
from annotate.prelabel.person_names import is_listed
from annotate.prelabel.persons import TITLED, find_persons, find_recurring

# The share of names found again that were right on the development sets, rounded.
AGAIN = 0.7


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
        lines = lines_of(doc, self.lexicon)
        found: list[Span] = []
        taken: list[set[int]] = []
        for line in lines:
            bodies = find_organisations(line)
            people = find_persons(line, bodies)
            bodies += find_employers(line, people, bodies)
            found += [_span(doc, line, each, "ORG") for each in bodies]
            found += [_span(doc, line, each, "PERSON") for each in people]
            taken.append({at for each in (*bodies, *people) for at in range(each.start, each.end)})
        for line, people in zip(lines, find_recurring(lines, taken), strict=True):
            found += [_span(doc, line, each, "PERSON") for each in people]
        found = filter_spans(found)
        found += _again(doc, lines, found)
        kept = {index for ent in doc.ents for index in range(ent.start, ent.end)}
        free = [span for span in found if kept.isdisjoint(range(span.start, span.end))]
        doc.spans["names"] = found  # for components behind this one
        doc.ents = (*doc.ents, *free)
        return doc


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
                first = at
                while first - 2 >= start and line.hyphen(first - 1):
                    first -= 2  # "Haddad-Pratt", "al-Jubouri"
                yield line.words[first : at + 1]


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
    return Names(lexicon_of(nlp, language))
