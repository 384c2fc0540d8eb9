"""One task with its annotations → its part of a document, reviewed, with provenance."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from annotate.document import (
    Agreement,
    Entity,
    Link,
    Marks,
    Provenance,
    Relation,
    Review,
    Span,
    Status,
)
from annotate.ledger import Ledger
from annotate.review.adjudicate import Policy, agreed, annotator, choose, is_reviewed
from annotate.review.agreement import agreement
from annotate.review.compare import Comparison, compare
from annotate.schema import Schema
from annotate.studio.bookkeeping import Json, bookkeeping
from annotate.studio.results import from_result
from annotate.studio.tasks import COUNTRY

# Half of a UTF-16 pair, which is no character.
_HALF = re.compile("[\ud800-\udfff]")

CodeOf = Callable[[str, str], str | None]


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


class Piece(NamedTuple):
    """One reviewed task: its part of a document, and the review of it."""

    text: str
    entities: tuple[Entity, ...]
    relations: tuple[Relation, ...]
    own: Json
    review: Review


def read_piece(document_id: str, tasks: list[Json], reading: Reading) -> Piece | None:
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
    if _HALF.search(text):
        reading.ledger.refuse(where, "its text has half a character (a lone surrogate); left out")
        return None
    marks = _marks(text, chosen, reading, where)
    suggested = _suggested(text, chosen[0], reading)
    comparison = compare(suggested, marks)
    together = _agreement(text, annotations, reading)
    review = _review(tasks, chosen, comparison, own["start"], together, reading)
    codes = _codes(marks, suggested, own["language"], reading, where)
    made = _provenances(comparison, review, chosen[0])
    entities = tuple(
        _entity(span, codes.get(span.id, span.country_code), made[comparison.entities[span.id]])
        for span in marks.entities
    )
    # The editor drops a relation's score: taken from the suggestion.
    scores = {link[:3]: link.score for link in suggested.relations}
    relations = tuple(
        _relation(link, scores.get(link[:3]), made[comparison.relations[link]])
        for link in marks.relations
    )
    return Piece(text, entities, relations, own, review)


def _marks(text: str, chosen: list[Json], reading: Reading, where: str) -> Marks:
    readings = [
        from_result(text, item["result"], reading.schema, reading.ledger, where) for item in chosen
    ]
    if len(readings) == 1:
        return readings[0]
    entities = agreed([each.entities for each in readings], lambda span: span.place)
    kept = {entity.id for entity in entities}
    placed = [list(zip(each.relations, each.placed_relations(), strict=True)) for each in readings]
    links = agreed(placed, lambda pair: pair[1])
    relations = [link for link, _ in links if {link.head, link.tail} <= kept]
    any_entity = {span.place for each in readings for span in each.entities}
    any_link = {place for each in placed for _, place in each}
    counts = reading.ledger.counts
    counts["entities not agreed on, left out"] += len(any_entity) - len(entities)
    counts["relations not agreed on, left out"] += len(any_link) - len(relations)
    return Marks(tuple(entities), tuple(relations))


def _agreement(
    text: str, annotations: list[Json], reading: Reading
) -> tuple[Agreement, ...] | None:
    """That of all who reviewed the task, whatever the policy takes; None for one person."""
    people = choose(annotations, "agreed")
    if len(people) < 2:
        return None
    # Flaws of annotations that don't count are no news.
    quiet = Ledger("agreement")
    return agreement(
        [from_result(text, each["result"], reading.schema, quiet, "") for each in people]
    )


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
        link._replace(score=scores.get((link.head, link.tail, link.label)))
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
    tasks: list[Json],
    chosen: list[Json],
    comparison: Comparison,
    start: int,
    together: tuple[Agreement, ...] | None,
    reading: Reading,
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
        removed_entities=tuple(
            _entity(
                span._replace(start=span.start + start, end=span.end + start), span.country_code
            )
            for span in comparison.removed_entities
        ),
        removed_relations=tuple(
            _relation(link, link.score) for link in comparison.removed_relations
        ),
        agreement=together,
    )


def _who(annotation: Json, reading: Reading) -> str:
    number = annotator(annotation)
    who = annotation.get("completed_by")
    # Some exports have the person where others have the number.
    email = who.get("email") if isinstance(who, dict) else None
    return reading.people.get(number) or email or f"user {number}"


def _when(annotation: Json) -> datetime:
    return datetime.fromisoformat(annotation.get("updated_at") or annotation["created_at"])


def _provenances(
    comparison: Comparison, review: Review, annotation: Json
) -> dict[Status, Provenance]:
    """By what became of a suggestion: one for all marks of which the same became."""
    when = _when(annotation)
    return {
        status: Provenance(
            status=status,
            annotator=review.annotators[0],
            annotated_at=when,
            annotation=annotation["id"],
            model_version=review.model_version,
        )
        for status in {*comparison.entities.values(), *comparison.relations.values()}
    }


def _entity(span: Span, code: str | None, provenance: Provenance | None = None) -> Entity:
    return Entity(
        id=span.id,
        start=span.start,
        end=span.end,
        label=span.label,
        text=span.text,
        score=span.score,
        country_code=code,
        note=span.note,
        provenance=provenance,
    )


def _relation(link: Link, score: float | None, provenance: Provenance | None = None) -> Relation:
    return Relation(
        head=link.head, tail=link.tail, label=link.label, score=score, provenance=provenance
    )
