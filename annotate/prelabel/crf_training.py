"""Trains the labeller: reference docs → a model file of CRFsuite."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pycrfsuite
from spacy.language import Language
from spacy.tokens import Doc

from annotate.prelabel.features import iob

if TYPE_CHECKING:
    from annotate.prelabel.crf import Crf

# A light elastic net, not tuned: c1 drops features that earn nothing and keeps models small.
PARAMETERS = {
    "c1": 0.05,
    "c2": 0.01,
    "max_iterations": 120,
    "feature.possible_transitions": True,
}


def train(
    labeller: Crf,
    nlp: Language,
    references: Iterable[Doc],
    path: Path,
    languages: Collection[str],
) -> None:
    """Train one model for a labeller of a pipeline and write it.

    ``references`` carry gold in ``doc.ents``, and their language in ``doc.user_data`` where
    they have one; those of other languages are passed by. Raises ValueError where none is
    left, or no entity.
    """
    trainer = pycrfsuite.Trainer(params=PARAMETERS, verbose=False)
    labels = set()
    for reference in references:
        if reference.user_data.get("language", labeller.language) not in languages:
            continue
        doc = before(labeller, nlp, reference.text)
        features, tags = labeller.features(doc), gold_tags(doc, reference)
        labels.update(tags)
        for sentence in doc.sents:
            place = slice(sentence.start, sentence.end)
            trainer.append(features[place], tags[place])
    if not labels - {"O"}:
        raise ValueError(f"no entity in a text in {' or '.join(sorted(languages))} to learn from.")
    trainer.train(str(path))


def before(labeller: Crf, nlp: Language, text: str) -> Doc:
    """The doc as the labeller meets it: after tokenizer, sentences and rules."""
    doc = nlp.make_doc(text)
    for _, component in nlp.pipeline:
        if component is labeller:
            break
        doc = component(doc)
    return doc


def gold_tags(doc: Doc, reference: Doc) -> list[str]:
    """IOB2 tags; an entity whose edge is inside a token takes the whole token."""
    spans = [
        doc.char_span(span.start_char, span.end_char, span.label_, alignment_mode="expand")
        for span in reference.ents
    ]
    return iob([span for span in spans if span is not None], len(doc))
