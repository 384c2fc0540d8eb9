"""Where to cut a long text. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from annotate.corpus.graphemes import splits_character
from annotate.corpus.sentences import sentence_spans

Span = tuple[int, int]

# The last place of some kind at or before an index; 0 or less if there is none.
_Previous = Callable[[int], int]


class _Places(NamedTuple):
    """Sentence ends, and those of them at a line break and at a blank line; ascending."""

    sentences: list[int]
    lines: list[int]
    blanks: list[int]


class _Barred(NamedTuple):
    """Spans, disjoint and ascending, that no cut may go through."""

    starts: list[int]
    ends: list[int]


def cut_points(
    text: str,
    max_chars: int,
    keep_whole: Sequence[Span],
    keep_together: Sequence[Span] = (),
) -> list[Span]:
    """Consecutive half-open spans of at most ``max_chars``, which cover ``text``.

    Each ends at a blank line or line break in the last third of what fits, else
    at the last sentence end that fits; in a sentence that doesn't fit, at the
    last whitespace, else between two characters. None goes through a span of
    ``keep_whole`` while there is any other place, nor through one of
    ``keep_together`` while there is another place of the same kind. The same
    arguments always give the same spans. Takes linear time.

    Raises ValueError when ``max_chars`` is less than 1.
    """
    if max_chars < 1:
        raise ValueError(f"max_chars is {max_chars}, not 1 or more")
    places = _places(text)
    whole = _barred(keep_whole, max_chars)
    both = _barred([*keep_whole, *keep_together], max_chars)
    spans = []
    start = 0
    while len(text) - start > max_chars:
        end = _end(text, start, start + max_chars, places, whole, both)
        spans.append((start, end))
        start = end
    return [*spans, (start, len(text))] if text else []


def _places(text: str) -> _Places:
    places = _Places([], [], [])
    for start, end in sentence_spans(text):
        places.sentences.append(end)
        sentence = text[start:end]
        space = sentence[len(sentence.rstrip()) :]
        # The full stop makes a trailing line break count.
        breaks = len(f"{space}.".splitlines()) - 1
        if breaks >= 1:
            places.lines.append(end)
        if breaks >= 2:
            places.blanks.append(end)
    return places


def _barred(spans: Iterable[Span], max_chars: int) -> _Barred:
    """The union of the spans, without those that no piece can hold."""
    barred = _Barred([], [])
    for start, end in sorted(span for span in spans if span[1] - span[0] <= max_chars):
        if barred.ends and start < barred.ends[-1]:
            barred.ends[-1] = max(end, barred.ends[-1])
        else:
            barred.starts.append(start)
            barred.ends.append(end)
    return barred


def _end(text: str, start: int, limit: int, places: _Places, whole: _Barred, both: _Barred) -> int:
    """The best place for a cut in ``text[start:limit]``, after ``start``."""
    late = limit - (limit - start) // 3
    sentence = _in(places.sentences)
    space = _behind_space(text, start)

    def anywhere(index: int) -> int:
        return index

    for previous, first, barred in (
        (_in(places.blanks), late, both),
        (_in(places.lines), late, both),
        (sentence, start + 1, both),
        (sentence, start + 1, whole),
        (space, start + 1, both),
        (space, start + 1, whole),
        (anywhere, start + 1, both),
        (anywhere, start + 1, whole),
        (anywhere, start + 1, _Barred([], [])),
    ):
        place = _last_free(text, previous, first, limit, barred)
        if place is not None:
            return place
    return limit


def _last_free(
    text: str, previous: _Previous, first: int, last: int, barred: _Barred
) -> int | None:
    place = previous(last)
    while place >= first:
        at = bisect_left(barred.starts, place) - 1
        if at >= 0 and place < barred.ends[at]:
            place = previous(barred.starts[at])
        elif splits_character(text, place):
            place = previous(place - 1)
        else:
            return place
    return None


def _in(places: list[int]) -> _Previous:
    def previous(index: int) -> int:
        at = bisect_right(places, index) - 1
        return places[at] if at >= 0 else 0

    return previous


def _behind_space(text: str, start: int) -> _Previous:
    def previous(index: int) -> int:
        if index <= start or text[index - 1].isspace():
            return index
        return index - len(text[start:index].rsplit(None, 1)[-1])

    return previous
