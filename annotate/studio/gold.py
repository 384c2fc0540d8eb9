"""Exported tasks → gold documents with provenance: pure, no server and no file.

Only a human's submitted annotation is gold. Skipped, un-reviewed, drafted and
bulk-converted tasks are told apart and counted; a document cut into several
tasks is gold once every one of them is reviewed. Every repair and every refusal
is in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import ValidationError

from annotate.corpus.cut import stitch
from annotate.document import Document, Entity, Relation, Review, links_in_order, text_hash
from annotate.errors import InputError
from annotate.review.adjudicate import state_of
from annotate.review.agreement import summed
from annotate.studio.bookkeeping import Json, bookkeeping
from annotate.studio.piece import Piece, Reading, read_piece


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
            if document.provenance and document.provenance.agreement is not None:
                reading.ledger.counts["documents that several people reviewed"] += 1
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


def _document(document_id: str, parts: list[list[Json]], reading: Reading) -> Document | None:
    pieces = [piece for tasks in parts if (piece := read_piece(document_id, tasks, reading))]
    if not pieces:
        return None
    first = pieces[0].own
    if len(pieces) < first["pieces"]:
        # Work in progress, no refusal.
        reading.ledger.counts["documents reviewed in part, left out"] += 1
        return None
    try:
        text, entities, relations = _whole(document_id, pieces)
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
            entities=entities,
            relations=links_in_order(relations, entities),
            meta=first.get("meta") or {},
            provenance=_joined([piece.review for piece in pieces]),
        )
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        reading.ledger.refuse(document_id, f"{problem['loc'][0]} in its task: {problem['msg']}")
        return None


def _whole(
    document_id: str, pieces: list[Piece]
) -> tuple[str, tuple[Entity, ...], tuple[Relation, ...]]:
    """Text and marks of all pieces together; InputError where they don't belong together."""
    if len(pieces) == 1:
        return pieces[0].text, pieces[0].entities, pieces[0].relations
    whole = stitch(
        [
            Document(
                id=document_id,
                text=piece.text,
                language=piece.own["language"],
                entities=piece.entities,
                relations=piece.relations,
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
    return whole.text, whole.entities, whole.relations


def _joined(reviews: list[Review]) -> Review:
    """The review of a document whose pieces were reviewed one by one."""
    if len(reviews) == 1:
        return reviews[0]
    times = [review.lead_time for review in reviews if review.lead_time is not None]
    known = [review.agreement for review in reviews if review.agreement is not None]
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
            "agreement": summed(known) if known else None,
        }
    )
