"""Compare the relation model with the rules: python training/relations.py

The comparison is a cross-validation by document over ``corpus/train``, between the gold
entities: F1 of the rules, and of the model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import spacy

import annotate.prelabel.sentences  # noqa: F401  (registers annotate_sentences)
from annotate.config import load_settings
from annotate.document import Document
from annotate.prelabel.pipeline import TOKENIZER
from annotate.prelabel.relation_model import RelationConfig
from annotate.prelabel.relation_training import Link, between_gold, train
from annotate.prelabel.relations import Relations

FOLDS = 5


def shipped_kinds() -> list[RelationConfig]:
    """The relation types that ship."""
    return [
        {
            "label": kind.label,
            "head": sorted(kind.head),
            "tail": sorted(kind.tail),
            "symmetric": kind.symmetric,
        }
        for kind in load_settings().schema_in_force().relations
    ]


def compare(documents: Sequence[Document], kinds: Sequence[RelationConfig]) -> dict[str, Counter]:
    """Right, suggested and wanted relations of the rules and of models that never saw a text."""
    counts: dict[str, Counter] = {"rules": Counter(), "model": Counter()}
    nlp = spacy.blank("xx", config=TOKENIZER)
    nlp.add_pipe("annotate_sentences")
    with TemporaryDirectory() as folder:
        for fold in range(FOLDS):
            path = Path(folder) / f"{fold}.relations.crf"
            seen = (each for at, each in enumerate(documents) if at % FOLDS != fold)
            train(seen, path, kinds)
            for document in documents[fold::FOLDS]:
                doc, gold = between_gold(nlp(document.text), document)
                for name, model in (("rules", None), ("model", path)):
                    component = Relations(document.language, kinds, model)
                    found = {(it.label, it.head, it.tail) for it in component(doc)._.relations}
                    count(counts[name], document.language, found, gold)
    return counts


def count(counts: Counter, language: str, found: set[Link], gold: set[Link]) -> None:
    """Add what one text gives, by language and type."""
    for part, links in (("right", found & gold), ("found", found), ("wanted", gold)):
        for label, *_ in links:
            for place in (language, "all"):
                counts[place, label, part] += 1
                counts[place, "all", part] += 1


def main() -> None:
    """Print F1 in per cent by language and type, rules and model side by side."""
    from build import languages, texts

    kinds = shipped_kinds()
    tongues = list(languages())
    counts = compare([each for language in tongues for each in texts("train", language)], kinds)
    columns = [*tongues, "all"]
    print("rules > model", *columns, sep="\t")
    for label in (*(kind["label"] for kind in kinds), "all"):
        cells = []
        for column in columns:
            both = (f1(counts[name], column, label) for name in ("rules", "model"))
            cells.append(" > ".join(f"{value:.1f}" for value in both))
        print(label, *cells, sep="\t")


def f1(counts: Counter, language: str, label: str) -> float:
    """F1 in per cent."""
    right, found, wanted = (counts[language, label, part] for part in ("right", "found", "wanted"))
    return 200 * right / max(1, found + wanted)


if __name__ == "__main__":
    main()
