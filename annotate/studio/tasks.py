"""Documents → Label Studio tasks: pure, no server. :mod:`annotate.studio.results` reads them back.

A task's ``data`` is what people see; its ``meta["annotate"]`` is our own
bookkeeping, which makes a push repeatable and a pull complete. Offsets need no
change: Label Studio counts code points, end exclusive, as Python does (seen in
both directions with 1.23.2).
"""

from __future__ import annotations

import hashlib
from itertools import accumulate
from typing import Any

from annotate.document import Document, Entity, text_hash
from annotate.prelabel.certainty import certainty
from annotate.schema import Schema

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
