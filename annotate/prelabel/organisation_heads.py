"""Bodies that a head word gives away, and how far their names go.

The head stands in front (Vietnamese, Persian, "Ministry of ..."), or at the end
(Bengali, "... Bank"). From there the name goes on over capitalised words, or, where a
script has no capitals, over words that no verb, preposition or case ending bounds.
"""

from __future__ import annotations

from annotate.prelabel.country_context import is_vietnamese_syllable
from annotate.prelabel.lines import Found, Line

# The share of a rule's suggestions that met a body on the development sets, rounded.
OPENED = 0.75
CLOSED = 0.6

# The longest name, head and tail apart, in words.
LONGEST = 12
COMMAS = (",", "،")


# A head in front, with capitals --------------------------------------------------------


def opened(line: Line, index: int) -> list[Found]:
    """The body whose name begins with the head at ``index``, if there is one."""
    size = line.at(index, "head_first")
    if index in line.inside or line.at(index, "country") > size:
        return []
    if not line.words[index].cased:
        end = _plain_end(line, index, index + size) if size else index
        return [Found(index, end, OPENED)] if end > index + size else []
    start = index + (size or line.at(index, "head_lower"))
    of = line.lexicon.syllables or line.key(start) in ("of", "for", "on")
    if start == index or not of or not (size or line.capital(start)):
        return _opened_by(line, index, line.at(index, "head_open"))
    if size == 1 and line.has(index, "middle") and line.capital(index - 1):
        return []  # a syllable of a person's name (Lê Trường Giang)
    end = capitals_end(line, start)
    first = index if line.lexicon.syllables else _left_edge(line, index)
    return [Found(first, end, OPENED)] if end > start else []


def _opened_by(line: Line, index: int, size: int) -> list[Found]:
    """Heads that need no "of": "Banco ...", "Air ..."."""
    start = index + size
    if not size or not (line.capital(start) or line.has(start, "link")):
        return []
    end = capitals_end(line, start)
    return [Found(index, end, OPENED)] if end > start else []


def capitals_end(line: Line, start: int) -> int:
    """Where a capitalised name that is under way at ``start`` ends."""
    index = start
    named = line.has(start - 1, "head_named")
    while index < len(line) and index - start < LONGEST:
        size = line.at(index, "country") or line.at(index, "place")
        if size and size >= line.at(index, "part") and not (size == 1 and _has_tail(line, index)):
            index += size
            # A state or city closes the name, but for "... Việt Nam - Nhật Bản".
            if not (line.key(index) == "-" and line.capital(index + 1)):
                break
        elif size := _continues(line, index, named and index == start):
            index += size
        else:
            break
    while index > start and _dangles(line, index - 1):
        index -= 1
    return index


def _dangles(line: Line, index: int) -> bool:
    """Whether a name can't end in the word: a mark, "of", "and"."""
    return not line.letters(index) or (line.has(index, "link") and not line.capital(index))


def _continues(line: Line, index: int, named: bool) -> int:
    """How many words at ``index`` go on with the name; a person's if it may be ``named`` so."""
    if part := line.at(index, "part"):
        return part
    if not line.capital(index):
        return _links_on(line, index)
    if line.headline and not line.lexicon.syllables:
        return 0  # there a capital says nothing
    if not named and (_begins_person(line, index) or line.has(index, "head_first")):
        return 0
    behind_head = line.lexicon.syllables and line.has(index - 1, "head_first")
    if line.has(index, "office") or (line.has(index, "stop") and not behind_head):
        return 0
    return 2 if _has_tail(line, index) else 1


def _has_tail(line: Line, index: int) -> bool:
    """Whether a word of two syllables stands here: Thông tin, Ngoại giao, Hàn lâm."""
    tail = index + 1
    if not line.lexicon.syllables or not is_vietnamese_syllable(line.words[index].plain):
        return False
    return line.letters(tail) and not line.capital(tail) and not line.has(tail, "stop")


def _links_on(line: Line, index: int) -> int:
    """How many words of "of the", "and", a hyphen or a listing comma lead on to more."""
    after = index + 1
    part = line.at(after, "part")
    if line.key(index) in COMMAS:
        return int(bool(part and _lists_on(line, after + part)))
    if line.has(index, "and"):
        own = line.has(after, "head_first", "country", "place", "office")
        loose = line.lexicon.syllables and not _begins_person(line, after)
        return int(bool(part or (loose and line.capital(after) and not own)))
    if not line.has(index, "link") and line.key(index) != "-":
        return 0
    if line.hyphen(index) and line.lexicon.syllables and not line.capital(after):
        return 2  # a foreign name by syllables, "La Ha-ba-na"
    after += line.has(after, "link")
    own = line.has(after, "head_first", "office", "organisation") or _begins_person(line, after)
    states = line.has(index - 1, "country") or index - 1 in line.inside
    joins = line.key(index) != "-" or states or not line.has(after, "country")
    return after - index if line.capital(after) and joins and not own else 0


def _lists_on(line: Line, index: int) -> bool:
    """Whether a list of fields that began before ``index`` comes to its "and"."""
    end = index + LONGEST
    while index < end and line.key(index) in COMMAS and line.has(index + 1, "part"):
        index += 1 + line.at(index + 1, "part")
    after = index + 1
    return line.has(index, "and") and (line.has(after, "part") or line.capital(after))


def _begins_person(line: Line, index: int) -> bool:
    """Whether a listed given or family name and one more capital stand at ``index``."""
    if not line.has(index, "family", "given") or line.has(index, "place", "country", "part"):
        return False
    return line.capital(index + 1)


# A head in front, without capitals -------------------------------------------------------


def _plain_end(line: Line, head: int, start: int) -> int:
    """Where the name with its head at ``head:start`` ends; ``start`` where there is none.

    Persian, and অব in Bengali: words go on until something bounds them. A proper name
    follows only some heads, the fields of a body (``part``) follow all, and one body's
    name may go over into another's ("commission ... of the assembly ...").
    """
    end = whole = start
    sure, limit = False, min(len(line), head + 2 * LONGEST)
    while not line.words[end - 1].inflected and end < limit:
        owner = line.at(end, "country") or line.at(end, "place")
        if owner and owner >= line.at(end, "part"):
            return end + owner
        size = line.at(end, "head_first")
        if step := _plain_step(line, end, sure):
            end, sure = end + step, True
        elif size and end > start:
            head, start, whole = end, end + size, end
            end, sure = start, False
        elif end - start < _named(line, head, start) and line.bare(end) and not sure:
            end += 1
        elif sure and line.bare(end) and _bounded(line, end + 1):
            return end + 1
        else:
            break
    return end if end > start else whole


def _bounded(line: Line, index: int) -> bool:
    """Whether the name is over at ``index``: nothing there may belong to it."""
    return not line.bare(index) and not line.has(index, "light", "head_first")


def _named(line: Line, head: int, start: int) -> int:
    """How many unlisted words may make a proper name behind the head."""
    return 2 if line.has(head, "head_named") or line.has(start - 1, "of") else 0


def _plain_step(line: Line, index: int, sure: bool) -> int:
    """How many words at ``index`` surely go on: fields, known bodies, and their lists."""
    if step := line.at(index, "part") or line.at(index, "organisation"):
        return step
    step = line.at(index + 1, "part")
    if not step:
        return 0
    if line.key(index) == "،":
        return 1 + step if _lists_on(line, index + 1 + step) else 0
    joins = sure and line.has(index, "link") and not line.has(index + 1, "head_first")
    return 1 + step if joins else 0


# A head at the end ------------------------------------------------------------------------


def closed(line: Line, index: int) -> list[Found]:
    """The body whose name has its head at ``index`` at its end, if there is one."""
    size = line.at(index, "head_last")
    if not size:
        return []
    if line.words[index].cased:
        return _closed_capitals(line, index, index + size)
    return _closed_plain(line, index, index + size)


def _closed_capitals(line: Line, index: int, end: int) -> list[Found]:
    start = _left_edge(line, index)
    if start == index or all(line.has(at, "generic") for at in range(start, index)):
        return []
    behind = end + (line.key(end) in ("of", "for"))
    behind += behind > end and line.key(behind) == "the"
    if behind > end and line.capital(behind):
        end = capitals_end(line, end)
    return [Found(start, end, CLOSED)]


def _left_edge(line: Line, index: int) -> int:
    """Where a capitalised name that has its head at ``index`` begins."""
    start = index
    while start > 0 and index - start < LONGEST and _leads(line, start - 1):
        start -= 1
    while start < index and not _may_open(line, start):
        start += 1
    # "The" in the middle of a sentence is the name's own.
    own = line.key(start - 1) == "the" and line.capital(start - 1) and not line.opens(start - 1)
    return start - own


def _may_open(line: Line, index: int) -> bool:
    place = line.has(index, "place", "country")
    return line.capital(index) and (place or not line.has(index, "stop"))


def _leads(line: Line, index: int) -> bool:
    """Whether the word may stand inside a name in front of its head."""
    if index in line.inside and not line.has(index, "office", "stop"):
        return True
    if line.capital(index):
        if line.has(index, "place", "country", "demonym", "part"):
            return True
        return not (line.headline or line.has(index, "stop", "office"))
    if line.hyphen(index) or line.key(index) == "&":
        return line.capital(index - 1)
    if line.key(index) == "'s":
        return line.has(index - 1, "owner")
    joins = line.key(index) in ("and", "of") and line.has(index - 1, "part")
    return joins and line.capital(index - 1)


def _closed_plain(line: Line, index: int, end: int) -> list[Found]:
    """Bengali: walk back over modifiers until an inflected word, a verb or a mark."""
    start, unlisted = index, 0
    while start > 0 and index - start < LONGEST:
        before = start - 1
        if not _joins(line, before):
            part = line.has(before, "part")
            unlisted += not part
            # What is a whole name already takes no unknown word in front.
            whole = line.has(start, "organisation") and not part
            if not _modifies(line, before) or unlisted > 3 or whole:
                break
        start -= 1
    while start < index and (line.has(start, "link") or not line.letters(start)):
        start += 1
    if not _makes_name(line, start, index):
        return []
    if line.has(end, "of") and not line.words[end - 1].inflected:
        end = _plain_tail(line, end)
    return [Found(start, end, CLOSED)]


def _joins(line: Line, index: int) -> bool:
    """Whether a hyphen, comma, "of" or "and" at ``index`` stands inside the name."""
    if line.has(index, "and") or line.key(index) == ",":
        return line.has(index - 1, "part") and line.has(index + 1, "part")
    return line.hyphen(index) or (line.has(index, "link") and _modifies(line, index - 1))


def _modifies(line: Line, index: int) -> bool:
    """Whether a word that is not inflected may stand in front of a head."""
    if index < 0 or line.words[index].inflected:
        return False
    # "... company limited": one head may stand in front of another.
    return line.has(index, "part", "head_last") or line.bare(index)


def _makes_name(line: Line, start: int, head: int) -> bool:
    """Whether the words in front of a head make it a name, not just a kind of body."""
    if start == head:
        return line.at(head, "head_sure") > 1
    modifiers = range(start, head)
    if all(line.has(at, "generic") for at in modifiers):
        return line.has(head, "head_sure") and any(line.has(at, "part") for at in modifiers)
    return not (line.has(head, "head_region") and line.has(head - 1, "place"))


def _plain_tail(line: Line, end: int) -> int:
    """Where "of ..." behind a head ends; ``end`` if nothing fits."""
    tail = end + 1
    while tail - end < 4 and (line.has(tail, "part") or line.bare(tail)):
        tail += 1
        if line.words[tail - 1].inflected:
            break
    return tail if tail > end + 1 else end
