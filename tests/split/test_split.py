"""Splits that don't leak and don't move."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate import api
from annotate.document import Document, text_hash
from annotate.errors import CallError, FormatError
from annotate.formats import gold
from annotate.ledger import Ledger
from annotate.split import lines
from annotate.split.placing import Shares
from annotate.split.record import Record
from annotate.split.split import Split, split
from tests.split.made import document, edited, story, with_names


def parts_of(result: Split) -> dict[str, str]:
    return {one.id: part for part, found in result.parts.items() for one in found}


def divided(documents: list[Document], before: Record | None = None) -> Split:
    return split(documents, before or Record(), Ledger("split"))


@st.composite
def sets(draw: st.DrawFn) -> list[Document]:
    """Documents in two languages; some are copies of others, some parts of a story."""
    stories = st.integers(0, 12)
    kinds = st.tuples(stories, st.sampled_from([0, 0, 0.02, 0.05]), st.sampled_from(["en", "vi"]))
    made = []
    for number, (which, share, language) in enumerate(draw(st.lists(kinds, max_size=14))):
        meta = {"story": draw(st.integers(0, 3))} if draw(st.booleans()) else {}
        text = edited(story(which), share, seed=number)
        made.append(document(f"d{number}", text, language, **meta))
    return made


@settings(max_examples=60)
@given(sets(), st.data())
def test_adding_documents_moves_none(documents: list[Document], data: st.DataObject) -> None:
    early = [one for one in documents if data.draw(st.booleans())]
    first = divided(early)
    later = parts_of(divided(documents, first.record))
    assert parts_of(first).items() <= later.items()
    assert later.keys() == {one.id for one in documents}


@settings(max_examples=60)
@given(sets(), st.randoms(use_true_random=False))
def test_the_order_of_the_documents_makes_no_difference(
    documents: list[Document], rng: object
) -> None:
    turned = list(documents)
    rng.shuffle(turned)  # type: ignore[attr-defined]
    assert parts_of(divided(documents)) == parts_of(divided(turned))
    assert divided(documents).record == divided(turned).record


@settings(max_examples=60)
@given(sets())
def test_copies_and_parts_of_a_story_are_never_apart(documents: list[Document]) -> None:
    parts = parts_of(divided(documents))
    by_story: dict[object, set[str]] = {}
    for one in documents:
        by_story.setdefault(one.meta.get("story", one.id), set()).add(parts[one.id])
    for one in documents:
        for other in documents:
            if one.text == other.text:
                assert parts[one.id] == parts[other.id]
    assert all(len(found) == 1 for found in by_story.values())


def test_edited_copies_stay_with_their_text() -> None:
    texts = [document(f"t{number}", story(number)) for number in range(40)]
    copies = [document(f"c{n}", edited(one.text, 0.1, n)) for n, one in enumerate(texts)]
    result = divided([*texts, *copies])
    parts = parts_of(result)
    assert all(parts[f"t{number}"] == parts[f"c{number}"] for number in range(40))
    assert all(len(group.parts) == 2 for group in result.together)


def test_every_language_gets_its_shares() -> None:
    many = [document(f"en{n}", story(n)) for n in range(50)]
    few = [document(f"vi{n}", story(1000 + n), "vi") for n in range(3)]
    one = document("fa", story(2000), "fa")
    sizes = divided([*many, *few, one]).sizes()
    counts = {name: [found[part].documents for part in found] for name, found in sizes.items()}
    assert counts == {"en": [40, 5, 5], "vi": [1, 1, 1], "fa": [1, 0, 0]}


def test_a_language_of_large_stories_still_gets_a_test() -> None:
    found = [document(f"{name}#{n}", story(10 * name + n)) for name in (1, 2) for n in range(9)]
    result = divided(found)
    assert len(result.parts["test"]) == 9
    assert len(result.parts["train"]) == 9


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (document("fair#1", story(1)), document("fair#2", story(2))),
        (document("fair", story(1)), document("fair-part-2", story(2))),
        (document("a", story(1), story=7), document("b", story(2), story="7")),
        (document("a", story(1)), document("b", story(1).upper())),
    ],
)
def test_what_belongs_together(one: Document, other: Document) -> None:
    rest = [document(f"x{number}", story(100 + number)) for number in range(20)]
    result = divided([one, other, *rest])
    assert [set(group.parts) for group in result.together] == [{one.id, other.id}]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (document("day-1", story(1)), document("day-2", story(2))),
        (document("a", story(1), story=""), document("b", story(2), story="")),
        (document("a", " "), document("b", "\n")),
    ],
)
def test_what_does_not_belong_together(one: Document, other: Document) -> None:
    assert divided([one, other]).together == []


def test_pieces_of_one_document_are_split_as_one() -> None:
    pieces = [
        document("long", story(n)).model_copy(update={"meta": {"piece": {"index": n}}})
        for n in range(2)
    ]
    ledger = Ledger("split")
    result = split(pieces, Record(), ledger)
    assert ledger.clean
    assert [set(group.parts) for group in result.together] == [{"long#0", "long#1"}]


def test_a_copy_follows_the_text_that_was_placed_test_first() -> None:
    texts = [document(f"t{number}", story(number)) for number in range(10)]
    first = divided(texts)
    (tested,) = first.parts["test"]
    copy = document("copy", edited(tested.text, 0.05))
    assert parts_of(divided([*texts, copy], first.record))["copy"] == "test"


def test_a_renamed_document_is_known_by_its_text() -> None:
    texts = [document(f"t{number}", story(number)) for number in range(10)]
    first = divided(texts)
    (tested,) = first.parts["test"]
    renamed = [document(f"new-{one.id}", one.text) for one in texts]
    assert parts_of(divided(renamed, first.record))[f"new-{tested.id}"] == "test"


def test_a_document_that_left_finds_its_part_when_it_comes_back() -> None:
    texts = [document(f"t{number}", story(number)) for number in range(10)]
    first = divided(texts)
    (tested,) = first.parts["test"]
    without = divided([one for one in texts if one is not tested], first.record)
    assert parts_of(divided(texts, without.record))[tested.id] == "test"


@pytest.mark.parametrize("meta", [{"story": "flood"}, {}], ids=["meta", "id"])
def test_a_new_part_goes_where_the_story_was_that_left_the_gold(meta: dict[str, str]) -> None:
    texts = [document(f"t{number}", story(number)) for number in range(10)]
    before = {"documents": {"flood-part-1": {"part": "test", "text": "0" * 64} | meta}}
    later = document("flood-part-2" if not meta else "later", story(99), **meta)
    parts = parts_of(divided([*texts, later], Record.model_validate(before)))
    assert parts[later.id] == "test"


def test_what_is_recorded_of_a_story_is_enough_to_know_its_next_part() -> None:
    texts = [document(f"t{number}", story(number), story=f"s{number}") for number in range(10)]
    first = divided(texts)
    (tested,) = first.parts["test"]
    rest = [one for one in texts if one is not tested]
    later = document("later", story(99), **tested.meta)
    assert parts_of(divided([*rest, later], first.record))["later"] == "test"


@pytest.mark.parametrize("order", [("dev", "train"), ("train", "dev")])
def test_a_renamed_copy_of_a_text_in_dev_and_train_goes_to_dev(order: tuple[str, str]) -> None:
    text = document("copy", story(1))
    before = {
        f"{number}-{part}": {"part": part, "text": text_hash(text.text)}
        for number, part in enumerate(order)
    }
    record = Record.model_validate({"documents": before})
    others = [document(f"t{number}", story(number)) for number in range(2, 12)]
    assert parts_of(divided([text, *others], record))["copy"] == "dev"


def test_a_part_that_stays_empty_is_named_with_what_keeps_together() -> None:
    numbered = [document(f"corpus#{number}", story(number)) for number in range(50)]
    result = divided(numbered)
    assert result.empty == ("dev", "test")
    assert result.as_dict()["empty"] == ("dev", "test")
    (line,) = lines.empty(result)
    assert "No document is in dev and test. 50 documents go together (corpus#0, corpus#1" in line


def test_a_part_that_nobody_asked_for_is_not_missed() -> None:
    texts = [document(f"t{number}", story(number)) for number in range(10)]
    result = split(texts, Record(), Ledger("split"), Shares(dev=0, test=0.2))
    assert (result.empty, lines.empty(result)) == ((), [])


def test_texts_placed_apart_that_a_new_one_joins_are_named_and_not_moved() -> None:
    texts = [document(f"t{number}", story(number)) for number in range(10)]
    first = divided(texts)
    (tested,) = first.parts["test"]
    trained = first.parts["train"][0]
    bridge = document("bridge", f"{tested.text} {trained.text}")
    ledger = Ledger("split")
    result = split([*texts, bridge], first.record, ledger)
    assert parts_of(first).items() <= parts_of(result).items()
    assert ledger.counts["leaks kept"] == 1
    (leak,) = result.as_dict()["leaks"]
    assert leak["parts"] == {tested.id: "test", trained.id: "train", "bridge": "test"}


def test_the_overlap_counts_names_by_label() -> None:
    trained = [with_names(f"a{number}", "Amina Yusuf", f"Li {number}") for number in range(20)]
    result = divided(trained)
    seen = result.overlaps()["test", "train"]["PERSON"]
    tests = len(result.parts["test"])
    assert seen == (tests + 1, 1, 2 * tests, tests)


def test_an_id_twice_and_half_a_character_are_refused_by_name() -> None:
    ledger = Ledger("split")
    split(
        [document("a", story(1)), document("a", story(2)), document("b", "\ud800")],
        Record(),
        ledger,
    )
    assert [note.where for note in ledger.refused] == ["a", "'b'"]
    assert (ledger.taken, ledger.given) == (3, 1)


def test_a_folder_is_written_and_read_again(tmp_path: Path) -> None:
    texts = [document(f"t{number}", story(number)) for number in range(20)]
    first = api.split(texts[:10], tmp_path)
    again = api.split(texts, tmp_path)
    assert parts_of(first.result).items() <= parts_of(again.result).items()
    read = [
        one for part in ("train", "dev", "test") for one in gold.read(tmp_path / f"{part}.json")
    ]
    assert sorted(one.id for one in read) == sorted(one.id for one in texts)
    assert again.ledger.counts["placed before"] == 10


def test_a_spoilt_record_stops_the_split(tmp_path: Path) -> None:
    (tmp_path / "splits.json").write_text('{"version": 1, "documents": {"a": 3}}', "utf-8")
    with pytest.raises(FormatError, match=r"splits\.json, documents\.a"):
        api.split([document("a", story(1))], tmp_path)
    assert not (tmp_path / "train.json").exists()


def test_shares_must_leave_something_to_train_on(tmp_path: Path) -> None:
    with pytest.raises(CallError):
        api.split([], tmp_path, dev=0.5, test=0.5)


def test_nothing_gives_empty_parts(tmp_path: Path) -> None:
    api.split([], tmp_path)
    assert list(gold.read(tmp_path / "test.json")) == []
