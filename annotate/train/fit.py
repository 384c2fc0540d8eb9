"""Gold documents → one pipeline a language, here and now: no corpora on disk, no evaluation.

What ``annotate train`` has ``spacy train`` do with the same pipelines and documents; curves
and audits, which train many times, do it by this.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from spacy.language import Language
from spacy.training import Example

from annotate.document import Document
from annotate.formats.spacy import to_doc
from annotate.ledger import Ledger
from annotate.schema import Schema
from annotate.train.config import own_languages, pipeline
from annotate.train.rehearsal import corpus


def fit(
    documents: Iterable[Document],
    folder: Path,
    schema: Schema,
    *,
    rehearse: bool = True,
    entities_only: bool = False,
) -> dict[str, str]:
    """Train a pipeline for each language of gold documents into ``folder/LANGUAGE``.

    With ``rehearse`` they learn from the project's own corpus too, without texts that
    stand in the gold. Returns the pipelines' paths by language, as settings take them.
    The same documents give the same models. Raises ValueError where a language has no
    entity to learn from.
    """
    gold = list(documents)
    everything = [*gold, *(corpus("train", schema, {one.text for one in gold}) if rehearse else ())]
    found: dict[str, str] = {}
    for language in sorted({document.language for document in gold}):
        learnt = next(map(Path, found.values()), None)
        nlp = pipeline(language, schema, entities_only=entities_only, learnt=learnt)
        wanted = set(own_languages(language))
        own = [one for one in everything if not entities_only or one.language in wanted]
        initialize(nlp, own)
        path = folder / language
        path.mkdir(parents=True, exist_ok=True)
        nlp.to_disk(path)
        found[language] = str(path)
    return found


def initialize(nlp: Language, documents: Sequence[Document]) -> None:
    """Train what learns when spaCy initializes it, on gold documents."""
    ledger = Ledger("fit")
    examples = [
        Example(nlp.make_doc(document.text), to_doc(document, nlp.vocab, ledger))
        for document in documents
    ]
    nlp.initialize(lambda: examples)
