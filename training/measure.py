"""Measure the built-in pipeline: python training/measure.py [FOLDER]

Scores suggestions on the unseen part of the corpus, or on a folder of NAME.json with
NAME.txt beside it, as ``annotate evaluate`` does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Hashable, Iterable
from pathlib import Path

from build import languages, texts

from annotate.config import load_settings
from annotate.document import Document
from annotate.evaluate.entities import bags
from annotate.evaluate.lines import text
from annotate.evaluate.pairs import pair
from annotate.evaluate.report import evaluate
from annotate.evaluate.scores import Score
from annotate.evaluate.suggester import relation_suggester
from annotate.ledger import Ledger
from annotate.prelabel.suggest import prelabel


def report(gold: list[Document]) -> str:
    """The score table of what the pipeline suggests for the texts of ``gold``."""
    settings = load_settings()
    schema = settings.schema_in_force()
    symmetric = [kind.label for kind in schema.relations if kind.symmetric]
    bare = [doc.model_copy(update={"entities": (), "relations": ()}) for doc in gold]
    suggested = prelabel(bare, settings, schema, Ledger("prelabel"))
    pairs = pair(suggested, gold, Ledger("evaluate"), symmetric)
    return text(evaluate(pairs, relation_suggester(settings, schema), symmetric))


def places(documents: Iterable[Document]) -> list[Hashable]:
    """Entities as document, span and label."""
    return [
        (document.id, entity.start, entity.end, entity.label)
        for document in documents
        for entity in document.entities
    ]


def count(wanted: Iterable[Hashable], suggested: Iterable[Hashable]) -> Score:
    """Compare two bags of comparable items."""
    return bags(suggested, wanted)


def folder(path: Path) -> list[Document]:
    """Gold documents of a folder: NAME.json with NAME.txt beside it."""
    found = []
    for file in sorted(path.glob("*.json")):
        data = json.loads(file.read_text("utf-8"))
        content = file.with_suffix(".txt").read_bytes().decode("utf-8")
        fields = {key: data[key] for key in ("id", "language", "entities", "relations")}
        found.append(Document.model_validate(fields | {"text": content}))
    return found


def main() -> None:
    """Measure what the call names."""
    named = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    if named:
        print(report(folder(Path(named[0]))))
        return
    unseen = {language: texts("unseen", language) for language in languages()}
    everything = [document for documents in unseen.values() for document in documents]
    for documents in (*unseen.values(), everything):
        print(report(documents), end="\n\n")


if __name__ == "__main__":
    main()
