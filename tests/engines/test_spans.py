"""What an engine found stands in the doc as it was found, and no letter is changed."""

from __future__ import annotations

from itertools import pairwise

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from annotate.prelabel.engines.spans import Found, place, settle
from annotate.prelabel.pipeline import TOKENIZER
from tests.strategies import texts

nlp = spacy.blank("xx", config=TOKENIZER)
labels = st.sampled_from(["A", "B"])


@st.composite
def found(draw: st.DrawFn) -> tuple[str, list[Found]]:
    text = draw(texts().filter(bool))
    places = st.integers(0, len(text) - 1)
    spans = [
        Found(start, draw(st.integers(start + 1, len(text))), draw(labels))
        for start in draw(st.lists(places, max_size=6))
    ]
    return text, spans


@given(found())
def test_any_span_is_kept_to_the_letter(case: tuple[str, list[Found]]) -> None:
    text, spans = case
    kept, _ = settle(spans)
    doc = nlp.make_doc(text)
    place(doc, kept)
    assert doc.text == text
    wanted = [(text[it.start : it.end].strip(), it.label) for it in kept]
    assert [(ent.text, ent.label_) for ent in doc.ents] == [it for it in wanted if it[0]]


@given(found())
def test_what_is_kept_does_not_overlap_and_the_rest_is_accounted_for(
    case: tuple[str, list[Found]],
) -> None:
    _, spans = case
    kept, left_out = settle(spans)
    assert all(one.end <= other.start for one, other in pairwise(kept))
    assert set(kept) <= set(spans)
    inside = [
        it
        for it in spans
        if any(k.label == it.label and k.start <= it.start and it.end <= k.end for k in kept)
    ]
    assert left_out <= len(spans) - len(kept)
    assert left_out >= len(spans) - len(inside)


@pytest.mark.parametrize(
    ("spans", "kept", "left_out"),
    [
        ([Found(0, 4, "A", 0.9), Found(2, 9, "A", 0.5)], [(2, 9)], 1),
        ([Found(0, 4, "A", 0.5), Found(1, 5, "B", 0.9)], [(1, 5)], 1),
        # The same name, whole and cut by the edge of a window.
        ([Found(0, 9, "A", 0.5), Found(4, 9, "A", 0.9), Found(0, 9, "A", 0.8)], [(0, 9)], 0),
        ([Found(0, 9, "A", 0.5), Found(4, 9, "B", 0.9)], [(0, 9)], 1),
        ([Found(4, 9, "A"), Found(0, 4, "B")], [(0, 4), (4, 9)], 0),
    ],
)
def test_the_longest_stays_then_the_surest(
    spans: list[Found], kept: list[tuple[int, int]], left_out: int
) -> None:
    found_spans, count = settle(spans)
    assert [(it.start, it.end) for it in found_spans] == kept
    assert count == left_out
    assert found_spans[0].score == max(
        (it.score for it in spans if it[:2] == kept[0]), key=lambda score: score or 0
    )


def test_tokens_are_split_at_the_edges_and_sentences_stay() -> None:
    nlp_with = spacy.blank("xx", config=TOKENIZER)
    nlp_with.add_pipe("annotate_sentences")
    doc = nlp_with("Die Kenyareise. Weiter so.")
    place(doc, [Found(4, 9, "COUNTRY", 0.7)])
    assert [token.text for token in doc][:3] == ["Die", "Kenya", "reise"]
    (ent,) = doc.ents
    assert (ent.text, ent.label_, ent._.score) == ("Kenya", "COUNTRY", 0.7)
    assert [sent.text for sent in doc.sents] == ["Die Kenyareise.", "Weiter so."]
