"""Exported tasks → gold documents with provenance: pure, no server and no file.

Only a human's submitted annotation is gold. Skipped, un-reviewed, drafted and
bulk-converted tasks are told apart and counted; a document cut into several
tasks is gold once every one of them is reviewed. Every repair and every refusal
is in the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

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
from annotate.studio.tasks import COUNTRY, from_result

Json = dict[str, Any]
CodeOf = Callable[[str, str], str | None]
# What the tasks that we made say of themselves.
_OURS = {"document": str, "key": str, "language": str, "piece": int, "pieces": int, "start": int}


class Reading(NamedTuple):
    """How to read exported tasks.

    ``policy`` says which of several annotations of one task counts: ``latest``;
    ``ground-truth``, the one with a star; ``agreed``, what all of its reviewers
    marked alike. ``people`` are e-mail addresses by user id; ``code_of`` finds the
    country code of a COUNTRY that has none, from text and language. The ledger
    counts tasks by state.
    """

    schema: Schema
    ledger: Ledger
    policy: Policy = "latest"
    people: dict[int, str] = {}  # noqa: RUF012  (never changed)
    code_of: CodeOf = lambda text, language: None


class _Piece(NamedTuple):
    """One reviewed task: its part of a document, and the review of it."""

    text: str
    marks: Marks
    own: Json
    review: Review


def gold(names: Iterable[str], tasks: Iterable[Json], reading: Reading) -> Iterator[Document]:
    """Gold documents, each where its last task stands.

    ``names`` are the documents of the same tasks, gone through before the first task is
    asked for: they tell where the last task of each document stands, so that only tasks
    that wait for others of their document are held in memory.
    """
    last = _last_places(names)
    waiting: dict[str, dict[str, list[Json]]] = {}
    for number, task in enumerate(tasks):
        state = state_of(task)
        unsent = state == "submitted" and task.get("drafts")
        reading.ledger.counts[f"tasks {state}" + (", with a draft not sent" if unsent else "")] += 1
        own = bookkeeping(task)
        name = own["document"]
        parts = waiting.setdefault(name, {})
        parts.setdefault(own["key"], []).append(task)
        if last.get(name, number) > number:
            continue
        reading.ledger.taken += 1
        document = _document(name, list(waiting.pop(name).values()), reading)
        if document:
            reading.ledger.given += 1
            yield document


def _last_places(names: Iterable[str]) -> dict[str, int]:
    """Place of the last task of each document that has several."""
    seen: set[str] = set()
    last: dict[str, int] = {}
    for number, name in enumerate(names):
        if name in seen:
            last[name] = number
        seen.add(name)
    return last


def bookkeeping(task: Json) -> Json:
    """What we keep in a task's meta; made up for a task that someone else made."""
    meta = task.get("meta")
    own = meta.get("annotate") if isinstance(meta, dict) else None
    if isinstance(own, dict) and all(isinstance(own.get(name), _OURS[name]) for name in _OURS):
        return own
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


def _document(document_id: str, parts: list[list[Json]], reading: Reading) -> Document | None:
    pieces = [piece for tasks in parts if (piece := _piece(document_id, tasks, reading))]
    if not pieces:
        return None
    first = pieces[0].own
    if len(pieces) < first["pieces"]:
        # Work in progress, no refusal.
        reading.ledger.counts["documents reviewed in part, left out"] += 1
        return None
    try:
        text, marks = _whole(document_id, pieces)
    except InputError as error:
        reading.ledger.refuse(document_id, str(error))
        return None
    if first.get("sha256") not in (None, text_hash(text)):
        reading.ledger.refuse(
            document_id, "its text in Label Studio is not the one that was pushed; left out"
        )
        return None
    try:
        return Document(
            id=document_id,
            text=text,
            language=first["language"],
            entities=marks.entities,
            relations=links_in_order(marks.relations, marks.entities),
            meta=first.get("meta") or {},
            provenance=_joined([piece.review for piece in pieces]),
        )
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        reading.ledger.refuse(document_id, f"{problem['loc'][0]} in its task: {problem['msg']}")
        return None


def _whole(document_id: str, pieces: list[_Piece]) -> tuple[str, Marks]:
    """Text and marks of all pieces together; InputError where they don't belong together."""
    if len(pieces) == 1:
        return pieces[0].text, pieces[0].marks
    whole = stitch(
        [
            Document(
                id=document_id,
                text=piece.text,
                language=piece.own["language"],
                entities=piece.marks.entities,
                relations=piece.marks.relations,
                meta={
                    "piece": {
                        "index": piece.own["piece"],
                        "count": piece.own["pieces"],
                        "start": piece.own["start"],
                    }
                },
            )
            for piece in pieces
        ]
    )
    return whole.text, Marks(whole.entities, whole.relations)


def _piece(document_id: str, tasks: list[Json], reading: Reading) -> _Piece | None:
    """The task's part of the document; several tasks only after a doubled push."""
    annotations = [item for task in tasks for item in task["annotations"]]
    chosen = choose(annotations, reading.policy)
    if not chosen:
        if any(is_reviewed(item) for item in annotations):
            reading.ledger.counts[f"tasks without a {reading.policy} annotation, left out"] += 1
        return None
    task = tasks[0]
    own = bookkeeping(task)
    where = f"{document_id}, task {task['id']}"
    given = task["data"].get(reading.schema.text_field)
    if given is None:
        reading.ledger.refuse(where, f"its data has no {reading.schema.text_field!r}; left out")
        return None
    text = str(given)
    marks = _marks(text, chosen, reading, where)
    suggested = _suggested(text, chosen[0], reading)
    comparison = compare(suggested, marks)
    review = _review(tasks, chosen, comparison, own["start"], reading)
    codes = _codes(marks, suggested, own["language"], reading, where)
    marks = _with_provenance(marks, suggested, comparison, review, chosen[0], codes)
    return _Piece(text, marks, own, review)


def _marks(text: str, chosen: list[Json], reading: Reading, where: str) -> Marks:
    readings = [
        from_result(text, item["result"], reading.schema, reading.ledger, where) for item in chosen
    ]
    if len(readings) == 1:
        return readings[0]
    entities = agreed([each.entities for each in readings], _place)
    kept = {entity.id for entity in entities}
    placed = [_placed_links(each) for each in readings]
    links = agreed(placed, lambda pair: pair[1])
    relations = [link for link, _ in links if {link.head, link.tail} <= kept]
    any_entity = {_place(entity) for each in readings for entity in each.entities}
    any_link = {place for each in placed for _, place in each}
    counts = reading.ledger.counts
    counts["entities not agreed on, left out"] += len(any_entity) - len(entities)
    counts["relations not agreed on, left out"] += len(any_link) - len(relations)
    return Marks(tuple(entities), tuple(relations))


Place = tuple[int, int, str]


def _place(entity: Entity) -> Place:
    return entity.start, entity.end, entity.label


def _placed_links(marks: Marks) -> list[tuple[Relation, tuple[Place, str, Place]]]:
    places = {entity.id: _place(entity) for entity in marks.entities}
    return [(link, (places[link.head], link.label, places[link.tail])) for link in marks.relations]


def _suggested(text: str, annotation: Json, reading: Reading) -> Marks:
    """What the annotator was shown: the prediction's copy that the annotation keeps."""
    result = (annotation.get("prediction") or {}).get("result") or []
    # Its flaws were the push's to report, not this pull's.
    marks = from_result(text, result, reading.schema, Ledger("prediction"), "")
    scores = {
        (item.get("from_id"), item.get("to_id"), label): score
        for item in result
        for label, score in (item.get("scores") or {}).items()
    }
    if not scores:
        return marks
    relations = tuple(
        link.model_copy(update={"score": scores.get((link.head, link.tail, link.label))})
        for link in marks.relations
    )
    return Marks(marks.entities, relations)


def _codes(
    marks: Marks, suggested: Marks, language: str, reading: Reading, where: str
) -> dict[str, str | None]:
    """Codes, by entity id, of each COUNTRY that has none or kept that of a span that moved."""
    before = {entity.id: entity for entity in suggested.entities}
    codes: dict[str, str | None] = {}
    for entity in marks.entities:
        if entity.label != COUNTRY:
            continue
        source = before.get(entity.id)
        moved = source and source.text != entity.text and source.country_code == entity.country_code
        if moved or not entity.country_code:
            code = reading.code_of(entity.text, language) or entity.country_code
            if code != entity.country_code:
                reading.ledger.repair(where, f"COUNTRY {entity.text!r} got the code {code}")
            if not code:
                reading.ledger.counts["COUNTRY without a code"] += 1
            codes[entity.id] = code
    return codes


def _review(
    tasks: list[Json], chosen: list[Json], comparison: Comparison, start: int, reading: Reading
) -> Review:
    times = [item["lead_time"] for item in chosen if item.get("lead_time") is not None]
    return Review(
        status="accepted" if comparison.untouched else "changed",
        annotators=tuple(dict.fromkeys(_who(item, reading) for item in chosen)),
        annotated_at=max(_when(item) for item in chosen),
        tasks=tuple(task["id"] for task in tasks),
        annotations=tuple(item["id"] for item in chosen),
        policy=reading.policy,
        model_version=(chosen[0].get("prediction") or {}).get("model_version"),
        label_config=reading.schema.sha256,
        lead_time=sum(times) if times else None,
        removed_entities=tuple(_shifted(item, start) for item in comparison.removed_entities),
        removed_relations=comparison.removed_relations,
    )


def _shifted(entity: Entity, start: int) -> Entity:
    if not start:
        return entity
    update = {"start": entity.start + start, "end": entity.end + start}
    return entity.model_copy(update=update)


def _who(annotation: Json, reading: Reading) -> str:
    number = annotator(annotation)
    who = annotation.get("completed_by")
    # Some exports have the person where others have the number.
    email = who.get("email") if isinstance(who, dict) else None
    return reading.people.get(number) or email or f"user {number}"


def _when(annotation: Json) -> datetime:
    return datetime.fromisoformat(annotation.get("updated_at") or annotation["created_at"])


def _with_provenance(
    marks: Marks,
    suggested: Marks,
    comparison: Comparison,
    review: Review,
    annotation: Json,
    codes: dict[str, str | None],
) -> Marks:
    """The marks with what became of each suggestion, and with their codes."""
    by_status = {
        status: Provenance(
            status=status,
            annotator=review.annotators[0],
            annotated_at=_when(annotation),
            annotation=annotation["id"],
            model_version=review.model_version,
        )
        for status in {*comparison.entities.values(), *comparison.relations.values()}
    }
    entities = []
    for entity in marks.entities:
        update: Json = {"provenance": by_status[comparison.entities[entity.id]]}
        if entity.id in codes:
            update["country_code"] = codes[entity.id]
        entities.append(entity.model_copy(update=update))
    scores = {(link.head, link.tail, link.label): link.score for link in suggested.relations}
    relations = tuple(
        link.model_copy(
            update={
                # The editor drops it: taken from the suggestion.
                "score": scores.get((link.head, link.tail, link.label)),
                "provenance": by_status[comparison.relations[link]],
            }
        )
        for link in marks.relations
    )
    return Marks(tuple(entities), relations)


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
