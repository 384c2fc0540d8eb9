"""Folds: every document once, near-duplicates together, languages spread."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from annotate.audit.folds import FOLDS, folds
from annotate.document import Document
from annotate.split.groups import groups
from tests.audit.made import gold

BENGALI, PERSIAN = gold("bn", 8), gold("fa", 6)


def test_languages_are_spread_evenly() -> None:
    documents = [*BENGALI, *PERSIAN]
    parts = folds(documents)
    assert len(parts) == FOLDS
    for language, number in (("bn", 8), ("fa", 6)):
        counts = [sum(documents[at].language == language for at in part) for part in parts]
        assert sum(counts) == number
        assert max(counts) - min(counts) <= 1


def test_a_copy_is_judged_by_no_model_that_saw_the_other() -> None:
    first = BENGALI[0]
    copy = first.model_copy(update={"id": "copy", "text": first.text + "।"})
    documents = [*BENGALI, copy]
    (home,) = (part for part in folds(documents) if 0 in part)
    assert len(documents) - 1 in home


def test_few_documents_make_few_folds() -> None:
    assert folds([]) == []
    assert folds(PERSIAN[:1]) == [[0]]
    assert folds(PERSIAN[:2]) == [[0], [1]] or folds(PERSIAN[:2]) == [[1], [0]]


@given(st.permutations([*BENGALI, *PERSIAN]), st.integers(0, 14))
def test_every_document_is_in_one_fold_whatever_their_order(
    documents: list[Document], size: int
) -> None:
    parts = folds(documents[:size])
    assert sorted(at for part in parts for at in part) == list(range(size))
    assert all(parts)
    for group in groups(documents[:size]):
        homes = Counter(
            number for number, part in enumerate(parts) for at in group.members if at in part
        )
        assert len(homes) == 1


def test_the_order_of_the_documents_changes_nothing() -> None:
    documents = [*BENGALI, *PERSIAN]
    there = [{documents[at].id for at in part} for part in folds(documents)]
    back = documents[::-1]
    assert [{back[at].id for at in part} for part in folds(back)] == there
