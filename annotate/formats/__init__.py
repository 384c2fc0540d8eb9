"""Gold and training files, one module a format, all with the same two functions.

``write(documents, path, ledger)`` streams documents into ``path``, a file or a folder,
and enters what the format can't hold into the ledger; ``read(path)`` gives the
documents back. Writers of token formats take ``tokenize`` besides, the tokens of the
pipeline that will be trained. A format's module is imported when it is first used:
not every call needs spaCy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from annotate.errors import CallError, FormatError
from annotate.formats.features import FEATURES

if TYPE_CHECKING:
    from pathlib import Path

    from annotate.document import Document
    from annotate.ledger import Ledger

_ALL = frozenset(FEATURES)


def _all_but(*features: str) -> frozenset[str]:
    return _ALL - set(features)


class Codec(Protocol):
    """What the module of every format offers; both raise FormatError."""

    def write(self, documents: Iterable[Document], path: Path, ledger: Ledger) -> None:
        """Write documents to ``path``."""

    def read(self, path: Path) -> Iterator[Document]:
        """Documents of a file or folder of this format."""


class Format(NamedTuple):
    """A format: its module's name, the suffix of its files, what it is for and what it holds.

    ``holds`` are features of :mod:`annotate.formats.features`; ``partly`` says what is in
    the file, but not in the part of it that the tools look at for which it is made;
    ``tokens`` says that ``write`` takes ``tokenize``, ``extra`` names the optional
    packages that it needs.
    """

    module: str
    suffix: str
    about: str
    holds: frozenset[str] = _ALL
    partly: tuple[str, ...] = ()
    tokens: bool = False
    extra: str = ""

    @property
    def lacks(self) -> list[str]:
        """The features that are lost."""
        return [feature for feature in FEATURES if feature not in self.holds]


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "gold": Format(
            "annotate.formats.gold",
            ".json",
            "one JSON array of documents",
        ),
        "jsonl": Format(
            "annotate.formats.jsonl",
            ".jsonl",
            "one document a line, as JSON",
        ),
        "spacy": Format(
            "annotate.formats.spacy",
            ".spacy",
            "spaCy DocBin, to train ner",
            partly=("overlaps in doc.ents",),
            tokens=True,
        ),
        "spancat": Format(
            "annotate.formats.spancat",
            ".spancat.spacy",
            "spaCy DocBin, to train spancat",
            tokens=True,
        ),
        "conll": Format(
            "annotate.formats.conll",
            ".conll",
            "IOB2 columns; relations and documents in two files beside",
            partly=("overlaps in the columns", "white space of labels in the columns"),
            tokens=True,
        ),
        "conllup": Format(
            "annotate.formats.conllup",
            ".conllup",
            "CoNLL-U Plus columns, documents in comments",
            partly=("overlaps in ANNOTATE:NER",),
            tokens=True,
        ),
        "brat": Format(
            "annotate.formats.brat",
            "-brat",
            "folder of brat standoff",
        ),
        "cas": Format(
            "annotate.formats.cas",
            "-cas",
            "folder of UIMA CAS XMI with its type system, for INCEpTION",
            tokens=True,
            extra="cas",
        ),
        "webanno": Format(
            "annotate.formats.webanno",
            "-webanno",
            "folder of WebAnno TSV 3.3, for INCEpTION",
            holds=_all_but("handles"),
            tokens=True,
        ),
        "hf": Format(
            "annotate.formats.hf",
            "-hf",
            "folder of Parquet for Hugging Face datasets",
            partly=("overlaps in ner_tags",),
            tokens=True,
            extra="datasets",
        ),
        "spert": Format(
            "annotate.formats.spert",
            ".spert.json",
            "SpERT's JSON, a sentence an item, with its types beside",
            tokens=True,
        ),
        "docred": Format(
            "annotate.formats.docred",
            "-docred",
            "folder in DocRED's layout, a document an item",
            tokens=True,
        ),
        "gliner": Format(
            "annotate.formats.gliner",
            ".gliner.json",
            "GLiNER's training JSON",
            partly=("entities of more than 12 tokens in GLiNER's targets",),
            tokens=True,
        ),
        "prodigy": Format(
            "annotate.formats.prodigy",
            ".prodigy.jsonl",
            "Prodigy's JSONL",
            tokens=True,
        ),
        "doccano": Format(
            "annotate.formats.doccano",
            ".doccano.jsonl",
            "doccano's JSONL, with relations",
        ),
        "csv": Format(
            "annotate.formats.tables",
            "-csv",
            "folder of tables of entities and relations, for people",
        ),
        "label-studio": Format(
            "annotate.formats.label_studio",
            ".label-studio.json",
            "tasks of Label Studio, to import or as it exported them",
        ),
    }
)


def get(name: str) -> tuple[Codec, str]:
    """The module of that format, imported, and the suffix of its files.

    Raises CallError, naming the known formats, when there is none of that name or when
    the packages that it needs are not installed.
    """
    if name not in FORMATS:
        raise CallError(f"There is no format {name!r}. Use one of: {', '.join(FORMATS)}.")
    wanted = FORMATS[name]
    try:
        return cast("Codec", import_module(wanted.module)), wanted.suffix
    except ModuleNotFoundError as error:
        if not wanted.extra or (error.name or "").startswith("annotate"):
            raise
        raise CallError(
            f"The format {name!r} needs {error.name}, which is not installed: "
            f"pip install 'annotate-gold[{wanted.extra}]'"
        ) from None


def read(name: str, path: Path, ledger: Ledger) -> Iterator[Document]:
    """Documents of a file or folder in the format of that name.

    Only exports of Label Studio hold tasks that are no gold; ``ledger`` gets what is left
    out of those. Raises FormatError where the file is none of the format, or a folder.
    """
    module, suffix = get(name)
    if "." in suffix and path.is_dir():
        raise FormatError(f"{path} is a folder, but {name} is one file: name that.")
    if name == "label-studio":
        return module.read(path, ledger)  # type: ignore[call-arg]
    return module.read(path)


def read_gold(path: Path) -> Iterator[Document]:
    """Documents of a gold file, by its suffix one document a line or a JSON array."""
    lines = path.suffix.lower() == FORMATS["jsonl"].suffix
    return get("jsonl" if lines else "gold")[0].read(path)
