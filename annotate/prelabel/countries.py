"""Suggests COUNTRY, with its ISO 3166-1 alpha-2 code, from the country list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from spacy.language import Language
from spacy.tokens import Doc, Span

import annotate.prelabel.extensions  # noqa: F401  (registers Span._.score)
from annotate.prelabel.country_names import CountryMatch, country_names
from annotate.prelabel.country_reading import Reading
from annotate.prelabel.endings import GLUED
from annotate.prelabel.fold import atoms, fold, split
from annotate.prelabel.merge import COUNTRY, Mention, merge

# What pipelines of others call a geographical name.
PLACE_LABELS = frozenset({"GPE", "LOC"})
# Share of suggestions that were right on the gold files of corpus/: forms that cues or
# their own shape settled (1757 of 1783), and forms left to their default (325 of 380).
_SURE, _UNSURE = 0.98, 0.85
_GLUED = frozenset(map(fold, GLUED))


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
    words = split(text)
    names = country_names(language)
    if language == "bn" and len(words) > 2 and words[-2] in "-'" and words[-1] in _GLUED:
        words = words[:-2]
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
        self._names = country_names(language)

    def __call__(self, doc: Doc) -> Doc:
        """Set ``doc.ents``; the text and the tokens are not touched."""
        words, owners = _words(doc)
        matches = self._names.find(words)
        if not matches:
            return doc
        reading = Reading(words, matches, self.language)
        places = _word_spans((ent for ent in doc.ents if ent.label_ in PLACE_LABELS), owners)
        countries: list[Mention] = []
        for match, sure in reading.countries(places):
            start = match.start - reading.title_before(match)
            end = match.end + self._glued_ending(doc, words, owners, match)
            mention = _mention(doc, words, owners, start, end)
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
            Mention(ent.start, ent.end, ent.label_, ent._.score, ent.kb_id_) for ent in doc.ents
        ]
        tokens = [token.text for token in doc]
        # What the list found by itself, for components behind this one.
        doc.spans["countries"] = [
            Span(doc, one.start, one.end, COUNTRY, kb_id=one.code) for one in countries
        ]
        ents = []
        for mention in merge(names, countries, tokens, self.language):
            same = before.get((mention.start, mention.end))
            known = same is not None and same.label_ == mention.label
            if same is not None and known and (same.kb_id_ or not mention.code):
                ents.append(same)
                continue
            span = Span(doc, mention.start, mention.end, mention.label, kb_id=mention.code)
            span._.score = mention.score
            ents.append(span)
        doc.ents = ents

    def _glued_ending(
        self, doc: Doc, words: Sequence[str], owners: Sequence[int], match: CountryMatch
    ) -> int:
        """2 when a hyphen or apostrophe glues a case ending on (ইউএই-র), else 0."""
        end = match.end
        if self.language != "bn" or end + 1 >= len(words):
            return 0
        if words[end] not in "-'" or words[end + 1] not in _GLUED:
            return 0
        touching = all(_touch(doc, owners, index) for index in (end - 1, end))
        return 2 if touching else 0


def _words(doc: Doc) -> tuple[list[str], list[int]]:
    """The folded words of a doc, and for each the index of its token."""
    words: list[str] = []
    owners: list[int] = []
    for token in doc:
        pieces = atoms(token.text)
        words.extend(pieces)
        owners.extend([token.i] * len(pieces))
    return words, owners


def _touch(doc: Doc, owners: Sequence[int], index: int) -> bool:
    """Whether no blank separates the word at ``index`` from the next one."""
    here, there = owners[index], owners[index + 1]
    return here == there or (here + 1 == there and not doc[here].whitespace_)


def _word_spans(ents: Iterable[Span], owners: Sequence[int]) -> set[tuple[int, int]]:
    spans = set()
    for ent in ents:
        inside = [index for index, token in enumerate(owners) if ent.start <= token < ent.end]
        if inside:
            spans.add((inside[0], inside[-1] + 1))
    return spans


def _mention(
    doc: Doc, words: Sequence[str], owners: Sequence[int], start: int, end: int
) -> Mention | None:
    """The words as whole tokens; None inside a token (a link) or behind # or @."""
    first, last = owners[start], owners[end - 1]
    inside = (start and owners[start - 1] == first) or (end < len(owners) and owners[end] == last)
    if inside:
        return None
    if start and words[start - 1] in "#@" and _touch(doc, owners, start - 1):
        return None
    return Mention(first, last + 1, COUNTRY)


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
