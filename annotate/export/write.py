"""Gold files → each format that was asked for, and an account of every file written.

A gold file is a part: ``train.json`` and ``dev.json`` become ``train.spacy`` and
``dev.spacy``. One manifest and one card go beside all of them, and a table of losses
where any format could not hold something.
"""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from annotate.document import Document
from annotate.errors import CallError, FormatError
from annotate.export.pseudonyms import pseudonymous, pseudonyms
from annotate.export.tally import Tally, counting
from annotate.formats import FORMATS, get, read_gold
from annotate.formats.mark import MARK
from annotate.formats.records import make_folder, replacing
from annotate.formats.tokens import Tokenize
from annotate.ledger import Ledger, Loss

# Opens a part's documents anew, from the first: one pass a format.
Source = Callable[[], Iterable[Document]]
Watch = Callable[[Iterable[Any]], Iterable[Any]]

# Names of several parts are joined up to so many bytes; file systems hold 255.
LONGEST_JOINED = 100


class Written(NamedTuple):
    """One part in one format: the file or folder, the account, each file's size and SHA-256."""

    part: str
    format: str
    path: Path
    ledger: Ledger
    files: Mapping[str, tuple[int, str]]


class LossFile:
    """Losses as rows of a table on disk: there may be more of them than memory holds."""

    def __init__(self, file: IO[str]) -> None:
        self._table = csv.writer(file, dialect="excel-tab", lineterminator="\n")
        self._table.writerow(("part", "format", "where", "kind", "what"))
        self.part = self.format = ""
        self.rows = 0

    def append(self, loss: Loss) -> None:
        """Write one more."""
        self._table.writerow((self.part, self.format, *loss))
        self.rows += 1


def write_parts(
    parts: Mapping[str, Source],
    formats: Sequence[str],
    folder: Path,
    losses: Path,
    *,
    tokenize: Tokenize | None = None,
    names: bool = False,
    watch: Watch = iter,
) -> tuple[list[Written], dict[str, Tally], dict[str, str]]:
    """Write every part in every format, and every loss into the table ``losses``.

    Annotators get pseudonyms, which are given back, unless ``names``; ``tokenize`` gives
    token formats other tokens than the built-in pipelines'. ``watch`` passes the documents
    through.
    Raises CallError for an unknown format, FormatError where one can't be written.
    """
    for wanted in formats:
        get(wanted)
    make_folder(folder)
    written: list[Written] = []
    tallies: dict[str, Tally] = {}
    # Known before the first document is written, which may speak of a later one's annotator.
    people = {} if names else pseudonyms(chain.from_iterable(open_() for open_ in parts.values()))
    with _loss_file(losses) as table:
        for part, source in parts.items():
            for wanted in formats:
                table.part, table.format = part, wanted
                documents = source() if names else pseudonymous(source(), people)
                tally = Tally()
                account = Ledger(f"export {wanted}", losses=table)
                path = folder / f"{part}{FORMATS[wanted].suffix}"
                write(wanted, counting(watch(documents), tally), path, account, tokenize)
                for document, why in account.refused:
                    account.lose(document, "document", why)
                tallies[part] = tally
                written.append(Written(part, wanted, path, account, checksums(path)))
    return written, tallies, people


def checksums(path: Path) -> dict[str, tuple[int, str]]:
    """Bytes and SHA-256 of each file that belongs to an export, by name."""
    if path.is_dir():
        files = [one for one in sorted(path.rglob("*")) if one.is_file() and one.name != MARK]
    else:
        files = [path, *(one for one in _beside(path) if one.exists())]
    return {str(file.relative_to(path.parent)): checksum(file) for file in files}


def checksum(file: Path) -> tuple[int, str]:
    """Bytes and SHA-256 of a file."""
    with file.open("rb") as content:
        return file.stat().st_size, hashlib.file_digest(content, "sha256").hexdigest()


def _beside(path: Path) -> list[Path]:
    """What some formats write beside their file."""
    if path.name.endswith(".spert.json"):
        stem = path.name.removesuffix(".spert.json")
        return [path.with_name(f"{stem}.spert_types.json")]
    if path.suffix == ".conll":
        return [path.with_suffix(".relations.tsv"), path.with_suffix(".documents.jsonl")]
    return []


def write(
    name: str,
    documents: Iterable[Document],
    path: Path,
    ledger: Ledger,
    tokenize: Tokenize | None,
) -> None:
    """Write documents in the format of that name, token formats with ``tokenize``'s tokens."""
    module, suffix = get(name)
    if "." in suffix and path.is_dir():
        raise FormatError(f"{path} is a folder, but {name} is one file: name that.")
    if tokenize and FORMATS[name].tokens:
        # The protocol has what all writers take; those of token formats take this too.
        module.write(documents, path, ledger, tokenize=tokenize)  # type: ignore[call-arg]
    else:
        module.write(documents, path, ledger)


def sources_of(
    gold: Sequence[Document] | Sequence[str | Path] | str | Path,
) -> tuple[dict[str, Path], dict[str, Source]]:
    """The gold files by part, named after them, and what opens each; documents are ``gold``.

    Raises CallError when two files have one name, and for a pipe.
    """
    if isinstance(gold, str | Path):
        gold = [gold]
    if not gold or isinstance(gold[0], Document):
        documents = cast("Sequence[Document]", gold)
        return {}, {"gold": lambda: documents}
    files: dict[str, Path] = {}
    for path in map(Path, cast("Sequence[str | Path]", gold)):
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise CallError(f"{path} is a pipe, and gold is read several times; save it to a file.")
        if files.setdefault(path.stem, path) is not path:
            raise CallError(f"{files[path.stem]} and {path} have one name; rename one of them.")
    return files, {part: partial(read_gold, path) for part, path in files.items()}


def joined_name(parts: Sequence[str]) -> str:
    """What the files beside the exports of these parts are named after."""
    name = "-".join(parts)
    if len(parts) == 1 or len(os.fsencode(name)) <= LONGEST_JOINED:
        return name
    return f"{parts[0]}-and-{len(parts) - 1}-more"


@contextmanager
def _loss_file(path: Path) -> Iterator[LossFile]:
    """A table of losses, which is only there when there were any."""
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        table = LossFile(file)
        yield table
    if not table.rows:
        path.unlink(missing_ok=True)
