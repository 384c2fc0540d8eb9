"""Train the built-in models from the project's corpus: python training/build.py

Writes ``annotate/prelabel/models/LANGUAGE.crf``, one for each folder of ``corpus/``, and
one model of relations for all of them, ``LANGUAGE-LANGUAGE-….relations.crf``.
The same corpus and code give the same bytes. What lies in ``corpus/unseen`` is never
trained on; ``training/measure.py`` measures on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pycrfsuite
import relations
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


def build(documents: dict[str, list[Document]], models: Path) -> None:
    """Train every language on its documents, then the relations on all, into a folder."""
    for path in models.glob("*.crf"):
        path.unlink()
    for language, own in documents.items():
        train(language, own, models / f"{language}.crf")
    everything = [document for own in documents.values() for document in own]
    path = models / ("-".join(documents) + ".relations.crf")
    relations.train(everything, path, relations.shipped_kinds())


def main() -> None:
    """Train all models, and say how big they are."""
    documents = {language: texts("train", language) for language in languages()}
    build(documents, MODELS)
    for path in sorted(MODELS.glob("*.crf")):
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")
    print(f"trained on {', '.join(f'{len(own)} {name}' for name, own in documents.items())} texts")


if __name__ == "__main__":
    main()
