"""Results of Label Studio, read."""

from typing import Any

import pytest

from annotate.config import load_settings
from annotate.document import Document, marks_of
from annotate.ledger import Ledger
from annotate.studio.results import from_result
from annotate.studio.tasks import to_prediction
from tests.samples import english, persian

SCHEMA = load_settings().schema_in_force()
TEXT = "Amina Yusuf of Kenya met Li Na."


def region(start: Any, end: Any, label: str = "PERSON", **more: Any) -> dict[str, Any]:
    value = {"start": start, "end": end, "labels": [label]}
    return {"id": f"r{start}", "type": "labels", "from_name": "label", "value": value} | more


def link(head: str, tail: str, *labels: str, direction: str = "right") -> dict[str, Any]:
    return {
        "type": "relation",
        "from_id": head,
        "to_id": tail,
        "labels": list(labels),
        "direction": direction,
    }


def read(*result: dict[str, Any], text: str = TEXT) -> tuple[Any, Ledger]:
    ledger = Ledger("test")
    return from_result(text, list(result), SCHEMA, ledger, "d1"), ledger


@pytest.mark.parametrize("document", [english(), persian()], ids=["en", "fa"])
def test_a_prediction_read_back_is_what_was_suggested(document: Document) -> None:
    prediction = to_prediction(document, SCHEMA, "v1")
    marks, ledger = read(*prediction["result"], text=document.text)
    assert marks.entities == marks_of(document).entities
    assert [(r.head, r.label, r.tail) for r in marks.relations] == [
        (r.head, r.label, r.tail) for r in document.relations
    ]
    assert ledger.clean
    assert not ledger.repaired


def test_white_space_at_the_edges_is_trimmed_and_reported() -> None:
    marks, ledger = read(region(11, 21, "COUNTRY"), text="Amina Yusuf   Kenya  .")
    assert [entity.text for entity in marks.entities] == ["Kenya"]
    assert "trimmed" in ledger.repaired[0].what


def test_offsets_win_over_the_regions_own_text() -> None:
    item = region(15, 20, "COUNTRY")
    item["value"]["text"] = "Peru"
    marks, ledger = read(item)
    assert marks.entities[0].text == "Kenya"
    assert ledger.repaired[0].where == "d1"


@pytest.mark.parametrize(
    "item",
    [
        region(15, 200),
        region(20, 15),
        region("15", "20"),
        region(15.0, 20.0),
        region(True, 5),
        region(15, 20, "RIVER"),
        region(11, 12),
        region(0, 5, from_name="other"),
        {"id": "x", "type": "labels", "from_name": "label"},
    ],
    ids=["beyond", "backwards", "strings", "floats", "bool", "label", "blank", "control", "empty"],
)
def test_a_region_that_cannot_be_read_is_refused_by_name(item: dict[str, Any]) -> None:
    marks, ledger = read(item)
    assert marks.entities == ()
    assert len(ledger.refused) == 1


def test_a_region_drawn_twice_is_kept_once_with_both_its_relations() -> None:
    twice = region(15, 20, "COUNTRY") | {"id": "again"}
    marks, ledger = read(
        region(0, 11), region(15, 20, "COUNTRY"), twice, link("r0", "again", "represents")
    )
    assert [entity.id for entity in marks.entities] == ["r0", "r15"]
    assert marks.relations[0].tail == "r15"
    assert len(ledger.repaired) == 1


def test_a_relation_drawn_to_the_left_is_swapped() -> None:
    marks, ledger = read(
        region(0, 11), region(15, 20, "COUNTRY"), link("r15", "r0", "represents", direction="left")
    )
    assert (marks.relations[0].head, marks.relations[0].tail) == ("r0", "r15")
    assert ledger.counts["relations drawn to the left, turned"] == 1


def test_a_relation_drawn_backwards_is_turned_and_reported() -> None:
    marks, ledger = read(region(0, 11), region(15, 20, "COUNTRY"), link("r15", "r0", "represents"))
    assert marks.relations[0].head == "r0"
    assert "backwards" in ledger.repaired[0].what


def test_a_symmetric_relation_starts_at_the_earlier_mention() -> None:
    marks, ledger = read(region(25, 30), region(0, 11), link("r25", "r0", "met_with"))
    assert (marks.relations[0].head, marks.relations[0].tail) == ("r0", "r25")
    assert not ledger.repaired


@pytest.mark.parametrize(
    "relation",
    [
        link("r0", "r15"),
        link("r0", "r15", "admires"),
        link("r0", "gone", "represents"),
        link("r0", "r0", "met_with"),
        link("r0", "r15", "works_for"),
    ],
    ids=["no type", "unknown type", "no end", "itself", "types don't fit"],
)
def test_a_relation_that_cannot_be_read_is_refused_by_name(relation: dict[str, Any]) -> None:
    marks, ledger = read(region(0, 11), region(15, 20, "COUNTRY"), relation)
    assert marks.relations == ()
    assert len(ledger.refused) == 1


@pytest.mark.parametrize(
    ("note", "code"), [("KE", "KE"), (["PE"], "PE"), ("no", None), ("XX", None)]
)
def test_a_note_of_two_letters_on_a_country_is_its_code(note: object, code: str | None) -> None:
    marks, _ = read(region(15, 20, "COUNTRY", meta={"text": note}))
    assert marks.entities[0].country_code == code
    assert (marks.entities[0].note is None) == bool(code)


def test_a_region_of_another_kind_is_said_to_be_one() -> None:
    box = {"id": "b", "type": "rectanglelabels", "value": {"rectanglelabels": ["Car"]}}
    _, ledger = read(box)
    ((_, said),) = ledger.refused
    assert said.endswith("is of the type rectanglelabels, which marks no span of a text; left out")


def test_results_of_other_controls_are_counted_not_refused() -> None:
    choice = {"id": "c", "type": "choices", "from_name": "mood", "value": {"choices": ["glad"]}}
    marks, ledger = read(region(0, 11), choice)
    assert [one.text for one in marks.entities] == ["Amina Yusuf"]
    assert ledger.clean
    assert ledger.counts == {"results of the type choices, which are no labels, left out": 1}
