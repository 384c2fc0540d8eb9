"""What an engine found, by character offsets → ``doc.ents``, exactly where it was found."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from spacy.tokens import Doc, Token

import annotate.prelabel.extensions  # noqa: F401  (registers Span._.score)

OVERLAPS = "spans of an engine that overlap a longer one"


class Found(NamedTuple):
    """A span: half-open offsets in code points of the document, label, score 0 to 1."""

    start: int
    end: int
    label: str
    score: float | None = None


def settle(found: Iterable[Found]) -> tuple[list[Found], int]:
    """The spans without overlap, in order, and how many others were left out.

    The longest stays, of two as long the one with the higher score. What two windows
    both saw counts once, and a part of a span that another window saw whole counts
    as that span.
    """
    kept: list[Found] = []
    left_out = 0
    for span in sorted(found, key=lambda it: (it.start - it.end, -(it.score or 0), it)):
        at = bisect_left(kept, span.start, key=lambda it: it.end - 1)
        other = kept[at] if at < len(kept) and kept[at].start < span.end else None
        if other is None:
            kept.insert(at, span)
        elif other.label != span.label or span.start < other.start or other.end < span.end:
            left_out += 1
    return kept, left_out


def place(doc: Doc, found: Sequence[Found]) -> None:
    """Set ``doc.ents`` to spans that don't overlap; the text is not touched.

    Tokens in which a span begins or ends are split there. Span groups that stand on
    the doc before are not moved along: an engine comes first.
    """
    inside = [span for span in (_trimmed(doc.text, it) for it in found) if span]
    _split(doc, {edge for span in inside for edge in (span.start, span.end)})
    ents = []
    for span in inside:
        ent = doc.char_span(span.start, span.end, span.label)
        if ent is None:
            raise ValueError(f"no tokens at {span.start} to {span.end}")
        ent._.score = span.score
        ents.append(ent)
    doc.ents = ents


def _trimmed(text: str, span: Found) -> Found | None:
    words = text[span.start : span.end].strip()
    if not words:
        return None
    start = text.index(words, span.start)
    return span._replace(start=start, end=start + len(words))


def _split(doc: Doc, edges: set[int]) -> None:
    places = sorted(edges)
    with doc.retokenize() as retokenizer:
        for token in doc:
            start, end = token.idx, token.idx + len(token)
            inside = places[bisect_right(places, start) : bisect_left(places, end)]
            if inside:
                parts = [doc.text[a:b] for a, b in pairwise([start, *inside, end])]
                heads: list[Token | tuple[Token, int]] = [(token, at) for at in range(len(parts))]
                retokenizer.split(token, parts, heads)
