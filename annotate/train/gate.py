"""Whether a new model may serve: a paired bootstrap over the documents of the test part.

Both models suggest for the same texts. The documents are drawn with replacement, and F1 of
the new one minus F1 of the one that serves is looked at in each draw, for each language
and each label, and for the totals of the user's own gold. A cell's verdict is

*fine*        in 95 % of the draws F1 falls by less than the margin;
*worse*       the measured loss is beyond the margin, and draws in which F1 doesn't fall are
              rarer than one in 20, divided by the number of the language's cells: with many
              cells one would seem worse by chance (Bonferroni);
*can't tell*  neither: the test part is too small to say.

A language passes when no cell of its own is worse, and no total, all entities or all
relations, was measured beyond the margin where the test part can't tell. A label alone has
few mentions there: that one can't tell is said, but stops nothing. Each language is
decided by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotate.evaluate import entities, relations
from annotate.evaluate.bootstrap import draws
from annotate.evaluate.pairs import Pair
from annotate.evaluate.scores import Score, total
from annotate.train.rehearsal import is_unseen

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
    """One language and label: F1 of both models, and the least difference in 95 % of draws.

    ``label`` is None for a total; ``own`` says that it is of the user's gold only.
    """

    language: str
    kind: Kind
    label: str | None
    own: bool
    before: float
    after: float
    least: float | None
    verdict: Verdict

    @property
    def stops(self) -> bool:
        """Whether the language doesn't pass because of it."""
        if self.verdict != "can't tell":
            return self.verdict == "worse"
        lost = self.before - self.after
        return self.label is None and (self.least is None or lost > MARGINS[self.kind])


class _Row(NamedTuple):
    """What a cell is made of: the scores of each document, of both models."""

    kind: Kind
    label: str | None
    own: bool
    old: list[Score]
    new: list[Score]


def compare(before: Sequence[Pair], after: Sequence[Pair]) -> list[Cell]:
    """The cells of two models' suggestions for the same gold, in the same order.

    A label that neither the gold nor a model has in a language makes no cell.
    """
    both = list(zip(before, after, strict=True))
    cells = []
    for language in sorted({old.gold.language for old, _ in both}):
        rows = list(_rows([pairs for pairs in both if pairs[0].gold.language == language]))
        cells += [_cell(language, row, len(rows)) for row in rows]
    return cells


def passing(cells: Sequence[Cell]) -> list[str]:
    """The languages in which the new model may serve; without a cell nothing was shown."""
    stopped = {cell.language for cell in cells if cell.stops}
    return sorted({cell.language for cell in cells} - stopped)


def _rows(both: Sequence[tuple[Pair, Pair]]) -> Iterator[_Row]:
    own = [pairs for pairs in both if not is_unseen(pairs[0].gold)]
    sides = [side for pairs in both for pair in pairs for side in pair]
    labels: dict[Kind, set[str]] = {
        "entities": {item.label for side in sides for item in side.entities},
        "relations": {item.label for side in sides for item in side.relations},
    }
    for kind, found in labels.items():
        if not found:
            continue
        for label in (None, *sorted(found)):
            yield _row(kind, label, both, own=False)
        # Texts of the corpus must not hide what is lost in the user's, if there are some.
        if 1 < len(own) < len(both):
            yield _row(kind, None, own, own=True)


def _row(kind: Kind, label: str | None, both: Sequence[tuple[Pair, Pair]], *, own: bool) -> _Row:
    score = _SCORES[kind]
    old, new = ([score(pairs[side], label) for pairs in both] for side in (0, 1))
    return _Row(kind, label, own, old, new)


def _cell(language: str, row: _Row, cells: int) -> Cell:
    before, after = total(row.old).f1, total(row.new).f1
    found, margin = _differences(row.old, row.new), MARGINS[row.kind]
    least: float | None = None
    verdict: Verdict = "can't tell"
    if found is not None:
        least = float(np.quantile(found, 1 - SURE))
        if least > -margin:
            verdict = "fine"
        elif before - after > margin and float((found >= 0).mean()) <= (1 - SURE) / cells:
            verdict = "worse"
    return Cell(language, row.kind, row.label, row.own, before, after, least, verdict)


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
