"""What a project holds already: tasks by key, who touched them, and their predictions.

Looking heals: what came twice, because a push was killed while the server was still
committing, is removed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from annotate.ledger import Ledger
from annotate.studio.client import PredictionHead, Project, Studio


@dataclass(slots=True)
class Present:
    """Tasks by key; text hash, cuts and blindness by document; the rest by task."""

    tasks: dict[str, int] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    ends: dict[str, list[int]] = field(default_factory=dict)
    blind: set[str] = field(default_factory=set)
    blind_tasks: set[int] = field(default_factory=set)
    touched: set[int] = field(default_factory=set)
    predictions: dict[int, list[PredictionHead]] = field(default_factory=lambda: defaultdict(list))
    versions: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))


def look(studio: Studio, project: Project, ledger: Ledger) -> Present:
    """What is there; tasks and predictions that came twice are removed and counted."""
    present = Present()
    doubles = defaultdict(list)
    for head in studio.tasks(project.id):
        own = head.meta.get("annotate")
        if not own:
            ledger.counts["tasks of other origin, left alone"] += 1
            continue
        doubles[own["key"]].append(head)
        present.texts[own["document"]] = own["sha256"]
        if "ends" in own:
            present.ends[own["document"]] = own["ends"]
        if own.get("blind"):
            present.blind.add(own["document"])
            present.blind_tasks.add(head.id)
        if head.touched:
            present.touched.add(head.id)
    extra = []
    for key, heads in doubles.items():
        # A task that someone worked on stays; then the oldest.
        first, *others = sorted(heads, key=lambda head: (not head.touched, head.id))
        present.tasks[key] = first.id
        extra += [head.id for head in others if not head.touched]
    if extra:
        studio.delete_tasks(project.id, extra)
        ledger.counts["doubled tasks removed"] += len(extra)
    _look_at_predictions(studio, project, present, ledger)
    return present


def _look_at_predictions(
    studio: Studio, project: Project, present: Present, ledger: Ledger
) -> None:
    extra = []
    ours = set(present.tasks.values())
    for prediction in sorted(studio.predictions(project.id)):
        number = prediction.task
        if number not in ours:
            continue
        if prediction.model_version in present.versions[number]:
            extra.append(prediction.id)
            continue
        present.versions[number].add(prediction.model_version)
        present.predictions[number].append(prediction)
    if extra:
        studio.delete_predictions(extra)
        ledger.counts["doubled predictions removed"] += len(extra)
