"""Gold against itself: one name with two labels, one pair with two relations."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from annotate.audit.consistency import Labels, Types, elsewhere, name_of, sides_of
from annotate.audit.mark import overlapping
from annotate.document import Document
from tests.audit.made import document
from tests.strategies import LABELS, collections

BENGALI = "জাতিসংঘ আজ বৈঠক করেছে।"
PERSIAN = "سازمان ملل در تهران است."


def test_a_name_with_another_label_once_stands_out() -> None:
    most = [document(f"d{at}", BENGALI, ("জাতিসংঘ", "ORG"), language="bn") for at in range(3)]
    odd = document("odd", BENGALI, ("জাতিসংঘ", "PERSON"), language="bn")
    labels = Labels([*most, odd])
    name = name_of("জাতিসংঘ", "bn")
    assert labels.of(name, "PERSON") == (0, 3, "ORG")
    assert labels.of(name, "ORG") == (2, 1, "PERSON")


def test_a_name_without_a_label_is_found_where_it_stands() -> None:
    most = [document(f"d{at}", PERSIAN, ("تهران", "ORG"), language="fa") for at in range(2)]
    bare = document("bare", PERSIAN, language="fa")
    labels = Labels([*most, bare])
    (found,) = labels.bare[2]
    assert bare.text[found.start : found.end] == "تهران"
    assert labels.of(found.name, "") == (0, 2, "ORG")


def test_spellings_of_a_name_are_one_name() -> None:
    joined, plain = "می‌رود", "ميرود"
    assert name_of(joined, "fa") == name_of(plain, "fa")
    assert name_of("(…)", "fa") is None


def test_a_name_inside_a_longer_entity_is_not_left_out() -> None:
    text = "The University of Dhaka opened."
    whole = document("whole", text, ("University of Dhaka", "ORG"))
    part = document("part", "Dhaka opened.", ("Dhaka", "ORG"))
    assert Labels([whole, part]).bare == [[], []]


def test_names_of_one_language_say_nothing_of_another() -> None:
    one = document("en", "Paris won.", ("Paris", "ORG"))
    other = document("vi", "Paris won.", language="vi")
    assert Labels([one, other]).bare == [[], []]


def test_a_pair_with_another_relation_once_stands_out() -> None:
    marks = (("Ann", "PERSON"), ("Acme", "ORG"))
    text = "Ann of Acme spoke."
    most = [document(f"d{at}", text, *marks, links=((0, "works_for", 1),)) for at in range(2)]
    odd = document("odd", text, *marks, links=((0, "represents", 1),))
    by_id = {one.id: one for one in odd.entities}
    sides = sides_of(odd.relations[0], by_id, "en")
    assert Types([*most, odd]).of(sides, "represents") == (0, 2, "works_for")


@given(st.dictionaries(st.sampled_from(("", *LABELS)), st.integers(1, 50)), st.sampled_from(LABELS))
def test_the_rest_is_all_but_the_one_asked_about(counts: dict[str, int], label: str) -> None:
    found = elsewhere(Counter(counts), label)
    assert found.alike == max(0, counts.get(label, 0) - 1)
    assert found.unlike == max((n for other, n in counts.items() if other != label), default=0)
    assert found.other != label


@given(collections(overlapping=True))
def test_bare_names_are_names_and_touch_no_entity(documents: list[Document]) -> None:
    labels = Labels(documents)
    for own, found in zip(documents, labels.bare, strict=True):
        for one in found:
            assert name_of(own.text[one.start : one.end], own.language) == one.name
            assert not overlapping(one.start, one.end, own.entities)
            rest = labels.of(one.name, "")
            assert rest.unlike > 0
