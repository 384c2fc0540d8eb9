"""Tag schemes, beside seqeval, which reads tags as conlleval does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities

from annotate.formats import iob

LABELLED = [f"{place}-{label}" for place in "BIES" for label in ("PER", "ORG")]


@given(st.lists(st.sampled_from(["O", *LABELLED]), max_size=12))
def test_spans_are_those_of_seqeval(tags: list[str]) -> None:
    found = [(label, first, after - 1) for first, after, label in iob.spans(tags)]
    assert found == get_entities(tags)


@pytest.mark.parametrize(
    ("scheme", "tags"),
    [
        ("IOB1", ["I-PER", "I-PER", "B-PER", "O", "I-ORG"]),
        ("IOB2", ["B-PER", "I-PER", "B-PER", "O", "B-ORG"]),
        ("IOBES", ["B-PER", "E-PER", "S-PER", "O", "S-ORG"]),
        ("BILOU", ["B-PER", "L-PER", "U-PER", "O", "U-ORG"]),
    ],
)
def test_every_scheme_says_the_same(scheme: str, tags: list[str]) -> None:
    assert iob.spans(tags) == [(0, 2, "PER"), (2, 3, "PER"), (4, 5, "ORG")], scheme


@pytest.mark.parametrize("tag", ["", "PER", "B-", "X-PER", "B", "_", "o"])
def test_what_is_no_tag_is_found(tag: str) -> None:
    assert iob.odd(["O", "B-Job-title", tag]) == 2
    assert iob.odd(["O", "B-Job-title"]) is None
