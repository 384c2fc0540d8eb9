"""Train the built-in models from the project's corpus: python training/build.py

Writes ``annotate/prelabel/models/LANGUAGE.crf``, one for each folder of ``corpus/``, and
one model of relations for all of them, ``LANGUAGE-LANGUAGE-….relations.crf``.
The same corpus and code give the same bytes. What lies in ``corpus/unseen`` is never
trained on; ``training/measure.py`` measures on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import relations

from annotate.document import Document
from annotate.formats import inline
from annotate.formats.spacy import to_doc
from annotate.ledger import Ledger
from annotate.prelabel import crf_training
from annotate.prelabel.pipeline import built_in

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"
MODELS = ROOT / "annotate" / "prelabel" / "models"


def texts(part: str, language: str) -> list[Document]:
    """The corpus' texts of a language: part ``train``, or ``unseen`` to measure on."""
    return list(inline.read(CORPUS / part / language))


def train(language: str, documents: list[Document], path: Path) -> None:
    """Train one language's labeller and write it."""
    nlp, ledger = built_in(language), Ledger("build")
    references = (to_doc(document, nlp.vocab, ledger) for document in documents)
    path.parent.mkdir(exist_ok=True)
    crf_training.train(nlp.get_pipe("annotate_crf"), nlp, references, path, {language})


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
