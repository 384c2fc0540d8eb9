"""Rules that propose people in one line of text.

A name is known by what stands in front (title, office), by its own words (listed
first and family names), by what stands behind (", minister of ...", "said"), or by
the place it stands in ("Photo: Name/Agency"). How far it goes is told by capitals,
or, in scripts without, by the words and endings that bound it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from annotate.prelabel.organisations import Found, bare

if TYPE_CHECKING:
    from annotate.prelabel.names import Line

# The share of right suggestions on the development sets, rounded; estimates.
TITLED = 0.85
LISTED = 0.8
KNOWN = 0.8
CREDITED = 0.75
CUED = 0.6

_LONGEST = 5
_BOUNDS = ("stop", "office", "head_first", "organisation", "thing")


def find_persons(line: Line, bodies: Sequence[Found]) -> list[Found]:
    """The people that the line's cues point to, in order, without overlap.

    ``bodies`` are the organisations found in the line; no person lies in one.
    """
    if line.shouted:
        return [each for at in range(len(line)) for each in _known(line, at)]
    ends = {each.start: each.end for each in bodies}
    taken = {at for each in bodies for at in range(each.start, each.end)}
    found: list[Found] = []
    for each in _proposals(line, ends):
        words = range(each.start, each.end)
        if each.end > each.start and taken.isdisjoint(words):
            taken.update(words)
            found.append(each)
    return sorted(found + _between(line, sorted(found), taken))


def _between(line: Line, found: Sequence[Found], taken: set[int]) -> list[Found]:
    """Two or more name words that a list puts beside a person: "A B, C D and E F"."""
    more = []
    for each in found:
        end = each.end
        while line.key(end) == "," or line.at("and", end):
            start = end + 1
            end = name_end(line, start)
            closed = end >= len(line) or line.key(end) in (",", "(", ")") or line.at("and", end)
            if end - start < 2 or end - start > 4 or not closed or start in taken:
                break
            taken.update(range(start, end))
            more.append(Found(start, end, CUED))
    return more


def _proposals(line: Line, ends: dict[int, int]) -> Iterator[Found]:
    """What the rules propose, the surest rule first."""
    places = [at for at, here in enumerate(line.found) if here and at not in line.inside]
    for index in places:
        yield from _titled(line, index, ends)
    for index in places:
        yield from _credited(line, index)
    for index in places:
        yield from _listed(line, index)
    for index in places:
        yield from _known(line, index)
    for index in places:
        yield from _apposed(line, index, ends)
    for index in places:
        yield from _cued(line, index)


# In front ----------------------------------------------------------------------------


def _titled(line: Line, index: int, ends: dict[int, int]) -> Iterator[Found]:
    honorific, office = line.at("honorific", index), line.at("office", index)
    role = line.at("role", index)
    size = max(honorific, office, role)
    if not size:
        return
    start = index + size
    if line.words[start - 1].inflected:
        return  # "of the ministers": no title of what follows
    if line.key(start) == ")":
        start += 1  # "the officer (OC) Name"
    if office >= honorific or role or line.key(start) == "(":
        start = _behind_office(line, start, ends)
    if line.at("honorific", start) and start > index:
        return  # the later title will propose it
    end = name_end(line, start)
    if end > start and (office < honorific or _looks_named(line, start, end)):
        yield Found(start, end, TITLED)


def _apposed(line: Line, index: int, ends: dict[int, int]) -> Iterator[Found]:
    """Between commas, behind an office: "the ambassador to X, Name Surname, said"."""
    size = line.at("office", index) or line.at("role", index)
    if not size or line.words[index + size - 1].inflected:
        return
    start = _behind_office(line, index + size, ends)
    if line.key(start) not in (",", "،"):
        return
    end = name_end(line, start + 1)
    closed = end >= len(line) or not line.words[end].letters
    if closed and 1 < end - start - 1 < 5 and not line.has(start + 1, "office", "honorific"):
        yield Found(start + 1, end, CUED)


def _behind_office(line: Line, start: int, ends: dict[int, int]) -> int:
    """Skip the body, country and field between an office and the name."""
    for _ in range(4):
        preposition = line.at("of", start)
        start += preposition
        step = line.at("country", start) or line.at("field", start)
        if preposition and not step:
            step = line.at("place", start)
        if start in ends:
            start = ends[start]
        elif preposition and not step:
            return len(line)  # "Mayor of Springfield": a place follows, no name
        elif line.key(start) == "(" and line.key(start + 2) == ")":
            start += 3
        elif step:
            start += step
        elif start < len(line) and line.words[start].shout and line.capital(start + 1):
            start += 1  # an abbreviation that no list has, "Minister for ICT Name"
        else:
            break
    return start


def _looks_named(line: Line, start: int, end: int) -> bool:
    """Offices are everyday words: without capitals, ask for a listed name or two words."""
    if line.words[start].cased:
        return True
    return end - start > 1 or any(is_listed(line, at) for at in range(start, end))


_NAMES = ("given", "family", "initial", "known")


# How far -----------------------------------------------------------------------------


def name_end(line: Line, start: int) -> int:
    """Where a name that begins at ``start`` ends; ``start`` itself if none does."""
    if start >= len(line) or not line.words[start].letters:
        return start
    if line.words[start].cased:
        return _capitals_end(line, start)
    return _plain_end(line, start, titled=True)


def _capitals_end(line: Line, start: int) -> int:
    end = start
    while end < len(line) and end - start < _LONGEST:
        if line.capital(end) and not _barred(line, end, start):
            end += 1
        elif end > start and line.hyphen(end) and _joined(line, end + 1, start):
            end += 2
        elif line.at("particle", end) and _on(line, end + 1):
            end += 1
        else:
            break
    while end > start and not (line.capital(end - 1) or line.hyphen(end - 2)):
        end -= 1
    return end


def _joined(line: Line, index: int, start: int) -> bool:
    """Whether a hyphen leads on: "Jean-Claude", and in Korean names "Hang-seo"."""
    return line.capital(index) or (line.has(start, "family", "maybe") and index - start < 4)


def _on(line: Line, index: int) -> bool:
    return line.capital(index) or (bool(line.at("particle", index)) and line.capital(index + 1))


def _barred(line: Line, index: int, start: int) -> bool:
    """Whether a capitalised word can't go on (or, at ``start``, begin) a name."""
    here = line.found[index]
    if line.words[index].initial:
        return False
    bars: tuple[str, ...] = _BOUNDS
    # Vietnamese names are full of everyday syllables (Hai, Năm, Thế, Đình).
    if line.lexicon.syllables and not line.opens(index):
        bars = ("office", "head_first", "organisation")
    if any(map(here.get, bars)):
        return True
    if index > start:
        # Short names of states and titles are name words as well (Michael Jordan, Vân Anh).
        return any(here.get(table, 0) > 1 for table in ("country", "place", "honorific"))
    listed = line.has(index, "maybe", "given", "family")
    others = ("country", "place", "demonym", "head_last", "honorific", "part", "place_head")
    return not listed and line.has(index, *others)


def _plain_end(line: Line, start: int, titled: bool = False) -> int:
    """Scripts without capitals: listed names go on, others up to what bounds them."""
    end, sure = start, start
    while end < len(line) and end - start < _LONGEST and _name_word(line, end):
        if end > start and not _goes_on(line, end):
            break
        listed = is_listed(line, end)
        if not listed and sure > start and not _fits_behind(line, end, start, titled):
            break
        end += 1
        sure = end if listed else sure
        if line.words[end - 1].inflected and not line.words[end - 1].locative:
            return end
    if sure > start and end - sure > 2:
        return sure
    return end if end - start < 4 or sure == end else max(sure, start + 2)


def _goes_on(line: Line, index: int) -> bool:
    """Whether a listed word may stand behind the first word of a name."""
    if line.has(index, "initial") and line.has(index, "stop"):
        return line.has(index - 1, "initial")  # "and" and "this" are initials as well
    return True


def _fits_behind(line: Line, index: int, start: int, titled: bool) -> bool:
    """Whether an unlisted word may end a name: a case ending or what follows bounds it."""
    word = line.words[index]
    if word.locative or (index == start + 1 and not line.has(start, "given", "initial")):
        return False
    after = index + 1
    long = titled or line.lexicon.long_surnames
    if long and _name_word(line, after) and not word.inflected:
        after += 1
    return word.inflected or not _name_word(line, after) or is_listed(line, after)


def _name_word(line: Line, index: int) -> bool:
    if index >= len(line):
        return False
    if is_listed(line, index) or (line.at("particle", index) and is_listed(line, index + 1)):
        return True
    other = ("country", "thing", "part", "place", "organisation")
    return (
        bare(line, index)
        and not any(line.at(table, index) for table in other)
        and not line.at("light", index + 1)
    )


def is_listed(line: Line, index: int) -> bool:
    """Whether the word at ``index`` stands in a list of names."""
    if not 0 <= index < len(line):
        return False
    here = line.found[index]
    if here.get("office"):
        return False
    if here.get("initial") and not here.get("given") and not here.get("family"):
        return is_listed(line, index + 1)  # a letter is an initial in front of a name only
    return any(map(here.get, _NAMES))


# Its own words ---------------------------------------------------------------------------


def _listed(line: Line, index: int) -> Iterator[Found]:
    if not any(line.at(table, index) for table in ("given", "family", "maybe", "initial")):
        return
    if line.words[index].cased:
        yield from _listed_capitals(line, index)
    else:
        yield from _listed_plain(line, index)


def _listed_capitals(line: Line, index: int) -> Iterator[Found]:
    if index in line.behind_place or line.has(index, "place") or line.at("country", index) > 1:
        return
    end = _capitals_end(line, index)
    if end - index < 2:
        return
    start = index
    while start > 0 and line.words[start - 1].initial:
        start -= 1
    sure = (line.at("given", index) or line.at("family", index)) and not line.at("maybe", index)
    others = any(
        line.at(table, at)
        for at in range(index + 1, end)
        for table in ("given", "family", "middle")
    )
    if sure or others or (end - index > 2 and line.lexicon.syllables):
        yield Found(start, end, LISTED)


def _listed_plain(line: Line, index: int) -> Iterator[Found]:
    end = _plain_end(line, index)
    start = index
    if line.lexicon.unlisted_first and line.at("family", index) and _leads(line, index - 1):
        start -= 1
    listed = [at for at in range(start, end) if is_listed(line, at)]
    sure = [at for at in listed if not line.at("maybe", at)]
    sure += [at for at in range(start, end) if line.words[at].namelike]
    if _names_thing(line, end) or end - start < 2 or not sure:
        return
    if len(listed) > 1 or start < index or not line.at("family", index):
        yield Found(start, end, LISTED)


def _leads(line: Line, index: int) -> bool:
    """Whether an unlisted first name may stand at ``index``, in front of a family name."""
    return index >= 0 and _name_word(line, index) and not line.words[index].inflected


def _names_thing(line: Line, end: int) -> bool:
    """Whether the name goes over into that of a street, building or prize."""
    if end == 0 or line.words[end - 1].inflected:
        return False
    for index in range(end, min(end + 4, len(line))):
        if line.at("thing", index) or line.at("head_last", index):
            return True
        if not line.at("part", index) and not bare(line, index):
            return False
    return False


def _known(line: Line, index: int) -> Iterator[Found]:
    size = line.at("known", index)
    if size and index not in line.behind_place:
        yield Found(index, index + size, KNOWN)


# Behind, and the place ----------------------------------------------------------------------


def _credited(line: Line, index: int) -> Iterator[Found]:
    """ "(Photo: Name/Agency)" and the like."""
    size = line.at("credit", index)
    start = index + size
    if size and line.key(start) == ":":
        end = name_end(line, start + 1)
        if end - start > 2 and (end == len(line) or line.key(end) in ("/", ")", "|", ",", "-")):
            yield Found(start + 1, end, CREDITED)


def _cued(line: Line, index: int) -> Iterator[Found]:
    """A free name in front of "said", or of a comma and an office."""
    if line.headline:
        return
    role = line.has(index, "office", "role") or line.has(index + 1, "role")
    if line.key(index - 1) in (",", "،") and (role or line.has(index + 2, "role")):
        end = index - 1
    elif line.has(index, "says") and line.capital(index - 1):
        end = index
    else:
        return
    start = end
    while start > 0 and end - start < 4 and _free(line, start - 1):
        start -= 1
    if line.capital(end - 1):
        named = 1 < end - start < 4 and _capitals_end(line, start) == end
    else:
        named = end > start and (
            line.has(start - 1, "beside") or (line.opens(start) and end > start + 1)
        )
    if named and not _free(line, start - 1):
        yield Found(start, end, CUED)


def _free(line: Line, index: int) -> bool:
    """Whether the word may be part of a name that no list has."""
    return index >= 0 and (line.capital(index) or _name_word(line, index))


def find_recurring(lines: Sequence[Line], taken: Sequence[set[int]]) -> list[list[Found]]:
    """Per line: two or three free capitals whose last word stands alone elsewhere.

    "Farhan Haq ... Haq said": a place or a body is rarely called by its last word.
    """
    alone = {line.key(at) for line in lines for at in range(1, len(line)) if _alone(line, at)}
    found: list[list[Found]] = []
    for line, words in zip(lines, taken, strict=True):
        found.append([])
        for start in range(len(line)):
            if line.headline or line.capital(start - 1) or start in words:
                continue
            end = _capitals_end(line, start)
            free = words.isdisjoint(range(start, end)) and not line.capital(end)
            if 1 < end - start < 4 and free and line.key(end - 1) in alone:
                found[-1].append(Found(start, end, CUED))
    return found


def _alone(line: Line, index: int) -> bool:
    """Whether a capitalised word has no capital beside it and begins no sentence."""
    if not line.capital(index) or line.headline or line.words[index].shout:
        return False
    common = ("stop", "place", "country", "demonym", "part", "office", "head_last", "head_first")
    beside = line.capital(index - 1) or line.capital(index + 1) or line.key(index - 1) == "the"
    return not beside and not line.has(index, *common) and not line.opens(index)
