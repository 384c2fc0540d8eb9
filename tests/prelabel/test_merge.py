"""Where a country overlaps another name, one flat list comes out."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Span

from annotate.prelabel.merge import COUNTRY, ORG, PERSON, Mention, merge
from annotate.prelabel.pipeline import TOKENIZER


@cache
def nlp(language: str) -> Language:
    made = spacy.blank("xx", config=TOKENIZER)
    made.add_pipe("annotate_countries", config={"language": language})
    return made


def merged(text: str, language: str, *spans: tuple[str, str]) -> list[tuple[str, str]]:
    """Entities after the component, which finds ``spans`` (text, label) there already."""
    doc = nlp(language).make_doc(text)
    ents = []
    for mention, label in spans:
        start = text.index(mention)
        span = doc.char_span(start, start + len(mention), label=label)
        assert isinstance(span, Span)
        span._.score = 0.5
        ents.append(span)
    doc.ents = ents
    doc = nlp(language).get_pipe("annotate_countries")(doc)
    return [(ent.text, ent.label_) for ent in doc.ents]


@pytest.mark.parametrize(
    ("text", "language", "span", "expected"),
    [
        (
            "Bộ Y tế Việt Nam",
            "vi",
            ("Bộ Y tế Việt Nam", "ORG"),
            [("Bộ Y tế", "ORG"), ("Việt Nam", "COUNTRY")],
        ),
        (
            "سازمان هواشناسی ایران",
            "fa",
            ("سازمان هواشناسی ایران", "ORG"),
            [("سازمان هواشناسی", "ORG"), ("ایران", "COUNTRY")],
        ),
        (
            "Ministry of Health of Kenya",
            "en",
            ("Ministry of Health of Kenya", "ORG"),
            [("Ministry of Health", "ORG"), ("Kenya", "COUNTRY")],
        ),
        (
            "Japan's Finance Ministry",
            "en",
            ("Japan's Finance Ministry", "ORG"),
            [("Japan", "COUNTRY"), ("Finance Ministry", "ORG")],
        ),
        (
            "নেপালের পর্যটন বোর্ড",
            "bn",
            ("নেপালের পর্যটন বোর্ড", "ORG"),
            [("নেপালের", "COUNTRY"), ("পর্যটন বোর্ড", "ORG")],
        ),
        ("নেপাল পর্যটন বোর্ড", "bn", ("নেপাল পর্যটন বোর্ড", "ORG"), [("নেপাল পর্যটন বোর্ড", "ORG")]),
        ("Kenya Airways", "en", ("Kenya Airways", "ORG"), [("Kenya Airways", "ORG")]),
        (
            "University of Malta",
            "en",
            ("University of Malta", "ORG"),
            [("University of Malta", "ORG")],
        ),
        ("Israel Gomez spoke", "en", ("Israel Gomez", "PERSON"), [("Israel Gomez", "PERSON")]),
        ("in Kenya", "en", ("Kenya", "GPE"), [("Kenya", "COUNTRY")]),
        ("in Kenya", "en", ("Kenya", "ORG"), [("Kenya", "COUNTRY")]),
        ("Chad sang", "en", ("Chad", "PERSON"), [("Chad", "PERSON")]),
        ("Anh là một nước", "vi", ("Anh", "GPE"), [("Anh", "COUNTRY")]),
        ("Kenya Forum 2030", "en", ("Kenya Forum 2030", "EVENT"), [("Kenya", "COUNTRY")]),
    ],
)
def test_a_country_and_a_name_settle_their_overlap(
    text: str, language: str, span: tuple[str, str], expected: list[tuple[str, str]]
) -> None:
    assert merged(text, language, span) == expected


def test_a_name_that_is_cut_keeps_its_score() -> None:
    name = Mention(0, 4, ORG, score=0.7)
    country = Mention(3, 4, COUNTRY, code="VN")
    tokens = ["Bộ", "Y", "tế", "Lào"]
    assert merge([name], [country], tokens, "vi") == [Mention(0, 3, ORG, score=0.7), country]


def test_names_without_a_country_pass_as_they_are() -> None:
    names = [Mention(0, 1, PERSON), Mention(2, 3, "DATE")]
    country = Mention(5, 6, COUNTRY, code="KE")
    assert merge(names, [country], ["a"] * 6, "en") == [*names, country]


def spans(labels: list[str]) -> st.SearchStrategy[list[Mention]]:
    edges = st.lists(st.integers(0, 20), max_size=8, unique=True).map(sorted)
    chosen = st.lists(st.sampled_from(labels), min_size=4, max_size=4)
    return st.builds(
        lambda places, own: [
            Mention(start, end, label)
            for (start, end), label in zip(
                zip(places[::2], places[1::2], strict=False), own, strict=False
            )
        ],
        edges,
        chosen,
    )


@given(
    spans([PERSON, ORG, "DATE"]),
    spans([COUNTRY]),
    st.lists(st.sampled_from(["of", "'s", "(", "Lima"]), min_size=20, max_size=20),
    st.sampled_from(["bn", "vi", "fa", "en"]),
)
def test_nothing_overlaps_afterwards(
    names: list[Mention], countries: list[Mention], tokens: list[str], language: str
) -> None:
    result = merge(names, countries, tokens, language)
    assert all(one.end <= other.start for one, other in pairwise(result))
    assert all(mention.start < mention.end for mention in result)
    alone = [name for name in names if not any(name.overlaps(it) for it in countries)]
    assert set(alone) <= set(result)
