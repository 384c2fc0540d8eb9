"""Sentence starts on tokens of our tokenizer and of others."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc
from spacy.vocab import Vocab

from annotate.corpus.sentences import sentence_spans
from annotate.prelabel.pipeline import TOKENIZER
from annotate.prelabel.sentences import mark_sentences
from tests.strategies import texts

OURS = spacy.blank("xx", config=TOKENIZER)


def test_each_sentence_starts_with_its_first_token() -> None:
    doc = mark_sentences(OURS("It rained. Nobody came.\nWe left."))
    assert [sentence[0].text for sentence in doc.sents] == ["It", "Nobody", "We"]
    assert [token.is_sent_start for token in doc].count(None) == 0


def test_a_sentence_that_begins_inside_a_token_starts_with_the_next_one() -> None:
    doc = Doc(Vocab(), words=["was here।Then", "they", "left"], spaces=[True, True, False])
    mark_sentences(doc)
    assert [token.is_sent_start for token in doc] == [True, True, False]


def test_an_empty_doc_stays_empty() -> None:
    assert len(mark_sentences(OURS(""))) == 0


def test_a_parsed_doc_keeps_its_sentences() -> None:
    doc = Doc(Vocab(), words=["we", "left"], heads=[1, 1], deps=["nsubj", "ROOT"])
    with pytest.raises(ValueError, match="E043"):
        mark_sentences(doc)


@given(texts(), st.data())
def test_a_token_starts_a_sentence_where_one_begins_since_the_token_before(
    text: str, data: st.DataObject
) -> None:
    doc = OURS(text)
    if data.draw(st.booleans()) and len(doc) > 1:
        with doc.retokenize() as retokenizer:
            start = data.draw(st.integers(0, len(doc) - 2))
            retokenizer.merge(doc[start : start + 2])
    mark_sentences(doc)
    begins = [start for start, _ in sentence_spans(doc.text)]
    last = -1
    for token in doc:
        assert token.is_sent_start == any(last < start <= token.idx for start in begins)
        last = token.idx
