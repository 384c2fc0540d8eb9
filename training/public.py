"""Measure the built-in pipeline on public sets: python training/public.py FOLDER

Nothing was trained on them. They know places but no countries, so only PERSON and ORG
are scored, span and label exact. FOLDER holds the sets as their owners publish them;
docs/model-card.md names them. Tokens are joined by blanks, a sentence a text.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from measure import count, places

from annotate.config import load_settings
from annotate.document import Document, Entity
from annotate.ledger import Ledger
from annotate.prelabel.suggest import prelabel

# Name, language, files, and what the set calls PERSON and ORG.
SETS = (
    ("bn_banglakit", "bn", "main.jsonl", {"PERSON": "PERSON", "ORG": "ORG"}),
    ("bn_rifat", "bn", "*.txt", {"PER": "PERSON", "ORG": "ORG"}),
    ("fa_parstwiner", "fa", "tw_test.txt", {"PER": "PERSON", "ORG": "ORG"}),
    ("en_wikigold", "en", "wikigold.conll.txt", {"PER": "PERSON", "ORG": "ORG"}),
    (
        "en_wnut17",
        "en",
        "emerging.test.annotated",
        {"person": "PERSON", "corporation": "ORG", "group": "ORG"},
    ),
)
Sentence = list[tuple[str, str]]


def sentences(path: Path) -> Iterator[Sentence]:
    """Tokens with their tags: JSON lines of text and tags, or one token a line."""
    if path.suffix == ".jsonl":
        for line in path.read_text("utf-8").splitlines():
            text, tags = json.loads(line)
            # The set's tokens are spaCy's; a text that splits otherwise can't be laid on.
            words = text.replace("।", " ।").replace(",", " ,").split()
            if len(words) == len(tags):
                yield list(zip(words, tags, strict=True))
        return
    rows: Sentence = []
    for line in path.read_text("utf-8-sig").splitlines():
        fields = line.split()
        if len(fields) > 1:
            rows.append((fields[0], fields[-1]))
        elif rows:
            yield rows
            rows = []
    if rows:
        yield rows


def document(number: int, rows: Sentence, language: str, labels: dict[str, str]) -> Document:
    """A sentence as a document; tags are IOB2 or BILUO."""
    text, entities, before = "", [], "O"
    for word, tag in rows:
        start = len(text) + bool(text)
        text += f"{' ' if text else ''}{word}"
        label = labels.get(tag[2:].upper(), labels.get(tag[2:]))
        if label and tag[0] in "ILE" and before == tag[2:] and entities:
            last = entities[-1]
            grown = {"end": len(text), "text": text[last.start :]}
            entities[-1] = last.model_copy(update=grown)
        elif label:
            entities.append(
                Entity(id=f"e{start}", start=start, end=len(text), label=label, text=word)
            )
        before = tag[2:] if label else "O"
    return Document(id=str(number), language=language, text=text, entities=tuple(entities))


def main() -> None:
    """Print one row a set."""
    folder, settings = Path(sys.argv[1]), load_settings()
    schema = settings.schema_in_force()
    print("set\tsentences\tPERSON P R F1\tORG P R F1")
    for name, language, files, labels in SETS:
        found = (rows for path in sorted((folder / name).glob(files)) for rows in sentences(path))
        gold = [document(at, rows, language, labels) for at, rows in enumerate(found)]
        bare = [one.model_copy(update={"entities": ()}) for one in gold]
        suggested = list(prelabel(bare, settings, schema, Ledger("public")))
        cells = [name, f"{len(gold):,}"]
        for label in ("PERSON", "ORG"):
            sides = ([it for it in places(own) if it[-1] == label] for own in (gold, suggested))
            score = count(*sides)
            precision, recall = score.right / score.suggested, score.right / score.wanted
            f1 = 2 * score.right / (score.suggested + score.wanted)
            cells.append(" ".join(f"{100 * one:.1f}" for one in (precision, recall, f1)))
        print("\t".join(cells))


if __name__ == "__main__":
    main()
