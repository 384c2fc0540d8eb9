"""One score for all kinds of marks: how likely the gold is wrong there.

A logistic curve a kind over two log odds: those of the model against what gold says, and
those of the rest of the gold against it. The weights were fitted by ``training/audit.py``
to errors put into the project's own corpus, one in twenty marks: of the marks that are
scored 0.7, seven in ten were wrong there. Gold with fewer errors has fewer among them; the
order of the marks does not depend on it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from annotate.audit.mark import Finding, Kind, Mark
from annotate.prelabel.calibration import logit

# From this score on a mark is a finding: of 1,118 such marks 61 % were errors that had been
# put in, which was 61 % of all errors; from 0.5 on, 538, 74 % and 35 %.
LEAST = 0.4


class Weights(NamedTuple):
    """Of a kind: the constant with and without a model's opinion, and of the two log odds."""

    judged: float
    unjudged: float
    model: float
    elsewhere: float


WEIGHTS: Mapping[Kind, Weights] = {
    "entity": Weights(-5.39, -2.94, 0.55, 1.05),
    "missing entity": Weights(-3.9, -2.94, 0.45, 0.99),
    "relation": Weights(-5.41, -4.95, 0.69, 3.66),
    "missing relation": Weights(-2.53, -2.94, 0.62, 0.0),
}


def features(mark: Mark) -> Weights:
    """What the weights of the mark's kind are multiplied with."""
    judged = mark.trust is not None
    against = -logit(mark.trust) if mark.trust is not None else 0.0
    return Weights(judged, not judged, against, _odds(mark.alike, mark.unlike))


def scored(mark: Mark, weights: Mapping[Kind, Weights] = WEIGHTS) -> Finding:
    """The mark with its score, to four places, and the reason in words."""
    total = sum(w * x for w, x in zip(weights[mark.kind], features(mark), strict=True))
    return Finding(mark, round(1 / (1 + math.exp(-total)), 4), reason(mark))


def reason(mark: Mark) -> str:
    """What speaks against the gold, in words."""
    said = []
    if mark.trust is not None:
        here = mark.gold or "nothing"
        said.append(
            f"a model trained on the other documents gives {here} here {100 * mark.trust:.0f} %"
        )
    if mark.unlike:
        other, here = mark.elsewhere or "unmarked", mark.gold or "unmarked"
        said.append(f"elsewhere it is {other} {mark.unlike}×, {here} {mark.alike}×")
    return "; ".join(said) or "no model judges this"


def _odds(alike: int, unlike: int) -> float:
    # Half a count more of each (Haldane 1955) keeps the odds finite, and 0:0 even.
    return math.log((unlike + 0.5) / (alike + 0.5))
