"""When a model may serve: rules for known differences."""

from __future__ import annotations

from annotate.document import Document, Entity
from annotate.evaluate.pairs import Pair
from annotate.train.gate import compare, passes

WORDS = "aa bb cc dd ee ff gg hh ii jj "


def document(number: int, labels: str) -> Document:
    """A text of ten words, of which those are entities whose sign is a letter: P, O or C."""
    names = {"P": "PERSON", "O": "ORG", "C": "COUNTRY"}
    entities = tuple(
        Entity(
            id=f"e{at}", start=3 * at, end=3 * at + 2, label=names[sign], text=WORDS[3 * at :][:2]
        )
        for at, sign in enumerate(labels)
        if sign in names
    )
    return Document(id=str(number), language="en", text=WORDS, entities=entities)


def pairs(rows: list[tuple[str, str]]) -> list[Pair]:
    """Suggested and gold labels of each document."""
    return [Pair(document(at, found), document(at, gold)) for at, (found, gold) in enumerate(rows)]


GOLD = "PPPPPOOOOO"
SAME = pairs([(GOLD, GOLD)] * 20)


def test_the_same_suggestions_pass() -> None:
    cells = compare(SAME, SAME)
    assert {cell.verdict for cell in cells} == {"fine"}
    assert passes(cells)


def test_a_loss_in_every_document_is_worse_for_its_label_only() -> None:
    worse = pairs([("P-PPPOOOOO", GOLD)] * 20)
    cells = {cell.label: cell for cell in compare(SAME, worse)}
    assert cells["PERSON"].verdict == "worse"
    assert cells["ORG"].verdict == "fine"
    assert not passes(list(cells.values()))


def test_one_document_lost_of_a_hundred_passes() -> None:
    before = pairs([(GOLD, GOLD)] * 100)
    after = pairs([("----POOOOO", GOLD), *[(GOLD, GOLD)] * 99])
    assert passes(compare(before, after))


def test_a_test_part_of_one_document_can_not_tell() -> None:
    cells = compare(SAME[:1], SAME[:1])
    assert {cell.verdict for cell in cells} == {"can't tell"}
    assert not passes(cells)


def test_a_total_that_sways_stops_when_it_was_measured_lower() -> None:
    rows = [(GOLD, GOLD), ("P---------", GOLD)] * 4
    turned = [("P---------", GOLD), (GOLD, GOLD)] * 4
    level = {cell.label: cell for cell in compare(pairs(rows), pairs(turned))}
    assert level[None].verdict == level["ORG"].verdict == "can't tell"
    assert passes(list(level.values()))
    lower = pairs([("----------", GOLD), *turned[1:]])
    cells = {cell.label: cell for cell in compare(pairs(rows), lower)}
    assert cells[None].stops
    assert not cells["ORG"].stops
    assert not passes(list(cells.values()))


def test_nothing_to_compare_shows_nothing() -> None:
    assert not passes(compare([], []))


def test_what_both_get_right_by_silence_is_no_loss() -> None:
    none = pairs([("-" * 10, "-" * 10)] * 3)
    assert compare(none, none) == []
