"""How names and countries that overlap become one flat list.

The policy was measured best among those tried: the country list decides what is
a COUNTRY; an ORG keeps a country inside its name, except one that only says whose
body it is, at the end of the name or as a genitive at its start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

PERSON, ORG, COUNTRY = "PERSON", "ORG", "COUNTRY"
# In these languages the state stands behind the body's name without a linking word
# (Bộ Ngoại giao Việt Nam, سازمان ملی استاندارد ایران).
_COUNTRY_LAST = frozenset({"vi", "fa"})
_LINKS = frozenset({"of", "in", "for", "the", "de", "du", "-", "–", ",", "/", "(", "tại", "của"})
_POSSESSIVES = frozenset({"'s", "’s", "'S", "’S"})
# A name must be left when the country is taken off: "Embassy", "بانک" alone is none.
_LEAST_LEFT = 2


@dataclass(frozen=True, slots=True)
class Mention:
    """A labelled span of tokens, half-open; ``code`` is ISO 3166-1 alpha-2.

    ``sure`` and ``genitive`` say of a country whether cues settled it, and whether
    its ending makes it "of that country".
    """

    start: int
    end: int
    label: str
    score: float | None = None
    code: str = ""
    sure: bool = True
    genitive: bool = False

    def overlaps(self, other: Mention) -> bool:
        """Whether the two share a token."""
        return self.start < other.end and other.start < self.end


def merge(
    names: Sequence[Mention], countries: Sequence[Mention], tokens: Sequence[str], language: str
) -> list[Mention]:
    """One flat list of mentions, in order.

    Neither list overlaps in itself. ``tokens`` are the texts of the document's
    tokens. Names of other labels than PERSON and ORG give way to a country.
    """
    kept: list[Mention] = []
    lost: set[Mention] = set()
    for name in names:
        inside = [country for country in countries if country.overlaps(name)]
        if not inside:
            kept.append(name)
        elif name.label == ORG:
            left = _without_owner(name, inside, tokens, language)
            if left:
                kept.append(left)
                lost.update(country for country in inside if country.overlaps(left))
        elif name.label == PERSON and _is_person(name, inside):
            kept.append(name)
            lost.update(inside)
    kept.extend(country for country in countries if country not in lost)
    return sorted(kept, key=lambda mention: mention.start)


def _is_person(name: Mention, inside: Sequence[Mention]) -> bool:
    """A longer name is a person's; the country's name alone only where it is not sure."""
    if len(inside) == 1 and (inside[0].start, inside[0].end) == (name.start, name.end):
        return not inside[0].sure
    return all(name.start <= country.start and country.end <= name.end for country in inside)


def _without_owner(
    name: Mention, inside: Sequence[Mention], tokens: Sequence[str], language: str
) -> Mention | None:
    """The body's name without the country it belongs to; None if nothing else is left."""
    start, end = name.start, name.end
    first, last = inside[0], inside[-1]
    if first.start <= start and (first.start < start or _owns_before(first, tokens)):
        start = min(first.end, end)
        while start < end and tokens[start] in _POSSESSIVES:
            start += 1
    if last.end >= end and last.start >= start and _owns_behind(last, end, tokens, language):
        shorter = last.start
        while shorter > start and tokens[shorter - 1].lower() in _LINKS:
            shorter -= 1
        if shorter - start >= _LEAST_LEFT or last.end > end:
            end = shorter
    if end <= start or any((c.start, c.end) == (start, end) for c in inside):
        return None
    return replace(name, start=start, end=end)


def _owns_before(country: Mention, tokens: Sequence[str]) -> bool:
    behind = tokens[country.end] if country.end < len(tokens) else ""
    return country.genitive or behind in _POSSESSIVES


def _owns_behind(country: Mention, end: int, tokens: Sequence[str], language: str) -> bool:
    """Whether the country at the end of a name says whose body it is."""
    if country.end > end or language in _COUNTRY_LAST:
        return True
    before = tokens[country.start - 1].lower() if country.start else ""
    return before in _LINKS
