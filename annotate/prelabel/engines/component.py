"""The spaCy component that all engines share: texts in windows, spans back onto the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from annotate.prelabel.engines.spans import OVERLAPS, Found, place, settle
from annotate.prelabel.engines.windows import Share, Window, windows


class Findings(NamedTuple):
    """What an engine found in one window, and what it said but could not be kept."""

    found: list[Found]
    left_out: Counter[str]


Find = Callable[[Sequence[Window]], Sequence[Findings]]


class Windowed:
    """Sets ``doc.ents`` with ``span._.score``, and counts in ``doc._.left_out``.

    ``find`` gets the windows of a batch of documents, and gives as many findings;
    ``share`` says how much of a window some words take.
    """

    def __init__(self, nlp: Language, share: Share, find: Find) -> None:
        self._nlp = nlp
        self._share = share
        self._find = find

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one document; its text is not touched."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 64) -> Iterator[Doc]:
        """Annotate documents, in order; the engine gets the windows of a batch at once."""
        docs_left = iter(stream)
        while docs := list(islice(docs_left, batch_size)):
            cut = [list(windows(doc.text, self._nlp, self._share)) for doc in docs]
            findings = iter(self._find([window for parts in cut for window in parts]))
            for doc, parts in zip(docs, cut, strict=True):
                _set(doc, [next(findings) for _ in parts])
                yield doc


def _set(doc: Doc, findings: Sequence[Findings]) -> None:
    kept, overlapping = settle(span for one in findings for span in one.found)
    place(doc, kept)
    left_out = sum((one.left_out for one in findings), Counter({OVERLAPS: overlapping}))
    doc._.left_out = dict(+left_out)
