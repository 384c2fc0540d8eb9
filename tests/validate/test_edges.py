"""Where words begin and end, in many scripts."""

from __future__ import annotations

import pytest
from hypothesis import given

from annotate.corpus.graphemes import splits_character
from annotate.validate.edges import (
    has_edge_punctuation,
    inside_word,
    is_never_a_name,
    leaves_ending,
    trimmed,
)
from tests.strategies import texts


def edges(marked: str) -> list[bool]:
    """For each bar in a text, whether it stands inside a word."""
    text = marked.replace("|", "")
    places = [index - number for number, index in enumerate(_bars(marked))]
    return [inside_word(text, place) for place in places]


def _bars(marked: str) -> list[int]:
    return [index for index, character in enumerate(marked) if character == "|"]


@pytest.mark.parametrize(
    "marked",
    [
        "|Kenya|’s |Timor|-|Leste|, |U.N|.",
        "|Việt Nam|-|Nhật Bản|/|Lào|",
        "|বাংলাদেশের| |আইএলও|-র |সভা|।",
        "|می‌گوید| |ایران|‌ |کره‌ای|،",
        "日|本|国|外務省|は",
        "ประเทศ|ไทย|และ",
        "|NATO|の|Twitter|で",
        "(|Nairobi|)",
        "|한국은| ",
    ],
)
def test_edges_of_words(marked: str) -> None:
    assert not any(edges(marked))


@pytest.mark.parametrize(
    "marked",
    [
        "Ken|ya",
        "বাংলাদেশ|ের",
        "বাংলাদ|েশ",
        "পলক|কে",
        "می‌|گوید",
        "می|‌گوید",
        "کره‌|ای",
        "Vie|\u0323\u0302t",
        "Việ|t",
        "한국|은",
        "G|20",
        "ที|\u0e48",
        "か|\u3099",
        "snake_|case",
        "soft\u00ad|hyphen",
    ],
)
def test_edges_inside_words(marked: str) -> None:
    assert edges(marked)[0] or edges(marked)[-1]


@given(texts())
def test_no_edge_beside_a_blank_is_inside_a_word(text: str) -> None:
    for index in range(len(text) + 1):
        if any(one.isspace() for one in text[max(index - 1, 0) : index + 1]):
            after = text[index : index + 1]
            # A mark behind a blank hangs on it.
            assert not inside_word(text, index) or splits_character(text, index), (index, after)


@pytest.mark.parametrize("words", ["Kenya", "U.N.", "AT&T", "e&", "Act (NGO)", "(Al) Gore", "'Abd"])
def test_marks_that_belong_to_a_name(words: str) -> None:
    assert not has_edge_punctuation(words)


@pytest.mark.parametrize("words", ["Kenya,", "“Kenya", "'Kenya'", "(Kenya)", "ইরান।", "NGO)", "-A"])
def test_marks_that_do_not(words: str) -> None:
    assert has_edge_punctuation(words)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("see https://un.org now", 4, 18),
        ("to info@un.org", 3, 14),
        ("a #Kenya day", 2, 8),
        ("a #Kenya day", 3, 8),
        ("🇰🇪", 0, 2),
    ],
)
def test_what_is_never_an_entity(text: str, start: int, end: int) -> None:
    assert is_never_a_name(text, start, end)


def test_a_name_is_no_link() -> None:
    assert not is_never_a_name("Kenya and un.org", 0, 5)


def test_endings_behind_a_hyphen() -> None:
    assert leaves_ending("আইএলও-র সভা", 5, "bn")
    assert not leaves_ending("আইএলও-র সভা", 7, "bn")
    assert not leaves_ending("ভিয়েতনাম-জাপান", 9, "bn")
    assert not leaves_ending("আইএলও-র সভা", 5, "en")


def test_blanks_of_all_kinds_are_trimmed() -> None:
    assert trimmed("\u202bسازمان ملل\u202c ", 0, 13) == (1, 11)
    assert trimmed(" \u00a0\ufeff", 0, 3) == (3, 3)
