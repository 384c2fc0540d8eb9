"""Whether a new model may serve: a paired bootstrap over the documents of the test part.

Both models suggest for the same texts. The documents are drawn with replacement, and F1 of
the new one minus F1 of the one that serves is looked at in each draw, for each language
and each label. A cell's verdict is

*fine*        in 95 % of the draws F1 falls by less than the margin;
*worse*       the measured loss is beyond the margin, and F1 falls in 95 % of the draws;
*can't tell*  neither: the test part is too small to say.

A model passes when no cell is worse, and the totals, all entities and all relations of a
language, are fine, or at least measured no lower where a small test part can't tell. A
label alone has few mentions in a test part: that one can't tell is said, but stops nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotate.evaluate import entities, relations
from annotate.evaluate.bootstrap import draws
from annotate.evaluate.pairs import Pair
from annotate.evaluate.scores import Score, total

# The loss of F1 that is borne. Relations are a fifth of the marks, and sway by as much more.
MARGINS = {"entities": 0.02, "relations": 0.05}
SURE = 0.95

Kind = Literal["entities", "relations"]
Verdict = Literal["fine", "worse", "can't tell"]
_SCORES: dict[Kind, Callable[[Pair, str | None], Score]] = {
    "entities": entities.strict,
    "relations": relations.end_to_end,
}


class Cell(NamedTuple):
    """One language and label: F1 of both models, and the least difference in 95 % of draws."""

    language: str
    kind: Kind
    label: str | None
    before: float
    after: float
    least: float | None
    verdict: Verdict

    @property
    def stops(self) -> bool:
        """Whether the model doesn't pass because of it."""
        if self.verdict != "can't tell":
            return self.verdict == "worse"
        fell = self.least is None or self.after < self.before
        return self.label is None and fell


def compare(before: Sequence[Pair], after: Sequence[Pair]) -> list[Cell]:
    """The cells of two models' suggestions for the same gold, in the same order.

    A label that neither the gold nor a model has in a language makes no cell.
    """
    return list(_cells(before, after))


def passes(cells: Sequence[Cell]) -> bool:
    """Whether the new model may serve; without a cell nothing was shown."""
    return bool(cells) and not any(cell.stops for cell in cells)


def as_dicts(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """The cells as JSON-ready data."""
    return [cell._asdict() for cell in cells]


def _cells(before: Sequence[Pair], after: Sequence[Pair]) -> Iterator[Cell]:
    for language in sorted({pair.gold.language for pair in before}):
        own = [
            (old, new)
            for old, new in zip(before, after, strict=True)
            if old.gold.language == language
        ]
        sides = [side for pairs in own for pair in pairs for side in pair]
        labels: dict[Kind, set[str]] = {
            "entities": {item.label for side in sides for item in side.entities},
            "relations": {item.label for side in sides for item in side.relations},
        }
        for kind, score in _SCORES.items():
            for label in (None, *sorted(labels[kind])):
                old = [score(pair, label) for pair, _ in own]
                new = [score(pair, label) for _, pair in own]
                if labels[kind]:
                    yield _cell(language, kind, label, old, new)


def _cell(
    language: str, kind: Kind, label: str | None, old: Sequence[Score], new: Sequence[Score]
) -> Cell:
    before, after = total(old).f1, total(new).f1
    found = _differences(old, new)
    least, verdict = None, "can't tell"
    if found is not None:
        least = float(np.quantile(found, 1 - SURE))
        if least > -MARGINS[kind]:
            verdict = "fine"
        elif after - before < -MARGINS[kind] and float(np.quantile(found, SURE)) < 0:
            verdict = "worse"
    return Cell(language, kind, label, before, after, least, verdict)  # type: ignore[arg-type]


def _differences(old: Sequence[Score], new: Sequence[Score]) -> NDArray[np.float64] | None:
    """F1 of the new minus the old in every draw; None with fewer than two documents."""
    if len(old) < 2:
        return None
    drawn = draws(len(old))
    sums = [drawn @ np.array([score[:3] for score in side], float) for side in (old, new)]
    before, after = (2 * s[:, 0] / np.maximum(s[:, 1] + s[:, 2], 1) for s in sums)
    # A draw with nothing to find and nothing found is right, as in Score.f1.
    for values, s in ((before, sums[0]), (after, sums[1])):
        values[s[:, 1] + s[:, 2] == 0] = 1.0
    change: NDArray[np.float64] = after - before
    return change
