"""The verbs as functions: what the command line does, for notebooks and programs.

Every verb fills a :class:`~annotate.ledger.Ledger`, returned with its result or
passed in where documents stream. Settings come from ``annotate.toml`` of the
working folder unless given. Errors are those of :mod:`annotate.errors`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from annotate.config import Settings, load_settings
from annotate.document import Document
from annotate.errors import CallError
from annotate.ledger import Ledger
from annotate.review.adjudicate import Policy
from annotate.studio.client import Client, Studio

if TYPE_CHECKING:
    from annotate.evaluate.pairs import Pair
    from annotate.evaluate.report import Evaluation
    from annotate.export.write import Written
    from annotate.split.split import Split
    from annotate.studio.push import Order
    from annotate.validate.findings import Finding
    from annotate.validate.repair import Repair

__all__ = [
    "Evaluated",
    "Exports",
    "Pulled",
    "Pushed",
    "Settings",
    "Splits",
    "Validated",
    "connect",
    "convert",
    "evaluate",
    "export",
    "learn",
    "load_settings",
    "prelabel",
    "pull",
    "push",
    "read",
    "split",
    "start_studio",
    "status",
    "stop_studio",
    "validate",
]


# What documents that others labelled count as.
Labelled = Literal["suggestions", "annotations"]
# The model version of their labels.
LABELLED_ELSEWHERE = "labelled-elsewhere"

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


class Exports(NamedTuple):
    """Every file that was written with its account; manifest, card, and table of losses."""

    written: list[Written]
    manifest: Path
    card: Path
    losses: Path | None


class Evaluated(NamedTuple):
    """Scores, the pairs of documents that they are of, and the account of those refused."""

    result: Evaluation
    pairs: Sequence[Pair]
    ledger: Ledger


class Splits(NamedTuple):
    """The parts with their report, and the account."""

    result: Split
    ledger: Ledger


class Validated(NamedTuple):
    """What is wrong with a gold file, what was repaired in the copy, and the account."""

    findings: list[Finding]
    repairs: list[Repair]
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
    order: Order | None = None,
    labelled: Labelled | None = None,
) -> Pushed:
    """Documents, or paths to read, into a Label Studio project, with suggestions.

    Documents without entities are pre-labelled first. Running it again adds
    nothing twice. ``folder`` is where ``guidelines.md`` is looked for; ``order`` says
    which task reviewers get next: ``uncertain``, the least sure one, or ``added``.
    ``labelled`` says what the labels of documents are that others labelled: suggestions,
    or annotations that count as done; nothing is suggested for such documents.
    """
    from annotate.studio.push import push as send

    settings = settings or load_settings()
    studio = studio or connect(settings)
    ledger = Ledger("push")
    # Reading and suggesting refuse into the same account, but count apart.
    early = Ledger("prelabel", refused=ledger.refused, repaired=ledger.repaired)
    if labelled:
        ready = _as_labelled(_documents(documents, language, settings, early), early)
    else:
        ready = prelabel(documents, language=language, settings=settings, ledger=early)
    done = labelled == "annotations"
    found = send(
        ready, studio, project, settings, ledger, folder=folder, order=order, as_annotations=done
    )
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
    gold: Sequence[Document] | Sequence[str | Path] | str | Path,
    formats: Sequence[str],
    folder: str | Path,
    *,
    names: bool = False,
    settings: Settings | None = None,
    watch: Watch = iter,
) -> Exports:
    """Gold documents, or gold files, into each format, with a manifest and a card.

    Files are named after the gold files. Annotators get pseudonyms unless ``names``.
    ``watch`` passes the documents of each format through: a progress bar, say.
    """
    from annotate.export.card import write_card
    from annotate.export.hashes import hashes, pull_accounts, sources
    from annotate.export.manifest import manifest, write_manifest
    from annotate.export.write import refuse_to_replace, sources_of, write_parts
    from annotate.prelabel.tokens import tokenizer_of

    settings = settings or load_settings()
    target = Path(folder)
    files, parts = sources_of(gold)
    refuse_to_replace(files, formats, target)
    stem = target / "-".join(parts)
    losses = stem.with_name(f"{stem.name}.losses.tsv")
    written, tallies = write_parts(
        parts, formats, target, losses, tokenize=tokenizer_of(settings), names=names, watch=watch
    )
    content = manifest(
        written, tallies, sources(files), hashes(settings, Path.cwd()), pull_accounts(files)
    )
    result = Exports(
        written,
        stem.with_name(f"{stem.name}.manifest.json"),
        stem.with_name(f"{stem.name}.card.md"),
        losses if losses.exists() else None,
    )
    write_manifest(content, result.manifest)
    write_card(content, written, tallies, result.card)
    return result


def convert(
    source: str | Path,
    target: str | Path,
    *,
    from_: str,
    to: str,
    settings: Settings | None = None,
    watch: Watch = iter,
) -> Ledger:
    """Documents of one format into another; what the other can't hold is in ``losses``."""
    from annotate.export.write import write
    from annotate.formats import read as read_format
    from annotate.prelabel.tokens import tokenizer_of

    ledger = Ledger("convert")
    reading = Ledger("read", refused=ledger.refused, repaired=ledger.repaired)
    tokenize = tokenizer_of(settings or load_settings())
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    documents = read_format(from_, Path(source), reading)
    write(to, watch(documents), Path(target), ledger, tokenize)
    ledger.counts.update(reading.counts)
    return ledger


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


def split(
    documents: Iterable[Document], folder: str | Path, *, dev: float = 0.1, test: float = 0.1
) -> Splits:
    """Gold into train.json, dev.json and test.json of a folder, without leaks.

    ``dev`` and ``test`` are the shares of each language's documents, 0 to 1. Where the
    folder has the splits.json of an earlier call, the documents in it stay in their part.
    """
    from annotate.split import record
    from annotate.split.files import write
    from annotate.split.placing import Shares
    from annotate.split.split import split as part

    if not (dev >= 0 and test >= 0 and dev + test < 1):
        raise CallError(f"dev {dev} and test {test} leave nothing to train on.")
    target, ledger = Path(folder), Ledger("split")
    before = record.read(target / record.NAME)
    result = part(documents, before, ledger, Shares(dev, test))
    write(result, target, ledger)
    return Splits(result, ledger)


def validate(
    path: str | Path, *, fix: str | Path | None = None, settings: Settings | None = None
) -> Validated:
    """All that is wrong with a gold file, JSON array or JSON lines, however broken.

    ``fix`` names a file to write with what is safe to repair repaired; beside it goes
    ``NAME.repairs.jsonl``. The findings are then those that are left. Raises CallError
    when it would be written over ``path``.
    """
    from annotate.validate.validate import validate as look

    settings = settings or load_settings()
    ledger = Ledger("validate")
    target = Path(fix) if fix is not None else None
    findings, repairs = look(Path(path), settings.schema_in_force(), ledger, target)
    return Validated(findings, repairs, ledger)


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
