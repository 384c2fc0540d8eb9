"""Gold and what becomes of it: export, convert, evaluate, split, validate, audit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from annotate.config import Settings, load_settings
from annotate.document import Document
from annotate.errors import CallError, InputError
from annotate.ledger import Ledger

if TYPE_CHECKING:
    from annotate.api.labelling import Watch
    from annotate.audit.mark import Finding as Suspicion
    from annotate.evaluate.pairs import Pair
    from annotate.evaluate.report import Evaluation
    from annotate.export.write import Written
    from annotate.split.split import Split
    from annotate.studio.client import Studio
    from annotate.validate.findings import Finding
    from annotate.validate.repair import Repair


class Exports(NamedTuple):
    """Every file that was written with its account; manifest, card, and table of losses.

    ``earlier`` are files and folders that earlier exports left, and this one did not write.
    """

    written: list[Written]
    manifest: Path
    card: Path
    losses: Path | None
    earlier: list[Path]


class Evaluated(NamedTuple):
    """Scores, the pairs of documents that they are of, and the account of those refused."""

    result: Evaluation
    pairs: Sequence[Pair]
    ledger: Ledger


class Audited(NamedTuple):
    """The gold, what is likely wrong in it, where the re-check is if there is one, the account."""

    documents: list[Document]
    findings: list[Suspicion]
    url: str | None
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
    from annotate.export.manifest import manifest, with_beside, with_earlier, write_manifest
    from annotate.export.pseudonyms import without_names
    from annotate.export.replace import refuse_to_replace
    from annotate.export.write import joined_name, sources_of, write_parts
    from annotate.prelabel.tokens import tokenizer_of

    settings = settings or load_settings()
    target = Path(folder)
    files, parts = sources_of(gold)
    refuse_to_replace(parts, files, formats, target)
    # Read before anything is written: what is wrong in them is told at once.
    rules, accounts = hashes(settings, Path.cwd()), pull_accounts(files)
    stem = target / joined_name(list(parts))
    losses = stem.with_name(f"{stem.name}.losses.tsv")
    written, tallies, people = write_parts(
        parts, formats, target, losses, tokenize=tokenizer_of(settings), names=names, watch=watch
    )
    content = manifest(
        written,
        tallies,
        sources(files),
        rules,
        without_names(accounts, people),
        names=names,
    )
    card = stem.with_name(f"{stem.name}.card.md")
    table = losses if losses.exists() else None
    beside = write_card(content, written, tallies, card)
    content = with_beside(content, [*beside, table] if table else beside)
    path = stem.with_name(f"{stem.name}.manifest.json")
    content = with_earlier(content, path)
    write_manifest(content, path)
    left = sorted({target / Path(name).parts[0] for name in content.get("earlier", ())})
    return Exports(written, path, card, table, left)


def convert(
    source: str | Path,
    target: str | Path,
    *,
    from_: str,
    to: str,
    settings: Settings | None = None,
    watch: Watch = iter,
) -> Ledger:
    """Documents of one format into another; what the other can't hold is in ``losses``.

    Annotators keep their names, which only :func:`export` takes out. Raises CallError where
    it would be written over ``source``, InputError where that holds no document.
    """
    from annotate.export.replace import refuse_own_source
    from annotate.export.write import write
    from annotate.formats import read as read_format
    from annotate.formats.records import make_folder
    from annotate.prelabel.tokens import tokenizer_of

    ledger = Ledger("convert")
    reading = Ledger("read", refused=ledger.refused, repaired=ledger.repaired)
    tokenize = tokenizer_of(settings or load_settings())
    refuse_own_source(Path(source), from_, Path(target), to)
    make_folder(Path(target).parent)
    documents = read_format(from_, Path(source), reading)
    first = next(documents, None)
    if first is None:
        found = "; ".join(f"{number} {what}" for what, number in reading.counts.items())
        there = f" ({found})" if found else ""
        raise InputError(f"{source} holds no document{there}; nothing was written.")
    write(to, watch(chain([first], documents)), Path(target), ledger, tokenize)
    ledger.counts.update(reading.counts)
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


def audit(
    documents: Iterable[Document],
    *,
    project: str | None = None,
    first: int | None = None,
    output: str | Path | None = None,
    studio: Studio | None = None,
    settings: Settings | None = None,
    watch: Watch = iter,
) -> Audited:
    """What is likely wrong in gold, the most suspicious first.

    Trains models on other documents to judge each; ``watch`` passes the folds through.
    ``project`` names a Label Studio project for a re-check, ``output`` a JSON lines file
    for the findings; ``first`` keeps so many of them.
    """
    from annotate.api.labelling import connect
    from annotate.audit.audit import audit as look
    from annotate.audit.findings import write
    from annotate.audit.recheck import recheck

    settings, ledger, url = settings or load_settings(), Ledger("audit"), None
    if project:
        # Before the work: a server that doesn't answer is told at once.
        studio = studio or connect(settings)
        studio.version()
    done = look(documents, settings, settings.schema_in_force(), ledger, watch=watch)
    findings = done.findings[:first]
    if output:
        write(findings, Path(output))
    if studio and project:
        found = recheck(done.documents, findings, studio, project, settings, ledger)
        url = f"{studio.url}/projects/{found.id}/data"
    return Audited(done.documents, findings, url, ledger)
