"""Pull: what people submitted in a project → gold documents with provenance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from annotate.config import Settings
from annotate.document import Document
from annotate.ledger import Ledger
from annotate.review.adjudicate import Policy
from annotate.studio.client import Json, Studio
from annotate.studio.gold import gold
from annotate.studio.kept import kept
from annotate.studio.piece import CodeOf, Reading
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

    ``policy`` and ``code_of`` are those of :class:`~annotate.studio.piece.Reading`;
    ``watch`` passes tasks through, to show how many came. The ledger counts tasks by
    state. Raises ProjectNotFound.
    """
    project = find_project(studio, title)
    schema = schema_of(project, settings.relations)
    reading = Reading(schema, ledger, policy, studio.people(), code_of)
    with kept(watch(studio.export(project.id))) as (names, tasks):
        yield from gold(names, tasks, reading)
