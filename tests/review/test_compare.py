"""What the reviewer did to the suggestions."""

from annotate.document import Link, Marks, Span, marks_of
from annotate.review.compare import compare
from tests.samples import ENGLISH, english, span

SUGGESTED = marks_of(english())


def replaced(old: str, new: Span) -> tuple[Span, ...]:
    return tuple(new if item.id == old else item for item in SUGGESTED.entities)


def test_an_untouched_review_accepts_everything() -> None:
    result = compare(SUGGESTED, SUGGESTED)
    assert result.untouched
    assert set(result.entities.values()) == {"accepted"}


def test_a_moved_edge_is_a_change_and_its_relations_stay_accepted() -> None:
    amina = span(ENGLISH, "Amina", "PERSON", id="p1")
    result = compare(SUGGESTED, Marks(replaced("p1", amina), SUGGESTED.relations))
    assert result.entities["p1"] == "changed"
    assert set(result.relations.values()) == {"accepted"}
    assert not result.untouched
    assert result.removed_entities == ()


def test_a_new_label_is_a_change() -> None:
    org = SUGGESTED.entities[0]._replace(label="ORG")
    assert compare(SUGGESTED, Marks(replaced("p1", org))).entities["p1"] == "changed"


def test_a_span_drawn_anew_over_a_deleted_one_is_a_change() -> None:
    anew = span(ENGLISH, "Amina Yusuf of Kenya", "ORG", id="zK9")
    result = compare(SUGGESTED, Marks((anew, *SUGGESTED.entities[2:])))
    assert result.entities["zK9"] == "changed"
    assert [item.id for item in result.removed_entities] == ["c1"]


def test_the_same_span_drawn_anew_is_accepted() -> None:
    anew = SUGGESTED.entities[0]._replace(id="zK9")
    result = compare(SUGGESTED, Marks(replaced("p1", anew)))
    assert result.entities["zK9"] == "accepted"
    assert result.removed_entities == ()


def test_what_was_not_suggested_is_added_and_what_is_gone_is_removed() -> None:
    new = span(ENGLISH, "agreement", "ORG", id="o1")
    result = compare(SUGGESTED, Marks((*SUGGESTED.entities[:4], new)))
    assert result.entities["o1"] == "added"
    assert [item.text for item in result.removed_entities] == ["Peru"]
    assert len(result.removed_relations) == 3


def test_a_relation_of_another_type_between_the_same_two_is_a_change() -> None:
    other = Link(head="p1", tail="p2", label="cooperates_with")
    result = compare(SUGGESTED, Marks(SUGGESTED.entities, (SUGGESTED.relations[0], other)))
    assert result.relations[other] == "changed"
    assert [item.label for item in result.removed_relations] == ["cooperates_with"]


def test_a_drawn_relation_is_added() -> None:
    drawn = Link(head="p2", tail="c3", label="represents")
    result = compare(SUGGESTED, Marks(SUGGESTED.entities, (*SUGGESTED.relations, drawn)))
    assert result.relations[drawn] == "added"


def test_without_a_suggestion_everything_is_added() -> None:
    result = compare(Marks(), SUGGESTED)
    assert set(result.entities.values()) == set(result.relations.values()) == {"added"}
