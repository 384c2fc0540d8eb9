"""Tasks of Label Studio: an array of JSON, to import there or as it exported them.

:func:`write` gives one task a document, for the browser's Import or the SDK. A document
with provenance becomes a task with an annotation, any other one with a prediction. A
region's note shows country code and note; its ``meta``, which the editor keeps, has both
apart, and its provenance. Relations of one ordered pair are one link with several labels,
since the editor drops a second one; the link's ``relations`` say what the labels can't.
The rest is in the task's ``meta.annotate``.

:func:`read` takes such files, exactly, and raw exports of the server (Export → JSON, or a
snapshot), from which it gives what ``annotate pull`` gives.

Source: "Import pre-annotated data" and "Export annotations" of Label Studio's manual, and
what release 1.23.2 was seen to keep.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, NotRequired

from pydantic import AfterValidator, TypeAdapter, ValidationError
from pydantic_core import to_json
from typing_extensions import TypedDict

from annotate.config import load_settings
from annotate.document import Document, Entity
from annotate.errors import FormatError
from annotate.formats import FORMATS, json_array
from annotate.formats.holding import held
from annotate.formats.records import (
    account,
    document_from,
    note_odd_numbers,
    on_one_line,
    replacing,
)
from annotate.ledger import Ledger
from annotate.review.adjudicate import Policy
from annotate.schema import Schema
from annotate.studio.bookkeeping import Json, bookkeeping
from annotate.studio.gold import gold
from annotate.studio.kept import kept
from annotate.studio.piece import Reading
from annotate.studio.tasks import to_tasks


def write(
    documents: Iterable[Document], path: Path, ledger: Ledger, schema: Schema | None = None
) -> None:
    """Write tasks for the label config in force, or for ``schema``.

    Labels that the label config lacks are written and counted: a server that checks
    imports refuses them. A document is refused whose id came before, or whose text is no
    Unicode.
    """
    schema = schema or load_settings().schema_in_force()
    seen: set[str] = set()
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        file.write("[\n")
        between = ""
        for document in documents:
            ledger.taken += 1
            if document.id in seen:
                ledger.refuse(document.id, "a document of this id is in the file already.")
                continue
            reduced = held(document, FORMATS["label-studio"].holds, ledger)
            try:
                line = to_json(_task(reduced, schema), inf_nan_mode="null").decode("utf-8")
            except ValueError as error:
                ledger.refuse(document.id, f"it can't be written as JSON: {error}.")
                continue
            seen.add(document.id)
            note_odd_numbers(document, ledger)
            _count_unknown(reduced, schema, ledger)
            file.write(between + on_one_line(line))
            between = ",\n"
            account(reduced, ledger)
        file.write("\n]\n" if between else "]\n")


def _task(document: Document, schema: Schema) -> Json:
    """The document's task: an annotation of it where it was reviewed, else a prediction."""
    (task,) = to_tasks(document, [document], schema)
    (prediction,) = task["predictions"]
    for item, entity in zip(prediction["result"], document.entities, strict=False):
        _add_to_region(item, entity)
    _add_to_links(prediction["result"], document)
    if document.provenance:
        task["meta"]["annotate"]["review"] = document.provenance
        annotation = {"result": prediction["result"], "was_cancelled": False}
        if document.provenance.lead_time is not None:
            annotation["lead_time"] = document.provenance.lead_time
        task["annotations"] = [annotation]
        del task["predictions"]
    return task


def _add_to_region(region: Json, entity: Entity) -> None:
    exact = {
        field: value
        for field in ("country_code", "note", "provenance")
        if (value := getattr(entity, field)) is not None
    }
    if exact:
        region["meta"] = region.get("meta", {}) | exact


def _add_to_links(result: list[Json], document: Document) -> None:
    """What labels on a pair can't say: the place of each among all, and its provenance."""
    links = {
        (item["from_id"], item["to_id"]): item for item in result if item["type"] == "relation"
    }
    for place, relation in enumerate(document.relations):
        link = links[relation.head, relation.tail]
        link["labels"] = list(dict.fromkeys(link["labels"]))
        kept = relation.model_dump(mode="json", exclude={"head", "tail"})
        link.setdefault("relations", []).append({"place": place} | kept)


def _count_unknown(document: Document, schema: Schema, ledger: Ledger) -> None:
    unknown = sum(entity.label not in schema.labels for entity in document.entities)
    if unknown:
        ledger.counts["entities with a label that the label config lacks"] += unknown
    unknown = sum(schema.relation(link.label) is None for link in document.relations)
    if unknown:
        ledger.counts["relations of a type that the label config lacks"] += unknown


def read(
    path: Path,
    ledger: Ledger | None = None,
    *,
    schema: Schema | None = None,
    policy: Policy = "latest",
) -> Iterator[Document]:
    """Documents of a file that we wrote, or gold of what a server exported.

    Exports are read as :func:`annotate.studio.gold.gold` does, by the label config in
    force or ``schema``: only what people submitted is gold, and the ledger counts the
    rest, and names repairs and refusals. Without a ledger the first refusal is an error.
    An export has user numbers in place of e-mail addresses, so annotators are named by them.

    Raises FormatError, naming item and field, where the file is neither.
    """
    schema = schema or load_settings().schema_in_force()
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise FormatError(f"{path} is a pipe, and tasks are gone through twice; save it to a file.")
    if _is_ours(path):
        for number, item in enumerate(json_array.items(path, "tasks"), start=1):
            document = _document(item, schema, f"{path}, item {number}")
            if ledger:
                ledger.taken += 1
                ledger.given += 1
            yield document
        return
    account = ledger or Ledger("read")
    reading = Reading(schema, account, policy, code_of=_code_of)
    with kept(_exported(path)) as (names, tasks):
        for reviewed in chain(gold(names, tasks, reading), [None]):
            if ledger is None and account.refused:
                where, why = account.refused[0]
                raise FormatError(f"{path}: {where}: {why}. Pass a ledger to go on without it.")
            if reviewed:
                yield reviewed


def _code_of(text: str, language: str) -> str | None:
    # Loads spaCy: only where a COUNTRY has no code.
    from annotate.prelabel.countries import code_of

    return code_of(text, language)


def _is_ours(path: Path) -> bool:
    """Whether we wrote the file: its first task has our bookkeeping, and no id yet."""
    first = next(json_array.items(path, "tasks"), None)
    if not isinstance(first, dict) or "id" in first:
        return False
    meta = first.get("meta")
    return isinstance(meta, dict) and "annotate" in meta


def _document(task: Any, schema: Schema, where: str) -> Document:
    """The document of a task that we wrote."""
    try:
        own = bookkeeping(task)
        result = (task.get("annotations") or task["predictions"])[0]["result"]
        value = {
            "id": own["document"],
            "text": task["data"][schema.text_field],
            "language": own["language"],
            "entities": [_entity(item) for item in result if item["type"] != "relation"],
            "relations": _relations(result),
            "meta": own["meta"],
            "provenance": own.get("review"),
        }
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise FormatError(
            f"{where}: is no task as we write it ({type(error).__name__}: {error}). "
            "Write the file anew, or give the server's own export."
        ) from error
    return document_from(value, where)


def _entity(region: Json) -> Json:
    value, meta = region["value"], region.get("meta", {})
    return {
        "id": region["id"],
        "start": value["start"],
        "end": value["end"],
        "label": value["labels"][0],
        "text": value["text"],
        "score": region.get("score"),
        "country_code": meta.get("country_code"),
        "note": meta.get("note"),
        "provenance": meta.get("provenance"),
    }


def _relations(result: list[Json]) -> list[Json]:
    placed = [
        (one["place"], {"head": item["from_id"], "tail": item["to_id"]} | one)
        for item in result
        if item["type"] == "relation"
        for one in item["relations"]
    ]
    return [
        {key: value for key, value in relation.items() if key != "place"}
        for _, relation in sorted(placed, key=lambda pair: pair[0])
    ]


def _is_time(value: str) -> str:
    datetime.fromisoformat(value)
    return value


Time = Annotated[str, AfterValidator(_is_time)]


class _Value(TypedDict, total=False):
    start: Any
    end: Any
    text: Any
    labels: list[Any] | None


class _Region(TypedDict, total=False):
    """A region or a relation."""

    type: Any
    id: Any
    from_name: Any
    value: _Value | None
    score: Any
    meta: dict[str, Any] | None
    origin: Any
    from_id: Any
    to_id: Any
    direction: Any
    labels: list[Any] | None
    scores: dict[str, Any] | None


class _Prediction(TypedDict, total=False):
    result: list[_Region] | None
    model_version: str | None


class _Person(TypedDict, total=False):
    id: int | None
    email: str | None


class _Annotation(TypedDict):
    id: int
    result: list[_Region]
    created_at: Time
    updated_at: NotRequired[Time | None]
    lead_time: NotRequired[float | None]
    prediction: NotRequired[_Prediction | None]
    parent_prediction: NotRequired[Any]
    completed_by: NotRequired[int | _Person | None]
    was_cancelled: NotRequired[Any]
    ground_truth: NotRequired[Any]


class _Exported(TypedDict):
    """All that the reading of an exported task looks at; the rest is passed over."""

    id: int
    data: dict[str, Any]
    annotations: list[_Annotation]
    meta: NotRequired[Any]
    drafts: NotRequired[Any]


_EXPORTED: TypeAdapter[Any] = TypeAdapter(_Exported)


def _exported(path: Path) -> Iterator[Json]:
    for number, item in enumerate(json_array.items(path, "tasks"), start=1):
        try:
            yield _EXPORTED.validate_python(item)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(map(str, first["loc"]))
            raise FormatError(
                f"{path}, item {number}: {field}: {first['msg']}. "
                "Export the project as JSON, not JSON-MIN or another format."
            ) from error
