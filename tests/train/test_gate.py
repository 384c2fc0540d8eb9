"""When a model may serve: rules for known differences."""

from __future__ import annotations

from random import Random

from annotate.document import Document, Entity
from annotate.evaluate.pairs import Pair
from annotate.train.gate import compare, passing
from annotate.train.rehearsal import corpus
from tests.train.test_rehearsal import shipped_schema

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
    assert passing(cells) == ["en"]


def test_a_loss_in_every_document_is_worse_for_its_label_only() -> None:
    worse = pairs([("P-PPPOOOOO", GOLD)] * 20)
    cells = {cell.label: cell for cell in compare(SAME, worse)}
    assert cells["PERSON"].verdict == "worse"
    assert cells["ORG"].verdict == "fine"
    assert passing(list(cells.values())) == []


def test_one_document_lost_of_a_hundred_passes() -> None:
    before = pairs([(GOLD, GOLD)] * 100)
    after = pairs([("----POOOOO", GOLD), *[(GOLD, GOLD)] * 99])
    assert passing(compare(before, after)) == ["en"]


def test_a_test_part_of_one_document_can_not_tell() -> None:
    cells = compare(SAME[:1], SAME[:1])
    assert {cell.verdict for cell in cells} == {"can't tell"}
    assert passing(cells) == []


def test_a_total_that_sways_stops_when_it_was_measured_beyond_the_margin() -> None:
    rows = [(GOLD, GOLD), ("P---------", GOLD)] * 4
    turned = [("P---------", GOLD), (GOLD, GOLD)] * 4
    level = {cell.label: cell for cell in compare(pairs(rows), pairs(turned))}
    assert level[None].verdict == level["ORG"].verdict == "can't tell"
    assert passing(list(level.values())) == ["en"]
    lower = pairs([("----------", GOLD), ("P-PPPOOOOO", GOLD), *turned[2:]])
    cells = {cell.label: cell for cell in compare(pairs(rows), lower)}
    assert cells[None].stops
    assert not cells["ORG"].stops
    assert passing(list(cells.values())) == []


def test_a_language_is_decided_by_itself() -> None:
    worse = pairs([("P-PPPOOOOO", GOLD)] * 20)
    spoken = [Pair(*(side.model_copy(update={"language": "fa"}) for side in pair)) for pair in SAME]
    assert passing(compare([*SAME, *spoken], [*worse, *spoken])) == ["fa"]


def test_texts_of_the_corpus_do_not_hide_what_ones_own_gold_loses() -> None:
    unseen = [one for one in corpus("unseen", shipped_schema()) if one.language == "en"]
    bare = [one.model_copy(update={"entities": (), "relations": ()}) for one in unseen]
    found = [Pair(*sides) for sides in zip(unseen, unseen, strict=True)]
    none = [Pair(*sides) for sides in zip(bare, unseen, strict=True)]
    worse = pairs([("P-P-PO-O-O", GOLD)] * 4)
    cells = compare([*SAME[:4], *none], [*worse, *found])
    total, own = (cell for cell in cells if cell.kind == "entities" and cell.label is None)
    assert total.after > total.before
    assert own.own
    assert own.stops
    assert passing(cells) == []


def test_models_of_equal_worth_mostly_pass() -> None:
    """Two models that each miss one mark in five, at random, in sixteen documents."""
    random = Random(0)

    def drawn() -> list[Pair]:
        rows = ("".join(sign if random.random() < 0.8 else "-" for sign in GOLD) for _ in range(16))
        return pairs([(row, GOLD) for row in rows])

    passed = sum(passing(compare(drawn(), drawn())) == ["en"] for _ in range(100))
    assert passed >= 60


def test_nothing_to_compare_shows_nothing() -> None:
    assert passing(compare([], [])) == []


def test_what_both_get_right_by_silence_is_no_loss() -> None:
    none = pairs([("-" * 10, "-" * 10)] * 3)
    assert compare(none, none) == []
