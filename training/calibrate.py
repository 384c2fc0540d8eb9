"""Calibrate the scores of the built-in pipeline: python training/calibrate.py

Trains models on four fifths of ``corpus/train``, looks at what they suggest for the
other fifth, five times over, and fits the curves of
``annotate/prelabel/models/calibration.json`` to what was right. Then draws how well the
scores of the shipped models, with these curves, fit ``corpus/unseen``, which had no part
in it: ``docs/img/reliability.svg``.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
from build import MODELS, ROOT, build, languages, texts
from matplotlib.figure import Figure

from annotate.config import load_settings
from annotate.document import Document
from annotate.ledger import Ledger
from annotate.prelabel import calibration, crf, relation_model
from annotate.prelabel.calibration import FILE, Calibration, fit
from annotate.prelabel.certainty import certainty
from annotate.prelabel.suggest import prelabel

FOLDS = 5
PICTURE = ROOT / "docs" / "img" / "reliability.svg"
# Suggestions a point of the picture, at least.
POINT = 60

# Gold, and what was suggested for its text.
Pair = tuple[Document, Document]


class Judged(NamedTuple):
    """One suggestion: its label, its score, and whether it is right (a share, of a task)."""

    label: str
    score: float
    right: float


def folds(scratch: Path) -> list[tuple[Path, list[Document]]]:
    """Folders with models, each with the documents that they have not seen."""
    documents = {language: texts("train", language) for language in languages()}
    found = []
    for fold in range(FOLDS):
        learnt = {
            language: [one for at, one in enumerate(own) if at % FOLDS != fold]
            for language, own in documents.items()
        }
        models = scratch / str(fold)
        models.mkdir()
        build(learnt, models)
        found.append((models, [one for own in documents.values() for one in own[fold::FOLDS]]))
    return found


def suggested(gold: Sequence[Document], models: Path) -> list[Pair]:
    """Gold documents, each with what the models in a folder suggest for its text."""
    settings = load_settings()
    bare = [one.model_copy(update={"entities": (), "relations": ()}) for one in gold]
    crf.MODELS = relation_model.MODELS = models
    relation_model.model_path.cache_clear()
    calibration.load.cache_clear()
    found = list(prelabel(bare, settings, settings.schema_in_force(), Ledger("calibrate")))
    return list(zip(gold, found, strict=True))


def entities_judged(pairs: Iterable[Pair]) -> Iterator[Judged]:
    """Every suggested entity."""
    for gold, found in pairs:
        places = _places(gold)
        for entity in found.entities:
            place = (entity.start, entity.end, entity.label)
            yield Judged(entity.label, entity.score or 0.0, place in places)


def relations_judged(pairs: Iterable[Pair]) -> Iterator[Judged]:
    """Every suggested relation; it is right when its ends are, too."""
    for gold, found in pairs:
        links = set(_links(gold))
        for link, ends in zip(found.relations, _links(found), strict=True):
            yield Judged(link.label, link.score or 0.0, ends in links)


def tasks_judged(pairs: Iterable[Pair]) -> Iterator[Judged]:
    """The share of marks expected to stand, and the share that stands, a document each."""
    for gold, found in pairs:
        expected = certainty(found, float(found.meta["names_missed"]))
        right = sum(one.right for one in (*entities_judged([(gold, found)]),))
        right += sum(one.right for one in relations_judged([(gold, found)]))
        marks = len(found.entities) + len(found.relations) + names_missed([(gold, found)])[0]
        yield Judged("task", expected or 0.0, (right + 1) / (marks + 1))


def names_missed(pairs: Iterable[Pair]) -> tuple[int, float]:
    """How many gold names no suggestion overlaps, and how many the models expected."""
    real, expected = 0, 0.0
    for gold, found in pairs:
        for entity in gold.entities:
            real += not any(
                entity.start < one.end and one.start < entity.end for one in found.entities
            )
        expected += float(found.meta["names_missed"])
    return real, expected


def _places(document: Document) -> set[tuple[int, int, str]]:
    return {(one.start, one.end, one.label) for one in document.entities}


def _links(document: Document) -> list[tuple[object, ...]]:
    by_id = {one.id: (one.start, one.end, one.label) for one in document.entities}
    return [(by_id[link.head], by_id[link.tail], link.label) for link in document.relations]


def curves(judged: Iterable[Judged]) -> dict[str, tuple[float, float]]:
    """A curve a label."""
    by_label: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        by_label[one.label].append(one)
    return {
        label: fit([one.score for one in own], [bool(one.right) for one in own])
        for label, own in sorted(by_label.items())
    }


def calibrate() -> Calibration:
    """The calibration that fits what models suggest for texts they have not seen."""
    with tempfile.TemporaryDirectory() as scratch:
        made = folds(Path(scratch))
        pairs = [pair for models, own in made for pair in suggested(own, models)]
        real, expected = names_missed(pairs)
        entities = Calibration(curves(entities_judged(pairs)), round(real / expected, 3))
        # A relation's score is made of its ends' calibrated ones.
        for models, _ in made:
            (models / FILE).write_text(entities.to_json(), "utf-8")
        pairs = [pair for models, own in made for pair in suggested(own, models)]
    return Calibration(dict(entities.curves) | curves(relations_judged(pairs)), entities.missed)


def points(judged: Iterable[Judged]) -> Iterator[tuple[float, float, int]]:
    """Mean score, share that is right, and number, of suggestions with scores alike."""
    ordered = sorted(judged, key=lambda one: one.score)
    count = max(1, len(ordered) // POINT)
    for part in range(count):
        own = ordered[part * len(ordered) // count : (part + 1) * len(ordered) // count]
        score = sum(one.score for one in own) / len(own)
        yield score, sum(one.right for one in own) / len(own), len(own)


def error(judged: Iterable[Judged]) -> float:
    """Expected calibration error: how far score and share are apart, over the points."""
    found = list(points(judged))
    return sum(abs(score - right) * n for score, right, n in found) / sum(n for *_, n in found)


def draw(kinds: dict[str, list[Judged]]) -> None:
    """The reliability curves, one a kind."""
    # Else the ids inside the file are random.
    mpl.rcParams["svg.hashsalt"] = "annotate"
    figure = Figure(figsize=(5.2, 4.6), layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color="#999999", linewidth=1, linestyle="--")
    for (kind, judged), colour in zip(
        kinds.items(), ("#0072B2", "#D55E00", "#009E73"), strict=True
    ):
        found = list(points(judged))
        label = f"{kind}: {len(judged):,}, off by {100 * error(judged):.1f} points"
        axes.plot([x for x, *_ in found], [y for _, y, _ in found], "o-", color=colour, label=label)
    axes.set_xlabel("score")
    axes.set_ylabel("share that is right")
    axes.set_title("Scores on the unseen part of the corpus")
    axes.legend(frameon=False)
    figure.savefig(PICTURE, metadata={"Date": None})


def main() -> None:
    """Fit, write, and draw on the unseen part."""
    result = calibrate()
    (MODELS / FILE).write_text(result.to_json(), "utf-8")
    print(result.to_json())
    unseen = [document for language in languages() for document in texts("unseen", language)]
    pairs = suggested(unseen, MODELS)
    kinds = {
        "entities": list(entities_judged(pairs)),
        "relations": list(relations_judged(pairs)),
        "tasks": list(tasks_judged(pairs)),
    }
    draw(kinds)
    for kind, judged in kinds.items():
        print(f"{kind}: {len(judged)}, expected calibration error {error(judged):.3f}")
        for score, right, number in points(judged):
            print(f"  score {score:.3f}  right {right:.3f}  of {number}")


if __name__ == "__main__":
    main()
