"""Where sentences end, in four languages and in nasty text."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.corpus.sentences import sentence_spans

NASTY = st.sampled_from(
    [
        *" .!?…।॥؟۔。！？\n\r\t\u2028\u2029\x85\xa0\u200b\u200c\u200d\u200f\ufeff\"'”)]({",
        *(
            "\r\n",
            "\n\n",
            "Mr.",
            "U.S.",
            "No. ",
            "3.14",
            "e\u0301",
            "é",
            "👩\u200d👧🏽",
            "🇻🇳",
            "ক্ষ",
            "মো.",
        ),
        *(
            "বৈঠক",
            "می\u200cشود",
            "Tiếng Việt",
            "Tie\u0302\u0301ng",
            "www.a.vn",
            "a",
            "Z",
            "۱۲",
            "1",
        ),
    ]
)
NASTY_TEXT = st.lists(NASTY, max_size=40).map("".join) | st.text(max_size=60)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@given(NASTY_TEXT)
def test_spans_join_up_and_cover_the_text(text):
    spans = sentence_spans(text)
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(start < end for start, end in spans)


@given(NASTY_TEXT)
def test_no_sentence_but_the_first_begins_with_whitespace(text):
    spans = sentence_spans(text)
    assert not any(text[start].isspace() for start, _ in spans[1:])
    assert not text.strip() or all(text[start:end].strip() for start, end in spans)


@given(NASTY_TEXT)
def test_no_line_break_lies_inside_a_sentence(text):
    for sentence in sentences(text.strip()):
        assert not re.search("[\n\r\u2028\u2029\x85]", sentence.strip())


@given(NASTY_TEXT, NASTY_TEXT)
def test_a_line_break_makes_both_sides_independent(one, other):
    one, other = f"a{one.rstrip()}", f"b{other}"
    whole = sentences(f"{one}\n{other}")
    assert whole == [*sentences(f"{one}\n"), *sentences(other)]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", " \n\n "])
def test_every_kind_of_line_break_ends_a_sentence(newline):
    assert sentences(f"Mr.{newline}x") == [f"Mr.{newline}", "x"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("He left. She stayed.", 2),
        ("Is it? Yes! Good… Fine.", 4),
        ("“He left.” She stayed.", 2),
        ("(He left.) [She stayed.] ‘Why?’ So.", 4),
        ("Mr. X met Dr. Y and Mrs. Z, Gen. Q vs. Sen. W in St. Paul.", 1),
        ("He owns Smith Co. Ltd. and Apple Inc. Holdings Corp. Asia.", 1),
        ("J. K. Rowling met George W. Bush.", 1),
        ("The U.S. Department, e.g. here, i.e. there, at 5 p.m. Monday.", 1),
        ("It costs 3.14 or 1.000.000 at www.example.com or a.b@c.org now.", 1),
        ("See www.example.com. It is there.", 2),
        ("It was No. 5 of them. He said no. Then he left.", 3),
        ("He said No. Then he left.", 2),
        ("Prices rose... but slowly… very slowly.", 1),
        ("“Why?” he asked. “Because.”", 2),
        ("1. First point. 2. Second point.", 2),
        ("It happened in 2009. They left.", 2),
        ("Contents . . . . . . 5", 2),
        ("Wait?! No.", 2),
        ("a.b", 1),
    ],
)
def test_english(text, count):
    assert len(sentences(text)) == count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("সহযোগিতা করবে। তিনি বলেন", ["সহযোগিতা করবে। ", "তিনি বলেন"]),
        ("অনুষ্ঠিত হয় বৈঠক।লিথুয়ানিয়া", ["অনুষ্ঠিত হয় বৈঠক।", "লিথুয়ানিয়া"]),
        ("শেষ হলো॥ আবার ।\nশুরু", ["শেষ হলো॥ ", "আবার ।\n", "শুরু"]),
        ("তিনি বলেন, ‘হ্যাঁ।’ তারপর", ["তিনি বলেন, ‘হ্যাঁ।’ ", "তারপর"]),
        ("মো. রেজাউল, ড. ইউনূস, ডা. দীপু, মোসা. রিনা, অ্যাড. কামরুল", None),
        ("এ. কে. এম. আজাদ ও ৩.৫ কোটি", None),
        ("সভা শেষ. তিনি বলেন", ["সভা শেষ. ", "তিনি বলেন"]),
    ],
)
def test_bengali(text, expected):
    assert sentences(text) == (expected or [text])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ông nói vậy. Bà không nói.", ["Ông nói vậy. ", "Bà không nói."]),
        ("GS. Nguyễn và PGS.TS. Lê, ThS. Trần, Ths. Vũ, TS. Phạm ở TP. HCM", None),
        ("hỗ trợ kỹ thuật... cũng như phối hợp", None),
        ("quốc phòng... Nhằm tăng cường", ["quốc phòng... ", "Nhằm tăng cường"]),
        ("lần thứ 2. Những nội dung", ["lần thứ 2. ", "Những nội dung"]),
        ("Nguyễn A\u0306. Khoa", None),
    ],
)
def test_vietnamese(text, expected):
    assert sentences(text) == (expected or [text])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("او رفت. دکتر ماند.", ["او رفت. ", "دکتر ماند."]),
        ("آیا رفت؟ بله۔ خوب!", ["آیا رفت؟ ", "بله۔ ", "خوب!"]),
        ("او رفت.\u200f سپس", ["او رفت.\u200f ", "سپس"]),
        ("«او رفت.» سپس م. امید", ["«او رفت.» ", "سپس م. امید"]),
        ("نسخهٔ ۳.۵ از www.a.ir بود", None),
    ],
)
def test_persian(text, expected):
    assert sentences(text) == (expected or [text])


def test_chinese_marks_end_a_sentence_without_a_space():
    assert sentences("他说。“你好！”吗？好") == ["他说。", "“你好！”", "吗？", "好"]


def test_an_empty_text_has_no_sentence_and_a_blank_one_has_one():
    assert sentence_spans("") == []
    assert sentence_spans(" \n\n ") == [(0, 4)]


def test_leading_whitespace_belongs_to_the_first_sentence():
    assert sentences("\n\n  Hello.\nX") == ["\n\n  Hello.\n", "X"]


@pytest.mark.parametrize(
    "unit", ["He left Dr. X. ", "a" * 9, " ", "\n", ".", ".)", "U.S.", "। ", "1. "]
)
def test_the_time_grows_with_the_length_only(unit):
    text = unit * (2_000_000 // len(unit))
    began = time.perf_counter()
    sentence_spans(text)
    assert time.perf_counter() - began < 5
