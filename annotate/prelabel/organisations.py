"""Rules that propose organisations in one line of text.

A body is known by the head word of its name (:mod:`.organisation_heads`), by what
stands beside it ("according to ...", a full name in front of its abbreviation), or by
heart (``data/organisations.csv``). What the tables named here hold is said in
``data/names/xx.toml``.
"""

from __future__ import annotations

from collections.abc import Sequence

from annotate.prelabel.lines import Found, Line
from annotate.prelabel.organisation_heads import COMMAS, LONGEST, capitals_end, closed, opened

# The share of a rule's suggestions that met a body on the development sets, rounded.
KNOWN = 0.8
BRACKETED = 0.9
SOURCED = 0.6
ABBREVIATED = 0.85

# What stands behind "according to" and is no agency.
_NO_SOURCE = ("country", "place", "given", "family", "honorific", "office", "role", "stop")
_NO_EMPLOYER = ("given", "family", "office", "role", "demonym", "honorific")


def find_organisations(line: Line) -> list[Found]:
    """The organisations that the line's cue words point to, in order, without overlap."""
    found: list[Found] = []
    for index, here in enumerate(line.found):
        if size := here.get("organisation", 0):
            found.append(Found(index, index + size, KNOWN))
        if here and not line.shouted:
            found += opened(line, index) + closed(line, index)
    kept = _longest(found)
    kept += _bracketed(line, kept)
    for more in (_sourced(line), _employed(line), _abbreviated(line)):
        taken = {at for each in kept for at in range(each.start, each.end)}
        kept += [each for each in more if taken.isdisjoint(range(each.start, each.end))]
    return sorted(kept)


def _longest(found: list[Found]) -> list[Found]:
    taken: set[int] = set()
    kept = []
    for each in sorted(found, key=lambda each: (each.start - each.end, each.start)):
        if taken.isdisjoint(range(each.start, each.end)):
            taken.update(range(each.start, each.end))
            kept.append(each)
    return kept


# Beside a full name, behind "according to", behind an article -------------------------------


def _bracketed(line: Line, found: list[Found]) -> list[Found]:
    """The abbreviation in brackets behind a full name: "... Union (ITU)"."""
    short = []
    for each in found:
        at = each.end + 1
        if line.key(at - 1) != "(" or line.key(at + 1) != ")" or each.end - each.start < 2:
            continue
        if (line.words[at].shout or line.bare(at)) and not line.has(at, "country"):
            short.append(Found(at, at + 1, BRACKETED))
    return short


def _sourced(line: Line) -> list[Found]:
    """A news agency behind "according to": capitals, or words up to the next mark."""
    if "source" not in line.tables:
        return []
    named = []
    for index in range(len(line)):
        start = index + line.at(index, "source")
        if start == index or index in line.inside or line.has(start, *_NO_SOURCE):
            continue
        end = capitals_end(line, start) if line.capital(start) else start
        while end - start < 4 and line.bare(end):
            end += 1
        closed = line.capital(start) or end == len(line) or line.has(end, "source")
        if end > start and (closed or line.key(end) in (*COMMAS, ":", ")")):
            named.append(Found(start, end, SOURCED))
    return named


def _employed(line: Line) -> list[Found]:
    """Capitals behind "analyst at", "founder of" and the like."""
    if line.headline or line.shouted or line.tables.isdisjoint(("staff", "role")):
        return []
    named = []
    for index in range(len(line)):
        size = line.at(index, "staff") or line.at(index, "role")
        at = index + size
        of = line.has(at, "employ") or (line.has(index, "staff") and line.key(at) == "of")
        start = at + 1 + (line.key(at + 1) == "the")
        if not size or not of or not line.capital(start) or line.has(start, *_NO_SOURCE):
            continue
        end = capitals_end(line, start)
        if end > start and not line.has(start, "part", "demonym") and not line.capital(end):
            named.append(Found(start, end, SOURCED))
    return named


def _abbreviated(line: Line) -> list[Found]:
    """Capitals behind an article ("the RIAA") or in a dateline ("DOHA (QNA) -")."""
    short = []
    for index, word in enumerate(line.words):
        if index == 0 or not word.shout:
            continue
        fits = word.letters and 2 < len(word.key) < 7
        dated = line.key(index - 1) == "(" and line.key(index + 1) == ")"
        dated = dated and line.key(index + 2) == "-" and index < LONGEST
        if not fits or line.shouted or not (dated or line.has(index - 1, "article")):
            continue
        if not line.capital(index + 1) and not line.has(index, "stop", "place", "country"):
            short.append(Found(index, index + 1, ABBREVIATED))
    return short


def find_employers(line: Line, people: Sequence[Found], bodies: Sequence[Found]) -> list[Found]:
    """The bodies that stand beside a person: "Name/Agency", "Name (Body)", "- Name, Body"."""
    taken = {at for each in (*people, *bodies) for at in range(each.start, each.end)}
    found = []
    for person in people:
        mark, start = line.key(person.end), person.end + 1
        item = person.start > 0 and not any(line.letters(at) for at in range(person.start))
        if mark not in ("/", "(") and not (mark == "," and item):
            continue
        end = _beside_end(line, start)
        closed = end >= len(line) or line.key(end) in (")", ",", ";", "|", "(")
        if end > start and closed and taken.isdisjoint(range(start, end)):
            found.append(Found(start, end, SOURCED))
    return found


def _beside_end(line: Line, start: int) -> int:
    """Where a body's name beside a person ends; ``start`` where none begins."""
    if line.has(start, *_NO_EMPLOYER):
        return start
    end = start + (line.key(start) == "the")
    if line.capital(start) or end > start:
        while line.capital(end) or (end > start and line.has(end, "link")):
            end += 1
        place = max(line.at(start, "country"), line.at(start, "place")) == end - start
        return end if line.capital(end - 1) and not place else start
    while end - start < 6 and (line.bare(end) or line.has(end, "part", "head_last", "link")):
        end += 1
    # In brackets may stand anything; only a body's own words are sure.
    aside = line.key(start - 1) == "(" and not line.has(end - 1, "head_last", "organisation")
    return start if aside else end
