"""Measure the built-in pipeline: python training/measure.py [FOLDER]

Strict scores (span and label exact) on the unseen part of the corpus, or on a folder
of NAME.json with NAME.txt beside it. Relations are scored three ways: the ceiling that
the candidates leave, with gold entities, and end to end.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from build import languages, texts

from annotate.config import load_settings
from annotate.corpus.sentences import sentence_spans
from annotate.document import Document, Entity
from annotate.ledger import Ledger
from annotate.prelabel.pipeline import load
from annotate.prelabel.suggest import prelabel


class Count(NamedTuple):
    """Right, suggested and wanted items."""

    right: int
    suggested: int
    wanted: int

    def line(self) -> str:
        """Precision, recall and F1 in per cent."""
        precision = 100 * self.right / max(self.suggested, 1)
        recall = 100 * self.right / max(self.wanted, 1)
        f1 = 200 * self.right / max(self.suggested + self.wanted, 1)
        return f"P {precision:5.1f}  R {recall:5.1f}  F {f1:5.1f}  ({self.wanted})"


def count(wanted: Iterable[object], suggested: Iterable[object]) -> Count:
    """Compare two bags of comparable items."""
    one, other = Counter(wanted), Counter(suggested)
    return Count((one & other).total(), other.total(), one.total())


def places(documents: Iterable[Document], label: str | None = None) -> list[object]:
    """Entities as document, span and label."""
    return [
        (document.id, entity.start, entity.end, entity.label)
        for document in documents
        for entity in document.entities
        if label in (None, entity.label)
    ]


def links(documents: Iterable[Document], label: str | None = None) -> list[object]:
    """Relations as document, type and the spans and labels of their ends."""
    found = []
    for document in documents:
        spans = {e.id: (e.start, e.end, e.label) for e in document.entities}
        found += [
            (document.id, link.label, spans[link.head], spans[link.tail])
            for link in document.relations
            if label in (None, link.label)
        ]
    return found


def reachable(documents: Iterable[Document]) -> list[object]:
    """Relations whose ends share a sentence: what the candidates can reach."""
    found = []
    for document in documents:
        bounds = sentence_spans(document.text)
        spans = {e.id: e for e in document.entities}

        def home(entity: Entity, bounds: list[tuple[int, int]] = bounds) -> int:
            return next(i for i, (start, end) in enumerate(bounds) if start <= entity.start < end)

        found += [
            link for link in document.relations if home(spans[link.head]) == home(spans[link.tail])
        ]
    return found


def with_gold_entities(document: Document) -> Document:
    """The document with its gold entities and the relations suggested between them."""
    settings = load_settings()
    nlp = load(document.language, settings, settings.schema_in_force())
    doc = nlp.make_doc(document.text)
    nlp.get_pipe("annotate_sentences")(doc)
    ends = []
    for entity in document.entities:
        span = doc.char_span(entity.start, entity.end, entity.label, alignment_mode="expand")
        span.kb_id_ = entity.country_code or ""
        ends.append((span, entity))
    doc.ents = [span for span, _ in ends]
    doc = nlp.get_pipe("annotate_relations")(doc)
    ids = [entity.id for _, entity in sorted(ends, key=lambda pair: pair[0].start)]
    relations = [
        {"head": ids[link.head], "tail": ids[link.tail], "label": link.label}
        for link in doc._.relations
    ]
    return Document.model_validate(document.model_dump() | {"relations": relations})


def report(name: str, gold: list[Document]) -> None:
    """Print all figures of one set."""
    bare = [doc.model_copy(update={"entities": (), "relations": ()}) for doc in gold]
    settings = load_settings()
    suggested = list(prelabel(bare, settings, settings.schema_in_force(), Ledger("measure")))
    print(f"\n{name}: {len(gold)} texts")
    for label in (None, "PERSON", "ORG", "COUNTRY"):
        print(
            f"  {label or 'entities':16}",
            count(places(gold, label), places(suggested, label)).line(),
        )
    codes = {
        (doc.id, e.start, e.end): e.country_code
        for doc in gold
        for e in doc.entities
        if e.country_code
    }
    known = [
        codes[doc.id, e.start, e.end] == e.country_code
        for doc in suggested
        for e in doc.entities
        if (doc.id, e.start, e.end) in codes
    ]
    print(f"  codes right       {sum(known)} of {len(known)}")
    total = len(links(gold))
    print(f"  relation ceiling  {len(reachable(gold))} of {total}")
    between_gold = [with_gold_entities(document) for document in gold]
    for label in (None, "works_for", "represents", "based_in", "met_with", "cooperates_with"):
        both = [count(links(gold, label), links(docs, label)) for docs in (between_gold, suggested)]
        print(f"  {label or 'relations':16}", both[0].line(), " | end to end", both[1].line())


def folder(path: Path) -> list[Document]:
    """Gold documents of a folder: NAME.json with NAME.txt beside it."""
    found = []
    for file in sorted(path.glob("*.json")):
        data = json.loads(file.read_text("utf-8"))
        text = file.with_suffix(".txt").read_bytes().decode("utf-8")
        fields = {key: data[key] for key in ("id", "language", "entities", "relations")}
        found.append(Document.model_validate(fields | {"text": text}))
    return found


def main() -> None:
    """Measure what the call names."""
    named = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    if named:
        report(named[0], folder(Path(named[0])))
        return
    everything = []
    for language in languages():
        unseen = texts("unseen", language)
        everything += unseen
        report(f"unseen part, {language}", unseen)
    report("unseen part, all", everything)


if __name__ == "__main__":
    main()
