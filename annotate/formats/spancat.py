"""A spaCy DocBin for ``spancat``, whose spans may overlap.

Like :mod:`annotate.formats.spacy`, but all entities are in ``doc.spans["sc"]``, where
spaCy's components of that kind look unless their ``spans_key`` says otherwise, and none
in ``doc.ents``. Tokens are cut at span edges too: train with ``gold_preproc``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from spacy.tokens import Doc, Span

from annotate.document import Document
from annotate.formats.spacy import doc_of, read_docbin, write_docbin
from annotate.formats.tokens import Tokenize, built_in_tokens
from annotate.ledger import Ledger

# DEFAULT_SPANS_KEY of spacy.pipeline.spancat.
SPANS_KEY = "sc"


def write(
    documents: Iterable[Document],
    path: Path,
    ledger: Ledger,
    tokenize: Tokenize = built_in_tokens,
) -> None:
    """Write documents as one DocBin; raises FormatError when it grows beyond msgpack."""
    write_docbin(
        documents,
        path,
        ledger,
        lambda document, vocab: doc_of(document, vocab, ledger, tokenize, SPANS_KEY),
    )


def read(path: Path) -> Iterator[Document]:
    """Documents of a DocBin; of one of other making, its texts and ``doc.spans["sc"]``.

    Raises FormatError, naming the document's number, where a Doc can't be taken.
    """
    yield from read_docbin(path, SPANS_KEY, _spans)


def _spans(doc: Doc) -> list[Span]:
    others = [key for key in doc.spans if key != SPANS_KEY]
    if SPANS_KEY not in doc.spans and others:
        raise ValueError(f"its spans are under {', '.join(others)}, not {SPANS_KEY}")
    if SPANS_KEY not in doc.spans and doc.ents:
        raise ValueError(f"it has doc.ents, but no spans under {SPANS_KEY}; read it as spacy")
    return list(doc.spans.get(SPANS_KEY, ()))
