"""Gold and training files, one module a format, all with the same two functions.

``write(documents, path, ledger)`` streams documents into ``path`` and accounts for
what the format cannot hold; ``read(path)`` gives the documents back. A format's
module is imported when it is first used: not every call needs spaCy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from annotate.errors import CallError

if TYPE_CHECKING:
    from pathlib import Path

    from annotate.document import Document
    from annotate.ledger import Ledger


class Codec(Protocol):
    """What the module of every format offers; both raise FormatError."""

    def write(self, documents: Iterable[Document], path: Path, ledger: Ledger) -> None:
        """Write documents to ``path``."""

    def read(self, path: Path) -> Iterator[Document]:
        """Documents of a file of this format."""


class Format(NamedTuple):
    """A format: its module's name, the suffix of its files, and in one line what it holds."""

    module: str
    suffix: str
    holds: str


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "gold": Format("annotate.formats.gold", ".json", "everything, as one JSON array"),
        "jsonl": Format("annotate.formats.jsonl", ".jsonl", "everything, one document a line"),
        "spacy": Format(
            "annotate.formats.spacy",
            ".spacy",
            "spaCy DocBin: entities, codes, scores, notes, relations, meta; no provenance",
        ),
        "conll": Format(
            "annotate.formats.conll",
            ".conll",
            "IOB2 columns; relations and texts in two files beside; no provenance",
        ),
    }
)


def get(name: str) -> tuple[Codec, str]:
    """The module of that format, imported, and the suffix of its files.

    Raises CallError, naming the known formats, when there is none of that name.
    """
    if name not in FORMATS:
        raise CallError(f"There is no format {name!r}. Use one of: {', '.join(FORMATS)}.")
    module, suffix, _ = FORMATS[name]
    return cast("Codec", import_module(module)), suffix
