"""The order in which Label Studio's label stream gives tasks to people.

Label Studio's uncertainty sampling (1.23.2) takes, of the tasks with a prediction of the
project's model version, the one whose prediction has the lowest score; blind tasks, which
have none, come after all others. It is the only order that can be changed for tasks that
are there: "sequential" goes by task id, and a prediction's ``cluster`` only moves tasks
behind others of whose cluster *the same person* solved fewer. So an order is written into
the scores. What they say stays true in kind: for ``uncertain`` the share of marks
expected to stand, and for the others that share with all of a text that is like one
before it counted as known. The plain share is kept as ``mislabeling`` (one minus it), a
field of predictions that the open edition only stores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from annotate.ledger import Ledger
from annotate.order.rank import rank, scores
from annotate.order.vectors import vectors
from annotate.review.adjudicate import state_of
from annotate.studio.client import Json, PredictionHead, Project, Studio

Order = Literal["uncertain", "diverse", "both", "added"]
ORDERS: Mapping[Order, str] = {
    "uncertain": "the least sure one",
    "diverse": "the one least like those before",
    "both": "an unsure one that is like none before",
    "added": "the oldest",
}
# By Label Studio's names.
SAMPLING = {"added": "Sequential sampling"}
_BY_SCORE = "Uncertainty sampling"
# Where no suggestion has a score, nothing is known of them.
_UNKNOWN = 0.5
# Tells a share of 1 from one that was never kept.
_TINY = 1e-9


class _Seen(NamedTuple):
    """A task in the order: its text, its prediction, and whether it is reviewed."""

    text: str
    prediction: PredictionHead | None
    reviewed: bool


def reorder(
    studio: Studio,
    project: Project,
    text_field: str,
    order: Order,
    ledger: Ledger,
    watch: Callable[[Iterable[Any]], Iterable[Any]] = iter,
) -> None:
    """Let the label stream show un-reviewed tasks in that order from now on.

    Reviewed texts count as covered. Killed at any moment, it leaves an order that is
    partly the old one; running it again finishes. The ledger counts tasks put in order
    and those without suggestions. ``watch`` passes what is written through, to show how
    much; ``text_field`` is the name of the text in the tasks' data.
    """
    studio.update_project(project.id, sampling=SAMPLING.get(order, _BY_SCORE))
    if order == "added":
        return
    seen = list(_seen(studio, project, text_field, ledger))
    wanted = list(_uncertain(seen) if order == "uncertain" else _ranked(seen, order))
    ledger.counts["tasks put in order"] += len(wanted)
    for prediction, fields in watch(wanted):
        if fields != {"score": prediction.score, "mislabeling": prediction.mislabeling}:
            studio.update_prediction(prediction.id, **fields)


def _seen(studio: Studio, project: Project, text_field: str, ledger: Ledger) -> Iterator[_Seen]:
    shown = {
        one.task: one
        for one in studio.predictions(project.id)
        if one.model_version == project.model_version
    }
    for task in studio.export(project.id):
        reviewed = state_of(task) == "submitted"
        prediction = shown.get(task["id"])
        if reviewed:
            ledger.counts["tasks reviewed"] += 1
        elif prediction is None:
            ledger.counts["tasks without suggestions, which come last"] += 1
            continue
        yield _Seen(str(task["data"].get(text_field, "")), prediction, reviewed)


def _ranked(seen: list[_Seen], order: Order) -> Iterator[tuple[PredictionHead, Json]]:
    """Predictions in order, each with the fields that put it there."""
    sure = [_sure(one.prediction) for one in seen]
    unsure = [1.0 if order == "diverse" else 1 - one for one in sure]
    reviewed = [place for place, one in enumerate(seen) if one.reviewed]
    found = rank(vectors([one.text for one in seen]), unsure, reviewed)
    for one, score in zip(found, scores(found), strict=True):
        prediction = seen[one.place].prediction
        if prediction:
            yield prediction, {"score": score, "mislabeling": max(_TINY, 1 - sure[one.place])}


def _uncertain(seen: list[_Seen]) -> Iterator[tuple[PredictionHead, Json]]:
    """The plain share again, where another order had taken its place."""
    for one in seen:
        if one.prediction and not one.reviewed:
            kept = one.prediction.mislabeling
            score = 1 - kept if kept else one.prediction.score
            yield one.prediction, {"score": score, "mislabeling": 0.0}


def _sure(prediction: PredictionHead | None) -> float:
    """The share of marks that are expected to stand, whatever the order of late."""
    if prediction is None:
        return _UNKNOWN
    if prediction.mislabeling:
        return 1 - prediction.mislabeling
    return _UNKNOWN if prediction.score is None else prediction.score
