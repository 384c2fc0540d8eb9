"""Documents through their languages' pipelines, one batch at a time.

Memory does not grow with the number of documents: texts pass through spaCy in
batches, each inside a memory zone of the pipeline's, which frees the strings that
only these texts had.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span

import annotate.prelabel.extensions  # noqa: F401  (registers Span._.score, Doc._.relations)
from annotate.config import Settings
from annotate.corpus.cut import cut_points
from annotate.document import Document, Entity, Relation, in_order, links_in_order
from annotate.errors import ConfigError
from annotate.ledger import Ledger
from annotate.prelabel.country_names import iso_codes
from annotate.prelabel.merge import COUNTRY
from annotate.prelabel.pipeline import load, model_version
from annotate.schema import Schema

BATCH = 64
# spaCy refuses texts of more than 1,000,000 characters, and parsers need about
# 1 GB for 100,000 (its documentation of `max_length`): longer ones go in windows.
WINDOW_CHARS = 100_000

Suggest = Callable[[Iterable[Document], Ledger], Iterator[Document]]


def prelabel(
    documents: Iterable[Document], settings: Settings, schema: Schema, ledger: Ledger
) -> Iterator[Document]:
    """The documents with suggestions, in order, texts untouched.

    A document that has entities passes as it is. One that a pipeline fails on
    comes without suggestions and is named in the ledger. Labels that the label
    set lacks are left out and counted, as are scores below the label's threshold.
    ``meta`` gets ``model_version`` and, where the pipeline says it, ``names_missed``: how
    many names it expects to have missed.
    Raises PipelineError when a pipeline can't be loaded, ConfigError when a threshold is
    of a label that there isn't.
    """
    yield from suggester(settings, schema)(documents, ledger)


def suggester(settings: Settings, schema: Schema) -> Suggest:
    """:func:`prelabel` for many calls: a language's pipeline is loaded once, by the first
    call that needs it. Not for two threads at once: spaCy's pipelines are not.
    """
    limits = _limits(settings, schema)
    version = model_version(settings, schema)
    pipelines: dict[str, Language] = {}

    def suggest(documents: Iterable[Document], ledger: Ledger) -> Iterator[Document]:
        for batch in _batches(documents):
            ledger.taken += len(batch)
            for (language, labelled), group in groupby(
                batch, lambda item: (item.language, _is_labelled(item))
            ):
                run = list(group)
                if labelled:
                    ledger.counts["already labelled"] += len(run)
                    ledger.given += len(run)
                    yield from run
                    continue
                if language not in pipelines:
                    pipelines[language] = load(language, settings, schema)
                for document in _run(run, pipelines[language], limits, ledger):
                    ledger.given += 1
                    meta = document.meta | {"model_version": version}
                    yield document.model_copy(update={"meta": meta})

    return suggest


class _Limits(NamedTuple):
    """What may be suggested: labels, and from which score on."""

    labels: Collection[str]
    thresholds: Mapping[str, float]

    def refuses(self, label: str, score: float | None) -> bool:
        """Whether a suggestion's score is too low; one without a score passes."""
        return score is not None and score < self.thresholds.get(label, 0)


def _limits(settings: Settings, schema: Schema) -> _Limits:
    known = {*schema.labels, *(kind.label for kind in schema.relations)}
    for label in settings.thresholds:
        if label not in known:
            raise ConfigError(
                f"[thresholds] {label}: the label config has no such label or relation. "
                f"Use one of: {', '.join(sorted(known))}."
            )
    return _Limits(schema.labels, settings.thresholds)


def _is_labelled(document: Document) -> bool:
    """Whether it has suggestions or gold, or had a model look for some and find none."""
    return bool(document.entities) or "model_version" in document.meta


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    stream = iter(documents)
    while batch := list(islice(stream, BATCH)):
        yield batch


def _run(
    documents: Sequence[Document], nlp: Language, limits: _Limits, ledger: Ledger
) -> list[Document]:
    try:
        return _suggest(documents, nlp, limits, ledger)
    except Exception:
        # One of them broke the batch: alone, each shows whether it did.
        return [_alone(document, nlp, limits, ledger) for document in documents]


def _alone(document: Document, nlp: Language, limits: _Limits, ledger: Ledger) -> Document:
    try:
        return _suggest([document], nlp, limits, ledger)[0]
    except Exception as error:
        reason = f"the pipeline failed: {type(error).__name__}: {error}; no suggestions"
        ledger.refuse(document.id, reason)
        return document


def _suggest(
    documents: Sequence[Document], nlp: Language, limits: _Limits, ledger: Ledger
) -> list[Document]:
    entities: list[list[Entity]] = [[] for _ in documents]
    relations: list[list[Relation]] = [[] for _ in documents]
    missed: list[float | None] = [None for _ in documents]
    counts: Counter[str] = Counter()
    windows = (
        (document.text[start:end], (place, start))
        for place, document in enumerate(documents)
        for start, end in _windows(document.text)
    )
    with nlp.memory_zone():
        for doc, (place, start) in nlp.pipe(windows, as_tuples=True, batch_size=BATCH):
            marks, links = _marks(doc, start, len(entities[place]), limits, counts)
            counts.update(doc._.left_out)
            entities[place] += marks
            relations[place] += links
            if doc._.missed is not None:
                missed[place] = (missed[place] or 0) + doc._.missed
    ledger.counts.update(counts)
    return [
        document.model_copy(
            update={
                "entities": in_order(marks),
                "relations": links_in_order(links, marks),
                "meta": document.meta
                | ({} if names is None else {"names_missed": round(names, 2)}),
            }
        )
        for document, marks, links, names in zip(
            documents, entities, relations, missed, strict=True
        )
    ]


def _windows(text: str) -> list[tuple[int, int]]:
    if len(text) <= WINDOW_CHARS:
        return [(0, len(text))]
    return cut_points(text, WINDOW_CHARS, [])


def _marks(
    doc: Doc, start: int, count: int, limits: _Limits, counts: Counter[str]
) -> tuple[list[Entity], list[Relation]]:
    """The doc's suggestions, shifted by ``start``, ids numbered after ``count``."""
    entities: dict[int, Entity] = {}
    for index, span in enumerate(doc.ents):
        if span.label_ not in limits.labels:
            counts[f"label {span.label_} not in the label config"] += 1
            continue
        if limits.refuses(span.label_, span._.score):
            counts[f"{span.label_} below the threshold"] += 1
            continue
        entity = _entity(span, start, f"e{count + len(entities) + 1}")
        if entity:
            entities[index] = entity
    relations = []
    for found in doc._.relations:
        if found.head not in entities or found.tail not in entities:
            counts["relations of entities left out"] += 1
        elif limits.refuses(found.label, found.score):
            counts[f"{found.label} below the threshold"] += 1
        else:
            head, tail = entities[found.head].id, entities[found.tail].id
            relations.append(Relation(head=head, tail=tail, label=found.label, score=found.score))
    return list(entities.values()), relations


def _entity(span: Span, start: int, entity_id: str) -> Entity | None:
    text = span.text.strip()
    if not text:
        return None
    first = start + span.start_char + span.text.index(text)
    codes = iso_codes()
    return Entity(
        id=entity_id,
        start=first,
        end=first + len(text),
        label=span.label_,
        text=text,
        score=span._.score,
        # Entity linkers of other pipelines put their own ids here.
        country_code=span.kb_id_ if span.label_ == COUNTRY and span.kb_id_ in codes else None,
    )
