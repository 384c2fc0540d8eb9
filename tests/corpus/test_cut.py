"""Cutting long documents, and putting them back together."""

import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.corpus.cut import cut, cut_points, stitch
from annotate.document import Document, Entity, Relation, in_order
from annotate.errors import InputError
from annotate.ledger import Ledger

PARTS = st.sampled_from(
    [
        *(
            "He left. ",
            "Mr. X ",
            "বৈঠক। ",
            "ক্ষ্ম",
            "মো. রেজাউল ",
            "می\u200cشود ",
            "\u200f",
            "؟ ",
            "Tiếng Việt. ",
        ),
        *(
            "Tie\u0302\u0301ng ",
            "e\u0301\u0323",
            "👩\u200d👩\u200d👧🏽",
            "🇻🇳🇧🇩",
            "☎\ufe0f",
            "각",
            "\u1100\u1161\u11a8",
        ),
        *(
            "\r\n",
            "\n\n",
            "\n",
            "\r",
            "\u2028",
            "\x85",
            " ",
            "\xa0",
            "a",
            "word",
            "।",
            "。",
            "\ufeff",
            ".",
        ),
    ]
)
TEXTS = st.lists(PARTS, max_size=60).map("".join)


@st.composite
def documents(draw):
    text = draw(TEXTS)
    places = st.integers(0, max(0, len(text) - 1))
    starts = draw(st.lists(places, max_size=12)) if text else []
    lengths = st.integers(1, 15)
    entities = []
    for number, start in enumerate(sorted(starts)):
        end = min(len(text), start + draw(lengths))
        label = draw(st.sampled_from(["PERSON", "ORG"]))
        entities.append(
            Entity(id=f"e{number}", start=start, end=end, label=label, text=text[start:end])
        )
    ends = st.integers(0, max(0, len(entities) - 1)).map(lambda number: f"e{number}")
    relations = st.builds(Relation, head=ends, tail=ends, label=st.just("met_with"))
    return Document(
        id="d",
        text=text,
        language="fa",
        entities=in_order(entities),
        relations=tuple(draw(st.lists(relations, max_size=6))) if entities else (),
        meta={"source": "x"},
    )


def pieces_of(document: Document, max_chars: int) -> tuple[list[Document], Ledger]:
    ledger = Ledger("cut")
    return cut(document, max_chars, ledger), ledger


def plain(text: str, **fields: object) -> Document:
    return Document(id="d", text=text, **fields)


def mention(text: str, words: str, entity_id: str) -> Entity:
    start = text.index(words)
    return Entity(id=entity_id, start=start, end=start + len(words), label="ORG", text=words)


@given(documents(), st.integers(1, 80))
def test_pieces_are_consecutive_valid_and_short_enough(document, max_chars):
    pieces, _ = pieces_of(document, max_chars)
    assert "".join(piece.text for piece in pieces) == document.text
    for piece in pieces:
        Document.model_validate(piece.model_dump())
        assert (piece.id, piece.language) == ("d", "fa")
        assert len(piece.text) <= max_chars or max_chars >= len(document.text)
    if len(pieces) > 1:
        places = [piece.meta["piece"] for piece in pieces]
        assert [place["index"] for place in places] == list(range(len(pieces)))
        assert all(document.text.startswith(p.text, p.meta["piece"]["start"]) for p in pieces)


@given(documents(), st.integers(1, 80), st.randoms())
def test_stitching_undoes_cutting_but_for_what_was_refused(document, max_chars, random):
    pieces, ledger = pieces_of(document, max_chars)
    random.shuffle(pieces)
    whole = stitch(pieces)
    lost = len(document.entities) - len(whole.entities)
    lost += len(document.relations) - len(whole.relations)
    assert lost == len(ledger.refused)
    assert (whole.text, whole.meta) == (document.text, document.meta)
    assert set(whole.entities) <= set(document.entities)
    assert all(relation in document.relations for relation in whole.relations)
    Document.model_validate(whole.model_dump())
    if not ledger.refused:
        assert in_order(whole.entities) == in_order(document.entities)


@given(documents(), st.integers(1, 80))
def test_the_same_document_is_always_cut_at_the_same_places(document, max_chars):
    assert pieces_of(document, max_chars)[0] == pieces_of(document, max_chars)[0]


@given(TEXTS, st.integers(24, 80))
def test_no_cut_goes_through_a_character(text, max_chars):
    for (_, end), _ in pairwise(cut_points(text, max_chars, [])):
        before, after = text[end - 1], text[end]
        assert not unicodedata.category(after).startswith("M")
        assert not {before, after} & {"\u200c", "\u200d"}
        assert (before, after) != ("\r", "\n")
        assert after not in "🏽\u1161\u11a8"
        assert not (before in "🇻🇧" and after in "🇳🇩")


@given(TEXTS, st.integers(20, 60), st.lists(st.integers(0, 300), max_size=8))
def test_no_cut_goes_through_a_span_that_can_be_kept_whole(text, max_chars, starts):
    text = "".join(character for character in text if character.isascii())
    # Apart by more than a piece, so that they never force each other.
    kept, reach = [], 0
    for start in sorted(starts):
        if start >= reach and start + 5 <= len(text):
            kept.append((start, start + 5))
            reach = start + 80
    for _, end in cut_points(text, max_chars, kept):
        assert not any(start < end < stop for start, stop in kept)


def test_a_short_document_is_its_own_piece():
    document = plain("Short.", meta={"piece": "of cake"})
    pieces, ledger = pieces_of(document, 6)
    assert pieces == [document]
    assert pieces[0] is document
    assert stitch(pieces) is document
    assert ledger.clean


def test_pieces_end_at_sentence_ends():
    text = "One two three. Four five six. Seven eight nine."
    assert [piece.text for piece in pieces_of(plain(text), 32)[0]] == [
        "One two three. Four five six. ",
        "Seven eight nine.",
    ]


def test_a_blank_line_in_the_last_third_is_preferred_to_a_line_break_and_to_a_sentence_end():
    blank, line = "Aaaa aaaa aaaa aaaa.\n\n", "Bbb.\n"
    text = f"{blank}{line}Ccc. Dddddddddddddd."
    assert cut_points(text, 32, [])[0] == (0, len(blank))
    text = text.replace("\n\n", "  ")
    assert cut_points(text, 32, [])[0] == (0, len(blank) + len(line))
    text = text.replace("\n", " ")
    assert cut_points(text, 32, [])[0] == (0, len(blank) + len(line) + len("Ccc. "))


def test_a_line_break_before_the_last_third_is_passed_over():
    text = "Title\nFirst sentence. Second sentence."
    assert cut_points(text, 24, [])[0] == (0, len("Title\nFirst sentence. "))


def test_a_sentence_that_is_too_long_is_cut_at_whitespace():
    text = "one two three four five six seven"
    assert [text[start:end] for start, end in cut_points(text, 15, [])] == [
        "one two three ",
        "four five six ",
        "seven",
    ]


def test_a_cut_at_whitespace_leaves_an_entity_whole():
    text = "one two three four five six seven"
    document = plain(text, entities=(mention(text, "three four", "e"),))
    pieces, ledger = pieces_of(document, 15)
    assert [piece.text for piece in pieces] == ["one two ", "three four ", "five six seven"]
    assert ledger.clean


def test_an_entity_across_what_looks_like_a_sentence_end_stays_whole():
    text = "He met Yahoo! Japan today. And so on."
    document = plain(text, entities=(mention(text, "Yahoo! Japan", "e"),))
    pieces, _ = pieces_of(document, 18)
    assert "Yahoo! Japan" in [entity.text for piece in pieces for entity in piece.entities]


def test_an_entity_longer_than_a_piece_is_refused_with_its_relations():
    text = "The Very Long Name Of A Body met Bob. The end."
    body, bob = mention(text, "Very Long Name Of A Body", "e1"), mention(text, "Bob", "e2")
    met = Relation(head="e1", tail="e2", label="met_with")
    document = plain(text, entities=(body, bob), relations=(met,))
    pieces, ledger = pieces_of(document, 20)
    assert [entity.id for piece in pieces for entity in piece.entities] == ["e2"]
    assert [note.where for note in ledger.refused] == ["d", "d"]
    assert "'Very Long Name Of A Body' (4:28) had to be cut" in ledger.refused[0].what
    assert "met_with" in ledger.refused[1].what
    assert "'Bob'" in ledger.refused[1].what


def test_a_relation_stays_together_when_an_earlier_sentence_end_allows_it():
    text = "First one. Ann is here. Bob is too. The end of it all."
    ann, bob = mention(text, "Ann", "a"), mention(text, "Bob", "b")
    met = Relation(head="a", tail="b", label="met_with")
    pieces, ledger = pieces_of(plain(text, entities=(ann, bob), relations=(met,)), 30)
    assert [piece.text for piece in pieces][:2] == ["First one. ", "Ann is here. Bob is too. "]
    assert pieces[1].relations == (met,)
    assert ledger.clean


def test_a_relation_that_no_piece_can_hold_is_refused_by_name():
    text = "Ann is here. Something else is said. Then Bob came."
    ann, bob = mention(text, "Ann", "a"), mention(text, "Bob", "b")
    met = Relation(head="a", tail="b", label="met_with")
    pieces, ledger = pieces_of(plain(text, entities=(ann, bob), relations=(met,)), 40)
    assert not any(piece.relations for piece in pieces)
    (note,) = ledger.refused
    assert note.where == "d"
    assert "met_with from ORG 'Ann' (0:3) to ORG 'Bob' (42:45)" in note.what


def test_meta_of_the_same_name_is_repaired_aloud():
    _, ledger = pieces_of(plain("One. Two.", meta={"piece": 1}), 5)
    assert ledger.repaired[0].where == "d"


def test_ids_that_two_pieces_share_get_a_suffix():
    text = "Ann saw Bob. Eve saw Dan. Kim saw Max."
    whole = plain(text)
    pieces, _ = pieces_of(whole, 15)
    drawn = [
        piece.model_copy(
            update={
                "entities": (
                    mention(piece.text, piece.text[:3], "e1"),
                    mention(piece.text, piece.text[8:11], "e1-2"),
                ),
                "relations": (Relation(head="e1-2", tail="e1", label="met_with"),),
            }
        )
        for piece in pieces
    ]
    stitched = stitch(drawn)
    Document.model_validate(stitched.model_dump())
    names = {entity.id: entity.text for entity in stitched.entities}
    assert len(names) == 6
    assert [(names[one.head], names[one.tail]) for one in stitched.relations] == [
        ("Bob", "Ann"),
        ("Dan", "Eve"),
        ("Max", "Kim"),
    ]


def test_a_missing_piece_is_named():
    pieces, _ = pieces_of(plain("Aaa. Bbb. Ccc. Ddd."), 5)
    with pytest.raises(InputError, match=r"d: of 4 pieces these are missing: 1, 3"):
        stitch([pieces[2], pieces[0]])


def test_a_piece_that_is_there_twice_is_named():
    pieces, _ = pieces_of(plain("Aaa. Bbb. Ccc."), 5)
    with pytest.raises(InputError, match="d: piece 1 is there twice"):
        stitch([*pieces, pieces[1]])


def test_a_piece_of_another_document_is_named():
    pieces, _ = pieces_of(plain("Aaa. Bbb. Ccc."), 5)
    stranger = pieces[1].model_copy(update={"id": "other"})
    with pytest.raises(InputError, match="d: a piece of other"):
        stitch([pieces[0], stranger, pieces[2]])


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"text": "B. "}, "start of piece 2"),
        ({"language": "en"}, "language of piece 1"),
        ({"meta": {"piece": {"index": 1, "count": 7, "start": 5}}}, "count of piece 1"),
        ({"meta": {"a": 1, "piece": {"index": 1, "count": 3, "start": 5}}}, "meta of piece 1"),
    ],
)
def test_a_piece_of_another_cut_is_named(change, what):
    pieces, _ = pieces_of(plain("Aaa. Bbb. Ccc."), 5)
    with pytest.raises(InputError, match=f"d: the {what}"):
        stitch([pieces[0], pieces[1].model_copy(update=change), pieces[2]])


def test_a_piece_without_its_place_is_named():
    pieces, _ = pieces_of(plain("Aaa. Bbb. Ccc."), 5)
    with pytest.raises(InputError, match=r"d: .* place"):
        stitch([pieces[0], pieces[1].model_copy(update={"meta": {}}), pieces[2]])


def test_no_pieces_are_refused():
    with pytest.raises(InputError):
        stitch([])


def test_less_than_one_character_a_piece_is_a_wrong_call():
    with pytest.raises(ValueError, match="max_chars"):
        cut_points("abc", 0, [])


@pytest.mark.parametrize("unit", ["He met Ann. ", "a", "word ", "\n", "🇻🇳", "ক্ষ"])
def test_the_time_grows_with_the_length_only(unit):
    text = unit * (4_000_000 // len(unit))
    began = time.perf_counter()
    cut_points(text, 2500, [])
    assert time.perf_counter() - began < 10


def test_many_entities_and_relations_take_linear_time():
    text = "Ann met Bob today. " * 20_000
    entities = tuple(
        Entity(id=f"e{at}", start=at, end=at + 3, label="PERSON", text=text[at : at + 3])
        for start in range(0, len(text), 19)
        for at in (start, start + 8)
    )
    relations = tuple(
        Relation(head=f"e{at}", tail=f"e{at + 8}", label="met_with")
        for at in range(0, len(text), 19)
    )
    document = plain(text, entities=entities, relations=relations)
    began = time.perf_counter()
    pieces, ledger = pieces_of(document, 2500)
    assert stitch(pieces) == document
    assert ledger.clean
    assert time.perf_counter() - began < 10
