"""Suggests COUNTRY, with its ISO 3166-1 alpha-2 code, from the country list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from spacy.language import Language
from spacy.tokens import Doc, Span

import annotate.prelabel.extensions  # noqa: F401  (registers Span._.score)
from annotate.prelabel.country_names import CountryMatch, country_matches, country_names
from annotate.prelabel.country_reading import Reading
from annotate.prelabel.fold import split
from annotate.prelabel.merge import COUNTRY, Mention, merge
from annotate.prelabel.words import (
    folded_words,
    glued_ending,
    mention_of,
    token_texts,
    without_glued,
)

# What pipelines of others call a geographical name.
PLACE_LABELS = frozenset({"GPE", "LOC"})
# Share of suggestions that were right on the gold files of corpus/: forms that cues or
# their own shape settled (1757 of 1783), and forms left to their default (325 of 380).
_SURE, _UNSURE = 0.98, 0.85


@Language.factory(
    "annotate_countries",
    assigns=["doc.ents", "token.ent_type", "token.ent_iob", "span._.score"],
    default_config={"language": "xx"},
)
def make_countries(nlp: Language, name: str, language: str) -> Countries:
    """Make the component for texts in ``language`` (ISO 639 code)."""
    return Countries(language)


def code_of(text: str, language: str) -> str | None:
    """ISO 3166-1 alpha-2 code when ``text`` is exactly one form of a country's name.

    Case endings and clitics may be on it, also glued with hyphen or apostrophe, and
    an official title before it. No context is weighed.
    """
    words = list(without_glued(split(text), language))
    names = country_names(language)
    code = names.code(words)
    if code or not words:
        return code
    for match in names.find(words):
        title = Reading(words, [match], language).title_before(match)
        if match.end == len(words) and title and title == match.start:
            return match.form.code
    return None


class Countries:
    """Adds COUNTRY spans to ``doc.ents`` and settles their overlaps with what is there.

    ``span.kb_id_`` is the ISO 3166-1 alpha-2 code, ``span._.score`` how often such a
    suggestion was right. Other entities stay, except where
    :func:`annotate.prelabel.merge.merge` gives their place to a country.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        country_names(language)  # loads them now, not with the first text

    def __call__(self, doc: Doc) -> Doc:
        """Set ``doc.ents``; the text and the tokens are not touched."""
        matches = country_matches(doc, self.language)
        if not matches:
            return doc
        words, owners = folded_words(doc)
        reading = Reading(words, matches, self.language)
        places = _word_spans((ent for ent in doc.ents if ent.label_ in PLACE_LABELS), owners)
        countries: list[Mention] = []
        for match, sure in reading.countries(places):
            start = match.start - reading.title_before(match)
            end = match.end + glued_ending(doc, words, owners, match.end, self.language)
            mention = mention_of(doc, words, owners, start, end)
            if mention:
                # "The Islamic Republic" is Iran by itself, and a title before Pakistan.
                if countries and countries[-1].end > mention.start:
                    countries.pop()
                countries.append(_as_country(mention, match, sure, end > match.end))
        self._set(doc, countries)
        return doc

    def _set(self, doc: Doc, countries: Sequence[Mention]) -> None:
        before = {(ent.start, ent.end): ent for ent in doc.ents}
        names = [
            Mention(start, end, ent.label_, ent._.score, ent.kb_id_)
            for (start, end), ent in before.items()
        ]
        # What the list found by itself, for components behind this one.
        doc.spans["countries"] = [
            Span(doc, one.start, one.end, COUNTRY, kb_id=one.code) for one in countries
        ]
        ents = []
        for mention in merge(names, countries, token_texts(doc), self.language):
            same = before.get((mention.start, mention.end))
            known = same is not None and same.label_ == mention.label
            if same is not None and known and (same.kb_id_ or not mention.code):
                ents.append(same)
                continue
            span = Span(doc, mention.start, mention.end, mention.label, kb_id=mention.code)
            span._.score = mention.score
            ents.append(span)
        doc.ents = ents


def _word_spans(ents: Iterable[Span], owners: Sequence[int]) -> set[tuple[int, int]]:
    spans = set()
    for ent in ents:
        inside = [index for index, token in enumerate(owners) if ent.start <= token < ent.end]
        if inside:
            spans.add((inside[0], inside[-1] + 1))
    return spans


def _as_country(mention: Mention, match: CountryMatch, sure: bool, glued: bool) -> Mention:
    genitive = glued or match.ending.rstrip("ওই").endswith("র")
    return Mention(
        mention.start,
        mention.end,
        COUNTRY,
        score=_SURE if sure else _UNSURE,
        code=match.form.code,
        sure=sure,
        genitive=genitive,
    )
