"""How far suggestions pull reviewers along: their agreement with and without seeing them.

A reviewer who was shown suggestions agrees with them more than one who was not: partly
because a suggestion reminds of what one would have missed, partly because what stands
there is easily left standing. Both together are the *pull*: F1 of the suggestions
against the review where they were shown, less F1 of what the same model would have
suggested against the review where nothing was shown. 0 is a reviewer who decides as if
there were no suggestions.

It rests on this. Which documents are blind was drawn by lot (a hash of the id), so that
both arms are equally hard but for chance, which is in the interval. The same model
version suggests in both. The same people, under the same guidelines, reviewed both.
F1 is that of counts summed over documents: a document counts by its marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from annotate.effort.intervals import FEWEST, Estimate, Floats, draws, estimate
from annotate.evaluate.scores import Score


class Pull(NamedTuple):
    """Agreement in both arms, and their difference in F1 and in precision.

    The difference in precision reads as: of 100 suggestions, so many more stand than
    would have been drawn without them. ``why`` says why there is no difference.
    """

    suggested: Score
    blind: Score
    f1: Estimate | None
    precision: Estimate | None
    why: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The pull as JSON-ready data."""
        return {name: _plain(item) for name, item in self._asdict().items()}


def pull(suggested: Sequence[Score], blind: Sequence[Score]) -> Pull:
    """The pull, from the agreement of each document of either arm.

    Documents without a mark on either side say nothing, and of too few that do
    in an arm nothing is concluded.
    """
    arms = [[one for one in arm if one.suggested + one.wanted] for arm in (suggested, blind)]
    seen, unseen = (summed(arm) for arm in arms)
    why = ""
    for name, arm in zip(("with suggestions", "blind"), arms, strict=True):
        if len(arm) < FEWEST:
            why = f"can't tell: {len(arm)} documents with marks {name}, {FEWEST} are needed"
    if why:
        return Pull(seen, unseen, None, None, why)
    # Right, suggested and final marks, one row a document.
    rows = (np.array([one[:3] for one in arm], float) for arm in arms)
    drawn = [draws(table, number) for number, table in enumerate(rows)]
    f1 = estimate(lambda one, other: _f1(one) - _f1(other), *drawn)
    precision = estimate(lambda one, other: _precision(one) - _precision(other), *drawn)
    # Where nothing at all was suggested in an arm, there is none.
    return Pull(seen, unseen, f1, precision if isfinite(precision.value) else None)


def summed(scores: Sequence[Score]) -> Score:
    """The scores as one, by their counts."""
    return Score(
        sum(score.right for score in scores),
        sum(score.suggested for score in scores),
        sum(score.wanted for score in scores),
    )


def _f1(means: Floats) -> Floats:
    f1: Floats = 2 * means[:, 0] / (means[:, 1] + means[:, 2])
    return f1


def _precision(means: Floats) -> Floats:
    precision: Floats = means[:, 0] / means[:, 1]
    return precision


def _plain(item: Score | Estimate | str | None) -> Any:
    return item.as_dict() if isinstance(item, Score | Estimate) else item
