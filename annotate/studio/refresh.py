"""Fresh suggestions for tasks that nobody touched.

A stale prediction is changed in place, which is one transaction of the server's: a task
is never without suggestions nor has two, whenever the push is killed, and a browser that
has the task open can still submit (1.23.2 refuses an annotation whose
``parent_prediction`` is gone). Annotations keep their own copy of what they came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from annotate.document import Document, text_hash
from annotate.ledger import Ledger
from annotate.review.adjudicate import state_of
from annotate.schema import Schema
from annotate.studio.client import Json, Project, Studio
from annotate.studio.present import Present
from annotate.studio.tasks import LABELLED_ELSEWHERE

# What a push writes into a document's meta: the next suggestions bring their own.
_OF_SUGGESTIONS = {"model_version", "names_missed"}


def replace(
    studio: Studio, number: int, prediction: Json, present: Present, ledger: Ledger
) -> None:
    """Bring the prediction to the task in place of older ones, unless someone touched it."""
    version = prediction["model_version"]
    if number in present.touched:
        ledger.counts["tasks left alone, someone worked on them"] += 1
        return
    if LABELLED_ELSEWHERE in present.versions[number] - {version}:
        ledger.counts["tasks left alone, their labels are from elsewhere"] += 1
        return
    stale = [one.id for one in present.predictions[number] if one.model_version != version]
    if not stale:
        ledger.counts["tasks already there"] += 1
        return
    if version not in present.versions[number]:
        last = stale.pop()
        # The server checks a result only when it is told the task, by which it knows the
        # label config (1.23.2). "mislabeling" is ours: see reorder.py.
        fields = {"score": None, "mislabeling": 0.0} | prediction
        studio.update_prediction(last, task=number, **fields)
    if stale:
        studio.delete_predictions(stale)
    present.versions[number] = {version}
    ledger.counts["tasks with fresh suggestions in place of older ones"] += 1


def texts_of(
    studio: Studio, project: Project, schema: Schema, version: str, ledger: Ledger
) -> Iterator[Document]:
    """The project's documents that could do with suggestions of this version, without any.

    Left out and counted: blind ones, those of which nothing is un-reviewed or all of that
    has these suggestions, and those labelled elsewhere. Refused by name: a document that
    isn't whole, or no longer the text that was pushed.
    """
    versions: dict[int, set[str]] = {}
    for prediction in studio.predictions(project.id):
        versions.setdefault(prediction.task, set()).add(prediction.model_version)
    waiting: dict[str, dict[int, Json]] = {}
    for task in studio.export(project.id):
        own = (task.get("meta") or {}).get("annotate")
        if not own:
            continue
        name = own["document"]
        parts = waiting.setdefault(name, {})
        parts[own["piece"]] = task
        if len(parts) < own["pieces"]:
            continue
        del waiting[name]
        reason = _settled(parts.values(), versions, version)
        if reason:
            ledger.counts[reason] += len(parts)
            continue
        document = _document(name, parts, schema)
        if document:
            yield document
        else:
            ledger.refuse(name, "its text in Label Studio is not the one that was pushed")
    for name in waiting:
        ledger.refuse(name, "some of its tasks are gone, so its text isn't whole; left as it is")


def _settled(parts: Iterable[Json], versions: dict[int, set[str]], version: str) -> str | None:
    """Why a document, given as its tasks, needs no fresh suggestions."""
    tasks = list(parts)
    if any(task["meta"]["annotate"].get("blind") for task in tasks):
        return "blind tasks, left without suggestions"
    untouched = [task["id"] for task in tasks if state_of(task) == "un-reviewed"]
    if not untouched:
        return "tasks left alone, someone worked on them"
    if all(versions.get(number) == {version} for number in untouched):
        return "tasks already there"
    if all(LABELLED_ELSEWHERE in versions.get(number, ()) for number in untouched):
        return "tasks left alone, their labels are from elsewhere"
    return None


def _document(name: str, parts: dict[int, Json], schema: Schema) -> Document | None:
    """The document without suggestions; None where its text has changed."""
    ordered = [parts[piece] for piece in sorted(parts)]
    text = "".join(str(task["data"].get(schema.text_field, "")) for task in ordered)
    own = ordered[0]["meta"]["annotate"]
    if text_hash(text) != own["sha256"]:
        return None
    meta = {key: value for key, value in own["meta"].items() if key not in _OF_SUGGESTIONS}
    return Document(id=name, text=text, language=own["language"], meta=meta)
