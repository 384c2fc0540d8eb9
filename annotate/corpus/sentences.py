"""Where sentences end, by punctuation and line breaks alone, in any language."""

import re
import unicodedata

NEWLINES = "\n\r\x85\u2028\u2029"
# These end a sentence even with no space behind them.
_ALWAYS = "।॥。！？"
_MARKS = f".!?…؟۔{_ALWAYS}"
# Closing quotes and brackets, and the direction marks that may stand there.
_CLOSING = "\"'”’»›)\\]}）］｝」』】》〉\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"

_END = re.compile(
    rf"(?P<marks>[{_MARKS}]+)(?P<closing>[{_CLOSING}]*)(?P<space>\s*)|[{NEWLINES}]\s*"
)
_OPENING = "\"'“‘«‹([{（"
# No abbreviation below is longer; it bounds the look back.
_LONGEST_WORD = 16

# Words that a full stop abbreviates, without it, in NFC.
_ABBREVIATIONS = {
    "English titles, offices, ranks": "Mr Mrs Ms Dr Prof Rev Hon Gen Sen Rep Gov Pres Amb "
    "Lt Col Maj Capt Cmdr Adm Sgt Ph.D",
    "English places, companies": "St Mt Ft Inc Ltd Co Corp vs",
    "Vietnamese doctor, master, professor": "TS Ts ThS Ths GS Gs PGS Pgs",
    "Vietnamese physician, engineer, lawyer": "BS Bs KS Ks LS Ls",
    "Vietnamese city, town": "TP Tp TX Tx",
    "Bengali Md., Mst., Mr.": "মো মোহা মু মোসা মোছা মি",
    "Bengali Dr., Adv., Prof., Engr., ranks": "ড ডা অ্যাড অধ্যা ইঞ্জি লে মে ব্রি",
    "Bengali initials: the Latin letters": "এ বি সি ডি ই এফ জি এইচ আই জে কে এল এম এন ও পি "
    "কিউ আর এস টি ইউ ভি ডব্লিউ এক্স ওয়াই জেড",
}
# Words that a full stop abbreviates only before a number.
_NUMBERED = {
    "English": "No Nos Art Fig Vol pp Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec",
    "Bengali": "নং",
}
_ABBREVIATED = frozenset(" ".join(_ABBREVIATIONS.values()).split())
_ABBREVIATED_BEFORE_NUMBERS = frozenset(" ".join(_NUMBERED.values()).split())


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Half-open spans of sentences, which join up and cover the whole text.

    Whitespace belongs to the sentence before it, at the start of the text to
    the first. Every kind of line break ends a sentence. Takes linear time.
    """
    spans = []
    start = 0
    begin = len(text) - len(text.lstrip())
    for end in _END.finditer(text, begin):
        if end.end() < len(text) and _ends(text, begin, end):
            spans.append((start, end.end()))
            start = begin = end.end()
    if start < len(text):
        spans.append((start, len(text)))
    return spans


def _ends(text: str, begin: int, end: re.Match[str]) -> bool:
    """Whether a sentence that has its first character at ``begin`` stops here."""
    marks, closing, space = end["marks"], end["closing"], end["space"]
    if marks is None or any(mark in _ALWAYS for mark in marks):
        return True
    if not space:
        return False
    if any(character in NEWLINES for character in space):
        return True
    after = text[end.end()]
    # Dots with gaps between them, as in tables of contents, are one run.
    if after in _MARKS:
        return False
    if after.islower() and (closing or marks[-1] in ".…"):
        return False
    return marks != "." or bool(closing) or not _abbreviates(text, begin, end.start(), after)


def _abbreviates(text: str, begin: int, stop: int, after: str) -> bool:
    """Whether the full stop at ``stop`` belongs to the word before it."""
    nearby = text[max(begin, stop - _LONGEST_WORD) : stop]
    if not nearby or nearby[-1].isspace():
        return False
    word = unicodedata.normalize("NFC", nearby.split()[-1].lstrip(_OPENING))
    if word.isdecimal():
        # "1. First": a number that opens the sentence counts something.
        return len(word) <= 2 and stop - len(word) == begin
    parts = word.split(".")
    if parts[-1] in _ABBREVIATED_BEFORE_NUMBERS:
        return after.isdecimal()
    if word in _ABBREVIATED or parts[-1] in _ABBREVIATED:
        return True
    # Initials: "J. K.", "U.S.", "e.g."
    return all(len(part) == 1 and part.isalpha() for part in parts)
