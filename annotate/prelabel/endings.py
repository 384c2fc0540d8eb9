"""Case endings and clitics that are written onto a name.

Bengali: genitive, objective, locative and the clitics ও, ই and সহ ("too", "indeed",
"including"). Persian: ezafe after a vowel, possessives, the copula and the spoken
object mark. A word that a derivational ending makes (ভারতীয়, ایرانی) is another word
and not here.
"""

from __future__ import annotations

from collections.abc import Iterator

_BENGALI_VOWELS = "ািীুূৃেৈোৌঅআইঈউঊঋএঐওঔ"
_AFTER_VOWEL: tuple[str, ...] = ("র", "তে", "কে", "য়ের", "য়ে", "এর", "এ")
# Behind ি and ী it would make the adjective (ভারতীয়).
_LOCATIVE, _TAKES_LOCATIVE = "য়", "াোৌ"
_AFTER_CONSONANT: tuple[str, ...] = ("ের", "ে", "কে", "এর", "য়ের", "য়ে", "এ")
_CLITICS = ("ও", "ই", "সহ")
# Behind a hyphen or an apostrophe, both sets are written in their full form.
GLUED = frozenset(
    ending + clitic
    for ending in ("র", "এর", "ের", "য়ের", "কে", "তে", "এ", "য়", "ে", "য়ে", "")
    for clitic in ("", "ও", "ই")
    if ending + clitic
)
# Without تان, which makes قبرس a graveyard; one-letter clitics only on longer names,
# since چین + ش is another word.
_PERSIAN_CLITICS = ("مان", "شان")
_PERSIAN_LETTERS = ("م", "ش", "ه", "و")
_LONG = 5


def inflected(word: str, language: str) -> Iterator[tuple[str, str]]:
    """Each inflected form of a folded name's last word, with its ending.

    Nothing for a language other than Bengali and Persian. The endings follow the
    last sound, so that চাদ does not give চাদর ("shawl").
    """
    if language == "bn":
        yield from _bengali(word)
    elif language == "fa":
        if word[-1] in "اوه":
            yield word + "ی", "ی"
        if word[-1] in "او":
            yield word + "ست", "ست"
        short = _PERSIAN_LETTERS if len(word) >= _LONG and word[-1] not in "اوه" else ()
        for clitic in (*_PERSIAN_CLITICS, *short):
            yield word + clitic, clitic


def _bengali(word: str) -> Iterator[tuple[str, str]]:
    endings = _AFTER_VOWEL if word[-1] in _BENGALI_VOWELS else _AFTER_CONSONANT
    if word[-1] in _TAKES_LOCATIVE:
        endings = (*endings, _LOCATIVE)
    for ending in ("", *endings):
        for clitic in ("", *_CLITICS):
            if ending + clitic:
                yield word + ending + clitic, ending + clitic
