"""Tokens for the token formats: those of a pipeline, cut where a gold span needs it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from annotate.document import Document


class Tokens(NamedTuple):
    """Token offsets, half-open code points in order, and how many tokens were cut.

    A single space between two tokens, or after the last, belongs to neither, as in
    spaCy; every other character is in one token.
    """

    offsets: list[tuple[int, int]]
    cut: int


# The tokens of a document as a pipeline sees them: offsets as in Tokens.
Tokenize = Callable[["Document"], Sequence[tuple[int, int]]]


def built_in_tokens(document: Document) -> list[tuple[int, int]]:
    """Tokens of the built-in pipelines."""
    # One array for all tokens: a Token object for each takes longer than the tokenizer.
    starts, lengths = cast("Any", _tokenizer()(document.text).to_array(["IDX", "LENGTH"])).T
    return list(zip(starts.tolist(), (starts + lengths).tolist(), strict=True))


def tokens_cut_at(
    text: str, spans: Collection[tuple[int, int]], whole: Sequence[tuple[int, int]]
) -> Tokens:
    """The tokens ``whole`` of ``text``, cut so that each of ``spans`` begins and ends with one.

    ``spans`` are half-open code-point offsets; they may touch, nest and overlap.
    """
    starts = {start for start, _ in spans}
    ends = {end for _, end in spans}
    # Mostly every span begins and ends with a token.
    if starts <= {start for start, _ in whole} and ends <= {end for _, end in whole}:
        return Tokens(list(whole), 0)
    edges = sorted(starts | ends)
    after = iter([*edges, len(text) + 1])
    edge = next(after)
    pieces: list[tuple[int, int]] = []
    cut = 0
    for (start, end), stop in zip(whole, _next_starts(whole, text), strict=True):
        while edge <= start:
            edge = next(after)
        # Most tokens have no edge inside or right behind them: those stay as they are.
        if edge > stop:
            pieces.append((start, end))
            continue
        bounds = [start, *edges[bisect_right(edges, start) : bisect_left(edges, end)], end]
        # A span that takes in the space after a token makes it one of its own.
        if end < stop and (end in starts or stop in ends):
            bounds.append(stop)
        cut += len(bounds) > 2
        pieces += pairwise(bounds)
    return Tokens(pieces, cut)


def words_and_spaces(text: str, tokens: Tokens) -> tuple[list[str], list[bool]]:
    """Words, and whether a space follows each: what a spaCy Doc is made of."""
    words = [text[start:end] for start, end in tokens.offsets]
    stops = _next_starts(tokens.offsets, text)
    return words, [end < stop for (_, end), stop in zip(tokens.offsets, stops, strict=True)]


def _next_starts(offsets: Sequence[tuple[int, int]], text: str) -> list[int]:
    return [*(start for start, _ in offsets[1:]), len(text)] if offsets else []


@cache
def _tokenizer() -> Callable[[str], Doc]:
    import spacy

    tokenizer = {"@tokenizers": "annotate.Tokenizer.v1"}
    found: Any = spacy.blank("xx", config={"nlp": {"tokenizer": tokenizer}}).tokenizer
    # spaCy's own 10,000 words are soon full, and all others then cut anew each time.
    found.max_cache_size = 50_000
    # Norm, shape and the like of each new word take as long again, and offsets need none.
    found.vocab.lex_attr_getters = {}
    return cast("Callable[[str], Doc]", found)
