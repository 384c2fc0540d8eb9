"""Sets sentence starts with the project's language-neutral sentence splitter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from annotate.corpus.sentences import sentence_spans

# spaCy's -1, as the unsigned number that its arrays hold.
_INSIDE = np.uint64(2**64 - 1)


@Language.factory("annotate_sentences", assigns=["token.is_sent_start", "doc.sents"])
def make_sentences(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Make the component that marks sentence starts.

    Every token is marked: True for the first token at or behind the start of a
    span of :func:`annotate.corpus.sentences.sentence_spans`, False otherwise.
    """
    return mark_sentences


def mark_sentences(doc: Doc) -> Doc:
    """Set ``is_sent_start`` on every token of ``doc``; the text is not touched."""
    if not len(doc):
        return doc
    doc[0].is_sent_start = True  # spaCy refuses this to a parsed doc
    # A span may begin inside a token of a foreign tokenizer: the next token takes it.
    begins = np.array([start for start, _ in sentence_spans(doc.text)], dtype=np.uint64)
    first = np.searchsorted(doc.to_array("IDX"), begins)
    # All at once: a token's setter looks through the whole doc each time (spaCy 3.8).
    marks = np.full(len(doc), _INSIDE, dtype=np.uint64)
    marks[first[first < len(doc)]] = 1
    doc.from_array(["SENT_START"], cast(Any, marks.reshape(-1, 1)))
    return doc
