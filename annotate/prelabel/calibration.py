"""Scores that mean something: of suggestions scored 0.8, reviewers keep eight in ten.

A model's probabilities are surer than it is right. A curve a label, P = σ(a + b·logit(p))
(Platt 1999), brings them down; it is fitted on texts that the model was not trained on
and stands in ``models/calibration.json``:

``curves``  a and b by label of an entity or relation
``missed``  how many names are missed for each one that the model's own probabilities expect
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

import pycrfsuite

FILE = "calibration.json"
# A score of 1 would claim certainty, and its logit is infinite.
_EDGE = 1e-4


@dataclass(frozen=True, slots=True)
class Calibration:
    """Curves by label; a label without one keeps its scores."""

    curves: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    missed: float = 1.0

    def score(self, label: str, probability: float) -> float:
        """The share of suggestions with this label and probability that are right."""
        if label not in self.curves:
            return probability
        a, b = self.curves[label]
        return 1 / (1 + math.exp(-(a + b * logit(probability))))

    def to_json(self) -> str:
        """What :func:`load` reads."""
        return json.dumps(asdict(self), indent=2, sort_keys=True) + "\n"


def logit(probability: float) -> float:
    """Log odds, kept finite."""
    bounded = min(max(probability, _EDGE), 1 - _EDGE)
    return math.log(bounded / (1 - bounded))


def read(models: Path) -> Calibration:
    """The calibration of the models in a folder; an empty one where there is none."""
    path = models / FILE
    if not path.is_file():
        return Calibration()
    value = json.loads(path.read_text("utf-8"))
    curves = {label: (a, b) for label, (a, b) in value["curves"].items()}
    return Calibration(curves, value["missed"])


# Of the shipped models, which don't change.
load = cache(read)


def fit(probabilities: Sequence[float], right: Sequence[bool]) -> tuple[float, float]:
    """a and b of the curve through probabilities of suggestions that were right or not.

    A logistic regression by python-crfsuite, which the models need anyway: one
    item a sequence, its log odds the only feature beside the constant.
    """
    # c2 is small: two weights need no taming.
    trainer = pycrfsuite.Trainer(verbose=False, params={"c1": 0, "c2": 0.001})
    # One more of each kind, where scores are 0.5: no label is right, or wrong, for ever.
    seen = [*zip(probabilities, right, strict=True), (0.5, True), (0.5, False)]
    for probability, is_right in seen:
        trainer.append([{"a": 1.0, "b": logit(probability)}], ["1" if is_right else "0"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "curve.crf"
        trainer.train(str(path))
        tagger = pycrfsuite.Tagger()
        tagger.open(str(path))
        weights = tagger.info().state_features
        tagger.close()
    a, b = (weights.get((name, "1"), 0.0) - weights.get((name, "0"), 0.0) for name in ("a", "b"))
    return round(a, 4), round(b, 4)
