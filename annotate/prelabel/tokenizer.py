"""One non-destructive tokenizer for every language: spaCy's rules plus a few.

spaCy's own ``xx`` rules leave a danda, a slash or a bracket inside a token where
the blank behind it is missing, which happens all the time in scraped news. The
additions below split there, so that no name shares a token with its neighbour.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import spacy
from spacy.lang.char_classes import ALPHA, ALPHA_LOWER, ALPHA_UPPER
from spacy.lang.tokenizer_exceptions import URL_PATTERN
from spacy.language import Language
from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found]
from spacy.util import (
    compile_infix_regex,
    compile_prefix_regex,
    compile_suffix_regex,
    registry,
)

from annotate.prelabel.fold import BETWEEN_WORDS, UNSPACED

# Scripts whose marks spaCy's ALPHA lacks but whose letters it has: Latin accents
# written apart (NFD), Arabic vowel signs and the joiners inside a word.
_LETTER = ALPHA + r"\u0300-\u036F\u064B-\u065F\u0670\u200C\u200D"
_HYPHENS = r"\-\u2010-\u2015\u2212~"
_SINGLE_QUOTES = r"'’‘‛`´"
# What always ends a word, wherever it stands: dandas, bars, slashes, brackets,
# double quotes, Persian and CJK punctuation, bullets.
_BREAKS = r"।॥|/\\()\[\]{}<>\"“”„‟«»‹›،؛؟۔!?;…•·*=。，、！？；：「」『』（）【】《》"

# spaCy anchors each line below by itself, so alternatives need their own group.
# A hashtag keeps its sign.
_PREFIXES = [rf"[{_BREAKS}{_HYPHENS}{BETWEEN_WORDS}]", rf"#(?![{_LETTER}0-9])"]
_SUFFIXES = [
    r"(?:\./\.|/\.)",  # the Vietnamese end of an article, "./."
    rf"[{_BREAKS}{_HYPHENS}{BETWEEN_WORDS}]",
    rf"(?<=[{ALPHA_UPPER}][{ALPHA_UPPER}])\.",
    rf"(?:(?<=[\u0300-\u036F])[.,]|(?<=[{_SINGLE_QUOTES}{_BREAKS}])\.)",
]
_INFIXES = [
    rf"[{_BREAKS}{BETWEEN_WORDS}]",
    rf"(?<=[{_LETTER}0-9.)\]’'])[{_HYPHENS}]+(?=[{_LETTER}0-9(\[‘'])",
    # A single quote is inside a word only between two letters (এজেন্সি’র, d’Ivoire).
    rf"(?<![{_LETTER}0-9])[{_SINGLE_QUOTES}]|[{_SINGLE_QUOTES}](?![{_LETTER}0-9])",
    # The English possessive before another mark (Kenya’s–Uganda).
    rf"(?<=[{ALPHA}])[’'][sS](?![{_LETTER}0-9])",
    rf"(?<=[{ALPHA_LOWER}])\.(?=[{ALPHA_UPPER}])",
    rf"(?<=[{_LETTER}])[:,&+](?=[{_LETTER}0-9])",
    # Nothing in such a text tells where words end: every letter is a token.
    rf"(?<=\S)(?=[{UNSPACED}])|(?<=[{UNSPACED}])(?=[A-Za-z0-9])",
]

# Titles that keep their full stop; with it, the honorific is one token.
_ABBREVIATIONS = ("মো.", "মোঃ", "মোহা.", "মোছা.", "মোসা.", "ড.", "ডা.")

# spaCy's URL pattern takes "کرد.ایران" for a host; hosts of real links are ASCII.
_URL = re.compile(r"(?=[\x21-\x7E]+?(?:[/?#]|$))" + URL_PATTERN)
# Whole from the start, so that no rule above cuts them: links with a scheme
# (up to a closing slash), hashtags and handles, which are never entities.
_WHOLE = re.compile(
    rf"(?:(?:https?|ftp)://|www\.)[^\s{BETWEEN_WORDS}<>\"“”«»|।]*[\w/]$|[#@][\w{_LETTER}]+$"
)


@registry.tokenizers("annotate.Tokenizer.v1")  # type: ignore[untyped-decorator]
def create_tokenizer() -> Callable[[Language], Tokenizer]:
    """Make the tokenizer factory; ``doc.text == text`` for any text.

    Source of the rules: spaCy's ``xx`` defaults, with the additions of this module.
    """

    def build(nlp: Language) -> Tokenizer:
        defaults = spacy.blank("xx").Defaults
        prefixes = [*_PREFIXES, *(rule for rule in defaults.prefixes or () if rule != "#")]
        suffixes = [*_SUFFIXES, *(defaults.suffixes or ())]
        infixes = [*_INFIXES, *(defaults.infixes or ())]
        # Not spaCy's own exceptions: emoticons, and "a." at the end of a name with hyphens.
        rules = {form: [{"ORTH": form}] for form in _ABBREVIATIONS}
        return Tokenizer(
            nlp.vocab,
            rules=rules,
            prefix_search=compile_prefix_regex(prefixes).search,
            suffix_search=compile_suffix_regex(suffixes).search,
            infix_finditer=compile_infix_regex(infixes).finditer,
            token_match=_WHOLE.match,
            url_match=_URL.match,
        )

    return build
