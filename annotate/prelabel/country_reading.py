"""One text's candidate countries, each weighed in its context."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property

from annotate.prelabel.country_context import Context, Rule, context
from annotate.prelabel.country_names import CountryMatch

# Behind these a word has a capital whatever it is.
_OPENERS = frozenset('.!?।॥۔:;…•·*|"“”„«»()[]-\n')
# A line is a headline in capitals from so many words and such a share of capitals on.
_HEADLINE_WORDS, _HEADLINE_SHARE = 5, 0.75
_JOINING = frozenset({",", "،", "-", "/", "&", "and", "or", "và", "với", "cùng", "hay", "hoặc"})
_JOINING |= frozenset({"و", "یا", "ও", "এবং", "আর", "বা", "কিংবা"})


class Reading:
    """The folded words of one text, and what the context makes of each match in it."""

    def __init__(
        self, words: Sequence[str], matches: Sequence[CountryMatch], language: str
    ) -> None:
        self._words = words
        self._matches = matches
        # The text's own tables first, then those of the form's language. English names
        # of countries (Jordan, Mexico) serve in many languages.
        self._tables: list[list[Context]] = [
            [context(each) for each in dict.fromkeys((language, match.form.language, "en"))]
            for match in matches
        ]
        self._rules: list[list[tuple[Context, Rule]]] = [
            [(table, rule) for table in tables if (rule := table.rule(match))]
            for match, tables in zip(matches, self._tables, strict=True)
        ]
        self._settled = [self._by_cues(index) for index in range(len(matches))]

    def countries(
        self, places: Collection[tuple[int, int]] = ()
    ) -> list[tuple[CountryMatch, bool]]:
        """The matches that name a country here, in order, and whether that is sure.

        ``places``: word spans that a pipeline takes for geographical names; they
        decide where no cue does. Not sure is what only the default decided.
        """
        found = []
        for index, match in enumerate(self._matches):
            settled = self._settled[index]
            if settled is None and (match.start, match.end) in places:
                settled = True
            if settled is not False and (settled or self._otherwise(index)):
                found.append((match, bool(settled)))
        return found

    def title_before(self, match: CountryMatch) -> int:
        """How many words of an official name stand before the match (Republic of)."""
        index = self._matches.index(match)
        return max(table.title_before(self._words, match.start) for table in self._tables[index])

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(word.lower() for word in self._words)

    def _by_cues(self, index: int) -> bool | None:
        """What the words right beside a match say; None where they say nothing."""
        match = self._matches[index]
        words, start, end = self._words, match.start, match.end
        tables, rules = self._tables[index], [rule for _, rule in self._rules[index]]
        if any(table.title_before(words, start) for table in tables):
            return True
        if any(table.names_place(words, match) for table in tables):
            return False
        if not rules:
            return True
        if any(
            rule.before_yes.end_before(words, start)
            or rule.after_yes.begin_at(words, end)
            or (match.ending and match.ending in rule.ending_yes)
            for rule in rules
        ):
            return True
        if any(
            rule.before_no.end_before(words, start) or rule.after_no.begin_at(words, end)
            for rule in rules
        ):
            return False
        return None

    def _otherwise(self, index: int) -> bool:
        """Names beside, countries joined, the whole text and the default, in this order."""
        if not self._rules[index]:
            return True
        if self._part_of_name(index):
            return False
        rules = [rule for _, rule in self._rules[index]]
        if self._joined(index, dash_only=rules[0].joined):
            return True
        if any(not rule.near_yes.isdisjoint(self._vocabulary) for rule in rules):
            return True
        if any(not rule.near_no.isdisjoint(self._vocabulary) for rule in rules):
            return False
        start = self._matches[index].start
        opens = start == 0 or self._words[start - 1] in _OPENERS
        return rules[0].opening if opens else rules[0].default

    def _part_of_name(self, index: int) -> bool:
        """Whether a capitalised word, itself no sure country, makes the form part of a name."""
        match = self._matches[index]
        tables = [table for table, rule in self._rules[index] if rule.names]
        if not tables or self._in_headline(match.start):
            return False
        beside = []
        if match.start and not self._sure_country(match.start, "end"):
            beside.append(self._words[match.start - 1])
        if match.end < len(self._words) and not self._sure_country(match.end, "start"):
            beside.append(self._words[match.end])
        return any(table.makes_name(word) for table in tables for word in beside)

    def _sure_country(self, word: int, edge: str) -> bool:
        return any(
            getattr(match, edge) == word and not rules
            for match, rules in zip(self._matches, self._rules, strict=True)
        )

    def _in_headline(self, at: int) -> bool:
        """Whether most words of the line have a capital, so that capitals say nothing."""
        first = max((i for i in range(at) if self._words[i] == "\n"), default=-1) + 1
        last = next(
            (i for i in range(at, len(self._words)) if self._words[i] == "\n"), len(self._words)
        )
        cased = [word for word in self._words[first:last] if word[0].lower() != word[0].upper()]
        capitals = sum(word[0].isupper() for word in cased)
        return len(cased) >= _HEADLINE_WORDS and capitals > _HEADLINE_SHARE * len(cased)

    def _joined(self, index: int, *, dash_only: bool) -> bool:
        """Whether a comma, a dash or an "and" joins the match to another country."""
        joining = frozenset("-") if dash_only else _JOINING
        here = self._matches[index]
        for other in (index - 1, index + 1):
            if 0 <= other < len(self._matches) and self._settled[other] is not False:
                there = self._matches[other]
                between = self._words[min(here.end, there.end) : max(here.start, there.start)]
                if len(between) == 1 and between[0].lower() in joining:
                    return True
        return False
