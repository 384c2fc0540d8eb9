"""Push: documents with suggestions → tasks with predictions, each exactly once.

Label Studio has no idempotent import, so every task carries a content key in
its ``meta``. A push looks at what is there, sends what is missing, and at the
end looks again and removes what came twice: a push that was killed while the
server was still committing can leave that. One import is one transaction of the
server's (seen with 1.23.2), so a batch is there whole or not at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from annotate.config import Settings
from annotate.corpus.cut import cut
from annotate.document import Document, text_hash
from annotate.ledger import Ledger
from annotate.schema import Schema
from annotate.studio.checks import sendable
from annotate.studio.client import Json, Project, Studio
from annotate.studio.project import ensure_project
from annotate.studio.tasks import model_version, to_tasks

# In which order people get tasks, by Label Studio's names. Its uncertainty sampling takes
# the lowest score among the predictions of the project's model version (1.23.2).
Order = Literal["uncertain", "added"]
SAMPLING: Mapping[Order, str] = {
    "uncertain": "Uncertainty sampling",
    "added": "Sequential sampling",
}

# 250 to 1,000 tasks a request is the sweet spot of 1.23.2; the bytes keep one
# request far below the server's limit of 250 MiB.
BATCH_TASKS = 250
BATCH_CHARS = 4_000_000


@dataclass(slots=True)
class _Present:
    """What the project holds already."""

    tasks: dict[str, int] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    ends: dict[str, list[int]] = field(default_factory=dict)
    versions: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))


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
) -> Project:
    """Bring the documents into the project of that title, made if missing.

    Running it again, or after it was killed at any moment, ends with one task a
    document (or piece of a long one) and one prediction a model version. The
    ledger counts tasks and predictions added and found. ``order`` says which task the
    label stream shows next; without it the project keeps its own. With
    ``as_annotations`` new tasks count as done, by the key's owner. Refused by name: a
    document whose id the project knows with another text, one whose suggestions
    are of another model version than the first's, and each suggestion that
    Label Studio could not show.
    """
    schema = settings.schema_in_force()
    project = ensure_project(studio, title, schema, folder or Path.cwd(), ledger)
    if order:
        studio.update_project(project.id, sampling=SAMPLING[order])
    present = _look(studio, project, ledger)
    version: str | None = None
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
        for task in _tasks(document, schema, settings, present, ledger):
            if as_annotations:
                task["annotations"] = [{"result": task["predictions"][0]["result"]}]
            batch.append(task)
            if len(batch) >= BATCH_TASKS or _size(batch) > BATCH_CHARS:
                _send(studio, project, batch, present, ledger)
                batch = []
        ledger.given += 1
    _send(studio, project, batch, present, ledger)
    _settle(studio, project, version, ledger)
    return project


def _look(studio: Studio, project: Project, ledger: Ledger) -> _Present:
    present = _Present()
    doubles = defaultdict(list)
    for head in studio.tasks(project.id):
        own = head.meta.get("annotate")
        if not own:
            ledger.counts["tasks of other origin, left alone"] += 1
            continue
        doubles[own["key"]].append(head)
        present.texts[own["document"]] = own["sha256"]
        if "ends" in own:
            present.ends[own["document"]] = own["ends"]
    extra = []
    for key, heads in doubles.items():
        # A task that someone worked on stays; then the oldest.
        first, *others = sorted(heads, key=lambda head: (not head.touched, head.id))
        present.tasks[key] = first.id
        extra += [head.id for head in others if not head.touched]
    if extra:
        studio.delete_tasks(project.id, extra)
        ledger.counts["doubled tasks removed"] += len(extra)
    _look_at_predictions(studio, project, present, ledger)
    return present


def _look_at_predictions(
    studio: Studio, project: Project, present: _Present, ledger: Ledger
) -> None:
    extra = []
    ours = set(present.tasks.values())
    for prediction in sorted(studio.predictions(project.id)):
        if prediction.task not in ours:
            continue
        if prediction.model_version in present.versions[prediction.task]:
            extra.append(prediction.id)
        present.versions[prediction.task].add(prediction.model_version)
    if extra:
        studio.delete_predictions(extra)
        ledger.counts["doubled predictions removed"] += len(extra)


def _problem(
    document: Document, version: str | None, seen: set[str], present: _Present
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
    document: Document, schema: Schema, settings: Settings, present: _Present, ledger: Ledger
) -> Iterator[Json]:
    checked = sendable(document, schema, ledger)
    # A document that is there, if only in part, keeps the cuts that it got then.
    pieces = cut(checked, settings.max_chars, ledger, present.ends.get(document.id))
    if len(pieces) > 1:
        ledger.counts["documents cut into several tasks"] += 1
    yield from to_tasks(checked, pieces, schema)


def _size(batch: list[Json]) -> int:
    return sum(len(str(task["data"])) for task in batch)


def _send(
    studio: Studio, project: Project, batch: list[Json], present: _Present, ledger: Ledger
) -> None:
    new: dict[str, Json] = {}
    predictions: list[dict[str, Any]] = []
    for task in batch:
        key = task["meta"]["annotate"]["key"]
        prediction = task["predictions"][0]
        number = present.tasks.get(key)
        if number is None:
            new[key] = task
        elif prediction["model_version"] not in present.versions[number]:
            predictions.append(prediction | {"task": number})
            present.versions[number].add(prediction["model_version"])
        else:
            ledger.counts["tasks already there"] += 1
    if new:
        numbers = studio.import_tasks(project.id, list(new.values()))
        present.tasks.update(zip(new, numbers, strict=True))
        for number, task in zip(numbers, new.values(), strict=True):
            present.versions[number].add(task["predictions"][0]["model_version"])
        ledger.counts["tasks added"] += len(new)
    if predictions:
        studio.import_predictions(project.id, predictions)
        ledger.counts["predictions added to tasks already there"] += len(predictions)


def _settle(studio: Studio, project: Project, version: str | None, ledger: Ledger) -> None:
    """Look again, and let the label stream show this push's suggestions."""
    again = Ledger("look")
    present = _look(studio, project, again)
    ledger.counts.update(
        {what: number for what, number in again.counts.items() if what.startswith("doubled")}
    )
    if version is None:
        return
    if version != project.model_version:
        studio.update_project(project.id, model_version=version)
    stale = sum(version not in present.versions[number] for number in present.tasks.values())
    if stale:
        ledger.counts["tasks with suggestions of another model only; push them again"] = stale
