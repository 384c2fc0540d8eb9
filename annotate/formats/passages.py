"""Documents as passages: a sentence each, or several where an annotation goes across.

The tokens of a passage are those that a model's own tokenizer has something to make of:
white space and other invisible characters are left out, unless an entity has no more.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from annotate.corpus.sentences import sentence_spans
from annotate.document import Document, Entity
from annotate.formats.holding import lose_in
from annotate.formats.tokens import Tokenize, tokens_cut_at
from annotate.ledger import Ledger

Span = tuple[int, int]


class Passage(NamedTuple):
    """Where it starts and ends in the document, and the offsets of its tokens there."""

    start: int
    end: int
    tokens: list[Span]

    def tokens_of(self, entity: Entity) -> Span:
        """The entity's tokens, half-open; it must begin in this passage."""
        first, after = (
            bisect_left(self.tokens, edge, key=lambda token: token[0])
            for edge in (entity.start, entity.end)
        )
        return first, after


def passages(
    document: Document, ledger: Ledger, tokenize: Tokenize, *, with_relations: bool
) -> list[Passage]:
    """Passages that cover the document, at least one; every entity is inside one.

    ``with_relations`` keeps both ends of a relation in one passage as well. The ledger
    counts ``tokens cut at a span edge`` and ``sentences merged``.
    """
    text = document.text
    marks = [(entity.start, entity.end) for entity in document.entities]
    tokens = tokens_cut_at(text, marks, tokenize(document))
    ledger.counts["tokens cut at a span edge"] += tokens.cut
    if with_relations:
        places = {entity.id: (entity.start, entity.end) for entity in document.entities}
        ends = [(places[link.head], places[link.tail]) for link in document.relations]
        marks += [(min(head[0], tail[0]), max(head[1], tail[1])) for head, tail in ends]
    borders = sentence_borders(text, tokens.offsets)
    kept = uncrossed(borders, marks)
    ledger.counts["sentences merged"] += len(borders) - len(kept)
    printed = _printed(document, tokens.offsets, ledger)
    starts = [start for start, _ in printed]
    return [
        Passage(start, end, printed[bisect_left(starts, start) : bisect_left(starts, end)])
        for start, end in pairwise([0, *kept, len(text)])
    ]


def sentence_borders(text: str, tokens: Iterable[Span]) -> list[int]:
    """Where each sentence but the first begins, unless that is inside a token."""
    return uncrossed([start for start, _ in sentence_spans(text)][1:], tokens)


def uncrossed(borders: Sequence[int], spans: Iterable[Span]) -> list[int]:
    """Those of the borders, which are in order, that none of the spans goes across."""
    steps = [0] * (len(borders) + 1)
    for start, end in spans:
        inside, behind = bisect_right(borders, start), bisect_left(borders, end)
        if inside < behind:
            steps[inside] += 1
            steps[behind] -= 1
    depths = accumulate(steps)
    return [border for border, depth in zip(borders, depths, strict=False) if not depth]


def _printed(document: Document, tokens: Sequence[Span], ledger: Ledger) -> list[Span]:
    """The tokens that can be seen, and all tokens of entities that have no such token."""
    shown = [_shows(document.text[start:end]) for start, end in tokens]
    starts = [start for start, _ in tokens]
    for entity in document.entities:
        if _shows(entity.text):
            continue
        lose_in("visible tokens", document, entity, "has none: few models can take it", ledger)
        for number in range(bisect_left(starts, entity.start), bisect_left(starts, entity.end)):
            shown[number] = True
    return [token for token, show in zip(tokens, shown, strict=True) if show]


def _shows(text: str) -> bool:
    # What BERT's tokenizers drop: white space, control and format characters, U+FFFD.
    return any(
        unicodedata.category(character)[0] not in "CZ" and character != "\ufffd"
        for character in text
    )
