"""How many documents must be labelled, by the order: python training/order.py FOLDER [SET…]

Simulates on public sets what ``annotate reorder`` is for: some documents are labelled, the
labeller is trained on them, the rest is put in order by what it suggests, the next ones are
labelled, and so on; after each round F1 is measured on a held-out part. PERSON and ORG
only, exact span and label. FOLDER holds the sets as for ``public.py``; SETs are those of
``RUNS``, all unless named, ``draw`` for none. Writes ``training/order.json``, prints the
table of docs/order.md and draws its picture.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pycrfsuite
from measure import count, places
from public import SETS, document, sentences
from spacy.tokens import Doc

from annotate.document import Document, Entity
from annotate.formats.spacy import to_doc
from annotate.ledger import Ledger
from annotate.order.rank import rank
from annotate.order.vectors import vectors
from annotate.prelabel.certainty import certainty
from annotate.prelabel.crf_training import PARAMETERS, before, gold_tags
from annotate.prelabel.pipeline import built_in

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "training" / "order.json"
ORDERS = ("random", "uncertain", "edits", "diverse", "both", "edits, diverse")
# Sets whose licence allows training, and the file to take of each; "reprints" has four
# copies of a quarter of the pool, a tenth of whose words are changed.
RUNS = {
    "en_wikigold": ("en_wikigold", "wikigold.conll.txt", False),
    "en_wikigold, reprints": ("en_wikigold", "wikigold.conll.txt", True),
    "bn_rifat": ("bn_rifat", "*.txt", False),
    "fa_parstwiner": ("fa_parstwiner", "tw_train.txt", False),
}
SENTENCES = 5
POOL, TEST, START, BATCH, END = 240, 80, 10, 25, 110
SEEDS = 3


class Sample(NamedTuple):
    """A document, the labeller's view of it, and what it is trained on."""

    gold: Document
    doc: Doc
    features: list[list[str]]
    tags: list[str]


class Labeller:
    """The built-in pipeline of a language, whose model is trained on samples."""

    def __init__(self, language: str) -> None:
        self.nlp = built_in(language)
        self.crf = self.nlp.get_pipe("annotate_crf")
        self.seen: dict[str, list[list[str]]] = {}
        # Computed once a text: it takes longer than the training.
        self.crf._of = lambda doc, features: self.seen[doc.text]

    def sample(self, gold: Document) -> Sample:
        """A document made ready."""
        doc = before(self.crf, self.nlp, gold.text)
        features = type(self.crf).features
        if gold.text not in self.seen:
            del self.crf._of
            self.seen[gold.text] = features(self.crf, doc)
            self.crf._of = lambda doc, features: self.seen[doc.text]
        tags = gold_tags(doc, to_doc(gold, self.nlp.vocab, Ledger("order")))
        return Sample(gold, doc, self.seen[gold.text], tags)

    def train(self, samples: Sequence[Sample]) -> None:
        """Forget what was learnt, and learn from these."""
        trainer = pycrfsuite.Trainer(params=PARAMETERS, verbose=False)
        for sample in samples:
            for sentence in sample.doc.sents:
                place = slice(sentence.start, sentence.end)
                trainer.append(sample.features[place], sample.tags[place])
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "model.crf")
            trainer.train(str(path))
            self.crf._use(path)

    def suggest(self, sample: Sample) -> tuple[Document, float, float]:
        """What it suggests, how sure it is, as a push would score it, and expected edits."""
        doc = self.crf(sample.doc.copy())
        entities = tuple(
            Entity(
                id=f"e{span.start}",
                start=span.start_char,
                end=span.end_char,
                label=span.label_,
                text=span.text,
                score=span._.score,
            )
            for span in doc.ents
        )
        found = sample.gold.model_copy(update={"entities": entities})
        missed = doc._.missed or 0.0
        sure = certainty(found, missed)
        edits = missed + sum(1 - (one.score or 0) for one in entities)
        return found, 1.0 if sure is None else sure, edits


def documents(folder: Path, name: str, files: str) -> list[Document]:
    """Blocks of sentences that follow each other in the set's files."""
    language, labels = next((one[1], one[3]) for one in SETS if one[0] == name)
    found = []
    for path in sorted((folder / name).glob(files)):
        stream = sentences(path)
        while block := list(islice(stream, SENTENCES)):
            rows = [row for sentence in block for row in sentence]
            found.append(document(len(found), rows, language, labels))
    return found


def reprints(pool: Sequence[Document], lot: random.Random) -> list[Document]:
    """A quarter of the pool five times each, none of the copies quite the same."""
    kept = list(pool[: len(pool) // 2])
    sources = kept[: len(pool) // 8]
    for source in sources:
        kept += [_reprint(source, f"{source.id}-{copy}", lot) for copy in range(4)]
    return kept


def _reprint(source: Document, name: str, lot: random.Random) -> Document:
    """A copy in which a tenth of the words outside of names are turned around."""
    text = list(source.text)
    named = {at for one in source.entities for at in range(one.start, one.end)}
    start = 0
    for word in source.text.split(" "):
        end = start + len(word)
        if lot.random() < 0.1 and named.isdisjoint(range(start, end)):
            text[start:end] = reversed(word)
        start = end + 1
    return source.model_copy(update={"id": name, "text": "".join(text)})


def next_ones(
    order: str, labeller: Labeller, pool: Sequence[Sample], done: Sequence[int], lot: random.Random
) -> list[int]:
    """The places of the pool to label next."""
    left = [place for place in range(len(pool)) if place not in set(done)]
    if order == "random":
        return lot.sample(left, BATCH)
    unsure = [1.0] * len(pool)
    for place in left if order != "diverse" else ():
        _, sure, edits = labeller.suggest(pool[place])
        unsure[place] = edits if order.startswith("edits") else 1 - sure
    if order in ("uncertain", "edits"):
        return sorted(left, key=lambda place: -unsure[place])[:BATCH]
    texts = vectors([one.gold.text for one in pool])
    return [one.place for one in rank(texts, unsure, done)[:BATCH]]


def curve(
    order: str, labeller: Labeller, pool: list[Sample], test: list[Sample], seed: int
) -> list[float]:
    """F1 in per cent after each round; every order begins with the same documents."""
    lot = random.Random(f"{seed} start")
    done = lot.sample(range(len(pool)), START)
    lot = random.Random(f"{seed} {order}")
    found = []
    while True:
        labeller.train([pool[place] for place in done])
        found.append(f1(labeller, test))
        if len(done) >= END:
            return found
        done += next_ones(order, labeller, pool, done, lot)


def f1(labeller: Labeller, test: Sequence[Sample]) -> float:
    """Strict F1 of PERSON and ORG, in per cent."""
    kept = [
        one.model_copy(
            update={"entities": tuple(e for e in one.entities if e.label in ("PERSON", "ORG"))}
        )
        for one, _, _ in map(labeller.suggest, test)
    ]
    score = count(places(one.gold for one in test), places(kept))
    return 200 * score.right / max(1, score.suggested + score.wanted)


def simulate(folder: Path, run: str) -> Iterator[tuple[str, list[float]]]:
    """Orders with a curve of each, a seed after the other."""
    name, files, copies = RUNS[run]
    everything = documents(folder, name, files)
    labeller = Labeller(everything[0].language)
    for seed in range(SEEDS):
        lot = random.Random(f"{seed} pool")
        drawn = lot.sample(everything, POOL + TEST)
        gold = reprints(drawn[TEST:], lot) if copies else drawn[TEST:]
        pool, test = ([labeller.sample(one) for one in part] for part in (gold, drawn[:TEST]))
        for order in ORDERS:
            found = curve(order, labeller, pool, test, seed)
            print(run, seed, order, *(f"{one:.1f}" for one in found), flush=True)
            yield order, [round(one, 2) for one in found]


def needed(found: dict[str, list[list[float]]], order: str) -> list[float]:
    """Documents until the F1 that random order ends with, a seed; END and more: not reached."""
    return [
        _reached(mine, other[-1]) for mine, other in zip(found[order], found["random"], strict=True)
    ]


def _reached(curve: Sequence[float], wanted: float) -> float:
    """Where the curve first is that high, on the line between two rounds."""
    for at, (low, high) in enumerate(pairwise(curve)):
        if high >= wanted:
            part = (wanted - low) / (high - low) if high > low else 1.0
            return START + BATCH * (at + max(0.0, part))
    return float("inf")


def rows(results: dict[str, dict[str, list[list[float]]]]) -> Iterator[str]:
    """The table of docs/order.md: of each set and order, over the seeds."""
    for run, found in results.items():
        for order in ORDERS:
            counts = sorted(needed(found, order))
            end = sum(one[-1] for one in found[order]) / len(counts)
            gains = sorted(
                sum(mine[1:]) / len(mine[1:]) - sum(other[1:]) / len(other[1:])
                for mine, other in zip(found[order], found["random"], strict=True)
            )
            gain = sum(gains) / len(gains)
            yield (
                f"| {run} | {order} | {end:.1f} "
                f"| {gain:+.1f} ({gains[0]:+.1f} to {gains[-1]:+.1f}) "
                f"| {_or_more(median(counts))} ({_or_more(counts[0])} to {_or_more(counts[-1])}) |"
            )


def _or_more(count: float) -> str:
    return f"{count:.0f}" if count <= END else f"> {END}"


def draw(results: dict[str, dict[str, list[list[float]]]], path: Path) -> None:
    """The mean of the seeds' curves."""
    from matplotlib import rcParams
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    rcParams["svg.hashsalt"] = "annotate"
    figure = Figure(figsize=(8, 6), layout="constrained")
    FigureCanvasSVG(figure)
    # Told apart also without colour vision (Okabe and Ito 2008).
    colours = ("#000000", "#E69F00", "#009E73", "#56B4E9", "#D55E00", "#CC79A7")
    sizes = range(START, END + 1, BATCH)
    for axes, (run, found) in zip(figure.subplots(2, 2).flat, results.items(), strict=True):
        for colour, (order, curves) in zip(colours, found.items(), strict=True):
            mean = [sum(one) / len(one) for one in zip(*curves, strict=True)]
            axes.plot(sizes, mean, color=colour, label=order, marker="o", markersize=3)
        axes.set(title=run, xlabel="documents labelled", ylabel="F1, held-out part")
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].legend(loc="lower right")
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Run, and print the table."""
    folder, wanted = Path(sys.argv[1]), sys.argv[2:] or list(RUNS)
    for run in wanted if wanted != ["draw"] else ():
        found: dict[str, list[list[float]]] = {order: [] for order in ORDERS}
        for order, points in simulate(folder, run):
            found[order].append(points)
            if order == ORDERS[-1]:
                # Two calls may run side by side, each with its sets.
                results = json.loads(RESULT.read_text("utf-8")) if RESULT.exists() else {}
                results[run] = found
                RESULT.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    results = json.loads(RESULT.read_text("utf-8"))
    print(*rows(results), sep="\n")
    if len(results) == len(RUNS):
        draw({run: results[run] for run in RUNS}, ROOT / "docs" / "img" / "order.svg")


if __name__ == "__main__":
    main()
