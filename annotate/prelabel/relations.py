"""Suggests relations between the entities of a document, sentence by sentence."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example

import annotate.prelabel.extensions  # noqa: F401  (registers Doc._.relations)
from annotate.prelabel.calibration import FILE, Calibration, load, read
from annotate.prelabel.fold import fold
from annotate.prelabel.relation_model import MODELS, RelationConfig, RelationModel, model_path
from annotate.prelabel.relation_rules import RULES, Found
from annotate.prelabel.relation_sentence import Node, Sentence, relation_table

# The model's name in the component's folder of a pipeline.
MODEL = "model.relations.crf"
# Says in a document's meta that the relations of its text are not all marked.
ENTITIES_ONLY = "entities_only"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggested relation; ``head`` and ``tail`` are indices into ``doc.ents``."""

    head: int
    tail: int
    label: str
    score: float


@Language.factory(
    "annotate_relations",
    requires=["doc.ents", "doc.sents"],
    assigns=["doc._.relations"],
    default_config={"language": "xx", "relations": []},
)
def make_relations(
    nlp: Language, name: str, language: str, relations: list[dict[str, Any]]
) -> Relations:
    """Make the component for texts in ``language`` and the given relation types.

    A type for which there is neither rule nor model gets no suggestions.
    """
    # spaCy checks a config by isinstance, which a TypedDict refuses.
    kinds = cast(list[RelationConfig], relations)
    return Relations(language, kinds, model_path(language))


class Relations:
    """Sets ``doc._.relations``, a tuple of :class:`Suggestion` in order of their heads.

    Two entities are joined only within a sentence, only as their labels allow, and
    at most once in each direction. The model decides on the types that it knows; the
    score is its probability times those of both ends, calibrated. The rules decide on the
    others and without a model, with the rule's precision.
    """

    def __init__(
        self, language: str, relations: Iterable[RelationConfig], model: Path | None = None
    ) -> None:
        self.language = language
        self.kinds = list(relations)
        self._precision: dict[str, float] = relation_table()["precision"]
        self._calibration = load(model.parent) if model else Calibration()
        self._use(model)

    def _use(self, model: Path | None) -> None:
        self._model = RelationModel(model, self.kinds) if model else None
        self._content = model.read_bytes() if model else None
        self.bound_by(self.kinds)

    def bound_by(self, kinds: Iterable[RelationConfig]) -> None:
        """Suggest nothing but these types from now on."""
        self.kinds = list(kinds)
        if self._model:
            self._model.bound_by(self.kinds)
        decided = self._model.labels if self._model else frozenset()
        ruled = (it for it in self.kinds if it["label"] in RULES)
        self._kinds = [it for it in ruled if it["label"] not in decided]
        # What every rule finds is among the model's features, whatever types are in force.
        self._rules = list(RULES) if decided else [kind["label"] for kind in self._kinds]

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language,
        model: str | None = None,
    ) -> None:
        """Train on the reference docs of every language; ``spacy train`` calls it.

        Without a relation in them the component stays as it is. The same docs in the
        same order give the same model; ``model`` names the file where they gave one before.
        """
        from annotate.prelabel.relation_training import gold_of, train

        if model is not None:
            self._calibration = load(MODELS)
            self._use(Path(model))
            return
        references = (example.reference for example in get_examples())
        found = (gold_of(reference, self.language) for reference in references)
        # Texts whose relations are not all marked would teach that there are none.
        gold = [document for document in found if not document.meta.get(ENTITIES_ONLY)]
        if not self.kinds or not any(document.relations for document in gold):
            return
        with TemporaryDirectory() as folder:
            path = Path(folder, MODEL)
            train(gold, path, self.kinds)
            self._calibration = load(MODELS)
            self._use(path)

    def to_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> None:
        """Write model and calibration into a folder."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_text(self._calibration.to_json(), "utf-8", newline="\n")
        if self._content is not None:
            (folder / MODEL).write_bytes(self._content)

    def from_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> Relations:
        """Read what :meth:`to_disk` wrote; ValueError when the model is not whole."""
        model = Path(path, MODEL)
        self._calibration = read(Path(path))
        self._use(model if model.is_file() else None)
        return self

    def __call__(self, doc: Doc) -> Doc:
        """Set the suggestions; entities and text are not touched."""
        suggested: dict[tuple[int, int], Suggestion] = {}
        sure = [1.0 if ent._.score is None else ent._.score for ent in doc.ents]
        for sentence in sentences(doc):
            for suggestion in self._suggestions(sentence, sure):
                suggested.setdefault((suggestion.head, suggestion.tail), suggestion)
        doc._.relations = tuple(sorted(suggested.values(), key=lambda it: (it.head, it.tail)))
        return doc

    def _suggestions(self, sentence: Sentence, sure: Sequence[float]) -> Iterator[Suggestion]:
        found = {name: list(RULES[name](sentence, self.language)) for name in self._rules}
        if self._model:
            everything = [each for finds in found.values() for each in finds]
            for head, tail, label, score in self._model.decide(sentence, self.language, everything):
                right = score * sure[head.index] * sure[tail.index]
                score = round(self._calibration.score(label, right), 4)
                yield Suggestion(head.index, tail.index, label, score)
        for kind in self._kinds:
            for each in found[kind["label"]]:
                if suggestion := self._ruled(each, kind):
                    yield suggestion

    def _ruled(self, found: Found, kind: RelationConfig) -> Suggestion | None:
        head, tail = found.head, found.tail
        if kind["symmetric"] and tail.start < head.start:
            head, tail = tail, head
        joins = head.label in kind["head"] and tail.label in kind["tail"]
        turned = kind["symmetric"] and tail.label in kind["head"] and head.label in kind["tail"]
        if not joins and not turned:
            return None
        return Suggestion(head.index, tail.index, kind["label"], self._precision[found.pattern])


def sentences(doc: Doc) -> Iterator[Sentence]:
    """The sentences that hold two entities or more; the whole text where none are set."""
    ents, text = doc.ents, doc.text  # both are made anew each time
    if len(ents) < 2:
        return
    # Not doc.sents and has_annotation, which look at every token in Python.
    starts = [0, *(doc.to_array("SENT_START")[1:] == 1).nonzero()[0] + 1, len(doc)]
    homes = groupby(enumerate(ents), lambda item: bisect_right(starts, item[1].start))
    for home, members in homes:
        nodes = [_node(index, ent) for index, ent in members]
        if len(nodes) > 1:
            span = doc[starts[home - 1] : starts[home]]
            yield Sentence(text, span.start_char, span.end_char, nodes)


def _node(index: int, ent: Span) -> Node:
    text = ent.text
    return Node(
        index, ent.start_char, ent.end_char, ent.label_, text, ent.kb_id_ or fold(text).casefold()
    )
