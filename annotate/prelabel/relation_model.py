"""Decides which pairs of entities are related with a small trained model.

Logistic regression over all types at once (a conditional random field of python-crfsuite
on sequences of one item is just that), one model for the languages of the project's
corpus, trained by ``training/build.py``. What the rules find is among its features: it
learns where to believe them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypedDict

from annotate.corpus.language import base_language
from annotate.prelabel.crf_file import opened
from annotate.prelabel.relation_features import Pair, pairs
from annotate.prelabel.relation_rules import Found
from annotate.prelabel.relation_sentence import Node, Sentence

MODELS = Path(__file__).parent / "models"
# The class of a pair that stands in no relation.
NONE = "-"
# The least probability of a suggestion: best F1 by cross-validation on the corpus, between
# gold and between suggested entities. The latter want more certainty of a type whose ends
# are often wrong.
THRESHOLDS = {
    "works_for": 0.45,
    "represents": 0.5,
    "based_in": 0.4,
    "met_with": 0.3,
    "cooperates_with": 0.3,
}
THRESHOLD = 0.35
# Marks a relation whose head is the later mention, where the labels allow both.
_BACKWARD = "<"


class RelationConfig(TypedDict):
    """One relation type as component config: the labels that it may join."""

    label: str
    head: list[str]
    tail: list[str]
    symmetric: bool


class Choice(NamedTuple):
    """A relation that a pair may stand in: the model's name for it, and its direction."""

    name: str
    label: str
    backward: bool


class Decided(NamedTuple):
    """A relation that the model found, and its probability."""

    head: Node
    tail: Node
    label: str
    score: float


class Judged(NamedTuple):
    """A pair in text order, how likely each relation is that it may stand in, and none."""

    first: Node
    second: Node
    likely: list[tuple[float, Choice]]
    none: float


class Choices:
    """What the relation types allow between entities of two labels, in text order."""

    def __init__(self, kinds: Iterable[RelationConfig]) -> None:
        self._kinds = list(kinds)
        self._known: dict[tuple[str, str], list[Choice]] = {}

    def of(self, first: str, second: str) -> list[Choice]:
        """The relations that an entity labelled ``first`` may have with a later one."""
        if (first, second) not in self._known:
            self._known[first, second] = list(self._choices(first, second))
        return self._known[first, second]

    def _choices(self, first: str, second: str) -> Iterator[Choice]:
        for kind in self._kinds:
            label, forward = kind["label"], first in kind["head"] and second in kind["tail"]
            backward = second in kind["head"] and first in kind["tail"]
            if forward or (kind["symmetric"] and backward):
                yield Choice(label, label, backward=False)
            if backward and not kind["symmetric"]:
                yield Choice(label + _BACKWARD if forward else label, label, backward=True)

    def pairs(self, sentence: Sentence, language: str, found: Iterable[Found]) -> Iterator[Pair]:
        """The candidates of a sentence with their features; training asks for the same."""
        return pairs(sentence, language, lambda *labels: bool(self.of(*labels)), found)


class RelationModel:
    """A trained model, bounded by the relation types in force.

    Types that it was not trained on are left to others: ``labels`` are those that it
    decides. Whatever it was trained on, it suggests nothing else.
    """

    def __init__(self, path: Path, kinds: Sequence[RelationConfig]) -> None:
        self._tagger = opened(path)
        self._names = frozenset(self._tagger.labels())
        self.bound_by(kinds)

    def bound_by(self, kinds: Sequence[RelationConfig]) -> None:
        """Suggest nothing but these types from now on."""
        known = {name.removesuffix(_BACKWARD) for name in self._names - {NONE}}
        self.labels = frozenset(kind["label"] for kind in kinds if kind["label"] in known)
        self._choices = Choices(kind for kind in kinds if kind["label"] in self.labels)

    def judge(self, sentence: Sentence, language: str, found: Iterable[Found]) -> Iterator[Judged]:
        """Every candidate pair of a sentence, in text order, with its probabilities."""
        for first, second, features in self._choices.pairs(sentence, language, found):
            self._tagger.set([features])
            likely = [
                (self._tagger.marginal(choice.name, 0), choice)
                for choice in self._choices.of(first.label, second.label)
                if choice.name in self._names
            ]
            none = self._tagger.marginal(NONE, 0) if NONE in self._names else 0.0
            yield Judged(first, second, likely, none)

    def decide(
        self, sentence: Sentence, language: str, found: Iterable[Found]
    ) -> Iterator[Decided]:
        """The relations of a sentence, at most one a pair, the head as the type directs.

        ``found`` is what the rules of every type find there.
        """
        for first, second, likely, _ in self.judge(sentence, language, found):
            score, choice = max(likely, key=lambda it: it[0], default=(0.0, None))
            if choice and score >= THRESHOLDS.get(choice.label, THRESHOLD):
                ends = (second, first) if choice.backward else (first, second)
                yield Decided(*ends, choice.label, round(score, 4))


@cache
def model_path(language: str) -> Path | None:
    """The built-in model that was trained on texts in a language (ISO 639), if any.

    Its file is named after its languages: ``bn-en.relations.crf``.
    """
    base = base_language(language)
    files = sorted(MODELS.glob("*.relations.crf"))
    return next((file for file in files if base in file.name.partition(".")[0].split("-")), None)
