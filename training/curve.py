"""How the unseen part's F1 grows with the corpus: python training/curve.py

Trains on the first 30, 60, 75 and 92 texts of each language in a scratch folder.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from build import languages, texts, train
from measure import count, places

from annotate.config import load_settings
from annotate.ledger import Ledger
from annotate.prelabel import crf
from annotate.prelabel.suggest import prelabel

SIZES = (0, 30, 60, 75, 92)


def f1(language: str) -> float:
    """Strict F1 of all entities on the unseen part, in per cent."""
    settings = load_settings()
    gold = texts("unseen", language)
    bare = [doc.model_copy(update={"entities": (), "relations": ()}) for doc in gold]
    found = list(prelabel(bare, settings, settings.schema_in_force(), Ledger("curve")))
    result = count(places(gold), places(found))
    return 200 * result.right / (result.suggested + result.wanted)


def main() -> None:
    """Print one row a language; 0 texts are the rules alone."""
    print("texts", *SIZES, sep="\t")
    with tempfile.TemporaryDirectory() as folder:
        crf.MODELS = Path(folder)
        for language in languages():
            row = []
            for size in SIZES:
                path = crf.MODELS / f"{language}.crf"
                path.unlink(missing_ok=True)
                if size:
                    train(language, texts("train", language)[:size], path)
                row.append(f"{f1(language):.1f}")
            print(language, *row, sep="\t")


if __name__ == "__main__":
    main()
