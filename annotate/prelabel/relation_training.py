"""Trains the relation model: gold documents → a model file of CRFsuite."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pycrfsuite
import spacy
from spacy.tokens import Doc

import annotate.prelabel.sentences  # noqa: F401  (registers annotate_sentences)
from annotate.document import Document
from annotate.formats.spacy import from_doc
from annotate.prelabel.given import set_entities
from annotate.prelabel.relation_model import NONE, Choices, RelationConfig
from annotate.prelabel.relation_rules import RULES
from annotate.prelabel.relations import sentences

# An elastic net; F1 by cross-validation is flat from a tenth to three times these.
PARAMETERS = {"c1": 0.15, "c2": 0.4, "max_iterations": 100}
_TOKENIZER = {"nlp": {"tokenizer": {"@tokenizers": "annotate.Tokenizer.v1"}}}

Link = tuple[str, int, int]


def train(documents: Iterable[Document], path: Path, kinds: Sequence[RelationConfig]) -> None:
    """Train one model on gold documents of any languages, for these types, and write it.

    The same documents in the same order give the same bytes.
    """
    choices = Choices(kinds)
    nlp = spacy.blank("xx", config=_TOKENIZER)
    nlp.add_pipe("annotate_sentences")
    trainer = pycrfsuite.Trainer(params=PARAMETERS, verbose=False)
    for document in documents:
        doc, gold = between_gold(nlp(document.text), document)
        for features, label in examples(doc, gold, document.language, choices):
            trainer.append([features], [label])
    path.parent.mkdir(parents=True, exist_ok=True)
    trainer.train(str(path))


def between_gold(doc: Doc, document: Document) -> tuple[Doc, set[Link]]:
    """The doc with the gold entities, and the relations by the entities' places in it."""
    at = {entity.id: index for index, entity in enumerate(set_entities(doc, document.entities))}
    return doc, {
        (link.label, at[link.head], at[link.tail])
        for link in document.relations
        if link.head in at and link.tail in at
    }


def examples(
    doc: Doc, gold: set[Link], language: str, choices: Choices
) -> Iterator[tuple[list[str], str]]:
    """Features and class of every candidate pair of a doc with gold entities."""
    for sentence in sentences(doc):
        found = [each for rule in RULES.values() for each in rule(sentence, language)]
        for first, second, features in choices.pairs(sentence, language, found):
            ends = {False: (first.index, second.index), True: (second.index, first.index)}
            related = (
                choice.name
                for choice in choices.of(first.label, second.label)
                if (choice.label, *ends[choice.backward]) in gold
            )
            yield features, next(related, NONE)


def gold_of(reference: Doc, language: str) -> Document:
    """The gold document of a reference doc, in that language where it names none.

    Raises FormatError where the doc can't be taken.
    """
    document = from_doc(reference, "reference")
    if "language" in reference.user_data:
        return document
    return document.model_copy(update={"language": language})
