"""The four sample texts: what they promise, and that the package reads them so."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from annotate.config import load_settings
from annotate.corpus.language import detector
from annotate.corpus.read import read
from annotate.ledger import Ledger
from annotate.shipped import shipped

SAMPLES = shipped("samples")
TEXTS = sorted(SAMPLES.glob("*.txt"))


def test_one_text_a_default_language() -> None:
    assert {path.stem for path in TEXTS} == set(load_settings(SAMPLES).languages)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_a_text_is_composed_utf_8_in_short_paragraphs(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert not {"\ufeff", "\r", "\t"} & set(text)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert max(map(len, text.splitlines())) <= 600
    assert 120 <= len(text.split()) <= 200


def test_they_are_read_as_they_are_with_their_language() -> None:
    ledger = Ledger("read")
    detect = detector(load_settings(SAMPLES).languages)
    documents = list(read([SAMPLES], ledger, language=None, detect=detect))
    assert ledger.clean, ledger.refused
    assert [document.id for document in documents] == [path.stem for path in TEXTS]
    assert [document.language for document in documents] == [path.stem for path in TEXTS]
    assert [document.text.encode() for document in documents] == [
        path.read_bytes() for path in TEXTS
    ]
