"""Relations suggested anew between given entities, by the pipeline of the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from spacy.language import Language

from annotate.config import Settings
from annotate.document import Document, Relation
from annotate.prelabel.given import set_entities
from annotate.prelabel.pipeline import load, model_version
from annotate.schema import Schema

Suggester = Callable[[Document], Document]


def suggester_of(
    documents: Iterable[Document], settings: Settings, schema: Schema
) -> Suggester | None:
    """What suggested these documents; None when that was not this very pipeline."""
    versions = {document.meta.get("model_version") for document in documents}
    same = versions == {model_version(settings, schema)}
    return relation_suggester(settings, schema) if same else None


def relation_suggester(settings: Settings, schema: Schema) -> Suggester:
    """A function that gives a document with its own entities and suggested relations.

    It raises PipelineError when the pipeline of the document's language can't be loaded.
    """
    pipeline = cache(lambda language: load(language, settings, schema))
    return lambda document: suggest_between(document, pipeline(document.language))


def suggest_between(document: Document, nlp: Language) -> Document:
    """The document with the relations that ``nlp`` suggests between its entities."""
    with nlp.select_pipes(disable="annotate_relations"):
        doc = nlp(document.text)
    names = [entity.id for entity in set_entities(doc, document.entities)]
    doc = nlp.get_pipe("annotate_relations")(doc)
    relations = tuple(
        Relation(head=names[link.head], tail=names[link.tail], label=link.label, score=link.score)
        for link in doc._.relations
    )
    return document.model_copy(update={"relations": relations})
