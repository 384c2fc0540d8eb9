"""Near-duplicates among real-looking texts of four languages."""

from __future__ import annotations

from pathlib import Path

from annotate.formats import inline
from annotate.split.duplicates import THRESHOLD, jaccard, near_duplicates, ngrams
from tests.split.made import edited

CORPUS = Path(__file__).parents[2] / "corpus" / "unseen"


def test_edited_copies_are_found_and_nothing_else() -> None:
    texts = [one.text for one in inline.read(CORPUS)]
    copies = [edited(text, 0.1, seed) for seed, text in enumerate(texts)]
    found = {(pair.first, pair.second) for pair in near_duplicates([*texts, *copies])}
    wanted = {(place, place + len(texts)) for place in range(len(texts))}
    assert found <= wanted
    assert len(found) >= 0.95 * len(wanted)


def test_similarities_are_exact() -> None:
    texts = [one.text for one in inline.read(CORPUS)][:4]
    texts += [edited(text, 0.05) for text in texts]
    for pair in near_duplicates(texts):
        assert pair.similarity >= THRESHOLD
        assert pair.similarity == jaccard(ngrams(texts[pair.first]), ngrams(texts[pair.second]))


def test_blanks_case_and_spelling_make_no_difference() -> None:
    one, other = "می‌گوید که ایران Đà Nẵng", "مي گوید  که\nایران ĐÀ NẴNG"
    assert [(p.first, p.second, p.similarity) for p in near_duplicates([one, other])] == [(0, 1, 1)]


def test_short_texts_are_duplicates_when_they_are_the_same() -> None:
    assert [(p.first, p.second) for p in near_duplicates(["Yes", "No", "yes!", "yes"])] == [(0, 3)]
