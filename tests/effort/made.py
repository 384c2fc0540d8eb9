"""Simulated reviews as documents, pushed and submitted."""

from __future__ import annotations

from typing import Any

from annotate.config import load_settings
from annotate.document import Document, Entity
from annotate.studio.client import Client
from annotate.studio.tasks import blinded, to_tasks
from annotate.studio.twin import Twin
from tests.effort.simulated import Seen, Slots
from tests.studio.reviewers import sdk_of, submit

Json = dict[str, Any]
SETTINGS = load_settings(environ={})
SCHEMA = SETTINGS.schema_in_force()
VERSION = "simulated-1"


def document(name: str, slots: Slots, version: str = VERSION) -> Document:
    """A text with one word a slot, and the slots' labels as entities."""
    words = [f"Name{number}" for number in range(len(slots))]
    starts = [sum(len(word) + 1 for word in words[:number]) for number in range(len(slots))]
    return Document(
        id=name,
        text=" ".join(words),
        language="en",
        entities=tuple(
            Entity(id=f"e{start}", start=start, end=start + len(word), label=label, text=word)
            for word, start, label in zip(words, starts, slots, strict=True)
            if label
        ),
        meta={"model_version": version},
    )


def task_of(suggested: Document, *, blind: bool = False) -> Json:
    """Its task as a push sends it; a blind one has no prediction."""
    (task,) = to_tasks(suggested, [suggested], SCHEMA)
    return blinded(task) if blind else task


def regions(final: Document) -> list[Json]:
    """Its entities as a person's browser sends them."""
    result: list[Json] = task_of(final)["predictions"][0]["result"]
    return [item | {"origin": "manual"} for item in result]


def project(studio: Client | Twin, title: str, shown: list[Seen], blind: list[Seen]) -> None:
    """A project of that title in which all of these were reviewed."""
    number = studio.create_project(title, SCHEMA.xml, "").id
    given = [(seen, False) for seen in shown] + [(seen, True) for seen in blind]
    tasks = [
        task_of(document(name_of(place), seen.suggested), blind=is_blind)
        for place, (seen, is_blind) in enumerate(given)
    ]
    ids = studio.import_tasks(number, tasks)
    for place, (task, (seen, is_blind)) in enumerate(zip(ids, given, strict=True)):
        result = regions(document(name_of(place), seen.final))
        send = submit_blind if is_blind else submit
        send(studio, task, result, lead_time=seen.seconds)


def submit_blind(studio: Client | Twin, task: int, result: list[Json], **fields: Any) -> None:
    """What a browser sends where nothing was suggested."""
    if isinstance(studio, Twin):
        studio.submit(task, result, **fields)
    else:
        sdk_of(studio).annotations.create(task, result=result, **fields)


def name_of(place: int) -> str:
    """The id of the document at that place."""
    return f"doc-{place}"
