"""Names of a list found in a text: what the gazetteer and the memory share.

Words are folded and matched as for the country list, with the same case endings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import cast

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

import annotate.prelabel.extensions  # noqa: F401  (registers Span._.score)
from annotate.prelabel.country_names import CountryForm, CountryNames, persian_spellings
from annotate.prelabel.endings import inflected
from annotate.prelabel.fold import split
from annotate.prelabel.merge import Mention
from annotate.prelabel.words import folded_words, glued_ending, mention_of, without_glued


@dataclass(frozen=True, slots=True)
class Phrase(CountryForm):
    """One listed name; ``code`` is ISO 3166-1 alpha-2, or empty."""

    label: str
    score: float


class Phrases:
    """Finds listed names in docs: whole words, the longest first, case as listed.

    Where two phrases have the same words, the first one counts.
    """

    def __init__(self, phrases: Iterable[Phrase], language: str) -> None:
        self.language = language
        self._names = _PhraseForms(phrases, language)

    def find(self, doc: Doc) -> list[Mention]:
        """The names as token spans, in order, without overlap; endings are inside."""
        words, owners = folded_words(doc)
        found: list[Mention] = []
        for match in self._names.find(words):
            phrase = cast(Phrase, match.form)
            glued = glued_ending(doc, words, owners, match.end, self.language)
            mention = mention_of(doc, words, owners, match.start, match.end + glued)
            if mention:
                found.append(
                    replace(mention, label=phrase.label, score=phrase.score, code=phrase.code)
                )
        return found

    def names(self, text: str) -> bool:
        """Whether the text is exactly one of the names, with or without an ending."""
        words = without_glued(split(text), self.language)
        return self._names.code(words) is not None


class _PhraseForms(CountryNames):
    """The country list's matcher over other names."""

    def __init__(self, phrases: Iterable[Phrase], language: str) -> None:
        self.language = language
        self._forms: dict[tuple[str, ...], CountryForm] = {}
        for phrase in phrases:
            for variant in _variants(phrase.name, language):
                if variant:
                    self._forms.setdefault(variant, phrase)
        self._uninflected: dict[str, tuple[str, str]] = {}
        for variant in self._forms:
            for surface, ending in inflected(variant[-1], language):
                self._uninflected.setdefault(surface, (variant[-1], ending))
        self._spell_out(language)
        self._words = frozenset(word for variant in self._forms for word in variant)
        self._vocab = Vocab()
        self._matcher = PhraseMatcher(self._vocab)
        self._matcher.add("NAME", [Doc(self._vocab, words=list(each)) for each in self._forms])

    def _spell_out(self, language: str) -> None:
        """List inflected forms that taking endings off word by word would miss.

        In বাংলাদেশের কমিউনিস্ট পার্টির the first word has its ending in the name too;
        and one word may be two names' inflected form.
        """
        for variant, form in list(self._forms.items()):
            inner = any(word in self._uninflected for word in variant[:-1])
            for surface, ending in inflected(variant[-1], language):
                if inner or self._uninflected[surface] != (variant[-1], ending):
                    self._forms.setdefault((*variant[:-1], surface), form)


def place(doc: Doc, mentions: Iterable[Mention]) -> None:
    """Set the mentions into ``doc.ents`` instead of all that they overlap."""
    spans = []
    for mention in mentions:
        span = Span(doc, mention.start, mention.end, mention.label, kb_id=mention.code)
        span._.score = mention.score
        spans.append(span)
    doc.ents = [ent for ent in doc.ents if not overlapping(ent, spans)] + spans


def overlapping(one: Span | Mention, spans: Iterable[Span]) -> list[Span]:
    """Those of the spans that share a token with ``one``."""
    return [span for span in spans if span.start < one.end and one.start < span.end]


def _variants(name: str, language: str) -> Iterator[tuple[str, ...]]:
    yield split(name)
    if language == "fa":
        yield from sorted(map(split, persian_spellings(name)))
