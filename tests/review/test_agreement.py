"""How far people marked the same."""

from hypothesis import given
from hypothesis import strategies as st

from annotate.document import Agreement, Marks, marks_of
from annotate.review.agreement import agreement, summed
from tests.effort.test_changes import marks
from tests.samples import english

MARKS = marks_of(english())


def counts(*readings: Marks) -> dict[tuple[str, str], tuple[int, int]]:
    return {(one.kind, one.label): (one.shared, one.single) for one in agreement(readings)}


def test_two_who_marked_the_same_share_every_mark_whatever_their_ids() -> None:
    ids = {one.id: f"other-{one.id}" for one in MARKS.entities}
    renamed = Marks(
        tuple(one._replace(id=ids[one.id]) for one in MARKS.entities),
        tuple(link._replace(head=ids[link.head], tail=ids[link.tail]) for link in MARKS.relations),
    )
    assert counts(MARKS, renamed) == {
        ("entity", "COUNTRY"): (3, 0),
        ("entity", "PERSON"): (2, 0),
        ("relation", "cooperates_with"): (1, 0),
        ("relation", "met_with"): (1, 0),
        ("relation", "represents"): (1, 0),
    }


def test_another_label_is_a_mark_of_each_alone_and_unties_its_relations() -> None:
    first, *rest = MARKS.entities
    other = Marks((first._replace(label="ORG"), *rest), MARKS.relations)
    found = counts(MARKS, other)
    assert found["entity", "PERSON"] == (1, 1)
    assert found["entity", "ORG"] == (0, 1)
    assert found["relation", "met_with"] == (0, 2)
    assert found["relation", "cooperates_with"] == (1, 0)


def test_of_three_people_each_pair_counts() -> None:
    assert counts(MARKS, MARKS, Marks())["entity", "PERSON"] == (2, 4)


def test_texts_add_up() -> None:
    row = Agreement(kind="entity", label="ORG", shared=1, single=2)
    twice = Agreement(kind="entity", label="ORG", shared=2, single=4)
    assert summed([(row,), (), (row,)]) == (twice,)


@given(st.lists(marks(), min_size=2, max_size=3))
def test_it_is_the_same_from_either_side_and_counts_every_mark_of_every_pair(
    readings: list[Marks],
) -> None:
    assert agreement(readings) == agreement(readings[::-1])
    pairs = len(readings) - 1
    entities = [one for one in agreement(readings) if one.kind == "entity"]
    assert sum(2 * one.shared + one.single for one in entities) == pairs * sum(
        len(each.entities) for each in readings
    )
