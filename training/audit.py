"""Measure the audit, and fit its weights: python training/audit.py [fit]

Puts errors into ``corpus/train``, one language at a time, 5 for 100 marks. For entities: as
many deleted, given another label, moved at one edge by a word, and drawn over one or two
words that are none. For relations: half deleted, half given another type that their ends
allow, or deleted where there is none. Then audits each language by itself, without
rehearsal, and counts which errors stand in the first tenth of the ranking of all marks.

``fit`` prints the weights of ``annotate/audit/score.py``, from one set of errors; without it
the shares found are printed, of two other sets, and of errors in ``corpus/unseen``, whose
models learn from ``corpus/train`` as a user's do.
"""

from __future__ import annotations

import math
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from build import languages, texts

from annotate.audit.audit import judged
from annotate.audit.mark import Mark, overlapping
from annotate.audit.score import features, scored
from annotate.config import load_settings
from annotate.document import Document, Entity, Relation
from annotate.formats.tokens import built_in_tokens
from annotate.ledger import Ledger
from annotate.prelabel.calibration import logit
from annotate.schema import Schema

SHARE = 0.05
FIT_SEEDS, MEASURE_SEEDS = (0,), (1, 2)
SETTINGS = load_settings()
SCHEMA: Schema = SETTINGS.schema_in_force()


class Error(NamedTuple):
    """One error that was put in, and whether a mark of the audit is about it."""

    kind: str
    document: str
    is_about: Callable[[Mark], bool]


def spoilt(gold: Sequence[Document], seed: int) -> tuple[list[Document], list[Error]]:
    """The documents with errors in them."""
    lot = random.Random(f"{gold[0].language} {seed}")
    entities = [(at, one.id) for at, document in enumerate(gold) for one in document.entities]
    links = [(at, one) for at, document in enumerate(gold) for one in document.relations]
    kinds = (deleted, relabelled, moved, drawn)
    found, errors = list(gold), list[Error]()
    # An end of a spoilt relation stays as it is: one error a place.
    busy = set()
    for number, (at, link) in enumerate(lot.sample(links, round(SHARE * len(links)))):
        found[at], error = (unlinked, retyped)[number % 2](found[at], link, lot)
        errors.append(error)
        busy |= {(at, link.head), (at, link.tail)}
    free = [place for place in entities if place not in busy]
    for number, (at, name) in enumerate(lot.sample(free, round(SHARE * len(entities)))):
        spoil = kinds[number % len(kinds)]
        changed = spoil(found[at], found[at].entity(name), lot)
        if changed:
            found[at] = changed[0]
            errors.append(changed[1])
    return [Document.model_validate(one.model_dump()) for one in found], errors


def deleted(document: Document, entity: Entity, lot: random.Random) -> tuple[Document, Error]:
    """An entity and its relations left out."""

    def is_about(mark: Mark) -> bool:
        return mark.kind == "missing entity" and bool(overlapping(mark.start, mark.end, [entity]))

    kept = tuple(one for one in document.entities if one.id != entity.id)
    return with_marks(document, kept), Error("entity deleted", document.id, is_about)


def relabelled(document: Document, entity: Entity, lot: random.Random) -> tuple[Document, Error]:
    """An entity with another label."""
    label = lot.choice([one for one in SCHEMA.labels if one != entity.label])
    return replaced(document, entity, {"label": label, "country_code": None}, "wrong label")


def moved(document: Document, entity: Entity, lot: random.Random) -> tuple[Document, Error] | None:
    """An entity with one edge a word further in or out; None where neither can be."""
    tokens = built_in_tokens(document)
    inside = [at for at, span in enumerate(tokens) if overlapping(*span, [entity])]
    first, last = inside[0], inside[-1]
    ways = [(first - 1, last), (first, last + 1), (first + 1, last), (first, last - 1)]
    lot.shuffle(ways)
    others = [one for one in document.entities if one.id != entity.id]
    for start, end in ways:
        if not (0 <= start <= end < len(tokens)):
            continue
        span = tokens[start][0], tokens[end][1]
        text = document.text[slice(*span)]
        edges = document.text[slice(*tokens[start])], document.text[slice(*tokens[end])]
        if "\n" in text or overlapping(*span, others) or not all(one[0].isalnum() for one in edges):
            continue
        update = {"start": span[0], "end": span[1], "text": text}
        return replaced(document, entity, update, "wrong edge")
    return None


def drawn(document: Document, entity: Entity, lot: random.Random) -> tuple[Document, Error] | None:
    """One more entity, over one or two words that are none; with a capital if the script has it."""
    tokens = built_in_tokens(document)
    words = [document.text[start:end] for start, end in tokens]
    spans = [
        (tokens[at][0], tokens[at + size - 1][1])
        for size, at in product((1, 2), range(1, len(tokens) - 1))
        if all(word[0].isalpha() and not word[0].islower() for word in words[at : at + size])
        and all(len(word) > 1 for word in words[at : at + size])
    ]
    spans = [span for span in spans if not overlapping(*span, document.entities)]
    if not spans:
        return None
    start, end = lot.choice(spans)
    label = lot.choice(SCHEMA.labels)
    entity = Entity(
        id=f"drawn-{start}", start=start, end=end, label=label, text=document.text[start:end]
    )
    changed = with_marks(document, (*document.entities, entity))
    return changed, Error("entity drawn", document.id, about(entity))


def unlinked(document: Document, link: Relation, lot: random.Random) -> tuple[Document, Error]:
    """A relation left out."""
    ends = {link.head, link.tail}

    def is_about(mark: Mark) -> bool:
        return mark.kind == "missing relation" and any(
            {one.head, one.tail} == ends for one in mark.change.link
        )

    links = tuple(one for one in document.relations if one != link)
    changed = document.model_copy(update={"relations": links})
    return changed, Error("relation deleted", document.id, is_about)


def retyped(document: Document, link: Relation, lot: random.Random) -> tuple[Document, Error]:
    """A relation with another type that its ends allow; left out where there is none."""
    head, tail = document.entity(link.head), document.entity(link.tail)
    types = [
        kind.label
        for kind in SCHEMA.relations
        if kind.label != link.label and kind.joins(head.label, tail.label)
    ]
    if not types:
        return unlinked(document, link, lot)
    other = link.model_copy(update={"label": lot.choice(types)})

    def is_about(mark: Mark) -> bool:
        return mark.kind == "relation" and other in mark.change.unlink

    links = tuple(other if one == link else one for one in document.relations)
    changed = document.model_copy(update={"relations": links})
    return changed, Error("wrong type", document.id, is_about)


def replaced(
    document: Document, entity: Entity, update: dict[str, object], kind: str
) -> tuple[Document, Error]:
    """An entity changed, with those of its relations that its label still allows."""
    other = entity.model_copy(update=update)
    entities = tuple(other if one.id == entity.id else one for one in document.entities)
    return with_marks(document, entities), Error(kind, document.id, about(other))


def about(entity: Entity) -> Callable[[Mark], bool]:
    """Whether a mark is this gold entity."""
    place = (entity.start, entity.end, entity.label)
    return lambda mark: mark.kind == "entity" and (mark.start, mark.end, mark.gold) == place


def with_marks(document: Document, entities: tuple[Entity, ...]) -> Document:
    """The document with these entities, and the relations that they allow."""
    by_id = {one.id: one for one in entities}
    kept = []
    for link in document.relations:
        kind = SCHEMA.relation(link.label)
        head, tail = by_id.get(link.head), by_id.get(link.tail)
        if kind and head and tail and kind.joins(head.label, tail.label):
            kept.append(link)
    return document.model_copy(update={"entities": entities, "relations": tuple(kept)})


class Run(NamedTuple):
    """A language with errors, audited: the marks, and for each error those that are about it."""

    language: str
    marks: list[Mark]
    errors: list[tuple[str, list[int]]]


def run(language: str, seed: int, part: str = "train") -> Run:
    """Audit a language of the corpus with errors in it; ``unseen`` with ``train`` rehearsed."""
    gold, errors = spoilt(texts(part, language), seed)
    more = texts("train", language) if part == "unseen" else []
    marks = judged(gold, more, SETTINGS, SCHEMA, Ledger("audit"))
    by_document = defaultdict(list)
    for at, mark in enumerate(marks):
        by_document[mark.document].append(at)
    hits = [
        (one.kind, [at for at in by_document[one.document] if one.is_about(marks[at])])
        for one in errors
    ]
    return Run(language, marks, hits)


def fit(runs: Sequence[Run]) -> dict[str, list[float]]:
    """The weights of each kind: a logistic regression over its marks, by Newton's method."""
    rows: dict[str, list[tuple[tuple[float, ...], bool]]] = defaultdict(list)
    for each in runs:
        wrong = {at for _, hits in each.errors for at in hits}
        for at, mark in enumerate(each.marks):
            rows[mark.kind].append((tuple(features(mark)), at in wrong))
    found = {}
    for kind, own in rows.items():
        x = np.array([row for row, _ in own], float)
        y = np.array([is_wrong for _, is_wrong in own], float)
        weights = np.zeros(x.shape[1])
        # A ridge so small that it only keeps a feature that nobody has at nought.
        ridge = 0.01 * np.eye(len(weights))
        for _ in range(30):
            p = 1 / (1 + np.exp(-x @ weights))
            slope = x.T @ (p - y) + ridge @ weights
            weights -= np.linalg.solve((x.T * (p * (1 - p))) @ x + ridge, slope)
        if not x[:, 1].any():
            # Every mark was judged: one that is not is as likely wrong as any.
            weights[1] = logit(SHARE)
        found[kind] = [round(float(one), 2) for one in weights]
    return found


def ranked(each: Run) -> list[int]:
    """The marks by place, the most suspicious first."""
    scores = np.array([scored(mark).score for mark in each.marks])
    return list(map(int, np.argsort(-scores, kind="stable")))


def by_chance(runs: Sequence[Run]) -> float:
    """The share that a random order finds in its first tenth; errors without a mark are lost."""
    hits = [own for each in runs for _, own in each.errors]
    return sum(1 - 0.9 ** len(own) for own in hits) / len(hits)


def shares(each: Run) -> dict[str, tuple[int, int]]:
    """Of the errors of each kind, how many stand in the first tenth, and how many there are."""
    first = set(ranked(each)[: math.ceil(len(each.marks) / 10)])
    found: dict[str, tuple[int, int]] = {}
    for kind, hits in each.errors:
        for name in (kind, "all"):
            top, number = found.get(name, (0, 0))
            found[name] = (top + bool(first & set(hits)), number + 1)
    return found


def precision(each: Run, size: int) -> float:
    """Of the first marks of the ranking, the share that is an error that was put in."""
    wrong = {at for _, hits in each.errors for at in hits}
    return sum(at in wrong for at in ranked(each)[:size]) / size


def report(runs: Sequence[Run]) -> None:
    """Shares found by language and kind, and precision, tab-separated."""
    by_language: dict[str, list[Run]] = defaultdict(list)
    for each in runs:
        by_language[each.language].append(each)
    tables = {language: [shares(each) for each in own] for language, own in by_language.items()}
    tables["all"] = [table for own in tables.values() for table in own]
    kinds = sorted({kind for table in tables["all"] for kind in table} - {"all"})
    print("found in the first tenth, %", *tables, sep="\t")
    for kind in [*kinds, "all"]:
        cells = []
        for own in tables.values():
            top, number = (sum(table.get(kind, (0, 0))[at] for table in own) for at in (0, 1))
            cells.append(f"{100 * top / max(1, number):.1f} of {number}")
        print(kind, *cells, sep="\t")
    for size in (20, 50, 100):
        own = [precision(each, size) for each in runs]
        print(f"precision of the first {size}: {100 * sum(own) / len(own):.0f} %")
    alone = [
        each._replace(marks=[mark._replace(alike=0, unlike=0) for mark in each.marks])
        for each in runs
    ]
    found = [shares(each)["all"] for each in alone]
    print(f"by the models alone: {_percent(found)}")
    print(f"by chance: {100 * by_chance(runs):.1f} %")
    sizes = [len(each.marks) for each in runs]
    print(f"{len(runs)} rankings of {min(sizes)} to {max(sizes)} marks")


def _percent(found: Sequence[tuple[int, int]]) -> str:
    return f"{100 * sum(top for top, _ in found) / sum(number for _, number in found):.1f} %"


def main() -> None:
    """Fit the weights, or measure with those that stand in the package."""
    seeds = FIT_SEEDS if sys.argv[1:] == ["fit"] else MEASURE_SEEDS
    runs = [run(language, seed) for seed in seeds for language in languages()]
    if sys.argv[1:] == ["fit"]:
        for kind, weights in fit(runs).items():
            print(f'"{kind}": Weights{tuple(weights)},')
    report(runs)
    if sys.argv[1:] != ["fit"]:
        print("\nthe unseen part, rehearsed with the other")
        report([run(language, seed, "unseen") for seed in seeds for language in languages()])


if __name__ == "__main__":
    main()
