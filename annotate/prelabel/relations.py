"""Suggests relations between the entities of a document, sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypedDict, cast

from spacy.language import Language
from spacy.tokens import Doc, Span

import annotate.prelabel.extensions  # noqa: F401  (registers Doc._.relations)
from annotate.prelabel.fold import fold
from annotate.prelabel.relation_rules import RULES, Found
from annotate.prelabel.relation_sentence import Node, Sentence, relation_table


class RelationConfig(TypedDict):
    """One relation type as component config: the labels that it may join."""

    label: str
    head: list[str]
    tail: list[str]
    symmetric: bool


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

    A type for which there is no rule gets no suggestions.
    """
    # spaCy checks a config by isinstance, which a TypedDict refuses.
    return Relations(language, cast(list[RelationConfig], relations))


class Relations:
    """Sets ``doc._.relations``, a tuple of :class:`Suggestion` in order of their heads.

    Two entities are joined only within a sentence, only as their labels allow, and
    at most once in each direction. The score is the precision of the rule.
    """

    def __init__(self, language: str, relations: Iterable[RelationConfig]) -> None:
        self.language = language
        self._kinds = [kind for kind in relations if kind["label"] in RULES]
        self._precision: dict[str, float] = relation_table()["precision"]

    def __call__(self, doc: Doc) -> Doc:
        """Set the suggestions; entities and text are not touched."""
        suggested: dict[tuple[int, int], Suggestion] = {}
        for sentence in _sentences(doc):
            for kind in self._kinds:
                for found in RULES[kind["label"]](sentence, self.language):
                    suggestion = self._suggestion(found, kind)
                    if suggestion:
                        suggested.setdefault((suggestion.head, suggestion.tail), suggestion)
        doc._.relations = tuple(sorted(suggested.values(), key=lambda it: (it.head, it.tail)))
        return doc

    def _suggestion(self, found: Found, kind: RelationConfig) -> Suggestion | None:
        head, tail = found.head, found.tail
        if kind["symmetric"] and tail.start < head.start:
            head, tail = tail, head
        joins = head.label in kind["head"] and tail.label in kind["tail"]
        turned = kind["symmetric"] and tail.label in kind["head"] and head.label in kind["tail"]
        if not joins and not turned:
            return None
        return Suggestion(head.index, tail.index, kind["label"], self._precision[found.pattern])


def _sentences(doc: Doc) -> Iterator[Sentence]:
    """The sentences that hold two entities or more; the whole text where none are set."""
    spans = doc.sents if doc.has_annotation("SENT_START") else [doc[:]]
    ents = [(index, ent) for index, ent in enumerate(doc.ents)]
    for span in spans:
        nodes = [_node(i, ent) for i, ent in ents if span.start <= ent.start < span.end]
        if len(nodes) > 1:
            yield Sentence(doc.text, span.start_char, span.end_char, nodes)


def _node(index: int, ent: Span) -> Node:
    key = ent.kb_id_ or fold(ent.text).casefold()
    return Node(index, ent.start_char, ent.end_char, ent.label_, ent.text, key)
