"""Windows: no word unseen, neighbours together, offsets of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from annotate.prelabel.engines.windows import windows
from annotate.prelabel.pipeline import TOKENIZER
from tests.strategies import texts


@cache
def nlp() -> Language:
    return spacy.blank("xx", config=TOKENIZER)


def by_letters(room: int):
    def share(words: Sequence[str]) -> float:
        return sum(map(len, words)) / room

    return share


@given(texts(), st.integers(2, 60))
def test_every_letter_is_in_a_window_and_each_window_fits(text: str, room: int) -> None:
    share = by_letters(room)
    seen: set[int] = set()
    for window in windows(text, nlp(), share):
        assert text[window.start :].startswith(window.text)
        for word in window.words:
            assert text[word.start : word.end] == word.text
            seen.update(range(word.start, word.end))
        assert share([word.text for word in window.words]) <= 1 or len(window.text) == 1
    words = (token for token in nlp().make_doc(text) if not token.is_space)
    letters = {at for word in words for at in range(word.idx, word.idx + len(word))}
    assert {at for at in letters if not text[at].isspace()} <= seen


def test_a_window_begins_with_the_sentence_that_ended_the_one_before() -> None:
    text = "One sings. Two dance. Three play. Four rest."
    found = [window.text.strip() for window in windows(text, nlp(), by_letters(22))]
    assert found == ["One sings. Two dance.", "Two dance. Three play.", "Three play. Four rest."]


@pytest.mark.parametrize("text", ["word " * 400, "ক" * 900, "খ্রিস্টান" * 90])
def test_a_sentence_too_long_is_taken_in_parts_that_overlap(text: str) -> None:
    parts = list(windows(text, nlp(), by_letters(100)))
    assert len(parts) > 5
    assert all(
        here.start < there.start < here.start + len(here.text) for here, there in pairwise(parts)
    )


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_a_text_without_words_has_no_window(text: str) -> None:
    assert list(windows(text, nlp(), by_letters(9))) == []
