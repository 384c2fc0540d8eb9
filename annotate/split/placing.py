"""Which part each group of documents goes to.

What was placed before stays. A new document follows the group that it belongs to, and
groups that are new fill each language's parts up to their shares, in the order of a
hash of their ids: as good as drawn by lot, and the same on every machine.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, get_args

Part = Literal["train", "dev", "test"]
PARTS: tuple[Part, ...] = get_args(Part)
# What has been tested on must never be trained on, so test draws first.
_FIRST: tuple[Part, ...] = ("test", "dev", "train")


def first_of(parts: Iterable[Part]) -> Part:
    """The part that counts where something was in several."""
    return min(parts, key=_FIRST.index)


class Shares(NamedTuple):
    """The share of each language's documents that goes to dev and to test; the rest trains."""

    dev: float = 0.1
    test: float = 0.1

    def of(self, part: Part) -> float:
        """The share of one part."""
        return {"dev": self.dev, "test": self.test}.get(part, 1 - self.dev - self.test)


USUAL = Shares()


class Bundle(NamedTuple):
    """Documents that go together: their keys, and the language that most of them have.

    ``past`` are the parts of those that belong to them and have left the gold.
    """

    keys: tuple[str, ...]
    language: str
    past: frozenset[Part] = frozenset()

    @property
    def rank(self) -> str:
        """Its place in the draw: the lowest hash of its keys."""
        return min(map(_hash, self.keys))


def place(bundles: Sequence[Bundle], before: Mapping[str, Part], shares: Shares) -> dict[str, Part]:
    """The part of every key. ``before`` has the parts of documents that were placed before."""
    parts: dict[str, Part] = {}
    new: dict[str, list[Bundle]] = defaultdict(list)
    sizes: Counter[str] = Counter()
    placed: dict[str, Counter[Part]] = defaultdict(Counter)
    for bundle in bundles:
        sizes[bundle.language] += len(bundle.keys)
        known = {before[key] for key in bundle.keys if key in before} | bundle.past
        if not known:
            new[bundle.language].append(bundle)
            continue
        drawn = first_of(known)
        mine = {key: before.get(key, drawn) for key in bundle.keys}
        parts |= mine
        placed[bundle.language].update(mine.values())
    for language, found in new.items():
        wanted = _wanted(sizes[language], shares)
        parts |= _draw(sorted(found, key=lambda one: one.rank), wanted, placed[language])
    return parts


def _wanted(documents: int, shares: Shares) -> dict[Part, int]:
    """How many documents of a language dev and test should have.

    One at least, as long as two documents, or three for dev, are there.
    """
    test = max(int(documents * shares.test + 0.5), int(shares.test > 0 and documents > 1))
    dev = max(int(documents * shares.dev + 0.5), int(shares.dev > 0 and documents > 2))
    return {"test": test, "dev": dev}


def _draw(
    bundles: Sequence[Bundle], wanted: Mapping[Part, int], placed: Mapping[Part, int]
) -> dict[str, Part]:
    """The parts of new bundles of one language; one that a part has no room for trains."""
    room = {part: count - placed[part] for part, count in wanted.items()}
    drawn: dict[int, Part] = {}
    for number, bundle in enumerate(bundles):
        fits = [part for part in room if len(bundle.keys) <= room[part]]
        part: Part = fits[0] if fits else "train"
        drawn[number] = part
        if part in room:
            room[part] -= len(bundle.keys)
    for share, count in wanted.items():
        train = [number for number in drawn if drawn[number] == "train"]
        empty = not placed[share] and share not in drawn.values()
        # All bundles are larger than the share: the smallest goes, if others still train.
        if count and empty and (len(train) > 1 or (train and placed["train"])):
            drawn[min(train, key=lambda number: len(bundles[number].keys))] = share
    return {key: part for number, part in drawn.items() for key in bundles[number].keys}


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8")).hexdigest()
