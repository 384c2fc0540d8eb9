"""Rules that propose organisations in one line of text.

A body's name has a head word: in front (Vietnamese, Persian, "Ministry of ..."), or
at the end (Bengali, "... Bank"). From there the name goes on over capitalised words,
or, where a script has no capitals, over words that no verb, preposition or case
ending bounds. Bodies that are known by heart stand in ``data/organisations.csv``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from annotate.prelabel.names import Line

# The share of right suggestions on the development sets, rounded; estimates.
KNOWN = 0.85
OPENED = 0.75
CLOSED = 0.7
BRACKETED = 0.8
SOURCE = 0.7
ABBREVIATED = 0.7

_LONGEST = 12


class Found(NamedTuple):
    """Words ``start:end`` of a line, and how sure the rule is."""

    start: int
    end: int
    score: float


def find_organisations(line: Line) -> list[Found]:
    """The organisations that the line's cue words point to, in order, without overlap."""
    found: list[Found] = []
    for index, here in enumerate(line.found):
        if here:
            found += _known(line, index)
        if here and not line.shouted:
            found += _opened(line, index) + _closed(line, index)
    kept = _longest(found)
    return sorted(kept + _bracketed(line, kept) + _sourced(line, kept) + _abbreviated(line, kept))


def _longest(found: list[Found]) -> list[Found]:
    taken: set[int] = set()
    kept = []
    for each in sorted(found, key=lambda each: (each.start - each.end, each.start)):
        if taken.isdisjoint(range(each.start, each.end)):
            taken.update(range(each.start, each.end))
            kept.append(each)
    return kept


def _known(line: Line, index: int) -> list[Found]:
    size = line.at("organisation", index)
    # A known name inside a longer capitalised one is something else ("World Bank Street").
    return [Found(index, index + size, KNOWN)] if size else []


# A head in front ------------------------------------------------------------------


def _opened(line: Line, index: int) -> list[Found]:
    size = line.at("head_first", index)
    if index in line.inside or line.at("country", index) > size:
        return []
    if not line.words[index].cased:
        return _opened_plain(line, index, size)
    lower = line.at("head_lower", index)
    start = index + (size or lower)
    if not (line.lexicon.syllables or line.key(start) in ("of", "for", "on")):
        return []
    if start == index or (lower and not size and not line.capital(start)):
        return []
    end = _capitals(line, start)
    return [Found(index, end, OPENED)] if end > start else []


def _capitals(line: Line, start: int) -> int:
    """Where a capitalised name that is under way at ``start`` ends."""
    index = start
    named = line.at("head_named", start - 1)
    while index < len(line) and index - start < _LONGEST:
        size = line.at("country", index) or line.at("place", index)
        if size and size >= line.at("part", index):
            index += size
            if not (line.key(index) == "-" and line.capital(index + 1)):
                break
        elif size := _continues(line, index, named and index == start):
            index += size
        else:
            break
    while index > start and not line.words[index - 1].letters:
        index -= 1
    return index


def _continues(line: Line, index: int, named: int) -> int:
    """How many words at ``index`` go on with a name; a person's only if ``named`` for one."""
    if part := line.at("part", index):
        return part
    if line.capital(index):
        if not named and (begins_person(line, index) or line.has(index, "head_first")):
            return 0
        if line.has(index, "stop", "office"):
            return 0
        tail = index + 1
        lower = line.lexicon.syllables and _is_lower(line, tail) and not line.has(tail, "stop")
        return 2 if lower else 1
    return _links_on(line, index)


def _is_lower(line: Line, index: int) -> bool:
    return index < len(line) and line.words[index].letters and not line.words[index].capital


def _links_on(line: Line, index: int) -> int:
    """How many words of "of the", "and", a hyphen or a listing comma lead on to more."""
    after = index + 1
    part = line.at("part", after)
    if line.key(index) == ",":
        return int(bool(part and _lists_on(line, after + part)))
    if line.at("and", index):
        own = line.has(after, "head_first", "country", "place", "office")
        loose = line.lexicon.syllables and not begins_person(line, after)
        return int(bool(part or (loose and line.capital(after) and not own)))
    if line.has(index, "link") or line.key(index) == "-":
        after += line.has(after, "link")
        own = line.has(after, "head_first", "office") or begins_person(line, after)
        joins = line.key(index) != "-" or not line.has(after, "country")
        return after - index if line.capital(after) and joins and not own else 0
    return 0


def _lists_on(line: Line, index: int) -> bool:
    """Whether a list of fields that began before ``index`` comes to its "and"."""
    if line.at("and", index):
        return bool(line.at("part", index + 1) or line.capital(index + 1))
    size = line.at("part", index + 1)
    return line.key(index) in (",", "،") and bool(size) and _lists_on(line, index + 1 + size)


def begins_person(line: Line, index: int) -> bool:
    """Whether a listed given or family name and one more capital stand at ``index``."""
    listed = line.at("family", index) or line.at("given", index)
    if not listed or line.at("place", index) or line.at("country", index):
        return False
    return line.capital(index + 1) and not line.at("part", index)


def _opened_plain(line: Line, index: int, size: int) -> list[Found]:
    """Persian, and অব in Bengali: words go on until something bounds them."""
    if not size:
        return []
    start = index + size
    if line.words[start - 1].inflected:
        return []
    named = 2 if line.has(index, "head_named", "of") or line.at("of", start - 1) else 0
    end, sure = start, False
    while end < len(line) and end - start < _LONGEST:
        step = line.at("country", end) or line.at("place", end)
        if step and step >= line.at("part", end):
            end, sure = end + step, True
            break
        if step := line.at("part", end) or line.at("organisation", end):
            end, sure = end + step, True
        elif line.key(end) == "،" and (step := line.at("part", end + 1)):
            if not _lists_on(line, end + 1 + step):
                break
            end += 1 + step
        elif sure and line.at("link", end) and line.at("part", end + 1):
            if line.at("head_first", end + 1):
                break
            end += 1
        elif end > start and (nested := _opened_plain(line, end, line.at("head_first", end))):
            return [Found(index, nested[0].end, OPENED)]
        elif end - start < named and bare(line, end) and not sure:
            end += 1
        else:
            break
        if line.words[end - 1].inflected:
            break
    while end > start and (line.at("link", end - 1) or line.hyphen(end - 1)):
        end -= 1
    if end == start:
        return []
    return [Found(index, end, OPENED)]


def bare(line: Line, index: int) -> bool:
    """Whether a word without capitals may be part of a name: nothing bounds it."""
    if not 0 <= index < len(line):
        return False
    word, here = line.words[index], line.found[index]
    bounds = (
        "stop",
        "light",
        "says",
        "office",
        "honorific",
        "head_last",
        "head_first",
        "place_head",
    )
    return word.letters and not word.cased and not word.barred and not any(map(here.get, bounds))


# A head at the end ----------------------------------------------------------------


def _closed(line: Line, index: int) -> list[Found]:
    size = line.at("head_last", index)
    if not size:
        return []
    if line.words[index].cased:
        return _closed_capitals(line, index, index + size)
    return _closed_plain(line, index, index + size)


def _closed_capitals(line: Line, index: int, end: int) -> list[Found]:
    start = index
    while start > 0 and _leads(line, start - 1):
        start -= 1
    while start < index and not (line.capital(start) and not line.at("stop", start)):
        start += 1
    if start == index or all(line.at("generic", at) for at in range(start, index)):
        return []
    if line.at("link", end) and line.key(end) in ("of", "for") and line.capital(end + 1):
        end = _capitals(line, end)
    elif line.key(end) == "of" and line.key(end + 1) == "the" and line.capital(end + 2):
        end = _capitals(line, end)
    return [Found(start, end, CLOSED)]


def _leads(line: Line, index: int) -> bool:
    """Whether the word may stand inside a name in front of its head."""
    if line.capital(index):
        if line.has(index, "place", "country") or index in line.inside:
            return True
        return not line.has(index, "stop", "office", "honorific")
    if line.hyphen(index) or line.key(index) == "&":
        return line.capital(index - 1)
    joined = line.key(index) in ("and", "of") and line.at("part", index - 1)
    return bool(joined and line.capital(index - 1))


def _closed_plain(line: Line, index: int, end: int) -> list[Found]:
    """Bengali: walk back over modifiers until an inflected word, a verb or a mark."""
    start, unknown = index, 0
    while start > 0 and index - start < _LONGEST:
        before = start - 1
        if line.hyphen(before) or _joins(line, before):
            start -= 1
            continue
        known = line.at("organisation", start) > 1
        unknown += not line.at("part", before)
        if not _modifier(line, before) or unknown > 3 or (known and not line.at("part", before)):
            break
        start -= 1
    while start < index and (line.at("link", start) or not line.words[start].letters):
        start += 1
    if not _makes_name(line, start, index):
        return []
    if line.at("of", end) and not line.words[end - 1].inflected:
        end = _plain_tail(line, end)
    return [Found(start, end, CLOSED)]


def _joins(line: Line, index: int) -> bool:
    """Whether "of" or "and" at ``index`` stands inside the name."""
    if line.at("and", index):
        return bool(line.at("part", index - 1) and line.at("part", index + 1))
    return bool(line.at("link", index)) and _modifier(line, index - 1)


def _makes_name(line: Line, start: int, head: int) -> bool:
    """Whether the words in front of a head make it a name, not just a kind of body."""
    if start == head:
        return bool(line.at("head_sure", head) > 1)
    modifiers = range(start, head)
    if all(line.at("generic", at) for at in modifiers):
        return bool(line.at("head_sure", head) and any(line.at("part", at) for at in modifiers))
    region = line.at("head_region", head) and line.at("place", head - 1)
    return not region


def _modifier(line: Line, index: int) -> bool:
    if index < 0:
        return False
    word = line.words[index]
    if line.at("part", index) and not word.inflected:
        return True
    return bare(line, index) and not word.inflected


def _plain_tail(line: Line, end: int) -> int:
    tail = end + 1
    while tail - end < 4 and (line.has(tail, "part") or bare(line, tail)):
        tail += 1
        if line.words[tail - 1].inflected:
            break
    return tail if tail > end + 1 else end


# Beside a full name, and behind "according to" ---------------------------------------


def _bracketed(line: Line, found: list[Found]) -> list[Found]:
    """The abbreviation in brackets behind a full name: "... Union (ITU)"."""
    short = []
    for each in found:
        at = each.end
        if line.key(at) != "(" or line.key(at + 2) != ")" or each.end - each.start < 2:
            continue
        word = line.words[at + 1]
        fits = word.shout or (not word.cased and bare(line, at + 1))
        if word.letters and fits and not line.at("country", at + 1):
            short.append(Found(at + 1, at + 2, BRACKETED))
    return short


def _sourced(line: Line, found: list[Found]) -> list[Found]:
    """A news agency behind "according to", up to the next mark."""
    taken = {at for each in found for at in range(each.start, each.end)}
    named = []
    for index in range(len(line)):
        size = line.at("source", index)
        start = index + size
        if not size or start in taken or start >= len(line):
            continue
        end = start
        while end < len(line) and end - start < 4 and (line.capital(end) or bare(line, end)):
            end += 1
        mark = line.key(end) in ("،", ",", ":", ")") or line.has(end, "source")
        closed = end > start and (end == len(line) or mark)
        if closed and taken.isdisjoint(range(start, end)) and not line.at("given", start):
            named.append(Found(start, end, SOURCE))
    return named


def _abbreviated(line: Line, found: list[Found]) -> list[Found]:
    """Capitals with an article in front, "the RIAA": a body more often than not."""
    taken = {at for each in found for at in range(each.start, each.end)}
    short = []
    for index in range(1, len(line)):
        word = line.words[index]
        alone = not line.capital(index + 1) and not line.has(index, "stop", "place", "country")
        if line.has(index - 1, "article") and word.shout and 2 < len(word.key) < 7 and alone:
            if word.letters and index not in taken and not line.shouted:
                short.append(Found(index, index + 1, ABBREVIATED))
    return short
