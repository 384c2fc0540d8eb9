"""The effort in a Label Studio project: exported, read and reckoned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from annotate.config import Settings
from annotate.document import Document
from annotate.effort.changes import Change
from annotate.effort.report import Effort, Source, effort
from annotate.effort.suggester import kept, suggester
from annotate.ledger import Ledger
from annotate.studio.client import Json, Studio
from annotate.studio.project import find_project, schema_of


def project_effort(
    studio: Studio,
    title: str,
    settings: Settings,
    ledger: Ledger,
    *,
    suggestions: Iterable[Document] | None = None,
    names: bool = False,
    watch: Callable[[Iterable[Json]], Iterable[Json]] = iter,
) -> Effort:
    """What suggestions saved and changed in the project of that title.

    ``suggestions`` are those of the blind documents; without them the pipeline of the
    settings suggests again, if it is the one whose suggestions the project shows.
    Annotators get pseudonyms unless ``names``. ``watch`` passes tasks through, to show
    how many came. Raises ProjectNotFound.
    """
    project = find_project(studio, title)
    schema = schema_of(project, settings.relations)
    if suggestions is None:
        suggest, why = suggester(settings, project.model_version, ledger)
    else:
        suggest, why = kept(suggestions), ""
    tasks = watch(studio.export(project.id))
    found = effort(tasks, schema, ledger, people=studio.people(), suggest=suggest, why=why)
    return found if names else _pseudonymous(found)


def _pseudonymous(found: Effort) -> Effort:
    """Annotators numbered as they first come, as exports do."""
    names: dict[str, str] = {}
    changes: Counter[tuple[Source, Change]] = Counter()
    for (source, change), count in found.changes.items():
        name = names.setdefault(source.annotator, f"annotator-{len(names) + 1}")
        changes[source._replace(annotator=name), change] += count
    return found._replace(changes=changes)
