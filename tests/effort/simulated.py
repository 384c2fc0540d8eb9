"""A reviewer of whom everything is known: speed, own opinion, and how often a suggestion wins.

Texts have slots, each a name or an ordinary word. A model labels them, some documents
worse than others; the reviewer has an opinion of each, mostly right. Blind, the opinion
is what they draw. Shown a suggestion that differs from it, they keep the suggestion with
probability ``bias``. Work takes 20 seconds and 4 an edit, times log-normal noise; now and
then the tab stays open over a break.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from annotate.effort.seconds import Timed
from annotate.evaluate.scores import Score

LABELS = ("PERSON", "ORG", "COUNTRY")
START, AN_EDIT, NOISE, BREAK = 20.0, 4.0, 0.4, 1800.0

# The label of each slot, None where none is.
Slots = tuple[str | None, ...]


@dataclass(frozen=True)
class Reviewer:
    """How a reviewer differs from the next."""

    bias: float
    breaks: float = 0.0


class Seen(NamedTuple):
    """One document: what the model says, what the review says, and how long it took."""

    suggested: Slots
    final: Slots
    seconds: float

    @property
    def timed(self) -> Timed:
        """As the times need it; ten words a slot."""
        return Timed(self.seconds, 10 * len(self.final))

    @property
    def score(self) -> Score:
        """As the pull needs it."""
        pairs = list(zip(self.suggested, self.final, strict=True))
        right = sum(one == other is not None for one, other in pairs)
        return Score(right, sum(map(bool, self.suggested)), sum(map(bool, self.final)))


def review(chance: Random, reviewer: Reviewer, *, blind: bool) -> Seen:
    """One document, made, labelled by the model and reviewed."""
    size = chance.randint(4, 12)
    mistakes = 0.05 + 0.35 * chance.random()
    truth = [chance.choice(LABELS) if chance.random() < 0.8 else None for _ in range(size)]
    suggested = tuple(_model(chance, label, mistakes) for label in truth)
    opinion = [_model(chance, label, 0.05) for label in truth]
    final = tuple(
        theirs if theirs and not blind and chance.random() < reviewer.bias else own
        for theirs, own in zip(suggested, opinion, strict=True)
    )
    before = (None,) * size if blind else suggested
    edits = sum(one != other for one, other in zip(before, final, strict=True))
    seconds = (START + AN_EDIT * edits) * math.exp(chance.gauss(0, NOISE))
    return Seen(suggested, final, seconds + BREAK * (chance.random() < reviewer.breaks))


def _model(chance: Random, label: str | None, mistakes: float) -> str | None:
    """A label as someone sees it who is wrong that often."""
    if chance.random() >= mistakes:
        return label
    others: list[str | None] = [one for one in LABELS if one != label]
    return chance.choice([None, *others] if label else others)


class Truth(NamedTuple):
    """What a simulation is to find: both from very many documents."""

    ratio: float
    pull: float


def truth(reviewer: Reviewer, documents: int = 10_000) -> Truth:
    """The known effect of a reviewer, without breaks."""
    chance = Random("truth")
    calm = Reviewer(reviewer.bias)
    arms = [
        [review(chance, calm, blind=blind) for _ in range(documents)] for blind in (False, True)
    ]
    logs = [math.fsum(math.log(one.seconds) for one in arm) / documents for arm in arms]
    shown, unseen = (_f1([one.score for one in arm]) for arm in arms)
    return Truth(math.exp(logs[1] - logs[0]), shown - unseen)


def _f1(scores: list[Score]) -> float:
    right = sum(one.right for one in scores)
    return 2 * right / sum(one.suggested + one.wanted for one in scores)
