"""Texts to Label Studio and back: read, prelabel, push, reorder, pull, effort."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from annotate.config import Settings, load_settings
from annotate.document import Document
from annotate.errors import CallError
from annotate.ledger import Ledger
from annotate.review.adjudicate import Policy
from annotate.studio.client import Client, Studio
from annotate.studio.tasks import LABELLED_ELSEWHERE

if TYPE_CHECKING:
    from annotate.effort.report import Effort
    from annotate.studio.reorder import Order

# Passes items through as they come.
Watch = Callable[[Iterable[Any]], Iterable[Any]]

# What documents that others labelled count as.
Labelled = Literal["suggestions", "annotations"]


class Pushed(NamedTuple):
    """Where a push went, and its account."""

    project: int
    url: str
    ledger: Ledger


class Pulled(NamedTuple):
    """Gold documents, and the account of what was left out or repaired."""

    documents: list[Document]
    ledger: Ledger


class Measured(NamedTuple):
    """What became of suggestions, the time they save, and how far they pull."""

    result: Effort
    ledger: Ledger


def read(
    paths: Iterable[str | Path],
    *,
    language: str | None = None,
    settings: Settings | None = None,
    ledger: Ledger | None = None,
) -> Iterator[Document]:
    """Documents of files and folders (.txt, .jsonl, .csv), one at a time."""
    from annotate.corpus.language import detector
    from annotate.corpus.read import read as read_paths

    settings = settings or load_settings()
    detect = detector(settings.languages)
    places = [Path(path) for path in paths]
    return read_paths(places, ledger or Ledger("read"), language=language, detect=detect)


def prelabel(
    documents: Iterable[Document | str | Path],
    *,
    language: str | None = None,
    settings: Settings | None = None,
    ledger: Ledger | None = None,
) -> Iterator[Document]:
    """Documents with suggestions; paths are read first. One at a time, order kept."""
    from annotate.prelabel.suggest import prelabel as suggest

    settings = settings or load_settings()
    ledger = ledger or Ledger("prelabel")
    given = _documents(documents, language, settings, ledger)
    return suggest(given, settings, settings.schema_in_force(), ledger)


def push(
    documents: Iterable[Document | str | Path] | None,
    *,
    project: str,
    studio: Studio | None = None,
    language: str | None = None,
    settings: Settings | None = None,
    folder: Path | None = None,
    order: Order | None = None,
    labelled: Labelled | None = None,
    refresh: bool = False,
    blind: float = 0.0,
    watch: Watch = iter,
) -> Pushed:
    """Documents, or paths to read, into a Label Studio project, with suggestions.

    Documents without entities are pre-labelled first. Running it again adds
    nothing twice. ``folder`` is where ``guidelines.md`` is looked for; ``order`` says
    which task reviewers get next: ``uncertain``, the least sure one; ``diverse``, the one
    least like those before; ``both``; or ``added``, the oldest.
    ``labelled`` says what the labels of documents are that others labelled: suggestions,
    or annotations that count as done; nothing is suggested for such documents.
    ``refresh`` puts these suggestions in place of older ones, on tasks that nobody
    touched; None for ``documents`` then takes the texts of the project. ``blind`` is the
    share of new documents, 0 to 1, that never get suggestions. ``watch`` passes documents
    through: a progress bar, say.
    """
    from annotate.prelabel.pipeline import model_version
    from annotate.studio.project import find_project
    from annotate.studio.push import push as send
    from annotate.studio.refresh import texts_of

    settings = settings or load_settings()
    studio = studio or connect(settings)
    ledger = Ledger("push")
    # Reading and suggesting refuse into the same account, but count apart.
    early = Ledger("prelabel", refused=ledger.refused, repaired=ledger.repaired)
    version = None
    if documents is None:
        if labelled or not refresh:
            raise CallError("no documents; only a refresh takes the texts of the project.")
        schema = settings.schema_in_force()
        known = find_project(studio, project)
        version = model_version(settings, schema)
        documents = texts_of(studio, known, schema, version, early)
    documents = watch(documents)
    if labelled:
        ready = _as_labelled(_documents(documents, language, settings, early), early)
    else:
        ready = prelabel(documents, language=language, settings=settings, ledger=early)
    found = send(
        ready,
        studio,
        project,
        settings,
        ledger,
        folder=folder,
        order=order,
        as_annotations=labelled == "annotations",
        refresh=refresh,
        blind=blind,
        version=version,
    )
    ledger.taken = early.taken
    ledger.counts.update(early.counts)
    return Pushed(found.id, f"{studio.url}/projects/{found.id}/data", ledger)


def reorder(
    *,
    project: str,
    order: Order = "both",
    studio: Studio | None = None,
    settings: Settings | None = None,
    watch: Watch = iter,
) -> Pushed:
    """Put the tasks of a project that nobody reviewed in a new order.

    What was reviewed counts as known: texts like it move back. ``watch`` passes the
    project's tasks through: a progress bar, say.
    """
    from annotate.studio.project import find_project, schema_of
    from annotate.studio.reorder import reorder as put_in_order

    settings = settings or load_settings()
    studio, ledger = studio or connect(settings), Ledger("reorder")
    found = find_project(studio, project)
    field = schema_of(found, settings.relations).text_field
    put_in_order(studio, found, field, order, ledger, watch)
    return Pushed(found.id, f"{studio.url}/projects/{found.id}/data", ledger)


def pull(
    *,
    project: str,
    studio: Studio | None = None,
    policy: Policy = "latest",
    settings: Settings | None = None,
    watch: Watch = iter,
) -> Pulled:
    """What people submitted in a project, as gold documents.

    ``watch`` passes the project's tasks through: a progress bar, say.
    """
    from annotate.prelabel.countries import code_of
    from annotate.studio.pull import pull as fetch

    settings = settings or load_settings()
    ledger = Ledger("pull")
    gold = fetch(
        studio or connect(settings),
        project,
        settings,
        ledger,
        policy=policy,
        code_of=code_of,
        watch=watch,
    )
    return Pulled(list(gold), ledger)


def status(
    *,
    project: str,
    studio: Studio | None = None,
    settings: Settings | None = None,
    watch: Watch = iter,
) -> Ledger:
    """How far the review of a project has come: tasks by state, in ``counts``."""
    from annotate.studio.status import status as look

    settings = settings or load_settings()
    return look(studio or connect(settings), project, watch)


def effort(
    *,
    project: str,
    studio: Studio | None = None,
    suggestions: Iterable[Document] | None = None,
    names: bool = False,
    settings: Settings | None = None,
    watch: Watch = iter,
) -> Measured:
    """What a project's reviewers made of its suggestions, and what these saved them.

    ``suggestions`` are those that blind tasks would have shown; without them the
    settings' pipelines suggest anew, where they are the model of the project. ``names``
    shows people by e-mail address instead of pseudonyms.
    """
    from annotate.effort.project import project_effort

    settings, ledger = settings or load_settings(), Ledger("effort")
    found = project_effort(
        studio or connect(settings),
        project,
        settings,
        ledger,
        suggestions=suggestions,
        names=names,
        watch=watch,
    )
    return Measured(found, ledger)


def start_studio(port: int | None = None) -> str:
    """Start the embedded Label Studio, installing it the first time; its address."""
    from annotate.studio import server

    return server.start(port).url


def stop_studio() -> bool:
    """Stop the embedded Label Studio; whether one ran."""
    from annotate.studio import server

    return server.stop()


def connect(settings: Settings | None = None) -> Client:
    """The server of the settings, else the embedded one.

    Raises CallError when a url has no key, or when neither is there.
    """
    from annotate.studio import server

    settings = settings or load_settings()
    url, key = settings.studio.url, settings.studio.api_key
    if url:
        if key is None or not key.get_secret_value().strip():
            raise CallError(
                f"{url}: needs a key. Set LABEL_STUDIO_API_KEY (Account & Settings in the browser)."
            )
        return Client(url.strip(), key.get_secret_value().strip())
    running, credentials = server.status(), server.credentials()
    if running is None or credentials is None:
        raise CallError(
            "no Label Studio: run 'annotate studio start', or name a server of your own "
            "with --url and LABEL_STUDIO_API_KEY."
        )
    return Client(running.url, credentials.api_key.get_secret_value())


def _as_labelled(documents: Iterable[Document], ledger: Ledger) -> Iterator[Document]:
    """Documents under one version, whatever models they name, or the push would refuse some."""
    for document in documents:
        ledger.taken += 1
        yield document.model_copy(
            update={"meta": document.meta | {"model_version": LABELLED_ELSEWHERE}}
        )


def _documents(
    given: Iterable[Document | str | Path],
    language: str | None,
    settings: Settings,
    ledger: Ledger,
) -> Iterator[Document]:
    reading = Ledger("read", refused=ledger.refused, repaired=ledger.repaired)
    # Paths that follow each other are read together: no id may come twice.
    for is_document, run in groupby(given, lambda item: isinstance(item, Document)):
        if is_document:
            yield from (item for item in run if isinstance(item, Document))
        else:
            paths = [item for item in run if not isinstance(item, Document)]
            yield from read(paths, language=language, settings=settings, ledger=reading)
    ledger.taken += reading.taken - reading.given
    ledger.counts.update(reading.counts)
