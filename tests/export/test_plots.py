"""What stands at the bars of the pictures."""

import pytest

from annotate.document import Agreement
from annotate.export.plots import shown
from annotate.export.tally import Tally


@pytest.mark.parametrize("label", ["PERSON", "met_with", "Tổ chức", "Лицо", "Πρόσωπο", "$x^2$"])
def test_what_the_font_has_is_drawn_as_it_is(label: str) -> None:
    tally = Tally()
    tally.entities["en", label] += 1
    assert shown(tally) == {label: label}


@pytest.mark.parametrize(
    "label", ["ব্যক্তি", "شخص", "אדם", "人", "नाम", "To\u0302 chu\u031bc", "a\nb", "long " * 10]
)
def test_what_can_not_be_drawn_well_has_a_number(label: str) -> None:
    tally = Tally()
    tally.relations["bn", label] += 1
    assert shown(tally) == {label: "label 1"}


def test_numbers_are_those_of_all_pictures() -> None:
    tally = Tally(agreement=(Agreement(kind="entity", label="人", shared=1, single=0),))
    tally.entities["zh", "地"] += 1
    tally.outcomes["relation", "人", "removed"] += 1
    assert shown(tally) == {"人": "label 1", "地": "label 2"}
