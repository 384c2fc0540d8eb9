"""A whole campaign with an oracle as its annotator; ``python -m tests.campaign`` writes its page.

Sixty Indonesian news texts, a language that no model ships for, are pushed at once and
reviewed ten at a time, in the order of the news. The oracle reads the suggestion of each
task from the server and submits the gold through the API. After each round: pull, train,
promote if the new model passes, and push --refresh for the tasks that wait.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from annotate import api
from annotate.cli.show import aligned
from annotate.config import Settings, load_settings
from annotate.document import Document, Entity, Relation
from annotate.evaluate import entities, relations
from annotate.evaluate.edits import Edits, all_edits
from annotate.evaluate.pairs import Pair
from annotate.evaluate.scores import total
from annotate.formats import inline
from annotate.ledger import Ledger
from annotate.studio.client import Client
from annotate.studio.results import from_result
from annotate.studio.tasks import to_prediction
from annotate.studio.twin import Twin
from annotate.train.scores import suggested
from tests.studio.reviewers import shown, submit

ROOT = Path(__file__).parents[1]
TEXTS = ROOT / "corpus" / "campaign" / "id"
PAGE = ROOT / "docs" / "campaign.md"
PICTURE = ROOT / "docs" / "img" / "campaign.svg"
PROJECT = "Campaign"
PUSHED, ROUND = 60, 10
_BEGIN, _END = "<!-- figures: python -m tests.campaign -->\n", "<!-- end of figures -->"


class Round(NamedTuple):
    """One round: who suggested, what the oracle changed, and the model that came of it."""

    version: str
    edits: Edits
    documents: int
    entities: float
    relations: float
    seconds: float
    promoted: bool | None

    @property
    def per_document(self) -> float:
        return self.edits.total / self.documents


def texts() -> tuple[list[Document], list[Document]]:
    """Those that are pushed, and the last twelve, which nobody reviews or trains on."""
    found = list(inline.read(TEXTS))
    return found[:PUSHED], found[PUSHED:]


def run(studio: Client | Twin, folder: Path) -> Iterator[Round]:
    """Run the campaign in a folder; a round at a time."""
    pushed, held_back = texts()
    bare = [one.model_copy(update={"entities": (), "relations": ()}) for one in pushed]
    settings = load_settings(folder, environ={})
    api.push(bare, project=PROJECT, studio=studio, settings=settings, folder=folder)
    for start in range(0, PUSHED, ROUND):
        gold = pushed[start : start + ROUND]
        version, edits = _review(studio, gold, settings)
        pairs = suggested(held_back, settings, Ledger("held back"))
        f1 = [
            total(score(pair) for pair in pairs).f1
            for score in (entities.strict, relations.end_to_end)
        ]
        begin, promoted = time.perf_counter(), None
        if start + ROUND < PUSHED:
            promoted = _learn(studio, settings, f"round-{start // ROUND + 1}")
            settings = load_settings(folder, environ={})
            api.push(None, project=PROJECT, studio=studio, settings=settings, refresh=True)
        seconds = time.perf_counter() - begin
        yield Round(version, edits, len(gold), *f1, seconds, promoted)


def _review(
    studio: Client | Twin, gold: Sequence[Document], settings: Settings
) -> tuple[str, Edits]:
    """Submit the gold of some documents; which model suggested, and the edits that took."""
    schema = settings.schema_in_force()
    (project,) = studio.find_projects(PROJECT)
    tasks = {head.meta["annotate"]["document"]: head.id for head in studio.tasks(project.id)}
    pairs, versions = [], set()
    for document in gold:
        prediction = shown(studio, tasks[document.id])
        versions.add(prediction["model_version"])
        marks = from_result(document.text, prediction["result"], schema, Ledger("shown"), "")
        update = {
            "entities": tuple(Entity(**span._asdict()) for span in marks.entities),
            "relations": tuple(Relation(**link._asdict()) for link in marks.relations),
        }
        pairs.append(Pair(document.model_copy(update=update), document))
        result = to_prediction(document, schema, "gold")["result"]
        submit(studio, tasks[document.id], result, parent_prediction=prediction["id"])
    (version,) = versions
    return str(version), all_edits(pairs)


def _learn(studio: Client | Twin, settings: Settings, name: str) -> bool:
    pulled = api.pull(project=PROJECT, studio=studio, settings=settings)
    done = api.train(pulled.documents, settings.models / name, settings=settings, promote=True)
    return bool(done.promoted)


def thirds(rounds: Sequence[Round]) -> tuple[float, float]:
    """Edits a document in the first third of the documents, and in the last."""
    part = len(rounds) // 3
    first, last = rounds[:part], rounds[-part:]
    return tuple(  # type: ignore[return-value]
        sum(one.edits.total for one in own) / sum(one.documents for one in own)
        for own in (first, last)
    )


def table(rounds: Sequence[Round]) -> str:
    """The rounds as aligned columns."""
    header = (
        "texts", "suggested by", "edits a text", "from scratch", "entities F1", "relations F1",
        "then",
    )  # fmt: skip
    rows = [header]
    for number, one in enumerate(rounds):
        then = {True: "promoted", False: "did not pass", None: "-"}[one.promoted]
        then += "" if one.promoted is None else f", {one.seconds:.0f} s"
        rows.append(
            (
                f"{number * ROUND + 1} to {(number + 1) * ROUND}",
                one.version.rpartition("-")[0],
                f"{one.per_document:.1f}",
                f"{one.edits.scratch / one.documents:.1f}",
                f"{100 * one.entities:.1f}",
                f"{100 * one.relations:.1f}",
                then,
            )
        )
    return aligned(rows)


def draw(rounds: Sequence[Round], path: Path) -> None:
    """Edits a document by round, beside labelling from scratch."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    # Else the ids inside the file are random.
    mpl.rcParams["svg.hashsalt"] = "annotate"
    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    axes = figure.add_subplot()
    places = [number * ROUND + ROUND / 2 for number in range(len(rounds))]
    scratch = [one.edits.scratch / one.documents for one in rounds]
    edits = [one.per_document for one in rounds]
    axes.plot(places, scratch, "o--", color="#888888", label="from scratch, without suggestions")
    axes.bar(places, edits, width=ROUND * 0.7, color="#0072B2", label="with suggestions")
    for place, value in zip(places, edits, strict=True):
        axes.annotate(f"{value:.1f}", (place, value), ha="center", va="bottom", fontsize=9)
    axes.set_xlabel("documents reviewed, in the order of the news")
    axes.set_ylabel("edits a document")
    axes.set_ylim(0, max(scratch) * 1.25)
    axes.set_title("Sixty Indonesian news texts, retrained every ten")
    axes.legend(frameon=False, loc="upper right")
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def main() -> None:
    """Run it on the embedded server, and write figures and picture."""
    with tempfile.TemporaryDirectory() as folder:
        rounds = []
        for one in run(api.connect(load_settings(Path(folder), environ={})), Path(folder)):
            rounds.append(one)
            print(table(rounds), file=sys.stderr)
    first, last = thirds(rounds)
    told = (
        f"```\n{table(rounds)}\n```\n\nEdits a text fell from {first:.1f} in the first third to "
        f"{last:.1f} in the last, by {100 * (1 - last / first):.0f} %.\n"
    )
    page = PAGE.read_text("utf-8")
    begin, end = page.index(_BEGIN) + len(_BEGIN), page.index(_END)
    PAGE.write_text(page[:begin] + told + page[end:], "utf-8")
    draw(rounds, PICTURE)


if __name__ == "__main__":
    main()
