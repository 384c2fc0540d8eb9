"""Push: documents with suggestions → tasks with predictions, each exactly once.

Label Studio has no idempotent import, so every task carries a content key in
its ``meta``. A push looks at what is there, sends what is missing, and at the
end looks again and removes what came twice: a push that was killed while the
server was still committing can leave that. One import is one transaction of the
server's (seen with 1.23.2), so a batch is there whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from annotate.config import Settings
from annotate.corpus.cut import cut
from annotate.document import Document, text_hash
from annotate.errors import CallError
from annotate.ledger import Ledger
from annotate.schema import Schema
from annotate.studio.blind import is_blind
from annotate.studio.checks import sendable
from annotate.studio.client import Json, Project, Studio
from annotate.studio.present import Present, look
from annotate.studio.project import ensure_project
from annotate.studio.refresh import replace
from annotate.studio.reorder import Order, reorder
from annotate.studio.tasks import blinded, model_version, to_tasks

# 250 to 1,000 tasks a request is the sweet spot of 1.23.2; the bytes keep one
# request far below the server's limit of 250 MiB.
BATCH_TASKS = 250
BATCH_CHARS = 4_000_000


def push(
    documents: Iterable[Document],
    studio: Studio,
    title: str,
    settings: Settings,
    ledger: Ledger,
    *,
    folder: Path | None = None,
    order: Order | None = None,
    as_annotations: bool = False,
    refresh: bool = False,
    blind: float = 0.0,
    version: str | None = None,
) -> Project:
    """Bring the documents into the project of that title, made if missing.

    Running it again, or after it was killed at any moment, ends with one task a
    document (or piece of a long one) and one prediction a model version. The
    ledger counts tasks and predictions added and found. ``order`` says which task the
    label stream shows next; without it the project keeps its own. With
    ``as_annotations`` new tasks count as done, by the key's owner. With ``refresh`` tasks
    that nobody touched get these suggestions in place of older ones, and the others
    nothing. ``blind`` is the share of new documents, 0 to 1, that never get any.
    ``version`` is the model version of all suggestions, the first document's unless given.
    Refused by name: a document whose id the project knows with another text, one whose
    suggestions are of another model version than the first's, and each suggestion that
    Label Studio could not show.
    """
    if as_annotations and blind:
        raise CallError("blind documents have no suggestions that could count as annotations.")
    schema = settings.schema_in_force()
    project = ensure_project(studio, title, schema, folder or Path.cwd(), ledger)
    present = look(studio, project, ledger)
    batch: list[Json] = []
    seen: set[str] = set()
    for document in documents:
        ledger.taken += 1
        problem = _problem(document, version, seen, present)
        if problem:
            ledger.refuse(document.id, problem)
            continue
        seen.add(document.id)
        version = version or model_version(document)
        chosen = _is_blind(document, blind, present, ledger)
        for task in _tasks(document, schema, settings, present, ledger):
            if as_annotations:
                task["annotations"] = [{"result": task["predictions"][0]["result"]}]
            batch.append(blinded(task) if chosen else task)
            if len(batch) >= BATCH_TASKS or _size(batch) > BATCH_CHARS:
                _send(studio, project, batch, present, ledger, refresh=refresh)
                batch = []
                if refresh:
                    # A fresh task shows nothing under the old version: people who work
                    # meanwhile are served in the order in which tasks get fresh.
                    project = _show(studio, project, version, present)
        ledger.given += 1
    _send(studio, project, batch, present, ledger, refresh=refresh)
    project = _settle(studio, project, version, ledger)
    if order:
        reorder(studio, project, schema.text_field, order, ledger)
    return project


def _problem(
    document: Document, version: str | None, seen: set[str], present: Present
) -> str | None:
    mine = model_version(document)
    if version not in (None, mine):
        return (
            f"its suggestions are of model {mine}, the first document's of {version}; "
            "the label stream shows one version only: push them apart"
        )
    if document.id in seen:
        return "this push had a document of that id before; give each its own"
    known = present.texts.get(document.id)
    if known and known != text_hash(document.text):
        return "the project has this id with another text; give the document another id"
    return None


def _tasks(
    document: Document, schema: Schema, settings: Settings, present: Present, ledger: Ledger
) -> Iterator[Json]:
    checked = sendable(document, schema, ledger)
    # A document that is there, if only in part, keeps the cuts that it got then.
    pieces = cut(checked, settings.max_chars, ledger, present.ends.get(document.id))
    if len(pieces) > 1:
        ledger.counts["documents cut into several tasks"] += 1
    yield from to_tasks(checked, pieces, schema)


def _size(batch: list[Json]) -> int:
    return sum(len(str(task["data"])) for task in batch)


def _is_blind(document: Document, share: float, present: Present, ledger: Ledger) -> bool:
    """Whether the document goes without suggestions: as it was pushed, else by its id."""
    if document.id in present.texts:
        known = document.id in present.blind
        if not known and is_blind(document.id, share):
            ledger.counts["documents that are there with suggestions, not made blind"] += 1
        return known
    if chosen := is_blind(document.id, share):
        ledger.counts["blind documents, without suggestions"] += 1
    return chosen


def _send(
    studio: Studio,
    project: Project,
    batch: list[Json],
    present: Present,
    ledger: Ledger,
    *,
    refresh: bool,
) -> None:
    new: dict[str, Json] = {}
    predictions: list[dict[str, Any]] = []
    for task in batch:
        key = task["meta"]["annotate"]["key"]
        number = present.tasks.get(key)
        if number is None:
            new[key] = task
            continue
        for prediction in task["predictions"]:
            version = prediction["model_version"]
            if refresh and present.versions[number]:
                replace(studio, number, prediction, present, ledger)
            elif refresh and number in present.touched:
                ledger.counts["tasks left alone, someone worked on them"] += 1
            elif version not in present.versions[number]:
                predictions.append(prediction | {"task": number})
                present.versions[number].add(version)
            else:
                ledger.counts["tasks already there"] += 1
        if not task["predictions"]:
            ledger.counts["blind tasks, left without suggestions"] += 1
    if new:
        numbers = studio.import_tasks(project.id, list(new.values()))
        present.tasks.update(zip(new, numbers, strict=True))
        for number, task in zip(numbers, new.values(), strict=True):
            present.versions[number].update(one["model_version"] for one in task["predictions"])
        ledger.counts["tasks added"] += len(new)
    if predictions:
        studio.import_predictions(project.id, predictions)
        ledger.counts["predictions added to tasks already there"] += len(predictions)


def _settle(studio: Studio, project: Project, version: str | None, ledger: Ledger) -> Project:
    """Look again, and let the label stream show this push's suggestions."""
    again = Ledger("look")
    present = look(studio, project, again)
    ledger.counts.update(
        {what: number for what, number in again.counts.items() if what.startswith("doubled")}
    )
    project = _show(studio, project, version, present)
    if version != project.model_version:
        return project
    # What people have worked on needs no other suggestions.
    passed = present.blind_tasks | present.touched
    stale = sum(
        version not in present.versions[number]
        for number in present.tasks.values()
        if number not in passed
    )
    if stale:
        ledger.counts["tasks with suggestions of another model only; push them again"] = stale
    return project


def _show(studio: Studio, project: Project, version: str | None, present: Present) -> Project:
    """Let the label stream show this version; the server refuses one that nothing is of."""
    if version in (None, project.model_version):
        return project
    if not any(version in own for own in present.versions.values()):
        return project
    studio.update_project(project.id, model_version=version)
    return project._replace(model_version=version)
