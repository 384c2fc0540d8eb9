"""Pipelines kept warm: tasks of Label Studio in, predictions out.

Offsets refer to the text as it stands in the task. No word of a text leaves this
module but inside a prediction: what the ledger gets may go to a log.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from annotate.config import Settings, load_settings
from annotate.corpus.language import detector
from annotate.document import Document
from annotate.errors import PipelineError
from annotate.ledger import Ledger
from annotate.prelabel.pipeline import model_version
from annotate.prelabel.suggest import Suggest, suggester
from annotate.schema import Schema
from annotate.studio.checks import sendable
from annotate.studio.tasks import to_prediction

Json = dict[str, Any]

# A text of this length takes about a second, and Label Studio 16 s to open it; the time
# grows faster than the length, and everyone waits. `annotate push` cuts what is longer.
MAX_CHARS = 20_000
# One person, one country, one relation's verb: every component has something to do.
_WARM_UP = "Ana Sol of Peru met 2 envoys of Chile.\nPeru and Chile signed it."


class Model(NamedTuple):
    """What suggests, its version, and the settings that made it. For one thread at a time."""

    version: str
    settings: Settings
    schema: Schema
    suggest: Suggest
    detect: Callable[[str], str]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that the settings expect or name a pipeline for."""
        return tuple(dict.fromkeys((*self.settings.languages, *self.settings.pipelines)))


def load(folder: Path) -> Model:
    """The model that the folder's settings name, every pipeline loaded and tried once.

    Raises ConfigError or PipelineError when one can't be loaded, or fails on a plain text.
    """
    settings = load_settings(folder)
    schema = settings.schema_in_force()
    version, detect = model_version(settings, schema), detector(settings.languages)
    model = Model(version, settings, schema, suggester(settings, schema), detect)
    # The first text makes the detector read its tables, which takes a second.
    detect(_WARM_UP)
    ledger = Ledger("warm up")
    texts = [Document(id=code, text=_WARM_UP, language=code) for code in model.languages]
    for document in model.suggest(texts, ledger):
        if ledger.refused:
            raise PipelineError(f"{document.id}: {ledger.refused[0].what}")
    return model


def schema_for(model: Model, label_config: object) -> Schema:
    """The label set of a project, where it is another than the model's.

    Raises ConfigError when it can't be used.
    """
    if not isinstance(label_config, str) or label_config.strip() == model.schema.xml.strip():
        return model.schema
    return Schema.from_xml(label_config, model.settings.relations, "the project's label config")


def predictions(
    model: Model, tasks: Sequence[object], schema: Schema, ledger: Ledger
) -> list[Json]:
    """One prediction a task, in order; an empty one where the text can't be used.

    The ledger names each such task, and counts suggestions that the project's label
    set has no place for.
    """
    try:
        return _predictions(model, tasks, schema, ledger)
    except Exception as error:
        if len(tasks) > 1:
            # One of them broke the batch: alone, each shows whether it did.
            return [one for task in tasks for one in predictions(model, [task], schema, ledger)]
        ledger.refuse(_name(tasks[0]), f"no suggestions: {type(error).__name__}")
        return [_empty(model)]


def _predictions(
    model: Model, tasks: Sequence[object], schema: Schema, ledger: Ledger
) -> list[Json]:
    results = [_empty(model) for _ in tasks]
    documents: dict[int, Document] = {}
    # Accounts of this attempt: another follows when it fails.
    reading, own, checks = Ledger("read"), Ledger("suggest"), Ledger("checks")
    for place, task in enumerate(tasks):
        found = _document(model, task, schema.text_field)
        if isinstance(found, str):
            reading.refuse(_name(task), found)
        else:
            documents[place] = found
    # Texts of one language go through its pipeline together.
    places = sorted(documents, key=lambda place: documents[place].language)
    suggested = model.suggest((documents[place] for place in places), own)
    for place, document in zip(places, suggested, strict=True):
        ready = sendable(document, schema, checks)
        missed = document.meta.get("names_missed")
        results[place] = to_prediction(
            ready, schema, model.version, missed if isinstance(missed, int | float) else 0.0
        )
    ledger.refused += reading.refused
    for note in own.refused:
        # Behind the second colon stands the error's own message, which may quote the text.
        ledger.refuse(note.where, ":".join(note.what.split(":")[:2]))
    if checks.refused:
        ledger.counts["suggestions that the project has no place for"] += len(checks.refused)
    return results


def text_of(task: object, field: str) -> str | None:
    """The text of a task, whatever was sent as one."""
    data = task.get("data") if isinstance(task, dict) else None
    text = data.get(field) if isinstance(data, dict) else None
    return text if isinstance(text, str) else None


def _empty(model: Model) -> Json:
    return {"result": [], "model_version": model.version}


def _name(task: object) -> str:
    number = task.get("id") if isinstance(task, dict) else None
    return f"task {number}" if isinstance(number, int) else "a task without a number"


def _document(model: Model, task: object, field: str) -> Document | str:
    """The task's text as a document, or why it can't be one."""
    text = text_of(task, field)
    if text is None or not isinstance(task, dict):
        return f"has no text in data.{field}"
    if len(text) > MAX_CHARS:
        return f"its text is longer than {MAX_CHARS:,} characters: 'annotate push' cuts it"
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "its text has half of a surrogate pair"
    return Document(id=_name(task), text=text, language=_language(model, task, text))


def _language(model: Model, task: Json, text: str) -> str:
    """What `annotate push` noted, when the settings know it: each new one costs a pipeline."""
    meta = task.get("meta")
    own = meta.get("annotate") if isinstance(meta, dict) else None
    named = own.get("language") if isinstance(own, dict) else None
    return named if named in model.languages else model.detect(text)
