"""Scores: one scale for all kinds, and more evidence against gold is never less suspicion."""

from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from annotate.audit.mark import Kind, Mark
from annotate.audit.score import scored

KINDS = get_args(Kind)
COUNTS = st.integers(0, 30)


def mark(kind: Kind, **fields: object) -> Mark:
    gold = "" if kind.startswith("missing") else "ORG"
    made = Mark(kind, "d", "bn", 0, 3, "ঢাকা", gold, "PERSON")
    return made._replace(**fields)  # type: ignore[arg-type]


@given(st.sampled_from(KINDS), st.floats(0, 1), st.floats(0, 1), COUNTS, COUNTS)
def test_less_trust_is_more_suspicion(
    kind: Kind, one: float, other: float, alike: int, unlike: int
) -> None:
    low, high = sorted((one, other))
    counts = {"alike": alike, "unlike": unlike}
    assert 0 <= scored(mark(kind, trust=high, **counts)).score <= 1
    assert (
        scored(mark(kind, trust=low, **counts)).score
        >= scored(mark(kind, trust=high, **counts)).score
    )


@given(st.sampled_from(KINDS), st.none() | st.floats(0, 1), COUNTS, COUNTS)
def test_one_more_that_is_marked_otherwise_is_no_less_suspicion(
    kind: Kind, trust: float | None, alike: int, unlike: int
) -> None:
    before = scored(mark(kind, trust=trust, alike=alike, unlike=unlike))
    after = scored(mark(kind, trust=trust, alike=alike, unlike=unlike + 1))
    assert after.score >= before.score


def test_a_reason_names_the_model_and_the_rest_of_the_gold() -> None:
    said = scored(mark("entity", trust=0.03, alike=1, unlike=4, elsewhere="PERSON")).reason
    assert "ORG here 3 %" in said
    assert "PERSON 4×, ORG 1×" in said
