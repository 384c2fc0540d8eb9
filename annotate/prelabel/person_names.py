"""How far a person's name goes in a line, once it is known where it begins.

Capitals tell, or, in scripts without, the words and endings that bound it.
"""

from __future__ import annotations

from annotate.prelabel.lines import Line

# The longest name in words.
LONGEST = 6
_NAMES = ("given", "family", "initial", "known")
# What ends a capitalised name, and what a name without capitals never holds.
_BOUNDS = ("office", "head_first", "organisation")
_EVERYDAY = ("stop", "thing")
_OTHERS = ("country", "thing", "part", "place", "organisation")


def name_end(line: Line, start: int) -> int:
    """Where a name that begins at ``start`` ends; ``start`` itself if none does."""
    if not line.letters(start):
        return start
    if line.words[start].cased:
        return capitals_end(line, start)
    return plain_end(line, start, titled=True)


def capitals_end(line: Line, start: int) -> int:
    """Where a name with capitals that begins at ``start`` ends; ``start`` if none does."""
    end = start
    joined = 0
    while end < len(line) and end - joined - start < LONGEST:
        if line.capital(end) and not _barred(line, end, start):
            end += 1
        elif end > start and line.hyphen(end) and _joins(line, end + 1, start):
            end, joined = end + 2, joined + 2
        elif line.has(end, "particle") and _leads_on(line, end + 1):
            end += 1
        elif end > start and line.has(end, "particle") and line.hyphen(end + 1):
            end += 2  # "al-Jubouri"
        else:
            break
    while end > start and not (line.capital(end - 1) or line.hyphen(end - 2)):
        end -= 1
    return end


def _joins(line: Line, index: int, start: int) -> bool:
    """Whether a hyphen leads on: "Jean-Claude", in Korean "Hang-seo", in Vietnamese "Ma-xê-cô"."""
    korean = line.has(start, "family", "maybe") and index - start < 4
    return line.capital(index) or (line.letters(index) and (korean or line.lexicon.syllables))


def _leads_on(line: Line, index: int) -> bool:
    return line.capital(index) or (line.has(index, "particle") and line.capital(index + 1))


def _barred(line: Line, index: int, start: int) -> bool:
    """Whether a capitalised word can't go on (or, at ``start``, begin) a name."""
    here = line.found[index]
    if line.words[index].initial:
        return False
    if index > start and "middle" in here and here.get("head_first", 1) == 1:
        return False  # Trường and Khoa are heads of bodies and name syllables
    # Vietnamese names are full of everyday syllables (Hai, Năm, Thế, Đình).
    everyday = line.lexicon.syllables and not line.opens(index)
    if line.has(index, *_BOUNDS) or (not everyday and line.has(index, *_EVERYDAY)):
        return True
    # Short names of states and titles are name words as well (Michael Jordan, Vân Anh).
    long = ("country", "place", "honorific") if index > start else ("country", "place")
    if any(here.get(table, 0) > 1 for table in long):
        return True
    if index > start or line.has(index, "maybe", "given", "family"):
        return False
    others = ("country", "place", "demonym", "head_last", "honorific", "part", "place_head")
    return line.has(index, *others)


def plain_end(line: Line, start: int, *, titled: bool = False) -> int:
    """Scripts without capitals: listed names go on, others up to what bounds them."""
    end, sure = start, start
    while end < len(line) and end - start < LONGEST and name_word(line, end):
        if end > start and not _goes_on(line, end):
            break
        if line.hyphen(end + 1) and line.bare(end + 2):
            end += 2
        listed = is_listed(line, end)
        if not listed and sure > start and not _fits_behind(line, end, start, titled):
            break
        end += 1
        sure = end if listed else sure
        if line.words[end - 1].inflected and not line.words[end - 1].locative:
            return end
    return end if end - sure < 4 else max(sure, start + 2)


def _goes_on(line: Line, index: int) -> bool:
    """Whether a word may stand behind the first one of a name.

    One-letter words are initials and everyday words ("and", "this"): inside a name
    they count only beside another initial.
    """
    everyday = line.has(index, "initial") and line.has(index, "stop")
    return not everyday or line.has(index - 1, "initial")


def _fits_behind(line: Line, index: int, start: int, titled: bool) -> bool:
    """Whether an unlisted word may end a name: a case ending or what follows bounds it."""
    word = line.words[index]
    if word.locative or (index == start + 1 and not line.has(start, "given", "initial")):
        return False
    after = index + 1
    if titled or line.lexicon.long_surnames:
        after += name_word(line, after) and not word.inflected
        word = line.words[after - 1]
    return word.inflected or not name_word(line, after) or is_listed(line, after)


def name_word(line: Line, index: int) -> bool:
    """Whether a word without capitals may stand in a person's name."""
    if is_listed(line, index) or (line.has(index, "particle") and line.letters(index + 1)):
        return True
    # In front of "do", "give" and the like stands a noun that is half of a verb.
    half = line.has(index + 1, "light")
    return line.bare(index) and not half and not line.has(index, *_OTHERS)


def is_listed(line: Line, index: int) -> bool:
    """Whether the word at ``index`` stands in a list of names."""
    for at in range(index, index + LONGEST):
        if line.has(at, "office"):
            return False
        if line.has(at, "given", "family") or not line.has(at, "initial"):
            return line.has(at, *_NAMES)
    return False  # a letter is an initial in front of a name only
