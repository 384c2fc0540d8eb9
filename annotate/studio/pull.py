"""Pull: what people submitted in a project → gold documents with provenance."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO

from annotate.config import Settings
from annotate.document import Document
from annotate.ledger import Ledger
from annotate.review.adjudicate import Policy
from annotate.studio.client import Json, Studio
from annotate.studio.gold import CodeOf, Reading, bookkeeping, gold
from annotate.studio.project import find_project, schema_of


def pull(
    studio: Studio,
    title: str,
    settings: Settings,
    ledger: Ledger,
    *,
    policy: Policy = "latest",
    code_of: CodeOf = lambda text, language: None,
    watch: Callable[[Iterable[Json]], Iterable[Json]] = iter,
) -> Iterator[Document]:
    """Gold documents of the project of that title, each where its last task stands.

    ``policy`` and ``code_of`` are those of :class:`~annotate.studio.gold.Reading`;
    ``watch`` passes tasks through, to show how many came. The ledger counts tasks by
    state. Raises ProjectNotFound.
    """
    project = find_project(studio, title)
    schema = schema_of(project, settings.relations)
    reading = Reading(schema, ledger, policy, studio.people(), code_of)
    # Read twice, from a file: memory stays flat.
    with tempfile.TemporaryFile("w+", encoding="ascii") as file:
        names = _kept(watch(studio.export(project.id)), file)
        yield from gold(names, map(json.loads, file), reading)


def _kept(tasks: Iterable[Json], file: TextIO) -> Iterator[str]:
    """The document of each task; all tasks are then in the file, one a line, to be read."""
    for task in tasks:
        file.write(json.dumps(task) + "\n")
        yield bookkeeping(task)["document"]
    file.seek(0)
