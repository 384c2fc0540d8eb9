"""Train the built-in models from the project's corpus: python training/build.py

Writes ``annotate/prelabel/models/LANGUAGE.crf``, one for each folder of ``corpus/``.
The same corpus and code give the same bytes. What lies in ``corpus/unseen`` is never
trained on; ``training/measure.py`` measures on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pycrfsuite
from spacy.language import Language
from spacy.tokens import Doc

from annotate.document import Document
from annotate.formats import inline
from annotate.prelabel.crf import Crf
from annotate.prelabel.features import iob
from annotate.prelabel.pipeline import built_in

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"
MODELS = ROOT / "annotate" / "prelabel" / "models"

# A light elastic net, not tuned: c1 drops features that earn nothing and keeps models small.
PARAMETERS = {
    "c1": 0.05,
    "c2": 0.01,
    "max_iterations": 120,
    "feature.possible_transitions": True,
}


def texts(part: str, language: str) -> list[Document]:
    """The corpus' texts of a language: part ``train``, or ``unseen`` to measure on."""
    return list(inline.read(CORPUS / part / language))


def train(language: str, documents: list[Document], path: Path) -> None:
    """Train one language's model and write it."""
    nlp = built_in(language)
    labeller: Crf = nlp.get_pipe("annotate_crf")
    trainer = pycrfsuite.Trainer(params=PARAMETERS, verbose=False)
    for document in documents:
        doc = before(nlp, document.text)
        features, tags = labeller.features(doc), gold_tags(doc, document)
        for sentence in doc.sents:
            place = slice(sentence.start, sentence.end)
            trainer.append(features[place], tags[place])
    path.parent.mkdir(exist_ok=True)
    trainer.train(str(path))


def before(nlp: Language, text: str) -> Doc:
    """The doc as the labeller meets it: after tokenizer, sentences and rules."""
    doc = nlp.make_doc(text)
    for name, component in nlp.pipeline:
        if name == "annotate_crf":
            break
        doc = component(doc)
    return doc


def gold_tags(doc: Doc, document: Document) -> list[str]:
    """IOB2 tags; an entity whose edge is inside a token takes the whole token."""
    spans = [
        doc.char_span(entity.start, entity.end, entity.label, alignment_mode="expand")
        for entity in document.entities
    ]
    return iob([span for span in spans if span is not None], len(doc))


def languages() -> Iterator[str]:
    """Those that the corpus has texts of."""
    return (folder.name for folder in sorted((CORPUS / "train").iterdir()))


def main() -> None:
    """Train every language."""
    for language in languages():
        documents = texts("train", language)
        path = MODELS / f"{language}.crf"
        path.unlink(missing_ok=True)
        train(language, documents, path)
        print(f"{language}: {len(documents)} texts, {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
