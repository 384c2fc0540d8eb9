"""The verbs as functions: what the command line does, for notebooks and programs.

Every verb fills a :class:`~annotate.ledger.Ledger`, returned with its result or
passed in where documents stream. Settings come from ``annotate.toml`` of the
working folder unless given. Errors are those of :mod:`annotate.errors`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from annotate.config import Settings, load_settings
from annotate.document import Document
from annotate.errors import CallError
from annotate.ledger import Ledger
from annotate.review.adjudicate import Policy
from annotate.studio.client import Client, Studio

if TYPE_CHECKING:
    from annotate.evaluate.pairs import Pair
    from annotate.evaluate.report import Evaluation

__all__ = [
    "Evaluated",
    "Exported",
    "Pulled",
    "Pushed",
    "Settings",
    "connect",
    "evaluate",
    "export",
    "learn",
    "load_settings",
    "prelabel",
    "pull",
    "push",
    "read",
    "start_studio",
    "status",
    "stop_studio",
]


# Passes items through as they come.
Watch = Callable[[Iterable[Any]], Iterable[Any]]


class Pushed(NamedTuple):
    """Where a push went, and its account."""

    project: int
    url: str
    ledger: Ledger


class Pulled(NamedTuple):
    """Gold documents, and the account of what was left out or repaired."""

    documents: list[Document]
    ledger: Ledger


class Exported(NamedTuple):
    """One file that was written, and its account."""

    format: str
    path: Path
    ledger: Ledger


class Evaluated(NamedTuple):
    """Scores, the pairs of documents that they are of, and the account of those refused."""

    result: Evaluation
    pairs: Sequence[Pair]
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
    documents: Iterable[Document | str | Path],
    *,
    project: str,
    studio: Studio | None = None,
    language: str | None = None,
    settings: Settings | None = None,
    folder: Path | None = None,
) -> Pushed:
    """Documents, or paths to read, into a Label Studio project, with suggestions.

    Documents without entities are pre-labelled first. Running it again adds
    nothing twice. ``folder`` is where ``guidelines.md`` is looked for.
    """
    from annotate.studio.push import push as send

    settings = settings or load_settings()
    studio = studio or connect(settings)
    ledger = Ledger("push")
    # Reading and suggesting refuse into the same account, but count apart.
    early = Ledger("prelabel", refused=ledger.refused, repaired=ledger.repaired)
    suggested = prelabel(documents, language=language, settings=settings, ledger=early)
    found = send(suggested, studio, project, settings, ledger, folder=folder)
    ledger.taken = early.taken
    ledger.counts.update(early.counts)
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


def export(
    documents: Sequence[Document] | str | Path,
    formats: Sequence[str],
    folder: str | Path,
    *,
    watch: Watch = iter,
) -> list[Exported]:
    """Gold documents, or a gold file, into each format; files are named after it.

    ``watch`` passes the documents of each format through: a progress bar, say.
    """
    from annotate import formats as known
    from annotate.formats import gold

    source = (
        None if isinstance(documents, Sequence) and not isinstance(documents, str) else documents
    )
    name = Path(source).stem if source else "gold"
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for wanted in formats:
        module, suffix = known.get(wanted)
        ledger = Ledger(f"export {wanted}")
        path = target / f"{name}{suffix}"
        given = gold.read(Path(documents)) if isinstance(documents, str | Path) else documents
        module.write(watch(given), path, ledger)
        written.append(Exported(wanted, path, ledger))
    return written


def learn(documents: Iterable[Document], output: str | Path) -> Ledger:
    """A memory of names that reviewers confirmed or deleted, from gold, into a file.

    Name the file as ``memory`` in annotate.toml; the count of names is in ``counts``.
    """
    from annotate.formats.records import replacing
    from annotate.prelabel import memory

    ledger = Ledger("learn")
    learnt = memory.learn(documents, ledger)
    target = Path(output)
    target.parent.mkdir(parents=True, exist_ok=True)
    with replacing(target) as part:
        part.write_text(learnt.to_json(), "utf-8", newline="\n")
    ledger.counts["names"] = len(learnt.names)
    return ledger


def evaluate(
    predicted: Iterable[Document], gold: Iterable[Document], *, settings: Settings | None = None
) -> Evaluated:
    """Score suggestions against gold, documents matched by id.

    Relations between gold entities are scored when the installed pipeline made
    the suggestions.
    """
    from annotate.evaluate.pairs import pair
    from annotate.evaluate.report import evaluate as compare
    from annotate.evaluate.suggester import suggester_of

    settings = settings or load_settings()
    schema = settings.schema_in_force()
    symmetric = [kind.label for kind in schema.relations if kind.symmetric]
    ledger = Ledger("evaluate")
    pairs = pair(predicted, gold, ledger, symmetric)
    suggest = suggester_of((side.predicted for side in pairs), settings, schema)
    return Evaluated(compare(pairs, suggest, symmetric), pairs, ledger)


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
