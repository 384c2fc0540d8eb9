"""What became of each suggestion."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from annotate.document import Link, Marks, Span, marks_of
from annotate.effort.changes import Change, agreement, changes
from annotate.evaluate.scores import Score
from annotate.review.compare import compare
from tests.samples import ENGLISH, english, span

SUGGESTED = marks_of(english())
WORD = "abcdefghij"


def replaced(old: str, **fields: Any) -> Marks:
    found = tuple(
        item._replace(**fields) if item.id == old else item for item in SUGGESTED.entities
    )
    return Marks(found, SUGGESTED.relations)


def not_accepted(reviewed: Marks) -> Counter[Change]:
    found = changes(SUGGESTED, reviewed)
    return Counter({key: n for key, n in found.items() if key.outcome != "accepted"})


def test_an_untouched_review_accepts_every_mark_under_its_label() -> None:
    assert changes(SUGGESTED, SUGGESTED) == {
        ("entities", "PERSON", "accepted"): 2,
        ("entities", "COUNTRY", "accepted"): 3,
        ("relations", "represents", "accepted"): 1,
        ("relations", "met_with", "accepted"): 1,
        ("relations", "cooperates_with", "accepted"): 1,
    }


def test_a_new_label_a_new_edge_and_both_are_told_apart() -> None:
    relabelled = replaced("p1", label="ORG")
    rebounded = replaced("p1", end=5, text="Amina")
    both = replaced("p1", end=5, text="Amina", label="ORG")
    assert not_accepted(relabelled) == {("entities", "PERSON", "re-labelled"): 1}
    assert not_accepted(rebounded) == {("entities", "PERSON", "re-bounded"): 1}
    assert not_accepted(both) == {("entities", "PERSON", "both"): 1}


def test_what_is_added_counts_under_its_own_label_and_what_is_deleted_under_the_suggested() -> None:
    new = span(ENGLISH, "agreement", "ORG", id="o1")
    link = Link(head="p1", tail="o1", label="works_for")
    kept = tuple(item for item in SUGGESTED.entities if item.id != "c3")
    found = not_accepted(Marks((*kept, new), (*SUGGESTED.relations[:2], link)))
    assert found == {
        ("entities", "ORG", "added"): 1,
        ("entities", "COUNTRY", "deleted"): 1,
        ("relations", "works_for", "added"): 1,
        ("relations", "cooperates_with", "deleted"): 1,
    }


def test_a_relation_of_another_type_and_one_turned_round_are_told_apart() -> None:
    links = (
        Link(head="c1", tail="p1", label="represents"),
        Link(head="p1", tail="p2", label="works_for"),
        SUGGESTED.relations[2],
    )
    assert not_accepted(Marks(SUGGESTED.entities, links)) == {
        ("relations", "represents", "turned"): 1,
        ("relations", "met_with", "re-typed"): 1,
    }


def test_agreement_wants_span_label_and_both_ends() -> None:
    found = agreement(SUGGESTED, replaced("p1", label="ORG"))
    assert found == {"entities": Score(4, 5, 5), "relations": Score(1, 3, 3)}


@st.composite
def marks(draw: st.DrawFn) -> Marks:
    """Marks over one short text: spans, labels and ids meet often."""
    places = st.tuples(st.integers(0, 4), st.integers(1, 3), st.sampled_from("XY"))
    ids = st.sampled_from("abcdef")
    drawn = draw(st.lists(st.tuples(ids, places), max_size=5, unique_by=lambda one: one[0]))
    entities = {
        place: Span(
            id=name,
            start=place[0],
            end=sum(place[:2]),
            label=place[2],
            text=WORD[place[0] :][: place[1]],
        )
        for name, place in drawn
    }
    names = [item.id for item in entities.values()]
    links = st.builds(
        Link,
        head=st.sampled_from(names),
        tail=st.sampled_from(names),
        label=st.sampled_from("RS"),
        score=st.none(),
    )
    found = draw(st.lists(links, max_size=4, unique=True)) if names else []
    return Marks(tuple(entities.values()), tuple(found))


@given(marks(), marks())
def test_every_suggestion_and_every_mark_is_counted_once_as_compare_has_it(
    suggested: Marks, reviewed: Marks
) -> None:
    found = changes(suggested, reviewed)
    told = compare(suggested, reviewed)
    for kind, before, after, statuses in (
        ("entities", suggested.entities, reviewed.entities, told.entities),
        ("relations", suggested.relations, reviewed.relations, told.relations),
    ):
        outcomes: Counter[str] = Counter()
        for change, count in found.items():
            if change.kind == kind:
                outcomes[change.outcome] += count
        seen = Counter(statuses.values())
        assert outcomes["accepted"] == seen["accepted"]
        assert outcomes["added"] == seen["added"]
        assert outcomes.total() - outcomes["added"] == len(before)
        assert outcomes.total() - outcomes["deleted"] == len(after)
        # Each under the label that was suggested.
        labels: Counter[str] = Counter()
        for change, count in found.items():
            if change.kind == kind and change.outcome != "added":
                labels[change.label] += count
        assert labels == Counter(item.label for item in before)
