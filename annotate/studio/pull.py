"""Pull: what people submitted → gold documents with provenance.

Only a human's submitted annotation is gold. Skipped, un-reviewed, drafted and
bulk-converted tasks are told apart and counted; a document cut into several
tasks is gold once every one of them is reviewed. Every repair and every refusal
is in the ledger.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from annotate.config import Settings
from annotate.corpus.cut import stitch
from annotate.document import (
    LANGUAGE,
    Document,
    Entity,
    Marks,
    Provenance,
    Relation,
    Review,
    links_in_order,
    text_hash,
)
from annotate.errors import InputError
from annotate.ledger import Ledger
from annotate.review.adjudicate import Policy, agreed, annotator, choose, is_reviewed, state_of
from annotate.review.compare import Comparison, compare
from annotate.schema import Schema
from annotate.studio.client import Json, Studio
from annotate.studio.project import find_project, schema_of
from annotate.studio.tasks import COUNTRY, from_result

CodeOf = Callable[[str, str], str | None]


class _Piece(NamedTuple):
    """One reviewed task: its part of a document, of how many, and the review of it.

    ``meta`` is the whole document's, as it was pushed.
    """

    document: Document
    parts: int
    sha256: str | None
    meta: Json
    review: Review


class _Context(NamedTuple):
    schema: Schema
    policy: Policy
    people: dict[int, str]
    code_of: CodeOf
    ledger: Ledger


def pull(
    studio: Studio,
    title: str,
    settings: Settings,
    ledger: Ledger,
    *,
    policy: Policy = "latest",
    code_of: CodeOf = lambda text, language: None,
    watch: Callable[[Iterable[Json]], Iterable[Json]] = iter,
) -> Iterator[Document]:
    """Gold documents of the project of that title, oldest task first.

    ``policy`` says which of several annotations of one task counts: ``latest``;
    ``ground-truth``, the one with a star; ``agreed``, what all of its reviewers
    marked alike. ``code_of`` finds the country code of a COUNTRY that has none,
    from text and language; ``watch`` passes tasks through, to show how many came.
    The ledger counts tasks by state.
    Raises ProjectNotFound.
    """
    project = find_project(studio, title)
    schema = schema_of(project, settings.relations)
    context = _Context(schema, policy, studio.people(), code_of, ledger)
    tasks: dict[str, dict[str, list[Json]]] = defaultdict(lambda: defaultdict(list))
    for task in watch(studio.export(project.id)):
        own = _own(task)
        tasks[own["document"]][own["key"]].append(task)
        state = state_of(task)
        unsent = state == "submitted" and task.get("drafts")
        ledger.counts[f"tasks {state}" + (", with a draft not sent" if unsent else "")] += 1
    for document_id, parts in tasks.items():
        ledger.taken += 1
        document = _document(document_id, list(parts.values()), context)
        if document:
            ledger.given += 1
            yield document


def _own(task: Json) -> Json:
    """Our bookkeeping; made up for a task that someone else brought into the project."""
    own = (task.get("meta") or {}).get("annotate")
    if own:
        return dict(own)
    identity = f"label-studio/task-{task['id']}"
    language = str(task["data"].get("language") or "und")
    return {
        "document": identity,
        "key": identity,
        "pieces": 1,
        "piece": 0,
        "start": 0,
        "language": language if re.fullmatch(LANGUAGE, language) else "und",
    }


def _document(document_id: str, parts: list[list[Json]], context: _Context) -> Document | None:
    pieces = [piece for tasks in parts if (piece := _piece(document_id, tasks, context))]
    if not pieces:
        return None
    expected = pieces[0].parts
    if len(pieces) < expected:
        # Work in progress, no refusal.
        context.ledger.counts["documents reviewed in part, left out"] += 1
        return None
    try:
        whole = stitch([piece.document for piece in pieces])
    except InputError as error:
        context.ledger.refuse(document_id, str(error))
        return None
    if pieces[0].sha256 not in (None, text_hash(whole.text)):
        context.ledger.refuse(
            document_id, "its text in Label Studio is not the one that was pushed; left out"
        )
        return None
    return whole.model_copy(
        update={
            "relations": links_in_order(whole.relations, whole.entities),
            "meta": pieces[0].meta,
            "provenance": _joined([piece.review for piece in pieces]),
        }
    )


def _piece(document_id: str, tasks: list[Json], context: _Context) -> _Piece | None:
    """The task's part of the document; several tasks only after a doubled push."""
    annotations = [item for task in tasks for item in task["annotations"]]
    chosen = choose(annotations, context.policy)
    if not chosen:
        if any(is_reviewed(item) for item in annotations):
            context.ledger.counts[f"tasks without a {context.policy} annotation, left out"] += 1
        return None
    task = tasks[0]
    own = _own(task)
    text = str(task["data"][context.schema.text_field])
    where = f"{document_id}, task {task['id']}"
    marks = _marks(text, chosen, context, where)
    suggested = _suggested(text, chosen[0], context)
    marks = _with_codes(marks, suggested, own["language"], context, where)
    comparison = compare(suggested, marks)
    review = _review(tasks, chosen, comparison, own["start"], context)
    entities, relations = _with_provenance(marks, suggested, comparison, review, chosen[0])
    place = {"index": own["piece"], "count": own["pieces"], "start": own["start"]}
    document = Document(
        id=document_id,
        text=text,
        language=own["language"],
        entities=entities,
        relations=relations,
        meta={"piece": place},
    )
    return _Piece(document, own["pieces"], own.get("sha256"), own.get("meta") or {}, review)


def _marks(text: str, chosen: list[Json], context: _Context, where: str) -> Marks:
    readings = [
        from_result(text, item["result"], context.schema, context.ledger, where) for item in chosen
    ]
    if len(readings) == 1:
        return readings[0]
    entities = agreed([reading.entities for reading in readings], _place)
    kept = {entity.id for entity in entities}
    placed = [_placed_links(reading) for reading in readings]
    links = agreed(placed, lambda pair: pair[1])
    relations = [link for link, _ in links if {link.head, link.tail} <= kept]
    any_entity = {_place(entity) for reading in readings for entity in reading.entities}
    any_link = {place for reading in placed for _, place in reading}
    counts = context.ledger.counts
    counts["entities not agreed on, left out"] += len(any_entity) - len(entities)
    counts["relations not agreed on, left out"] += len(any_link) - len(relations)
    return Marks(tuple(entities), tuple(relations))


Place = tuple[int, int, str]


def _place(entity: Entity) -> Place:
    return entity.start, entity.end, entity.label


def _placed_links(marks: Marks) -> list[tuple[Relation, tuple[Place, str, Place]]]:
    places = {entity.id: _place(entity) for entity in marks.entities}
    return [(link, (places[link.head], link.label, places[link.tail])) for link in marks.relations]


def _suggested(text: str, annotation: Json, context: _Context) -> Marks:
    """What the annotator was shown: the prediction's copy that the annotation keeps."""
    result = (annotation.get("prediction") or {}).get("result") or []
    # Its flaws were the push's to report, not this pull's.
    marks = from_result(text, result, context.schema, Ledger("prediction"), "")
    scores = {
        (item.get("from_id"), item.get("to_id"), label): score
        for item in result
        for label, score in (item.get("scores") or {}).items()
    }
    relations = tuple(
        link.model_copy(update={"score": scores.get((link.head, link.tail, link.label))})
        for link in marks.relations
    )
    return Marks(marks.entities, relations)


def _with_codes(
    marks: Marks, suggested: Marks, language: str, context: _Context, where: str
) -> Marks:
    """Country codes where a COUNTRY has none, or kept the one of a span that moved."""
    before = {entity.id: entity for entity in suggested.entities}
    entities = []
    for entity in marks.entities:
        source = before.get(entity.id)
        moved = source and source.text != entity.text and source.country_code == entity.country_code
        if entity.label == COUNTRY and (moved or not entity.country_code):
            code = context.code_of(entity.text, language) or entity.country_code
            if code != entity.country_code:
                context.ledger.repair(where, f"COUNTRY {entity.text!r} got the code {code}")
            if not code:
                context.ledger.counts["COUNTRY without a code"] += 1
            entity = entity.model_copy(update={"country_code": code})
        entities.append(entity)
    return Marks(tuple(entities), marks.relations)


def _review(
    tasks: list[Json], chosen: list[Json], comparison: Comparison, start: int, context: _Context
) -> Review:
    times = [item["lead_time"] for item in chosen if item.get("lead_time") is not None]
    return Review(
        status="accepted" if comparison.untouched else "changed",
        annotators=tuple(dict.fromkeys(_who(item, context) for item in chosen)),
        annotated_at=max(_when(item) for item in chosen),
        tasks=tuple(task["id"] for task in tasks),
        annotations=tuple(item["id"] for item in chosen),
        policy=context.policy,
        model_version=(chosen[0].get("prediction") or {}).get("model_version"),
        label_config=context.schema.sha256,
        lead_time=sum(times) if times else None,
        removed_entities=tuple(_shifted(item, start) for item in comparison.removed_entities),
        removed_relations=comparison.removed_relations,
    )


def _shifted(entity: Entity, start: int) -> Entity:
    update = {"start": entity.start + start, "end": entity.end + start}
    return entity.model_copy(update=update)


def _who(annotation: Json, context: _Context) -> str:
    number = annotator(annotation)
    return context.people.get(number, f"user {number}")


def _when(annotation: Json) -> datetime:
    return datetime.fromisoformat(annotation.get("updated_at") or annotation["created_at"])


def _with_provenance(
    marks: Marks, suggested: Marks, comparison: Comparison, review: Review, annotation: Json
) -> tuple[tuple[Entity, ...], tuple[Relation, ...]]:
    base = {
        "annotator": review.annotators[0],
        "annotated_at": _when(annotation),
        "annotation": annotation["id"],
        "model_version": review.model_version,
    }
    entities = tuple(
        entity.model_copy(
            update={"provenance": Provenance(status=comparison.entities[entity.id], **base)}
        )
        for entity in marks.entities
    )
    scores = {(link.head, link.tail, link.label): link.score for link in suggested.relations}
    relations = tuple(
        link.model_copy(
            update={
                # The editor drops it: taken from the suggestion.
                "score": scores.get((link.head, link.tail, link.label)),
                "provenance": Provenance(status=comparison.relations[link], **base),
            }
        )
        for link in marks.relations
    )
    return entities, relations


def _joined(reviews: list[Review]) -> Review:
    """The review of a document whose pieces were reviewed one by one."""
    if len(reviews) == 1:
        return reviews[0]
    times = [review.lead_time for review in reviews if review.lead_time is not None]
    return reviews[0].model_copy(
        update={
            "status": "accepted"
            if all(review.status == "accepted" for review in reviews)
            else "changed",
            "annotators": tuple(dict.fromkeys(who for item in reviews for who in item.annotators)),
            "annotated_at": max(review.annotated_at for review in reviews),
            "tasks": tuple(task for review in reviews for task in review.tasks),
            "annotations": tuple(number for item in reviews for number in item.annotations),
            "lead_time": sum(times) if times else None,
            "removed_entities": tuple(e for item in reviews for e in item.removed_entities),
            "removed_relations": tuple(r for item in reviews for r in item.removed_relations),
        }
    )
