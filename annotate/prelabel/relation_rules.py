"""Which pairs of entities in a sentence stand in a relation, by distance and cue words.

Each rule takes a :class:`Sentence` and a language and yields :class:`Found` pairs,
head before tail as the guidelines direct them, the best first. The cue words stand in
``data/relations.toml``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, pairwise
from typing import NamedTuple

from annotate.prelabel.merge import COUNTRY, ORG, PERSON
from annotate.prelabel.relation_sentence import (
    Cue,
    Node,
    Sentence,
    cue_words,
    distance,
    has,
    only,
    opens,
)

# Words between two entities of one phrase: Name, Deputy Minister of Body of Country.
_NEAR = 12
# How far from two states the word for their cooperation may stand; Bengali and Persian
# put it last in a long sentence.
_FAR = 15
# An office and its portfolio: "deputy minister for trade".
_ROLE = 5
_MOST_PAIRS = 6
# Languages that put the office before the state: Tổng thống Pháp, سفیر ژاپن.
_OFFICE_FIRST = frozenset({"vi", "fa"})
# What may stand behind a body's name without parting it from the next one.
_ASIDE = frozenset({"<COUNTRY>", "<ORG>", "(", ")"})
_BULLETS = "0123456789۰۱۲۳۴۵۶۷۸۹০১২৩৪৫৬৭৮৯.-•*–()›"
_ITEM_ENDS = frozenset({"\n", ";", "؛", ":"})
_BENGALI_GENITIVE = "র"
_BENGALI_LOCATIVE = ("ে", "য়", "তে", "য়")


class Found(NamedTuple):
    """One pair, and the name of the pattern that found it (its precision is in the table)."""

    head: Node
    tail: Node
    pattern: str


def based_in(sentence: Sentence, language: str) -> Iterator[Found]:
    """The country right behind a body's name, or as a genitive right before it."""
    for body in sentence.labelled(ORG):
        for country in sorted(sentence.labelled(COUNTRY), key=lambda it: distance(body, it)):
            gap = sentence.between(body, country)
            if body.start < country.start:
                pattern = _seat(sentence, body, country, language)
                if pattern:
                    yield Found(body, country, f"based_in.{pattern}")
                    break
            elif _genitive(country, gap, language):
                yield Found(body, country, "based_in.genitive")
                break


def _seat(sentence: Sentence, body: Node, country: Node, language: str) -> str | None:
    """Name Country, Name of Country; Name (Parent body Country) counts for both bodies."""
    gap = sentence.between(body, country)
    if language == "bn":
        return None  # the state always stands first
    if gap and only(Cue("place", language), gap):
        return "place"
    if gap in ([","], ["،"]):
        return "listed" if _ends_item(sentence, country) else None
    plain = [word for word in gap if word != body.place]
    owned = only(Cue("owner", language), plain) and (plain == gap or gap[0] == "(")
    return "behind" if owned else None


def _genitive(country: Node, gap: list[str], language: str) -> bool:
    if language == "bn":
        return (
            country.text.endswith(_BENGALI_GENITIVE)
            and (not gap or gap[0].isalpha())
            and (len(gap) < 2)
        )
    return language not in ("vi", "fa") and gap in ([], ["'", "s"], ["'"])


def works_for(sentence: Sentence, language: str) -> Iterator[Found]:
    """A person beside a body, with an office between or before them, or as a credit."""
    pairs = [
        (person, body, pattern)
        for person in sentence.labelled(PERSON)
        for body in sentence.labelled(ORG)
        if (pattern := _employment(sentence, person, body, language))
    ]
    # "A, Body director B": the body is B's, so plain neighbours come last.
    pairs.sort(key=lambda pair: (pair[2] == "listed", distance(pair[0], pair[1])))
    employed: set[Node] = set()
    for person, body, pattern in pairs:
        if person not in employed and not (pattern == "listed" and body in employed):
            employed |= {person, body}
            yield Found(person, body, f"works_for.{pattern}")


def _employment(sentence: Sentence, person: Node, body: Node, language: str) -> str | None:
    """Which pattern makes the body the person's employer, None if none does."""
    gap = sentence.between(person, body)
    office, title = Cue("office", language), Cue("title", language)
    if person.place in gap or len(gap) > _NEAR or has(Cue("met", language), gap):
        return None
    if person.start < body.start:
        if gap[:1] not in (["-"], []) and opens(Cue("and", language), gap):
            return None  # what follows is about someone else
        if gap in (["/"], ["("], ["-"]):
            return "credit"
        if gap in ([","], ["،"]):
            return "listed" if _is_item(sentence, person, language) else None
        if gap and only(Cue("member", language), gap):
            return "office"
        return "office" if _holds(office, gap, body) else None
    plain = [word for word in gap if word not in ("<COUNTRY>", "(", ")", body.place)]
    if gap[:1] == [":"] and only(title, gap):
        return "listed" if _is_item(sentence, body, language) else None
    if only(title, plain):
        if has(office, sentence.before(body, 4)):
            return "office"
        return None if plain else "beside"
    return "office" if _holds(office, gap, body) else None


def _is_item(sentence: Sentence, entity: Node, language: str) -> bool:
    """Whether an entity opens an item of a list: nothing before it but bullet and title."""
    item: list[str] = []
    for word in sentence.line_before(entity):
        item = [] if word in _ITEM_ENDS else [*item, word]
    title = Cue("title", language)
    return all(not word.strip(_BULLETS) or only(title, [word]) for word in item)


def _ends_item(sentence: Sentence, entity: Node) -> bool:
    return not sentence.after(entity, 1) or sentence.after(entity, 1)[0] in _ITEM_ENDS


def _holds(office: Cue, gap: list[str], body: Node) -> bool:
    return has(office, gap) and body.place not in gap and "<COUNTRY>" not in gap


def represents(sentence: Sentence, language: str) -> Iterator[Found]:
    """A person with an office of state, and the country that the office is of."""
    guests = [
        it for it in sentence.labelled(COUNTRY) if not _beside_place(sentence, it, "host", language)
    ]
    pairs = [
        (person, country, pattern)
        for person in sentence.labelled(PERSON)
        for country in guests
        if (pattern := _state_role(sentence, person, country, language))
    ]
    taken: set[Node] = set()
    for person, country, pattern in sorted(pairs, key=lambda pair: distance(pair[0], pair[1])):
        if taken.isdisjoint({person, country}):
            taken |= {person, country}
            yield Found(person, country, f"represents.{pattern}")
    if len({it.key for it in guests}) == 1 and taken.isdisjoint(guests):
        office = Cue("state_office", language)
        for person in sentence.labelled(PERSON):
            if has(office, sentence.before(person, 2)):
                nearest = min(guests, key=lambda it: distance(person, it))
                yield Found(person, nearest, "represents.only_country")
                break


def _state_role(sentence: Sentence, person: Node, country: Node, language: str) -> str | None:
    """Which pattern makes the person stand for the country, None if none does."""
    gap = _without_host(sentence.between(person, country), language)
    if person.place in gap or country.place in gap or len(gap) > _NEAR:
        return None
    if has(Cue("met", language), gap) or opens(Cue("and", language), gap):
        return None
    # "President of the Society of Japan" is no office of state, "Minister" of a ministry is.
    office = Cue("minister" if "<ORG>" in gap else "state_office", language)
    if person.start < country.start:
        behind = sentence.after(country, _ROLE)
        described = gap in ([","], ["،"]) and has(office, behind)
        of_state = gap == ["of"] and has(office, sentence.before(person, _ROLE))
        if described or of_state or has(office, gap):
            return "office"
        # A list of members: "Ms Ana Silva, Brazil"; without the title it may be an athlete.
        titled = sentence.before(person, 1) if _is_item(sentence, person, language) else []
        member = opens(Cue("title", language), titled)
        return "listed" if member and gap in ([","], ["،"], ["("]) else None
    if gap[:1] == [":"] and only(Cue("title", language), gap):
        return "listed" if _is_item(sentence, country, language) else None
    if language not in _OFFICE_FIRST and has(office, gap):
        genitive = language != "bn" or country.text.endswith(_BENGALI_GENITIVE)
        return "office" if genitive else None
    plain = [word for word in gap if word not in ("<ORG>", "(", ")")]
    before = sentence.phrase_before(country, 2 * _ROLE)
    if "<ORG>" in before:
        office = Cue("minister", language)
    return "office" if only(Cue("title", language), plain) and has(office, before) else None


def _without_host(gap: list[str], language: str) -> list[str]:
    """The words without "to <COUNTRY>", where an envoy serves."""
    host = Cue("host", language)
    at = next((i for i in range(1, len(gap)) if gap[i] == "<COUNTRY>"), 0)
    return gap[: at - 1] + gap[at + 1 :] if at and opens(host, gap[at - 1 :]) else gap


def _beside_place(sentence: Sentence, country: Node, kind: str, language: str) -> bool:
    """Whether the country is only where someone serves or something happens."""
    if language == "bn":
        return country.text.endswith(_BENGALI_LOCATIVE) and not country.text.endswith("কে")
    before = sentence.before(country, 1)
    return bool(before) and only(Cue(kind, language), before)


def met_with(sentence: Sentence, language: str) -> Iterator[Found]:
    """Two persons, or two bodies, of a sentence that tells of a meeting or talks."""
    if not has(Cue("met", language), sentence.words):
        return
    persons = _distinct(sentence.labelled(PERSON))
    pairs = [pair for pair in pairwise(persons) if _meet(sentence, *pair, language)]
    if pairs:
        one, other = pairs[0]
        yield Found(one, other, "met_with.persons")
        return
    for one, other in _partners(sentence, language)[:1]:
        yield Found(one, other, "met_with.bodies")


def _meet(sentence: Sentence, one: Node, other: Node, language: str) -> bool:
    """A met B, A with B: not the mere "A and B", which may list who was there."""
    gap, behind = sentence.between(one, other), sentence.after(other, 3)
    joining, met = Cue("with", language), Cue("met", language)
    if has(joining, gap) or has(joining, behind) or has(met, gap):
        return True
    return has(Cue("and", language), gap) and has(met, sentence.after(other, _NEAR))


def cooperates_with(sentence: Sentence, language: str) -> Iterator[Found]:
    """Bodies or states that one sentence joins and that tells of cooperation."""
    together = Cue("together", language)
    if not has(together, sentence.words):
        return
    bodies = _partners(sentence, language) or _joined_bodies(sentence, language)
    for one, other in bodies:
        yield Found(one, other, "cooperates_with.bodies")
    if bodies:
        return
    states = [
        it
        for it in sentence.labelled(COUNTRY)
        if not _beside_place(sentence, it, "place", language)
    ]
    for one, other in _across(_groups(sentence, states, language)):
        if has(together, sentence.around(one, other, _FAR)):
            yield Found(one, other, "cooperates_with.states")


def _groups(sentence: Sentence, nodes: list[Node], language: str) -> list[list[Node]]:
    """Entities in order, divided into what commas and "and" coordinate: A, B and C | D."""
    joining = Cue("and", language)
    groups: list[list[Node]] = []
    for node in nodes:
        gap = sentence.between(groups[-1][-1], node) if groups else []
        if gap and all(word in (",", "،") or only(joining, [word]) for word in gap):
            groups[-1].append(node)
        else:
            groups.append([node])
    return groups


def _across(groups: list[list[Node]]) -> list[tuple[Node, Node]]:
    """Each of one group with each of the other; the two members of a single group.

    Nothing where there are more sides than two, or too many pairs: those are lists.
    """
    keys = [{node.key for node in group} for group in groups]
    sides = [list(side) for side in dict.fromkeys(frozenset(each) for each in keys)]
    if len(sides) == 1 and len(sides[0]) == 2:
        wanted = {frozenset(sides[0])}
    elif len(sides) == 2:
        wanted = {frozenset({a, b}) for a in sides[0] for b in sides[1] if a != b}
    else:
        return []
    if len(wanted) > _MOST_PAIRS:
        return []
    nodes = [node for group in groups for node in group]
    pairs = sorted(combinations(nodes, 2), key=lambda pair: distance(*pair))
    nearest: dict[frozenset[str], tuple[Node, Node]] = {}
    for one, other in pairs:
        key = frozenset({one.key, other.key})
        if key in wanted:
            nearest.setdefault(key, (one, other))
    return sorted(nearest.values(), key=lambda pair: pair[0].start)


def _joined_bodies(sentence: Sentence, language: str) -> list[tuple[Node, Node]]:
    """Bodies with nothing but their states, short names, "and" or "with" between them."""
    employers = {found.tail for found in works_for(sentence, language)}
    bodies = [
        it for it in sentence.labelled(ORG) if it not in employers and not _parent(sentence, it)
    ]
    joining = cue_words("and", language).whole | cue_words("with", language).whole
    for one, other in pairwise(bodies):
        gap = [word for word in sentence.between(one, other) if word not in _ASIDE]
        if 0 < len(gap) <= _ROLE and any((word,) in joining for word in gap):
            return [(_short_name(sentence, one), other)]
    return []


def _short_name(sentence: Sentence, body: Node) -> Node:
    """The abbreviation in brackets behind a body's name, a nearer mention of it, if any."""
    behind = (it for it in sentence.labelled(ORG) if it.start > body.end)
    following = next(behind, body)
    short = sentence.between(body, following) == ["("] and not following.text.count(" ")
    return following if short else body


def _partners(sentence: Sentence, language: str) -> list[tuple[Node, Node]]:
    """Bodies of different states that follow one another, each in one pair."""
    home = {found.head: found.tail.key for found in based_in(sentence, language)}
    bodies = [it for it in sentence.labelled(ORG) if it in home and not _parent(sentence, it)]
    pairs = []
    waiting: Node | None = None
    for body in bodies:
        if waiting and home[waiting] != home[body]:
            pairs.append((waiting, body))
            waiting = None
        else:
            waiting = body
    return pairs


def _parent(sentence: Sentence, body: Node) -> bool:
    """Whether the body stands in brackets behind another: its parent or its short name."""
    return sentence.before(body, 2) == [body.place, "("]


def _distinct(nodes: list[Node]) -> list[Node]:
    seen: dict[str, Node] = {}
    for node in nodes:
        seen.setdefault(node.key, node)
    return list(seen.values())


RULES: dict[str, Callable[[Sentence, str], Iterator[Found]]] = {
    "works_for": works_for,
    "represents": represents,
    "based_in": based_in,
    "met_with": met_with,
    "cooperates_with": cooperates_with,
}
