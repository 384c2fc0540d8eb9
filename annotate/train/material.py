"""What a training learns from and is tested on, fixed before anything is trained.

The split's record ``models/splits.json`` is shared by all models of a folder: a document
once in the test part is never trained on. The test part itself is kept as gold in
``models/test.json``, so that models of different gold can be compared later. The
project's own unseen texts are tested on besides, for what a model knew before.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock

from annotate.document import Document, text_hash
from annotate.errors import InputError
from annotate.formats import gold as gold_file
from annotate.ledger import Ledger
from annotate.models.folder import Model
from annotate.models.serving import LOCK
from annotate.schema import Schema
from annotate.split import record
from annotate.split.duplicates import near_duplicates
from annotate.split.groups import key_of
from annotate.split.placing import Shares
from annotate.split.split import split
from annotate.train.rehearsal import bounded, corpus, is_unseen

TEST = "test.json"
# Twice the usual share of test documents: they decide what is promoted.
SHARES = Shares(dev=0.1, test=0.2)
# Of the corpus, this one in so many is the dev part where the gold has none.
_DEV_EVERY = 10


class Material(NamedTuple):
    """Gold by part, the corpus that is rehearsed, and all that is tested on."""

    train: list[Document]
    dev: list[Document]
    test: list[Document]
    rehearsed: list[Document]
    tested: list[Document]

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
    lacks are left out and counted; languages without an entity to learn, and documents
    that nearly are a test document of earlier gold, are refused by name. Raises InputError
    where nothing is left to train on.
    """
    bounded = [_bounded(document, schema, ledger) for document in documents]
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / LOCK):
        placed = split(bounded, record.read(root / record.NAME), ledger, SHARES)
        record.write(placed.record, root / record.NAME)
        kept = keep_test(placed.parts["test"], root)
    parts = placed.parts
    texts = {one.text for own in parts.values() for one in own}
    languages = {one.language for one in bounded}
    found = _apart(
        Material(
            parts["train"],
            parts["dev"],
            parts["test"],
            list(corpus("train", schema, texts)),
            [one for one in (*kept, *corpus("unseen", schema)) if one.language in languages],
        ),
        ledger,
    )
    for language in sorted(languages - set(found.languages)):
        number = sum(one.language == language for one in bounded)
        ledger.refuse(language, f"none of its {number} documents to train on has an entity")
    if not found.languages:
        raise InputError(
            f"of {ledger.taken} documents none to train on has an entity; "
            f"{len(found.test)} are in the test part. Add reviewed documents."
        )
    ledger.counts["rehearsed of the project's own corpus"] = len(found.rehearsed)
    return found


def _apart(material: Material, ledger: Ledger) -> Material:
    """Nothing is learnt that nearly is what is tested on: texts of the corpus give way.

    Only where gold meets the test part of earlier gold, the gold does, and is refused.
    """
    gold = [*material.train, *material.dev]
    learnt = [*gold, *material.rehearsed]
    close = _close([one.text for one in learnt], [one.text for one in material.tested])
    not_learnt, not_tested = set(), set()
    for here, there in close:
        tested = material.tested[there]
        if here < len(gold) and is_unseen(tested):
            not_tested.add(tested.text)
            continue
        not_learnt.add(learnt[here].text)
        if here < len(gold):
            why = f"nearly is {tested.id} of the test part; not trained on"
            ledger.refuse(learnt[here].id, why)
    ledger.counts["corpus texts left out, nearly in the test part"] = sum(
        one.text in not_learnt for one in material.rehearsed
    )
    ledger.counts["unseen texts not tested on, nearly in the gold"] = len(not_tested)
    train, dev, rehearsed = (
        [one for one in part if one.text not in not_learnt]
        for part in (material.train, material.dev, material.rehearsed)
    )
    tested_on = [one for one in material.tested if one.text not in not_tested]
    return Material(train, dev, material.test, rehearsed, tested_on)


def _close(learnt: Sequence[str], tested: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Places of texts that are nearly the same, one of each side."""
    size = len(learnt)
    for pair in near_duplicates([*learnt, *tested]):
        if pair.first < size <= pair.second:
            yield pair.first, pair.second - size


def keep_test(documents: Sequence[Document], root: Path) -> list[Document]:
    """Add documents to the kept test part, and return all of it.

    One whose text is there already brings its newest gold; an id that is taken by
    another text gets the text's hash behind it.
    """
    kept = {one.text: one for one in kept_test(root)}
    for document in documents:
        known = kept.get(document.text)
        kept[document.text] = document.model_copy(
            update={"id": known.id if known else _free_id(document, kept.values())}
        )
    if documents:
        gold_file.write(kept.values(), root / TEST, Ledger("test"))
    return list(kept.values())


def _free_id(document: Document, taken: Iterable[Document]) -> str:
    name = key_of(document)
    if all(one.id != name for one in taken):
        return name
    return f"{name}~{text_hash(document.text)[:8]}"


def kept_test(root: Path) -> list[Document]:
    """The test part of all gold that models below a folder were trained with."""
    path = root / TEST
    return list(gold_file.read(path)) if path.is_file() else []


def tested_on(root: Path, schema: Schema, models: Sequence[Model]) -> list[Document]:
    """What models can be compared on: the kept test part and the corpus' unseen texts.

    In the languages that all of them have, without what one of them learnt.
    """
    wanted = set.intersection(*(set(model.languages) for model in models))
    learnt = {text for model in models for text in model.data.learnt}
    kept = kept_test(root)
    unseen = corpus("unseen", schema, {one.text for one in kept})
    return [
        one
        for one in (*kept, *unseen)
        if one.language in wanted and text_hash(one.text)[:16] not in learnt
    ]


def learnt_hashes(material: Material, schema: Schema) -> tuple[str, ...]:
    """The first 16 digits of the SHA-256 of each text that must not be tested on."""
    tested = {one.text for one in material.tested}
    texts = {one.text for one in material.everything()}
    texts |= {one.text for one in corpus("unseen", schema) if one.text not in tested}
    return tuple(sorted(text_hash(text)[:16] for text in texts))


def digest(documents: Iterable[Document]) -> str:
    """SHA-256 of gold documents, whatever their order."""
    lines = sorted(document.to_json() for document in documents)
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def by_language(documents: Iterable[Document]) -> dict[str, int]:
    """Number of documents by language."""
    return dict(sorted(Counter(document.language for document in documents).items()))


def _bounded(document: Document, schema: Schema, ledger: Ledger) -> Document:
    """The document as far as the label set goes; what it lacks is counted."""
    found = bounded(document, schema)
    for one in document.entities:
        if one.label not in schema.labels:
            ledger.counts[f"label {one.label} not in the label config"] += 1
    if lost := len(document.relations) - len(found.relations):
        ledger.counts["relations of types or ends not in the label config"] += lost
    return found
