"""Documents ↔ Label Studio tasks: a pure codec, no server.

A task's ``data`` is what people see; its ``meta["annotate"]`` is our own
bookkeeping, which makes a push repeatable and a pull complete. Offsets need no
change: Label Studio counts code points, end exclusive, as Python does (seen in
both directions with 1.23.2).
"""

from __future__ import annotations

import hashlib
from itertools import accumulate, pairwise
from typing import Any

from annotate.document import Document, Entity, Marks, Relation, in_order, text_hash
from annotate.ledger import Ledger
from annotate.prelabel.certainty import certainty
from annotate.prelabel.country_names import iso_codes
from annotate.schema import RelationType, Schema

Json = dict[str, Any]
COUNTRY = "COUNTRY"
# The model version of labels that no model made.
LABELLED_ELSEWHERE = "labelled-elsewhere"


def task_key(document_id: str, sha256: str, start: int, end: int) -> str:
    """Identity of one task: which characters of which text of which document."""
    raw = "\0".join((document_id, sha256, str(start), str(end)))
    return hashlib.sha256(raw.encode("utf-8")).hexdigest()[:32]


def to_tasks(document: Document, pieces: list[Document], schema: Schema) -> list[Json]:
    """One task a piece, each with the piece's suggestions as its prediction."""
    return [
        _to_task(document, piece, number, pieces, schema) for number, piece in enumerate(pieces)
    ]


def blinded(task: Json) -> Json:
    """The task without suggestions, and marked as such for good."""
    own = task["meta"]["annotate"] | {"blind": True}
    return task | {"meta": {"annotate": own}, "predictions": []}


def _to_task(
    document: Document,
    piece: Document,
    number: int,
    pieces: list[Document],
    schema: Schema,
) -> Json:
    lengths = [len(one.text) for one in pieces]
    start = sum(lengths[:number])
    sha256 = text_hash(document.text)
    data = {"document": document.id, "language": document.language}
    if len(pieces) > 1:
        data["part"] = f"{number + 1}/{len(pieces)}"
    data[schema.text_field] = piece.text
    own = {
        "key": task_key(document.id, sha256, start, start + len(piece.text)),
        "document": document.id,
        "sha256": sha256,
        "language": document.language,
        "piece": number,
        "pieces": len(pieces),
        "start": start,
        "meta": document.meta,
    }
    missed = _missed(document) * len(piece.text) / max(1, len(document.text))
    if number == 0:
        # Where the pieces end: a later push with other suggestions cuts there too.
        own["ends"] = list(accumulate(lengths))
    return {
        "data": data,
        "meta": {"annotate": own},
        "predictions": [to_prediction(piece, schema, model_version(document), missed)],
    }


def _missed(document: Document) -> float:
    """How many names the pipeline expects to have missed; a user's meta may say anything."""
    value = document.meta.get("names_missed")
    return max(0.0, value) if isinstance(value, int | float) else 0.0


def model_version(document: Document) -> str:
    """Which model made the suggestions; documents labelled elsewhere don't say."""
    return str(document.meta.get("model_version") or "unnamed")


def to_prediction(document: Document, schema: Schema, version: str, missed: float = 0.0) -> Json:
    """The document's entities and relations as one prediction of Label Studio's.

    Its score is the share of marks expected to stand, of which ``missed`` are not there:
    Label Studio's uncertainty sampling takes the lowest first.
    """
    score = certainty(document, missed)
    result = [_to_region(entity, schema) for entity in document.entities]
    prediction: Json = {
        "model_version": version,
        "result": result + _to_links(document, schema),
    }
    if score is not None:
        prediction["score"] = score
    return prediction


def _to_region(entity: Entity, schema: Schema) -> Json:
    region: Json = {
        "id": entity.id,
        "from_name": schema.control,
        "to_name": schema.text_object,
        "type": "labels",
        "value": {
            "start": entity.start,
            "end": entity.end,
            "text": entity.text,
            "labels": [entity.label],
        },
    }
    if entity.score is not None:
        region["score"] = entity.score
    # The editor keeps only `meta`, and shows its `text` as the region's note.
    note = " ".join(part for part in (entity.country_code, entity.note) if part)
    if note:
        region["meta"] = {"text": [note]}
    return region


def _to_links(document: Document, schema: Schema) -> list[Json]:
    """Relations, one an ordered pair: the editor drops a second one in silence."""
    links: dict[tuple[str, str], Json] = {}
    for relation in document.relations:
        kind = schema.relation(relation.label)
        pair = (relation.head, relation.tail)
        link: Json = links.get(pair) or {
            "type": "relation",
            "from_id": relation.head,
            "to_id": relation.tail,
            "direction": "bi" if kind and kind.symmetric else "right",
            "labels": [],
        }
        link["labels"].append(relation.label)
        # The editor drops a relation's score; the prediction's kept copy has it.
        if relation.score is not None:
            link.setdefault("scores", {})[relation.label] = relation.score
        links[pair] = link
    return list(links.values())


def from_result(text: str, result: list[Json], schema: Schema, ledger: Ledger, where: str) -> Marks:
    """Read a result (annotation, draft or prediction) over ``text``.

    Offsets are checked against the text and win over the region's own text;
    edges are trimmed; every repair and refusal goes to the ledger under
    ``where``. Entities come in text order, relations in the order given.
    """
    entities: dict[str, Entity] = {}
    same: dict[tuple[int, int, str], str] = {}
    alias: dict[str, str] = {}
    for item in result:
        if item.get("type") == "relation":
            continue
        entity = _read_region(text, item, schema, ledger, where)
        if entity is None:
            continue
        span = (entity.start, entity.end, entity.label)
        if span in same:
            alias[entity.id] = same[span]
            ledger.repair(where, f"{entity.label} {entity.text!r} was drawn twice; kept once")
        elif entity.id in entities:
            ledger.refuse(where, f"two regions have the id {entity.id}; kept the first")
        else:
            entities[entity.id] = entity
            same[span] = entity.id
    relations: dict[Relation, None] = {}
    for item in result:
        if item.get("type") == "relation":
            for relation in _read_link(item, entities, alias, schema, ledger, where):
                if relation in relations:
                    ledger.repair(where, f"{relation.label} was drawn twice; kept once")
                relations[relation] = None
    ordered = in_order(tuple(entities.values()))
    overlaps = sum(one.end > other.start for one, other in pairwise(ordered))
    if overlaps:
        # Kept: a person drew them. Formats that can't hold them say so.
        ledger.counts["mentions that overlap the one before, kept"] += overlaps
    return Marks(ordered, tuple(relations))


def _read_region(
    text: str, item: Json, schema: Schema, ledger: Ledger, where: str
) -> Entity | None:
    value = item.get("value") or {}
    given = value.get("labels") or []
    label = next(filter(schema.labels.__contains__, given), None)
    start: Any = value.get("start")
    end: Any = value.get("end")
    if item.get("from_name") != schema.control or label is None:
        problem = f"its label {value.get('labels')} is not in the label config"
        ledger.refuse(where, f"{_named(item)}: {problem}")
        return None
    if not _is_offset(start) or not _is_offset(end) or not 0 <= start < end <= len(text):
        ledger.refuse(where, f"{_named(item)}: offsets {start}:{end} are not inside the text")
        return None
    found = text[start:end]
    if len(given) > 1:
        ledger.repair(where, f"{_named(item)}: has labels {given}; kept {label}")
    if value.get("text") not in (None, found):
        ledger.repair(where, f"{_named(item)}: the text at {start}:{end} is {found!r}; took it")
    trimmed = found.strip()
    if not trimmed:
        ledger.refuse(where, f"{_named(item)}: holds only white space")
        return None
    first, last = start, end
    if trimmed != found:
        first = start + len(found) - len(found.lstrip())
        last = first + len(trimmed)
        ledger.repair(where, f"{_named(item)}: white space trimmed, {start}:{end} → {first}:{last}")
    code, note = _code_and_note(item, label)
    score = item.get("score")
    return Entity(
        id=str(item.get("id") or f"{first}-{last}"),
        start=first,
        end=last,
        label=label,
        text=trimmed,
        score=score if isinstance(score, int | float) and 0 <= score <= 1 else None,
        country_code=code,
        note=note,
    )


def _named(region: Json) -> str:
    text = str((region.get("value") or {}).get("text", ""))
    return f"region {region.get('id')} {text[:40]!r}"


def _is_offset(value: object) -> bool:
    return type(value) is int  # no bool


def _code_and_note(item: Json, label: str) -> tuple[str | None, str | None]:
    """What the region's note says: for a COUNTRY its code, in capitals, then any remark."""
    meta = item.get("meta")
    text = meta.get("text") if meta else None
    if text is None:
        return None, None
    if isinstance(text, list):
        text = " ".join(str(part) for part in text)
    note = str(text or "").strip()
    first, _, rest = note.partition(" ")
    if first not in iso_codes():
        return None, note or None
    if label == COUNTRY:
        return first, rest.strip() or None
    # The code stayed on a suggested country that became something else.
    stale = not rest and str(item.get("origin", "")).startswith("prediction")
    return None, None if stale else note


def _read_link(
    item: Json,
    entities: dict[str, Entity],
    alias: dict[str, str],
    schema: Schema,
    ledger: Ledger,
    where: str,
) -> list[Relation]:
    head, tail = (
        entities.get(alias.get(end, end))
        for end in (str(item.get("from_id")), str(item.get("to_id")))
    )
    if head is None or tail is None:
        ledger.refuse(
            where, f"relation {item.get('labels')}: one of its ends was refused or is gone"
        )
        return []
    labels = item.get("labels") or []
    if not labels:
        problem = "has no type; pick one in the Relations tab"
        ledger.refuse(where, f"relation {head.text!r} → {tail.text!r}: {problem}")
    found = []
    for label in labels:
        kind = schema.relation(label)
        if kind is None:
            problem = f"its type {label!r} is not in the label config"
            ledger.refuse(where, f"relation {head.text!r} → {tail.text!r}: {problem}")
            continue
        relation = _directed(kind, head, tail, item.get("direction"), ledger, where)
        if relation:
            found.append(relation)
    return found


def _directed(
    kind: RelationType, head: Entity, tail: Entity, direction: object, ledger: Ledger, where: str
) -> Relation | None:
    if direction == "left":
        head, tail = tail, head
        ledger.counts["relations drawn to the left, turned"] += 1
    named = f"relation {head.text!r} {kind.label} {tail.text!r}"
    if head.id == tail.id:
        ledger.refuse(where, f"{named}: joins a mention to itself")
        return None
    if not kind.joins(head.label, tail.label):
        if not kind.joins(tail.label, head.label):
            ledger.refuse(where, f"{named}: does not join {head.label} to {tail.label}")
            return None
        head, tail = tail, head
        ledger.repair(where, f"{named}: was drawn backwards; turned")
    if kind.symmetric and (tail.start, tail.end) < (head.start, head.end):
        head, tail = tail, head
    return Relation(head=head.id, tail=tail.id, label=kind.label)
