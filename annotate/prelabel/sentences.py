"""Sets sentence starts with the project's language-neutral sentence splitter."""

from __future__ import annotations

from collections.abc import Callable

from spacy.language import Language
from spacy.tokens import Doc

from annotate.corpus.sentences import sentence_spans


@Language.factory("annotate_sentences", assigns=["token.is_sent_start", "doc.sents"])
def make_sentences(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Make the component that marks sentence starts.

    Every token is marked: True for the first token at or behind the start of a
    span of :func:`annotate.corpus.sentences.sentence_spans`, False otherwise.
    """
    return mark_sentences


def mark_sentences(doc: Doc) -> Doc:
    """Set ``is_sent_start`` on every token of ``doc``; the text is not touched."""
    starts = iter(start for start, _ in sentence_spans(doc.text))
    upcoming = next(starts, None)
    for token in doc:
        # A span may begin inside a token of a foreign tokenizer: the next token takes it.
        token.is_sent_start = upcoming is not None and upcoming <= token.idx
        while upcoming is not None and upcoming <= token.idx:
            upcoming = next(starts, None)
    return doc
