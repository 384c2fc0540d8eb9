"""The greedy order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from annotate.order.rank import Ranked, rank, scores
from annotate.order.vectors import vectors

STORIES = (
    "The minister of Kenya met a delegation from Peru in Nairobi on Monday.",
    "Rain fell for nine days in the north and the harvest of maize was lost.",
    "A new stadium opens next spring, said the mayor, who loves football.",
)
WORDS = ("Kenya", "rain", "football", "Peru", "harvest", "ministers", "delegation", "stadium")


def order(texts: Sequence[str], unsure: Sequence[float], reviewed: Sequence[int] = ()) -> list[int]:
    return [one.place for one in rank(vectors(texts), unsure, reviewed)]


def test_the_least_sure_of_unlike_texts_comes_first() -> None:
    assert order(STORIES, [0.2, 0.9, 0.5]) == [1, 2, 0]


def test_near_copies_of_a_ranked_text_come_after_all_others() -> None:
    copies = [f"{STORIES[0]} ({number})" for number in range(4)]
    found = order([*copies, *STORIES[1:]], [0.9, 0.9, 0.9, 0.9, 0.2, 0.1])
    assert found[0] in range(4)
    assert found[1:3] == [4, 5]


def test_what_is_like_a_reviewed_text_comes_last() -> None:
    texts = [*STORIES, f"{STORIES[1]} Really."]
    assert order(texts, [0.5, 0.9, 0.4, 0.9], [1]) == [0, 2, 3]


def test_equals_stay_in_the_order_given() -> None:
    assert order(["", "", ""], [0.5, 0.5, 0.5]) == [0, 1, 2]


def test_nothing_is_in_order_without_documents() -> None:
    assert rank(vectors([]), []) == []


@given(st.data())
def test_every_document_is_ranked_once_and_scores_rise(data: st.DataObject) -> None:
    texts = data.draw(
        st.lists(st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), max_size=12)
    )
    unsure = [data.draw(st.floats(0, 1)) for _ in texts]
    reviewed = {place for place in range(len(texts)) if data.draw(st.booleans())}
    found = rank(vectors(texts), unsure, reviewed)
    assert sorted(one.place for one in found) == sorted({*range(len(texts))} - reviewed)
    assert all(one.worth >= other.worth - 1e-6 for one, other in pairwise(found))
    given_scores = scores(found)
    assert all(0 <= one <= 1 for one in given_scores)
    assert all(one < other for one, other in pairwise(given_scores))


def test_the_score_is_one_minus_the_worth() -> None:
    found = scores([Ranked(3, 0.75), Ranked(1, 0.5)])
    assert [round(one, 6) for one in found] == [0.25, 0.5]
