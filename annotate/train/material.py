"""What a training learns from and is tested on, fixed before anything is trained.

The split's record ``models/splits.json`` is shared by all models of a folder: a document
once in the test part is never trained on. The test part itself is kept as gold in
``models/test.json``, so that models of different gold can be compared later. The
project's own unseen texts are tested on besides, for what a model knew before.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from annotate.document import Document
from annotate.errors import InputError
from annotate.formats import gold as gold_file
from annotate.ledger import Ledger
from annotate.schema import Schema
from annotate.split import record
from annotate.split.placing import Shares
from annotate.split.split import split
from annotate.train.rehearsal import corpus

TEST = "test.json"
# Twice the usual share of test documents: they decide what is promoted.
SHARES = Shares(dev=0.1, test=0.2)
# Of the corpus, this one in so many is the dev part where the gold has none.
_DEV_EVERY = 10


class Material(NamedTuple):
    """Gold by part, and the corpus that is rehearsed."""

    train: list[Document]
    dev: list[Document]
    test: list[Document]
    rehearsed: list[Document]

    @property
    def languages(self) -> list[str]:
        """Those of the gold that can be learnt: with an entity in the train part."""
        return sorted({one.language for one in self.train if one.entities})

    def everything(self) -> list[Document]:
        """What the built-in components learn: nothing is chosen by the dev part, so it teaches too.

        Every language's documents, since relations are learnt from all.
        """
        return [*self.train, *self.dev, *self.rehearsed]

    def own(self, language: str) -> tuple[list[Document], list[Document]]:
        """Train and dev part in one language, for what learns in steps and stops by the dev part.

        Without dev documents in the gold that is every tenth of the corpus, else the train part.
        """
        train, dev, rehearsed = (
            [one for one in part if one.language == language]
            for part in (self.train, self.dev, self.rehearsed)
        )
        if not dev:
            dev = rehearsed[::_DEV_EVERY]
            rehearsed = [one for at, one in enumerate(rehearsed) if at % _DEV_EVERY]
        return [*train, *rehearsed], dev or train


def material(documents: Iterable[Document], root: Path, schema: Schema, ledger: Ledger) -> Material:
    """The gold in its parts, and the corpus without what stands in the gold.

    Writes the split's record and the test part below ``root``. Labels that the label set
    lacks are left out and counted. Raises InputError where nothing is left to train on.
    """
    bounded = [_bounded(document, schema, ledger) for document in documents]
    parts = split(bounded, record.read(root / record.NAME), ledger, SHARES)
    root.mkdir(parents=True, exist_ok=True)
    record.write(parts.record, root / record.NAME)
    keep_test(parts.parts["test"], root)
    texts = {one.text for own in parts.parts.values() for one in own}
    found = Material(
        parts.parts["train"],
        parts.parts["dev"],
        parts.parts["test"],
        list(corpus("train", schema, texts)),
    )
    if not found.languages:
        raise InputError(
            f"of {ledger.taken} documents none to train on has an entity; "
            f"{len(found.test)} are in the test part. Add reviewed documents."
        )
    ledger.counts["rehearsed of the project's own corpus"] = len(found.rehearsed)
    return found


def keep_test(documents: Sequence[Document], root: Path) -> None:
    """Add documents to the kept test part; one that is there already is replaced."""
    kept = {one.id: one for one in kept_test(root)} | {one.id: one for one in documents}
    if kept:
        gold_file.write(kept.values(), root / TEST, Ledger("test"))


def kept_test(root: Path) -> list[Document]:
    """The test part of all gold that models below a folder were trained with."""
    path = root / TEST
    return list(gold_file.read(path)) if path.is_file() else []


def tested_on(root: Path, schema: Schema, languages: Iterable[str]) -> list[Document]:
    """The kept test part and the corpus' unseen texts, in these languages."""
    wanted, kept = set(languages), kept_test(root)
    unseen = corpus("unseen", schema, {one.text for one in kept})
    return [one for one in (*kept, *unseen) if one.language in wanted]


def digest(documents: Iterable[Document]) -> str:
    """SHA-256 of gold documents, whatever their order."""
    lines = sorted(document.to_json() for document in documents)
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def by_language(documents: Iterable[Document]) -> dict[str, int]:
    """Number of documents by language."""
    return dict(sorted(Counter(document.language for document in documents).items()))


def _bounded(document: Document, schema: Schema, ledger: Ledger) -> Document:
    entities = tuple(one for one in document.entities if one.label in schema.labels)
    for one in document.entities:
        if one.label not in schema.labels:
            ledger.counts[f"label {one.label} not in the label config"] += 1
    ids, kinds = {one.id for one in entities}, {kind.label for kind in schema.relations}
    relations = tuple(
        link for link in document.relations if link.label in kinds and {link.head, link.tail} <= ids
    )
    if lost := len(document.relations) - len(relations):
        ledger.counts["relations of types or ends not in the label config"] += lost
    return document.model_copy(update={"entities": entities, "relations": relations})
