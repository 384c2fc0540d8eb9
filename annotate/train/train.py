"""Gold → a model: split, trained, tested, described, and only then there.

Everything is made in a hidden folder beside the models; the model's folder appears at the
end as a whole. A training that is killed leaves nothing that serves, and nothing that
serves is touched.
"""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from annotate import __version__
from annotate.config import Settings
from annotate.document import Document
from annotate.errors import ModelError
from annotate.ledger import Ledger
from annotate.models import folder as models
from annotate.models.folder import Data, Model
from annotate.schema import Schema
from annotate.train import material as parts
from annotate.train import scores as measured
from annotate.train import spacy_train
from annotate.train.bases import check_base
from annotate.train.card import write_card
from annotate.train.config import training_config, usual_base
from annotate.train.gate import Cell, compare
from annotate.train.material import Material
from annotate.train.promote import what_serves

Say = Callable[[str], object]


class Trained(NamedTuple):
    """Where the model is, what it is, and how it compares with what serves now."""

    folder: Path
    model: Model
    cells: list[Cell]


def train(
    documents: Iterable[Document],
    target: Path,
    settings: Settings,
    ledger: Ledger,
    *,
    base: str | None = None,
    seed: int = 0,
    sources: Sequence[str] = (),
    say: Say = lambda line: None,
) -> Trained:
    """Train a pipeline for each language of gold documents into the folder ``target``.

    ``base`` is a spaCy pipeline to go on from, or ``hf:NAME`` for an encoder, else
    :func:`~annotate.train.config.usual_base`; ``sources`` names where the gold came from;
    ``say`` gets progress, a line at a time. The same gold, split record and seed give the
    same pipelines. Raises ModelError where the folder is
    there or spaCy fails, InputError without gold to train on.
    """
    models.check_name(target.name)
    if target.exists():
        raise ModelError(f"{target} is there; a model is never trained over. Give another name.")
    root, schema = target.parent, settings.schema_in_force()
    base = base or usual_base()
    if base:
        check_base(base)
    gold = parts.material(documents, root, schema, ledger)
    # Before the work: what serves may be gone.
    serves = what_serves(settings, gold.languages, ledger)
    with _becoming(target) as part:
        if base:
            _train_on(base, gold, part, schema, seed, ledger, say)
        else:
            _train_built_in(gold, part, schema, seed, ledger, say)
        say("testing, beside what serves now")
        tested = [one for one in gold.tested if one.language in gold.languages]
        scores, cells = _test(part, gold.languages, tested, serves, ledger)
        model = _model(target.name, part, gold, schema, base, seed, sources, scores)
        (part / models.NAME).write_text(
            model.model_dump_json(indent=1) + "\n", "utf-8", newline="\n"
        )
        write_card(part, model, cells)
    ledger.counts["tested on"] = len(tested)
    return Trained(target, model, cells)


@contextmanager
def _becoming(target: Path) -> Iterator[Path]:
    """A hidden folder beside ``target`` that takes its name when all went well."""
    part = target.parent / f".{target.name}.{os.getpid()}.part"
    try:
        part.mkdir(parents=True)
        yield part
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _train_built_in(
    gold: Material, part: Path, schema: Schema, seed: int, ledger: Ledger, say: Say
) -> None:
    """The built-in pipeline of every language, from one corpus."""
    work, everything = part / "work", gold.everything()
    corpora = {name: work / f"{name}.spacy" for name in ("train", "dev")}
    spacy_train.write_corpus(everything, corpora["train"], ledger)
    learnt = None
    for language in gold.languages:
        own = [one for one in everything if one.language == language]
        say(f"{language}: {len(own)} texts, {len(everything) - len(own)} in other languages")
        # spaCy wants something to score; nothing is chosen by it.
        spacy_train.write_corpus(own[:1], corpora["dev"], Ledger("dev"))
        config = training_config(language, schema, corpora, seed=seed, learnt=learnt)
        # spaCy's table would show the score of a text that was learnt.
        spacy_train.train(config, work / language, part / language, lambda line: None)
        learnt = part / language
    shutil.rmtree(work)


def _train_on(
    base: str, gold: Material, part: Path, schema: Schema, seed: int, ledger: Ledger, say: Say
) -> None:
    """The ner of a base for every language, each from its own texts."""
    work = part / "work"
    labels = frozenset(one.label for document in gold.everything() for one in document.entities)
    for language in gold.languages:
        train_part, dev = gold.own(language)
        say(f"{language}: {len(train_part)} texts, {len(dev)} to stop by")
        corpora = {name: work / language / f"{name}.spacy" for name in ("train", "dev")}
        spacy_train.write_corpus(train_part, corpora["train"], ledger)
        spacy_train.write_corpus(dev, corpora["dev"], ledger)
        config = training_config(language, schema, corpora, base=base, labels=labels, seed=seed)
        spacy_train.train(config, work / language, part / language, say)
    shutil.rmtree(work)


def _test(
    part: Path,
    languages: Sequence[str],
    tested: Sequence[Document],
    serves: Settings,
    ledger: Ledger,
) -> tuple[dict[str, Any], list[Cell]]:
    """Scores of the new pipelines, and their comparison with what serves."""
    if not tested:
        return {}, []
    fresh = {language: str(part / language) for language in languages}
    new = measured.with_pipelines(serves, fresh)
    # Refusals of the new model count; those of what serves were told before.
    after = measured.suggested(tested, new, _refusing_into(ledger))
    before = measured.suggested(tested, serves, Ledger("serving"))
    return measured.scores(after, new), compare(before, after)


def _refusing_into(ledger: Ledger) -> Ledger:
    """An account of its own that refuses into the training's."""
    return Ledger("test", refused=ledger.refused)


def _model(
    name: str,
    part: Path,
    gold: Material,
    schema: Schema,
    base: str | None,
    seed: int,
    sources: Sequence[str],
    scores: dict[str, Any],
) -> Model:
    everything = [*gold.train, *gold.dev, *gold.test]
    files: dict[str, str] = {}
    for language in gold.languages:
        files |= models.digests(part, language)
    return Model(
        name=name,
        made=datetime.now(UTC).replace(microsecond=0),
        base=base,
        seed=seed,
        languages=tuple(gold.languages),
        labels=schema.labels,
        relations=tuple(kind.label for kind in schema.relations),
        scheme=schema.sha256,
        data=Data(
            sha256=parts.digest(everything),
            documents={
                "train": parts.by_language(gold.train),
                "dev": parts.by_language(gold.dev),
                "test": parts.by_language(gold.test),
            },
            rehearsed=parts.by_language(
                one for one in gold.rehearsed if not base or one.language in gold.languages
            ),
            sources=tuple(sources),
            learnt=parts.learnt_hashes(gold, schema),
        ),
        versions={
            "annotate": __version__,
            "spacy": version("spacy"),
            "python-crfsuite": version("python-crfsuite"),
            "python": platform.python_version(),
        },
        scores=scores,
        files=files,
    )
