"""Folding makes spellings of one word equal and keeps different words apart."""

from __future__ import annotations

import unicodedata
from functools import cache

import pytest
import spacy
from hypothesis import given
from spacy.language import Language

from annotate.prelabel.fold import atoms, fold, split
from annotate.prelabel.pipeline import TOKENIZER
from tests.strategies import texts


@cache
def nlp() -> Language:
    return spacy.blank("xx", config=TOKENIZER)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u09afার", "\u09afার"),
        ("মালয়েশিয়া", "মালয়েশিয়া"),
        ("গাঢ়", "গাঢ়"),
        ("كردي", "کردی"),
        ("خانهٔ", "خانه"),
        ("خانۀ", "خانه"),
        ("سری\u200cلانکا", "سریلانکا"),
        ("عُمان", "عمان"),
        ("ایـــران", "ایران"),
        ("إيران", "ایران"),
        ("hoà", "hòa"),
        ("Thuỵ", "Thụy"),
        ("Ðức", "Đức"),
        ("Vie\u0323\u0302t", "Việt"),
        ("d’Ivoire", "d'Ivoire"),
        ("d`Ivoire", "d'Ivoire"),
        ("Timor–Leste", "Timor-Leste"),
    ],
)
def test_two_spellings_of_a_word_have_one_key(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ý", "Y"), ("Peru", "peru"), ("چاد", "چادر"), ("চাদ", "চাঁদ"), ("آن", "ان"), ("Hòa", "Hoa")],
)
def test_different_words_have_different_keys(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(texts())
def test_a_key_is_its_own_key_and_no_longer_than_the_parts(text: str) -> None:
    key = fold(text)
    assert fold(key) == key
    assert len(key) <= len(unicodedata.normalize("NFD", text))


@given(texts())
def test_atoms_hold_the_same_letters_whatever_the_tokenizer(text: str) -> None:
    joined = [atom for token in nlp()(text) for atom in atoms(token.text)]
    assert "".join(joined).replace("\n", "") == "".join(split(text))


def test_atoms_are_the_same_for_any_division_at_marks() -> None:
    for tokens in (["U.S.-China"], ["U.S.", "-", "China"], ["U", ".", "S.", "-China"]):
        joined = [atom for token in tokens for atom in atoms(token)]
        assert joined == ["U", ".", "S", ".", "-", "China"]
