"""What is wrong with the entities of one document, and where they should be."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from annotate.prelabel.countries import code_of
from annotate.prelabel.country_names import iso_codes
from annotate.prelabel.fold import split
from annotate.prelabel.merge import COUNTRY
from annotate.validate.edges import (
    has_edge_punctuation,
    inside_word,
    is_never_a_name,
    leaves_ending,
    trimmed,
)
from annotate.validate.findings import Span
from annotate.validate.raw import Json, Mark, ids_of, language_of, marks_of, text_of

# In ISO 3166-1, but not in the list of names: a continent to a reader.
_ANTARCTICA = "AQ"
# Two states share the short name, so that alone it settles nothing (Congo, Korea).
_DIVIDED = frozenset({"CD", "CG", "KP", "KR"})


class Fault(NamedTuple):
    """A finding's code and words, without the place of the document."""

    code: str
    what: str
    span: Span | None
    words: str
    repairable: bool = False


def faults(document: Json, labels: Collection[str]) -> Iterator[Fault]:
    """What is wrong with each entity, in the order of the file."""
    text, marks, ids = text_of(document), marks_of(document), ids_of(document)
    copies = {id(copy.fields): first for copy, first in copies_of(marks)}
    named = by_name(marks)
    over = _overlaps(marks)
    seen: set[str] = set()
    for mark in marks:
        if mark.id and ids[mark.id] > 1 and mark.id in seen:
            first = copies.get(id(mark.fields))
            same = first is not None and is_exact_copy(mark, first, named)
            yield _fault("entity-id-twice", f"another entity has the id {mark.id!r}", mark, same)
        seen.add(mark.id)
        if mark.label and mark.label not in labels:
            what = f"{mark.label!r} is not one of {', '.join(labels)}"
            yield _fault("label-unknown", what, mark)
        yield from _place(mark, marks, text)
        if first := copies.get(id(mark.fields)):
            what = f"the same place and label as {first.id!r}"
            yield _fault("entity-twice", what, mark, is_exact_copy(mark, first, named))
        elif other := over.get(id(mark.fields)):
            what = f"overlaps {other.label} {other.text!r} ({other.start}:{other.end})"
            yield _fault("overlap", what, mark)
        if mark.inside:
            yield from _edges(mark, text, language_of(document))
        yield from _codes(mark, language_of(document))


def true_place(mark: Mark, marks: Sequence[Mark], text: str) -> Span | None:
    """Where an entity whose text is not at its offsets must belong; None when that isn't sure.

    Its text must be what its span has between blanks; or stand only once in the whole
    document, as whole words, where no other entity is.
    """
    if mark.fits or not mark.text.strip():
        return None
    if mark.inside:
        start, end = trimmed(text, *mark.span)
        if text[start:end] == mark.text:
            return start, end
    start = text.find(mark.text)
    end = start + len(mark.text)
    if start < 0 or text.find(mark.text, start + 1) >= 0:
        return None
    taken = any(other.fits and other.start < end and start < other.end for other in marks)
    cut = inside_word(text, start) or inside_word(text, end)
    return None if taken or cut else (start, end)


def copies_of(marks: Sequence[Mark]) -> list[tuple[Mark, Mark]]:
    """Each entity that stands where an earlier one of its label does, with that one."""
    first: dict[tuple[int, int, str], Mark] = {}
    found = []
    for mark in marks:
        if mark.inside:
            one = first.setdefault((*mark.span, mark.label), mark)
            if one is not mark:
                found.append((mark, one))
    return found


def by_name(marks: Iterable[Mark]) -> dict[str, list[Mark]]:
    """The entities of each id."""
    found: dict[str, list[Mark]] = {}
    for mark in marks:
        found.setdefault(mark.id, []).append(mark)
    return found


def is_exact_copy(copy: Mark, first: Mark, named: Mapping[str, Sequence[Mark]]) -> bool:
    """Whether two entities differ in nothing but the id, and no other has an id of theirs."""
    own = [*named[copy.id], *named[first.id]]
    return bool(copy.id and first.id) and all(_content(m) == _content(first) for m in own)


def code_for(words: str, language: str) -> str | None:
    """The country's code when the country list leaves no doubt about the name."""
    code = _listed(words, language)
    return None if code in _DIVIDED and len(split(words)) == 1 else code


def needs_code(mark: Mark) -> bool:
    """Whether it is a COUNTRY without a code."""
    return mark.label == COUNTRY and mark.fields.get("country_code") is None


def _place(mark: Mark, marks: Sequence[Mark], text: str) -> Iterator[Fault]:
    if mark.fits:
        return
    place = true_place(mark, marks, text)
    hint = f"; it stands at {place[0]}:{place[1]}" if place else ""
    if not mark.inside:
        what = f"{mark.start}:{mark.end} is no place in a text of {len(text)} characters"
        yield _fault("offset", what + hint, mark, place is not None)
    elif isinstance(mark.fields.get("text"), str):
        there = text[mark.start : mark.end]
        yield _fault("text-differs", f"there stands {there!r}{hint}", mark, place is not None)


def _edges(mark: Mark, text: str, language: str) -> Iterator[Fault]:
    start, end = trimmed(text, *mark.span)
    if start == end:
        yield _fault("blank", "it has nothing but blanks", mark)
        return
    if (start, end) != mark.span:
        yield _fault("edge-space", f"without blanks it is {start}:{end}", mark, mark.fits)
    # What is inside the blanks is judged, so that a repair of these brings nothing new.
    for edge, side in ((start, "begins"), (end, "ends")):
        if inside_word(text, edge):
            yield _fault("inside-word", f"it {side} inside {_word_at(text, edge)!r}", mark)
    if is_never_a_name(text, start, end):
        yield _fault("never-entity", "a link, e-mail address, hashtag, handle or flag", mark)
    elif has_edge_punctuation(text[start:end]):
        yield _fault("edge-punctuation", "punctuation stays outside", mark)
    if leaves_ending(text, end, language):
        yield _fault("ending-outside", "the ending glued to the name belongs to it", mark)


def _codes(mark: Mark, language: str) -> Iterator[Fault]:
    code = mark.fields.get("country_code")
    if needs_code(mark):
        listed = code_for(mark.text, language)
        what = f"by the country list it is {listed}" if listed else "the country list has no code"
        yield _fault("code-missing", what, mark, listed is not None and mark.fits)
        return
    if not isinstance(code, str):
        return
    if code not in iso_codes() and code != _ANTARCTICA:
        yield _fault("code-unknown", f"{code!r} is no code of ISO 3166-1 alpha-2", mark)
    elif mark.label != COUNTRY:
        yield _fault("code-misplaced", f"{code} on {mark.label}", mark)
    elif mark.fits and code_for(mark.text, language) not in (None, code):
        listed = code_for(mark.text, language)
        yield _fault("code-differs", f"{code} here, {listed} by the country list", mark)


def _overlaps(marks: Sequence[Mark]) -> dict[int, Mark]:
    """For each entity that overlaps an earlier one, by identity, the one that reaches furthest."""
    found: dict[int, Mark] = {}
    furthest: Mark | None = None
    for mark in sorted((one for one in marks if one.inside), key=lambda one: one.span):
        if furthest and mark.start < furthest.end:
            found[id(mark.fields)] = furthest
        if not furthest or mark.end > furthest.end:
            furthest = mark
    return found


def _word_at(text: str, edge: int) -> str:
    """The word around an edge, cut short where it is very long."""
    start = max(text.rfind(blank, 0, edge) for blank in " \n\t") + 1
    ends = [place for blank in " \n\t" if (place := text.find(blank, edge)) >= 0]
    return text[max(start, edge - 20) : min([*ends, edge + 20, len(text)])]


def _content(mark: Mark) -> str:
    rest = {key: value for key, value in mark.fields.items() if key != "id"}
    return json.dumps(rest, sort_keys=True)


@lru_cache(maxsize=1 << 14)
def _listed(words: str, language: str) -> str | None:
    return code_of(words, language)


def _fault(code: str, what: str, mark: Mark, repairable: bool = False) -> Fault:
    return Fault(code, what, mark.span, mark.text, repairable)
