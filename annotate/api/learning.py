"""Gold to models: learn, train, models, curve."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from annotate.config import Settings, load_settings
from annotate.document import Document
from annotate.errors import CallError, ModelError
from annotate.ledger import Ledger

if TYPE_CHECKING:
    from annotate.api.labelling import Watch
    from annotate.curve.curve import Panel
    from annotate.studio.client import Studio
    from annotate.train.gate import Cell
    from annotate.train.train import Trained as TrainedModel

Say = Callable[[str], object]


class Trained(NamedTuple):
    """The model with its comparison, the languages in which it serves now, and the account."""

    result: TrainedModel
    promoted: list[str]
    ledger: Ledger


class Compared(NamedTuple):
    """A comparison of two models, cell by cell, and the languages in which that came out well.

    ``languages`` are those of the first model, ``passes`` those in which it loses nothing,
    ``promoted`` those in which it serves.
    """

    languages: tuple[str, ...]
    cells: list[Cell]
    passes: list[str]
    promoted: list[str]
    ledger: Ledger


class Curved(NamedTuple):
    """Learning curves with their forecasts, one of everything and one a language."""

    panels: list[Panel]
    ledger: Ledger


class Connected(NamedTuple):
    """A project that asks a backend, the model's version there, and the account."""

    project: int
    backend: str
    model_version: str
    ledger: Ledger


class ModelRow(NamedTuple):
    """What a list says of a model; ``problem`` where it can't be read."""

    name: str
    made: datetime | None
    languages: tuple[str, ...]
    documents: int
    entities: float | None
    relations: float | None
    serves: tuple[str, ...]
    problem: str | None = None


def train(
    gold: Iterable[Document],
    output: str | Path,
    *,
    base: str | None = None,
    seed: int = 0,
    promote: bool = False,
    sources: Sequence[str] = (),
    settings: Settings | None = None,
    say: Say = lambda line: None,
) -> Trained:
    """Train a spaCy pipeline for each language of the gold into a new folder.

    The model is compared with what serves now; with ``promote`` it serves the languages in
    which it passes.
    ``say`` gets progress, a line at a time. Raises ModelError where the folder is there,
    InputError without gold to train on, CallError where a model to promote would lie
    outside of the settings' ``models``.
    """
    from annotate.train import promote as promoting
    from annotate.train.train import train as make

    settings = settings or load_settings()
    target, ledger = Path(output), Ledger("train")
    if promote and target.parent.resolve() != settings.models.resolve():
        raise CallError(f"{target}: a model that is to serve lies in {settings.models}.")
    found = make(gold, target, settings, ledger, base=base, seed=seed, sources=sources, say=say)
    served: list[str] = []
    if promote:
        done = promoting.promote(target.name, settings, ledger, cells=found.cells)
        served = done.languages
    return Trained(found, served, ledger)


def models(settings: Settings | None = None) -> list[ModelRow]:
    """The trained models, oldest first."""
    from annotate.models import folder, serving

    settings = settings or load_settings()
    served = serving.read(settings.models).languages
    rows = []
    for name in folder.names(settings.models):
        serves = tuple(language for language, model in served.items() if model == name)
        try:
            model = folder.read(settings.models / name)
        except ModelError as error:
            rows.append(ModelRow(name, None, (), 0, None, None, serves, str(error)))
            continue
        documents = sum(model.data.documents["train"].values())
        scores = model.scores.get("everything")
        rows.append(ModelRow(name, model.made, model.languages, documents, *_f1(scores), serves))
    return rows


def model_card(name: str, *, settings: Settings | None = None) -> str:
    """A model's card, Markdown. Raises ModelError where there is none."""
    from annotate.models import folder

    settings = settings or load_settings()
    place = settings.models / folder.check_name(name)
    folder.read(place)
    try:
        return (place / folder.CARD).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{place / folder.CARD}: can't be read: {error}.") from None


def compare_models(
    name: str, other: str | None = None, *, settings: Settings | None = None
) -> Compared:
    """A model beside another one, or beside what serves now, on the locked test part."""
    from annotate.models import folder
    from annotate.train.gate import passing
    from annotate.train.promote import compared

    settings, ledger = settings or load_settings(), Ledger("compare")
    cells = compared(name, settings, ledger, other)
    languages = folder.read(settings.models / name).languages
    return Compared(languages, cells, passing(cells), [], ledger)


def promote(name: str, *, force: bool = False, settings: Settings | None = None) -> Compared:
    """Let a model serve the languages in which it passes, or with ``force`` all."""
    from annotate.models import folder
    from annotate.train.gate import passing
    from annotate.train.promote import promote as decide

    settings, ledger = settings or load_settings(), Ledger("promote")
    done = decide(name, settings, ledger, force=force)
    languages = folder.read(settings.models / name).languages
    return Compared(languages, done.cells, passing(done.cells), done.languages, ledger)


def curve(
    gold: Iterable[Document],
    *,
    target: float = 0.9,
    seeds: int = 3,
    settings: Settings | None = None,
    watch: Watch = iter,
) -> Curved:
    """How F1 grows with the gold, and how many more documents ``target`` needs.

    Trains on growing parts, ``seeds`` times each; ``watch`` passes the trainings through.
    """
    from annotate.curve.curve import curve as measure

    settings, ledger = settings or load_settings(), Ledger("curve")
    panels = measure(gold, settings, ledger, target=target, seeds=seeds, watch=watch)
    return Curved(panels, ledger)


def learn(documents: Iterable[Document], output: str | Path) -> Ledger:
    """A memory of names that reviewers confirmed or deleted, from gold, into a file.

    Name the file as ``memory`` in annotate.toml; the count of names is in ``counts``.
    """
    from annotate.formats.records import make_folder, replacing
    from annotate.prelabel import memory

    ledger = Ledger("learn")
    learnt = memory.learn(documents, ledger)
    target = Path(output)
    make_folder(target.parent)
    with replacing(target) as part:
        part.write_text(learnt.to_json(), "utf-8", newline="\n")
    ledger.counts["names"] = len(learnt.names)
    return ledger


def serve(
    folder: str | Path | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 9090,
    log: str | Path = "serve.log.jsonl",
    body_limit: int = 50_000_000,
) -> None:
    """Answer Label Studio's questions for suggestions until interrupted.

    With the settings of ``folder``, the working folder unless given, read anew when they
    or the models change. ``body_limit`` is the longest request in bytes. User and password
    are ANNOTATE_SERVE_USER and ANNOTATE_SERVE_PASSWORD, else made once and kept.
    """
    from annotate.api.labelling import connect
    from annotate.serve.run import serve as run

    place = Path(folder) if folder is not None else Path.cwd()
    run(place, connect, host=host, port=port, log=Path(log), body_limit=body_limit)


def connect_backend(
    *,
    project: str,
    backend: str = "http://127.0.0.1:9090",
    studio: Studio | None = None,
    settings: Settings | None = None,
) -> Connected:
    """Let a project ask :func:`serve` at ``backend``; only what differs is changed."""
    from annotate.api.labelling import connect
    from annotate.serve.credentials import credentials
    from annotate.serve.registration import register
    from annotate.studio.project import find_project

    studio, ledger = studio or connect(settings), Ledger("connect")
    address, found = backend.rstrip("/"), find_project(studio, project)
    version = register(studio, found, address, credentials(), ledger)
    return Connected(found.id, address, version, ledger)


def _f1(scores: Any) -> tuple[float | None, float | None]:
    if not scores:
        return None, None
    return scores["entities"]["strict"]["f1"], scores["relations"]["end_to_end"]["f1"]
