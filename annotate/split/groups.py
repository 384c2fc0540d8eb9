"""Documents that belong on one side: parts of one story, and near-duplicates.

Parts of one story are documents with one ``meta["story"]`` (a column ``story`` of the
input), documents whose ids differ only in a number behind ``#`` or ``part`` at their
end (``fair#2``, ``fair-part-2``), and the pieces of one document that was cut.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from annotate.document import Document
from annotate.split.duplicates import Pair, near_duplicates

_PART = re.compile(r"(?:#|[-_./ ]part[-_. ]?)\d+$", re.IGNORECASE)

# How it is told, by "id" or "meta", and its name.
Story = tuple[str, str]


class Group(NamedTuple):
    """Documents by their place in the order given, and the pairs that are near-duplicates."""

    members: tuple[int, ...]
    pairs: tuple[Pair, ...]


def key_of(document: Document) -> str:
    """What a document is known by: its id, with the number of the piece if it is one."""
    piece = document.meta.get("piece")
    index = piece.get("index") if isinstance(piece, dict) else None
    return document.id if index is None else f"{document.id}#{index}"


def groups(documents: Sequence[Document]) -> list[Group]:
    """Every document in exactly one group, most of them alone."""
    pairs = list(near_duplicates([document.text for document in documents]))
    roots = list(range(len(documents)))
    for pair in pairs:
        _join(roots, pair.first, pair.second)
    first: dict[Story, int] = {}
    for place, document in enumerate(documents):
        for story in stories(document):
            _join(roots, first.setdefault(story, place), place)
    members: dict[int, list[int]] = defaultdict(list)
    for place in range(len(documents)):
        members[_root(roots, place)].append(place)
    alike: dict[int, list[Pair]] = defaultdict(list)
    for pair in pairs:
        alike[_root(roots, pair.first)].append(pair)
    return [Group(tuple(found), tuple(alike[root])) for root, found in members.items()]


def stories(document: Document) -> list[Story]:
    """The stories that a document says it is a part of: by its id, and by its meta."""
    return stories_of(key_of(document), named_story(document))


def stories_of(key: str, named: str | None) -> list[Story]:
    """The stories of a document that is known by that key, and whose meta names that story."""
    return [("id", _PART.sub("", key) or key), *([("meta", named)] if named else [])]


def named_story(document: Document) -> str | None:
    """The story that a document's meta names."""
    named = document.meta.get("story")
    if not isinstance(named, str | int) or isinstance(named, bool):
        return None
    # An empty cell of a table names no story.
    return str(named).strip() or None


def _join(roots: list[int], one: int, other: int) -> None:
    low, high = sorted((_root(roots, one), _root(roots, other)))
    roots[high] = low


def _root(roots: list[int], place: int) -> int:
    while roots[place] != place:
        roots[place] = roots[roots[place]]
        place = roots[place]
    return place
