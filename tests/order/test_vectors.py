"""Texts as vectors: who is like whom."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.order import vectors as module
from annotate.order.vectors import vectors

ONE = "The minister of Kenya met a delegation from Peru in Nairobi on Monday."
REPRINT = "NAIROBI: The minister of Kenya met a delegation from Peru in Nairobi on Monday, it said."
OTHER = "Rain fell for nine days and the harvest was lost."


@given(st.lists(st.text(max_size=80), max_size=8))
def test_every_row_has_length_one_or_is_empty(texts: list[str]) -> None:
    rows = vectors(texts)
    assert rows.shape[0] == len(texts)
    lengths = np.sqrt(rows.multiply(rows).sum(axis=1)).A1 if texts else []
    assert all(abs(one - 1) < 1e-3 or one == 0 for one in lengths)


def test_a_reprint_is_like_its_source_and_another_story_is_not() -> None:
    rows = vectors([ONE, REPRINT, OTHER])
    like = (rows @ rows.T).toarray()
    assert like[0, 1] > 0.6
    assert like[0, 2] < 0.1


def test_case_and_blanks_make_no_difference() -> None:
    rows = vectors([ONE, ONE.upper().replace(" ", "  ")])
    assert (rows @ rows.T).toarray()[0, 1] == pytest.approx(1)


@pytest.mark.parametrize(
    "text", ["বাংলাদেশের প্রধানমন্ত্রী ঢাকায় বৈঠক করেন।", "وزیر خارجهٔ ایران دیدار کرد.", "越南总理访问秘鲁"]
)
def test_any_script_is_compared(text: str) -> None:
    rows = vectors([text, f"{text} {text}", ONE])
    like = (rows @ rows.T).toarray()
    assert like[0, 1] > 0.6
    assert like[0, 2] == 0


def test_a_sample_of_the_ngrams_tells_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"{ONE} {OTHER} {number}" * 5 for number in range(3)] + [OTHER * 9]
    whole = vectors(texts)
    monkeypatch.setattr(module, "MOST", 200)
    part = vectors(texts)
    assert part.nnz < whole.nnz
    assert abs((whole @ whole.T - part @ part.T).toarray()).max() < 0.2
