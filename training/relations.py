"""Train the relation model, and compare it with the rules: python training/relations.py

The comparison is a cross-validation by document over ``corpus/train``, between the gold
entities: F1 of the rules, and of the model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pycrfsuite
import spacy
from spacy.tokens import Doc
from spacy.util import filter_spans

import annotate.prelabel.sentences  # noqa: F401  (registers annotate_sentences)
from annotate.config import load_settings
from annotate.document import Document
from annotate.prelabel.pipeline import TOKENIZER
from annotate.prelabel.relation_model import NONE, Choices, RelationConfig
from annotate.prelabel.relation_rules import RULES
from annotate.prelabel.relations import Relations, sentences

# An elastic net; F1 by cross-validation is flat from a tenth to three times these.
PARAMETERS = {"c1": 0.15, "c2": 0.4, "max_iterations": 100}
FOLDS = 5

Link = tuple[str, int, int]


def train(documents: Iterable[Document], path: Path, kinds: Sequence[RelationConfig]) -> None:
    """Train one model on gold documents of any languages, for these types, and write it.

    The same documents in the same order give the same bytes.
    """
    choices = Choices(kinds)
    nlp = spacy.blank("xx", config=TOKENIZER)
    nlp.add_pipe("annotate_sentences")
    trainer = pycrfsuite.Trainer(params=PARAMETERS, verbose=False)
    for document in documents:
        doc, gold = between_gold(nlp(document.text), document)
        for features, label in examples(doc, gold, document.language, choices):
            trainer.append([features], [label])
    path.parent.mkdir(parents=True, exist_ok=True)
    trainer.train(str(path))


def between_gold(doc: Doc, document: Document) -> tuple[Doc, set[Link]]:
    """The doc with the gold entities, and the relations by the entities' places in it.

    spaCy holds no overlapping entities: of two, the longer takes part.
    """
    ids = {}
    for entity in document.entities:
        span = doc.char_span(entity.start, entity.end, entity.label, alignment_mode="expand")
        span.kb_id_ = entity.country_code or ""
        ids[span] = entity.id
    doc.ents = filter_spans(ids)
    names = {(span.start, span.end): name for span, name in ids.items()}
    at = {names[span.start, span.end]: index for index, span in enumerate(doc.ents)}
    return doc, {
        (link.label, at[link.head], at[link.tail])
        for link in document.relations
        if link.head in at and link.tail in at
    }


def examples(
    doc: Doc, gold: set[Link], language: str, choices: Choices
) -> Iterator[tuple[list[str], str]]:
    """Features and class of every candidate pair of a doc with gold entities."""
    for sentence in sentences(doc):
        found = [each for rule in RULES.values() for each in rule(sentence, language)]
        for first, second, features in choices.pairs(sentence, language, found):
            ends = {False: (first.index, second.index), True: (second.index, first.index)}
            related = (
                choice.name
                for choice in choices.of(first.label, second.label)
                if (choice.label, *ends[choice.backward]) in gold
            )
            yield features, next(related, NONE)


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
