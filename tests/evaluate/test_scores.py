"""Scores of suggestions against gold: their rules, and what holds for any documents."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.document import Document, Relation
from annotate.evaluate import entities, relations
from annotate.evaluate.bootstrap import ratio_interval
from annotate.evaluate.confusion import aligned, confusion, errors
from annotate.evaluate.edits import edits
from annotate.evaluate.pairs import Pair, in_one_form, pair
from annotate.evaluate.report import evaluate
from annotate.ledger import Ledger
from tests.samples import ENGLISH, english, entity, persian
from tests.strategies import documents
from tests.strategies import entities as some_entities


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    gold = in_one_form(draw(documents()), ())
    found = tuple(draw(some_entities(gold.text)))
    return Pair(gold.model_copy(update={"entities": found, "relations": ()}), gold)


def with_entities(*found: object) -> Document:
    return english().model_copy(update={"entities": found, "relations": ()})


@settings(max_examples=50)
@given(documents())
def test_identical_documents_are_right_and_need_no_edit(document: Document) -> None:
    same = in_one_form(document, ())
    result = evaluate([Pair(same, same)])
    figures = result.everything
    for score in (figures.strict.total, figures.overlap.total, figures.span):
        assert score.precision == score.recall == score.f1 == 1
    assert figures.end_to_end.total.f1 == figures.codes.value == figures.edits.saved == 1
    assert result.errors == []


@settings(max_examples=50)
@given(pairs())
def test_swapped_sides_swap_precision_and_recall(given: Pair) -> None:
    swapped = Pair(given.gold, given.predicted)
    for rule in (entities.strict, entities.overlap, entities.span, relations.end_to_end):
        one, other = rule(given), rule(swapped)
        assert (one.precision, one.recall) == (other.recall, other.precision)


@settings(max_examples=50)
@given(pairs())
def test_strict_is_never_above_overlap_or_span(given: Pair) -> None:
    strict = entities.strict(given).right
    assert strict <= entities.overlap(given).right
    assert strict <= entities.span(given).right


@settings(max_examples=50)
@given(pairs())
def test_the_confusion_table_holds_every_entity_once(given: Pair) -> None:
    sides = list(zip(*aligned(given), strict=True)) or [(), ()]
    for side, document in zip(sides, given, strict=True):
        assert sorted(item.id for item in side if item) == sorted(
            item.id for item in document.entities
        )
    assert confusion([given]).total() == len(aligned(given))


def test_one_long_span_covers_one_mention_only() -> None:
    long = entity(ENGLISH, "Amina Yusuf of Kenya met Li Na", "PERSON")
    assert entities.overlap(Pair(with_entities(long), english()), "PERSON").right == 1


def test_spans_that_only_touch_do_not_overlap() -> None:
    one, other = entity(ENGLISH, "Amina", "PERSON"), entity(ENGLISH, " Yusuf", "PERSON")
    assert entities.overlap(Pair(with_entities(one), with_entities(other))).right == 0


def test_a_wrong_code_is_an_error_and_an_edit() -> None:
    wrong = tuple(
        item.model_copy(update={"country_code": "FR"}) if item.id == "c1" else item
        for item in english().entities
    )
    given = Pair(english().model_copy(update={"entities": wrong}), english())
    assert entities.codes(given)[:2] == (2, 3)
    assert [error.kind for error in errors([given])] == ["code"]
    assert edits(given).total == 1


def test_an_error_comes_with_its_context() -> None:
    (error,) = errors([Pair(with_entities(*english().entities[1:]), english())])
    assert (error.kind, error.before, error.after) == (
        "missed",
        "",
        ENGLISH[len("Amina Yusuf") :][:30],
    )


def test_without_suggestions_everything_is_an_edit() -> None:
    given = Pair(with_entities(), english())
    assert edits(given).total == edits(given).scratch == 8
    assert edits(given).saved == 0


def test_ids_that_two_files_share_by_chance_mean_nothing() -> None:
    far = entity(ENGLISH, "agreement", "ORG", id="p1")
    done = edits(Pair(with_entities(far), with_entities(english().entities[0])))
    assert done.kinds["entities added"] == done.kinds["entities removed"] == 1


def test_a_relation_across_sentences_is_beyond_the_ceiling() -> None:
    across = Relation(head="p1", tail="c3", label="represents")
    document = english().model_copy(update={"relations": (*english().relations, across)})
    assert relations.ceiling(document)[:2] == (3, 4)


def test_a_symmetric_relation_has_no_direction() -> None:
    turned = (Relation(head="p2", tail="p1", label="met_with"),)
    both = [english().model_copy(update={"relations": turned}), english()]
    for symmetric, right in ((["met_with"], 1), ([], 0)):
        (given,) = pair(both[:1], both[1:], Ledger("evaluate"), symmetric)
        assert relations.end_to_end(given).right == right


def test_documents_that_cannot_be_compared_are_named() -> None:
    ledger = Ledger("evaluate")
    other = Document(id="en-1", text="Another text.")
    assert pair([other, persian()], [english(), english("en-2")], ledger) == []
    assert {note.where for note in ledger.refused} == {"en-1", "en-2", "fa-1"}


def test_the_interval_holds_the_figure_and_is_the_same_again() -> None:
    parts, wholes = [1, 5, 3, 0, 4], [5, 5, 5, 5, 5]
    low, high = ratio_interval(parts, wholes) or (1, 0)
    assert 0 <= low < 13 / 25 < high <= 1
    assert ratio_interval(parts, wholes) == (low, high)
    assert ratio_interval([1], [1]) is None
