"""How far the review of a project has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from annotate.ledger import Ledger
from annotate.review.adjudicate import state_of
from annotate.studio.client import Json, Studio
from annotate.studio.project import find_project

STATES = ("submitted", "draft", "skipped", "bulk-converted", "un-reviewed")


def status(
    studio: Studio, title: str, watch: Callable[[Iterable[Json]], Iterable[Json]] = iter
) -> Ledger:
    """Tasks by state and documents, in ``counts``; raises ProjectNotFound.

    ``watch`` passes tasks through, to show how many came.
    """
    project = find_project(studio, title)
    ledger = Ledger("status")
    documents = set()
    for state in STATES:
        ledger.counts[state] = 0
    for task in watch(studio.export(project.id)):
        ledger.taken += 1
        ledger.counts[state_of(task)] += 1
        own = (task.get("meta") or {}).get("annotate") or {}
        documents.add(own.get("document", task["id"]))
    ledger.given = ledger.counts["submitted"]
    ledger.counts["documents"] = len(documents)
    return ledger
