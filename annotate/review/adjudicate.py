"""Which annotation of a task counts.

What Label Studio 1.23.2 exports, told apart by fields: a skipped annotation
carries the whole prefilled result and ``was_cancelled``; one that a bulk action
made from a prediction has no ``lead_time`` and no ``origin`` on any region.
Neither is a human's judgement, so neither counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeVar, get_args

Json = dict[str, Any]
Item = TypeVar("Item")
Policy = Literal["latest", "ground-truth", "agreed"]
POLICIES: tuple[Policy, ...] = get_args(Policy)
State = Literal["submitted", "skipped", "draft", "bulk-converted", "un-reviewed"]


def state_of(task: Json) -> State:
    """How far the review of an exported task has come."""
    annotations = task.get("annotations") or []
    if any(is_reviewed(item) for item in annotations):
        return "submitted"
    if any(is_bulk(item) for item in annotations if not item.get("was_cancelled")):
        return "bulk-converted"
    if annotations:
        return "skipped"
    return "draft" if task.get("drafts") else "un-reviewed"


def is_reviewed(annotation: Json) -> bool:
    """Whether a person submitted it."""
    return not annotation.get("was_cancelled") and not is_bulk(annotation)


def is_bulk(annotation: Json) -> bool:
    """Whether a bulk action made it from a prediction."""
    if annotation.get("lead_time") is not None or not annotation.get("parent_prediction"):
        return False
    regions = [item for item in annotation.get("result") or [] if item.get("type") != "relation"]
    return not any(region.get("origin") for region in regions)


def choose(annotations: Sequence[Json], policy: Policy) -> list[Json]:
    """The annotations that count, newest first: one, or under ``agreed`` one a person.

    Empty when the policy finds none (``ground-truth`` without a star).
    """
    reviewed = sorted(filter(is_reviewed, annotations), key=_moment, reverse=True)
    match policy:
        case "latest":
            return reviewed[:1]
        case "ground-truth":
            return [item for item in reviewed if item.get("ground_truth")][:1]
        case "agreed":
            newest: dict[int, Json] = {}
            for item in reviewed:
                newest.setdefault(annotator(item), item)
            return list(newest.values())


def agreed(readings: Sequence[Sequence[Item]], key: Callable[[Item], object]) -> list[Item]:
    """Items of the first reading that every reading has, compared by ``key``."""
    shared = set.intersection(*({key(item) for item in reading} for reading in readings))
    return [item for item in readings[0] if key(item) in shared]


def annotator(annotation: Json) -> int:
    """User id of who submitted it; an export gives an id, a task an object."""
    who = annotation.get("completed_by")
    return int((who.get("id") if isinstance(who, dict) else who) or 0)


def _moment(annotation: Json) -> tuple[str, int]:
    return str(annotation.get("updated_at") or annotation.get("created_at")), annotation["id"]
