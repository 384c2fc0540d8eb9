"""Rules that propose people in one line of text.

A name is known by what stands in front (title, office), by its own words (listed
first and family names), by what stands behind (", minister of ...", "said"), or by
the place it stands in ("Photo: Name/Agency"). What the tables named here hold is said
in ``data/names/xx.toml``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from annotate.prelabel.lines import Found, Line
from annotate.prelabel.person_names import (
    LONGEST,
    capitals_end,
    is_listed,
    name_end,
    name_word,
    plain_end,
)

# The share of a rule's suggestions that met a person on the development sets, rounded.
TITLED = 0.85
LISTED = 0.8
KNOWN = 0.85
CREDITED = 0.8
CUED = 0.6

_COMMAS = (",", "،")
_CREDIT_ENDS = ("/", ")", "|", ",", "،", "-", ";")


def find_persons(line: Line, bodies: Sequence[Found]) -> list[Found]:
    """The people that the line's cues point to, in order, without overlap.

    ``bodies`` are the organisations found in the line; no person lies in one.
    """
    if line.shouted:  # where all is in capitals, they don't tell where a name ends
        return [each for at in range(len(line)) for each in _known(line, at, {})]
    ends = {each.start: each.end for each in bodies}
    taken = {at for each in bodies for at in range(each.start, each.end)}
    found: list[Found] = []
    for each in _proposals(line, ends):
        words = range(each.start, each.end)
        if words and taken.isdisjoint(words):
            taken.update(words)
            found.append(each)
    return sorted(found + _between(line, sorted(found), taken))


def _proposals(line: Line, ends: dict[int, int]) -> Iterator[Found]:
    """What the rules propose, the surest rule first."""
    places = [at for at, here in enumerate(line.found) if here and at not in line.inside]
    for rule, tables in _RULES:
        if not line.tables.isdisjoint(tables):
            for index in places:
                yield from rule(line, index, ends)
    for index in range(min(len(line), 4)):
        yield from _itemised(line, index)


def _between(line: Line, found: Sequence[Found], taken: set[int]) -> list[Found]:
    """Two or more name words that a list puts beside a person: "A B, C D and E F"."""
    more = []
    for each in found:
        end = each.end
        while line.key(end) == "," or line.has(end, "and"):
            start = end + 1
            end = name_end(line, start)
            closed = end >= len(line) or line.key(end) in (",", "(", ")") or line.has(end, "and")
            if not 1 < end - start < 5 or not closed or start in taken:
                break
            taken.update(range(start, end))
            more.append(Found(start, end, CUED))
    return more


# In front ----------------------------------------------------------------------------


def _titled(line: Line, index: int, ends: dict[int, int]) -> Iterator[Found]:
    honorific = line.at(index, "honorific")
    office = max(line.at(index, "office"), line.at(index, "role"))
    start = index + max(honorific, office)
    if start == index or line.words[start - 1].inflected:
        return  # an inflected office is no title of what follows
    start += line.key(start) == ")"  # "the officer (OC) Name"
    if office >= honorific or line.key(start) == "(":
        start = _behind_office(line, start, ends)
    if line.has(start, "honorific"):
        return  # the later title will propose it
    end = name_end(line, start)
    if end > start and (_looks_named(line, start, end) or _is_sure(line, index, start)):
        yield Found(start, end, TITLED)


def _is_sure(line: Line, index: int, start: int) -> bool:
    """Whether the title alone makes a name of what follows."""
    honorific = line.at(index, "honorific") > line.at(index, "office")
    if line.words[start].cased:
        return honorific or not line.headline or line.lexicon.syllables
    return honorific


def _looks_named(line: Line, start: int, end: int) -> bool:
    """Whether a listed name, or without capitals a second word, speaks for a person."""
    second = end - start > 1 and not line.words[start].cased
    return second or any(is_listed(line, at) for at in range(start, end))


def _behind_office(line: Line, start: int, ends: dict[int, int]) -> int:
    """Skip the body, country and field between an office and the name."""
    for _ in range(4):
        preposition = line.at(start, "of")
        start += preposition
        step = line.at(start, "country") or line.at(start, "field")
        if preposition and not step:
            step = line.at(start, "place")
        if start in ends:
            start = ends[start]
        elif step:
            start += step
        elif preposition:
            return len(line)  # "Mayor of Springfield": a place follows, no name
        elif line.key(start) == "(" and line.key(start + 2) == ")":
            start += 3
        elif line.short(start) and line.capital(start + 1):
            start += 1  # an abbreviation that no list has, "Minister for ICT Name"
        else:
            break
    return start


def _apposed(line: Line, index: int, ends: dict[int, int]) -> Iterator[Found]:
    """Between commas, behind an office: "the ambassador to X, Name Surname, said"."""
    size = line.at(index, "office") or line.at(index, "role")
    if not size or line.words[index + size - 1].inflected:
        return
    start = _behind_office(line, index + size, ends) + 1
    if line.key(start - 1) not in _COMMAS or line.has(start, "office", "honorific"):
        return
    end = name_end(line, start)
    if 1 < end - start < 5 and not line.letters(end):
        yield Found(start, end, CUED)


# Its own words ---------------------------------------------------------------------------


def _listed(line: Line, index: int, ends: dict[int, int]) -> Iterator[Found]:
    if not line.has(index, "given", "family", "maybe", "initial"):
        return
    if line.words[index].cased:
        yield from _listed_capitals(line, index)
    else:
        yield from _listed_plain(line, index)


def _listed_capitals(line: Line, index: int) -> Iterator[Found]:
    if index in line.behind_place or line.has(index, "place") or line.at(index, "country") > 1:
        return
    end = capitals_end(line, index)
    if end - index < 2 or (line.capital(end) and line.has(end, "thing")):
        return
    start = index
    while 0 < start > index - LONGEST and line.words[start - 1].initial:
        start -= 1
    sure = line.has(index, "given", "family") and not line.has(index, "maybe")
    others = any(line.has(at, "given", "family", "middle") for at in range(index + 1, end))
    if sure or others or (end - index > 2 and line.lexicon.syllables):
        yield Found(start, end, LISTED)


def _listed_plain(line: Line, index: int) -> Iterator[Found]:
    start, end = index, plain_end(line, index)
    if line.lexicon.unlisted_first and line.has(index, "family") and _leads(line, index - 1):
        start -= 1
    words = range(start, end)
    listed = [at for at in words if is_listed(line, at)]
    sure = any(not line.has(at, "maybe") for at in listed)
    sure = sure or any(line.words[at].namelike for at in words)
    if len(words) < 2 or not sure or _names_thing(line, end):
        return
    # A family name opens a Bengali or Persian name only in front of another listed one.
    if len(listed) > 1 or start < index or not line.has(index, "family"):
        yield Found(start, end, LISTED)


def _leads(line: Line, index: int) -> bool:
    """Whether an unlisted first name may stand at ``index``, in front of a family name."""
    return index >= 0 and name_word(line, index) and not line.words[index].inflected


def _names_thing(line: Line, end: int) -> bool:
    """Whether the name goes over into that of a street, building or prize."""
    if end == 0 or line.words[end - 1].inflected:
        return False
    for index in range(end, min(end + 4, len(line))):
        if line.has(index, "thing", "head_last"):
            return True
        if not line.has(index, "part") and not line.bare(index):
            return False
    return False


def _known(line: Line, index: int, ends: dict[int, int]) -> Iterator[Found]:
    size = line.at(index, "known")
    if size and index not in line.behind_place:
        end = index + size
        if line.capital(index) and not line.shouted:
            end = max(end, capitals_end(line, index))
        if not (line.capital(end) and line.has(end, "thing")):
            yield Found(index, end, KNOWN)


# Behind, and the place ----------------------------------------------------------------------


def _credited(line: Line, index: int, ends: dict[int, int]) -> Iterator[Found]:
    """Behind "Photo:" and the like, up to a mark."""
    size = max(line.at(index, table) for table in ("credit", "byline", "office"))
    start = index + size + (line.key(index + size) == ":")
    byline = line.has(index, "byline") and line.opens(index)
    if not size or not (byline or line.key(start - 1) == ":"):
        return
    end = name_end(line, start)
    closed = end == len(line) or line.key(end) in _CREDIT_ENDS or line.has(end, "and")
    if end - start > 1 and closed:
        yield Found(start, end, CREDITED)


def _itemised(line: Line, index: int) -> Iterator[Found]:
    """The first words of a list item, up to a comma or bracket: "- Name Surname, Body"."""
    if index == 0 or any(line.letters(at) for at in range(index)):
        return
    end = name_end(line, index)
    words = range(index, end)
    body = any(line.has(at, "head_last", "part", "thing") for at in words)
    if 1 < len(words) < 6 and line.key(end) in (",", "(") and not body:
        yield Found(index, end, CUED)


def _quoted(line: Line, index: int, ends: dict[int, int]) -> Iterator[Found]:
    """Behind "said" at the end of a quotation: '..., said Name Surname, who'."""
    start = index + line.at(index, "says")
    if start == index or line.letters(index - 1) or line.has(start, "honorific", "office"):
        return
    end = name_end(line, start)
    closed = line.capital(start) or not line.letters(end)
    if 1 < end - start < 5 and closed:
        yield Found(start, end, CUED)


def _cued(line: Line, index: int, ends: dict[int, int]) -> Iterator[Found]:
    """An unlisted name in front of "said", or of a comma and an office."""
    if line.headline:
        return
    role = line.has(index, "office", "role") or line.has(index + 1, "role")
    role = role or line.has(index, "relative")
    if line.key(index - 1) in _COMMAS and (role or line.has(index + 2, "role")):
        end = index - 1
    elif line.has(index, "says") and line.capital(index - 1):
        end = index
    else:
        return
    start = end
    while end - start < 4 and _may_name(line, start - 1):
        start -= 1
    if start == end or _may_name(line, start - 1):
        return
    if line.capital(end - 1):
        named = 1 < end - start < 4 and capitals_end(line, start) == end
    else:
        named = line.has(start - 1, "beside") or (line.opens(start) and end - start > 1)
    if named:
        yield Found(start, end, CUED)


def _may_name(line: Line, index: int) -> bool:
    """Whether the word may be part of a name that no list has."""
    return index >= 0 and (line.capital(index) or name_word(line, index))


Rule = Callable[[Line, int, dict[int, int]], Iterator[Found]]
# The surest first, each with the tables that its cue stands in.
_RULES: tuple[tuple[Rule, frozenset[str]], ...] = (
    (_titled, frozenset({"honorific", "office", "role"})),
    (_credited, frozenset({"credit", "byline", "office"})),
    (_listed, frozenset({"given", "family", "maybe", "initial"})),
    (_known, frozenset({"known"})),
    (_apposed, frozenset({"office", "role"})),
    (_cued, frozenset({"office", "role", "relative", "says"})),
    (_quoted, frozenset({"says"})),
)


# Last words that stand alone elsewhere --------------------------------------------------


def find_recurring(lines: Sequence[Line], taken: Sequence[set[int]]) -> list[list[Found]]:
    """Per line: two or three free capitals whose last word stands alone elsewhere.

    "Farhan Haq ... Haq said": a place or a body is rarely called by its last word.
    Not where a language has no table to say what is an everyday word, nor in
    Vietnamese, where a syllable that recurs means little.
    """
    if not lines or not lines[0].lexicon.has_own or lines[0].lexicon.syllables:
        return [[] for _ in lines]
    alone = {line.key(at) for line in lines for at in range(1, len(line)) if _alone(line, at)}
    return [
        [] if line.headline else list(_recurring(line, words, alone))
        for line, words in zip(lines, taken, strict=True)
    ]


def _recurring(line: Line, taken: set[int], alone: set[str]) -> Iterator[Found]:
    for start in range(len(line)):
        if not line.capital(start) or line.capital(start - 1) or start in taken:
            continue
        end = capitals_end(line, start)
        free = taken.isdisjoint(range(start, end)) and not line.capital(end)
        if 1 < end - start < 4 and free and line.key(end - 1) in alone:
            yield Found(start, end, CUED)


def _alone(line: Line, index: int) -> bool:
    """Whether a capitalised word has no capital beside it and begins no sentence."""
    if not line.capital(index) or line.headline or line.words[index].shout or line.opens(index):
        return False
    common = ("stop", "place", "country", "demonym", "part", "office", "head_last", "head_first")
    beside = line.capital(index - 1) or line.capital(index + 1) or line.has(index - 1, "article")
    return not beside and not line.has(index, *common)
