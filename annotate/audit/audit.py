"""Gold → all its marks and those that it may lack, the most suspicious first."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

from spacy.language import Language

from annotate.audit.consistency import Labels, Occurrence, Types
from annotate.audit.entities import beliefs, entity_marks
from annotate.audit.folds import folds
from annotate.audit.joined import left_out, unjudged, with_labels, with_types
from annotate.audit.mark import Finding, Mark
from annotate.audit.relations import relation_marks
from annotate.audit.score import LEAST, scored
from annotate.config import Settings
from annotate.document import Document
from annotate.ledger import Ledger
from annotate.prelabel.pipeline import load, relation_config
from annotate.prelabel.relation_model import RelationConfig, RelationModel
from annotate.prelabel.relation_training import train
from annotate.prelabel.relations import ENTITIES_ONLY
from annotate.schema import Schema
from annotate.train.fit import fit
from annotate.train.rehearsal import corpus

Watch = Callable[[Iterable[Any]], Iterable[Any]]


class Audit(NamedTuple):
    """The documents that were looked at, and every mark of theirs, most suspicious first."""

    documents: list[Document]
    ranking: list[Finding]

    @property
    def findings(self) -> list[Finding]:
        """The marks that are suspicious enough to be looked at again."""
        return [one for one in self.ranking if one.score >= LEAST]


def audit(
    documents: Iterable[Document],
    settings: Settings,
    schema: Schema,
    ledger: Ledger,
    *,
    rehearse: bool = True,
    watch: Watch = iter,
) -> Audit:
    """Rank every mark of the gold, and every one that it seems to lack, by suspicion.

    Each document is judged by models trained on the documents of the other folds, and with
    ``rehearse`` on the project's own corpus as well. ``watch`` passes the folds through.
    The ledger counts marks by kind, and documents that no model could judge.
    """
    gold = list(_once(documents, ledger))
    more = _rehearsal(gold, schema) if rehearse else []
    marks = judged(gold, more, settings, schema, ledger, watch)
    ranking = sorted((scored(mark) for mark in marks), key=_by_suspicion)
    ledger.given = len(gold)
    ledger.counts.update(f"marks looked at: {mark.kind}" for mark in marks)
    return Audit(gold, ranking)


def judged(
    gold: Sequence[Document],
    more: Sequence[Document],
    settings: Settings,
    schema: Schema,
    ledger: Ledger,
    watch: Watch = iter,
) -> list[Mark]:
    """All marks with what speaks against them; every model learns from ``more``, too."""
    marks: list[Mark] = []
    labels, types = Labels(gold), Types(gold)
    for part in watch(folds(gold)):
        held = set(part)
        rest = [document for at, document in enumerate(gold) if at not in held]
        with tempfile.TemporaryDirectory() as folder:
            models = _fitted([*rest, *more], Path(folder), settings, schema)
            for at in part:
                ledger.counts["documents that no model could judge"] += models.of(gold[at]) is None
                marks += _of_document(gold[at], models, labels, labels.bare[at], types, schema)
    return marks


def _once(documents: Iterable[Document], ledger: Ledger) -> Iterator[Document]:
    seen = set()
    for document in documents:
        ledger.taken += 1
        if document.id in seen:
            ledger.refuse(document.id, "an earlier document has this id; give each its own")
            continue
        seen.add(document.id)
        yield document


def _by_suspicion(finding: Finding) -> tuple[Any, ...]:
    mark = finding.mark
    return -finding.score, mark.document, mark.start, mark.end, mark.kind, mark.gold


class _Models(NamedTuple):
    """What a fold's documents are judged by: a pipeline a language, and one for relations."""

    pipelines: dict[str, Language]
    relations: RelationModel | None

    def of(self, document: Document) -> Language | None:
        """The pipeline for a document; None for a language not learnt, or a text too long."""
        nlp = self.pipelines.get(document.language)
        return nlp if nlp is not None and len(document.text) <= nlp.max_length else None


def _fitted(
    learnt: Sequence[Document], folder: Path, settings: Settings, schema: Schema
) -> _Models:
    """Models of these documents. The user's own lists take no part: gold may have made them."""
    taught = {document.language for document in learnt if document.entities}
    own = [one for one in learnt if one.language in taught]
    paths = fit(own, folder, schema, rehearse=False, entities_only=True)
    bare = settings.model_copy(update={"pipelines": paths, "gazetteer": None, "memory": None})
    pipelines = {language: load(language, bare, schema) for language in paths}
    # Once for all languages, of which each alone has few relations.
    linked = [one for one in own if not one.meta.get(ENTITIES_ONLY)]
    path, kinds = folder / "relations.crf", cast(list[RelationConfig], relation_config(schema))
    if not kinds or not any(one.relations for one in linked):
        return _Models(pipelines, None)
    train(linked, path, kinds)
    return _Models(pipelines, RelationModel(path, kinds))


def _rehearsal(gold: Sequence[Document], schema: Schema) -> list[Document]:
    """The project's own texts in the languages of the gold, but those that stand in it.

    Not by ``fit``, which knows the documents that it learns from only, and would learn the
    texts of those that are to be judged.
    """
    languages = {document.language for document in gold}
    texts = {document.text for document in gold}
    return [one for one in corpus("train", schema, texts) if one.language in languages]


def _of_document(
    document: Document,
    models: _Models,
    labels: Labels,
    bare: Sequence[Occurrence],
    types: Types,
    schema: Schema,
) -> list[Mark]:
    """The marks of a document, with what a model says of them and the rest of the gold."""
    believed, nlp = None, models.of(document)
    if nlp is None:
        marks = list(unjudged(document))
    else:
        believed = beliefs(document.text, nlp)
        marks = list(entity_marks(document, believed))
        marks += relation_marks(document, believed.doc, models.relations)
    entities = [mark for mark in marks if mark.kind.endswith("entity")]
    relations = [mark for mark in marks if mark.kind.endswith("relation")]
    return [
        *with_labels(document, entities, labels),
        *left_out(document, bare, labels, entities, believed),
        *with_types(document, relations, types, schema),
    ]
