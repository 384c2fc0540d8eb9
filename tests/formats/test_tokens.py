from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.document import Document, Entity, flat
from annotate.formats.tokens import Tokens, built_in_tokens, tokens_cut_at, words_and_spaces
from tests.strategies import spans, texts


def cut_at(text: str, spans: list[tuple[int, int]]) -> Tokens:
    return tokens_cut_at(text, spans, built_in_tokens(Document(id="d", text=text)))


TEXTS_WITH_SPANS = texts().flatmap(
    lambda text: st.tuples(st.just(text), spans(text, overlapping=True))
)


@settings(deadline=None, max_examples=200)
@given(TEXTS_WITH_SPANS)
def test_tokens_rebuild_the_text_and_fit_every_span(
    found: tuple[str, list[tuple[int, int]]],
) -> None:
    text, wanted = found
    tokens = cut_at(text, wanted)
    words, spaces = words_and_spaces(text, tokens)
    assert "".join(f"{w}{' ' if s else ''}" for w, s in zip(words, spaces, strict=True)) == text
    assert all(start < end for start, end in tokens.offsets)
    starts = {start for start, _ in tokens.offsets}
    ends = {end for _, end in tokens.offsets}
    assert all(start in starts and end in ends for start, end in wanted)
    assert 0 <= tokens.cut <= 2 * len(wanted)


def test_a_token_cut_twice_counts_once() -> None:
    tokens = cut_at("unbelievable case", [(2, 5), (5, 9)])
    assert tokens.offsets == [(0, 2), (2, 5), (5, 9), (9, 12), (13, 17)]
    assert tokens.cut == 1


def test_a_span_that_begins_or_ends_with_a_space_keeps_it() -> None:
    assert cut_at("a b c", [(1, 3)]).offsets == [(0, 1), (1, 2), (2, 3), (4, 5)]
    assert cut_at("a b c", [(0, 2)]).offsets == [(0, 1), (1, 2), (2, 3), (4, 5)]
    assert cut_at("a b c", [(0, 1), (2, 5)]) == ([(0, 1), (2, 3), (4, 5)], 0)


def test_of_overlapping_entities_the_longest_stay() -> None:
    text = "abcdefgh"

    def entity(name: str, start: int, end: int) -> Entity:
        return Entity(id=name, start=start, end=end, label="X", text=text[start:end])

    found = [entity("in", 2, 3), entity("long", 1, 5), entity("tail", 4, 7), entity("on", 7, 8)]
    assert [each.id for each in flat(found)] == ["long", "on"]
    assert [each.id for each in flat([entity("b", 0, 2), entity("a", 0, 2)])] == ["b"]
