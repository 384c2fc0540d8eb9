"""An in-memory twin of a Label Studio server, behind the same seam.

For trying things out and for fast tests; the contract tests hold it to what the
real server does. ``submit`` and ``skip`` stand in for a person in the browser.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from annotate.errors import StudioRefused
from annotate.studio.client import Backend, Json, PredictionHead, Project, TaskHead


class Twin:
    """Projects, tasks, predictions and annotations in dicts."""

    url = "memory:"

    def __init__(self, email: str = "reviewer@example.com") -> None:
        self._email = email
        self._ids = count(1)
        self._projects: dict[int, Project] = {}
        self._tasks: dict[int, Json] = {}
        self._predictions: dict[int, Json] = {}
        self._backends: dict[int, Json] = {}
        self._webhooks: dict[int, Json] = {}

    def version(self) -> str:
        """No release: there is no server."""
        return "twin"

    def whoami(self) -> str:
        """The one user."""
        return self._email

    def people(self) -> dict[int, str]:
        """The one user."""
        return {1: self._email}

    def find_projects(self, title: str) -> list[Project]:
        """Projects of exactly that title."""
        return [project for project in self._projects.values() if project.title == title]

    def titles(self) -> list[str]:
        """The titles of all projects."""
        return [project.title for project in self._projects.values()]

    def create_project(self, title: str, label_config: str, instructions: str) -> Project:
        """A new project; titles have 3 to 50 characters, as on the server."""
        if not 3 <= len(title) <= 50:
            raise StudioRefused(f"{self.url}: 400: title {title!r} is not 3 to 50 long", 400)
        project = Project(next(self._ids), title, label_config, None, instructions)
        self._projects[project.id] = project
        return project

    def update_project(self, project: int, **fields: Any) -> None:
        """Change what we keep of a project; other fields are taken and forgotten."""
        versions = {item.model_version for item in self.predictions(project)}
        versions |= {one.title for one in self.backends(project)}
        if fields.get("model_version") not in {None, *versions}:
            raise StudioRefused(f"{self.url}: 400: no prediction is of that model version", 400)
        if "expert_instruction" in fields:
            fields["instructions"] = fields.pop("expert_instruction")
        known = {key: value for key, value in fields.items() if key in Project._fields}
        self._projects[project] = self._projects[project]._replace(**known)

    def tasks(self, project: int) -> Iterator[TaskHead]:
        """Every task of the project."""
        for task in list(self._of(project)):
            touched = bool(task["annotations"] or task["drafts"])
            yield TaskHead(task["id"], copy.deepcopy(task["meta"]), touched)

    def import_tasks(self, project: int, tasks: Sequence[Json]) -> list[int]:
        """Add tasks, all or none: one without text refuses the request."""
        for index, task in enumerate(tasks):
            if not any(isinstance(value, str) for value in task["data"].values()):
                raise StudioRefused(f"{self.url}: 400: item {index} has no text", 400)
        return [self._add_task(project, copy.deepcopy(task)) for task in tasks]

    def predictions(self, project: int) -> Iterator[PredictionHead]:
        """Every prediction of the project."""
        for item in list(self._predictions.values()):
            if self._tasks[item["task"]]["project"] == project:
                yield PredictionHead(
                    item["id"],
                    item["task"],
                    item["model_version"],
                    item.get("score"),
                    item.get("mislabeling", 0.0),
                )

    def import_predictions(self, project: int, predictions: Sequence[Json]) -> None:
        """Add predictions to tasks that exist."""
        for item in predictions:
            if item["task"] not in self._tasks:
                raise StudioRefused(f"{self.url}: 400: there is no task {item['task']}", 400)
        for item in predictions:
            self._add_prediction(copy.deepcopy(item))

    def update_prediction(self, prediction: int, **fields: Any) -> None:
        """Change fields of a prediction."""
        if prediction not in self._predictions:
            raise StudioRefused(f"{self.url}: 404: there is no prediction {prediction}", 404)
        self._predictions[prediction].update(copy.deepcopy(fields))

    def delete_tasks(self, project: int, tasks: Sequence[int]) -> None:
        """Remove tasks and their predictions."""
        for task in tasks:
            self._tasks.pop(task, None)
            for item in self._predictions_of(task):
                del self._predictions[item["id"]]

    def delete_predictions(self, predictions: Iterable[int]) -> None:
        """Remove predictions."""
        for prediction in predictions:
            self._predictions.pop(prediction, None)

    def export(self, project: int) -> Iterator[Json]:
        """Every task in Label Studio's export form."""
        for task in list(self._of(project)):
            ids = [item["id"] for item in self._predictions_of(task["id"])]
            yield copy.deepcopy(task) | {"predictions": ids}

    def backends(self, project: int) -> list[Backend]:
        """The project's servers of suggestions."""
        own = (item for item in self._backends.values() if item["project"] == project)
        return [Backend(item["id"], item["url"], item["title"]) for item in own]

    def save_backend(self, backend: int | None, **fields: Any) -> None:
        """Add or change one, without asking it; the project's model version follows its title."""
        before = self._backends.get(backend or 0, {"id": next(self._ids)})
        after = before | fields
        self._backends[after["id"]] = after
        project = self._projects[after["project"]]
        if project.model_version in (None, before.get("title")):
            self.update_project(project.id, model_version=after["title"])
        address = f"{after['url'].rstrip('/')}/webhook"
        # As on the server: a new backend gets a webhook for everything.
        if backend is None and address not in [url for _, url in self.webhooks(project.id)]:
            self.save_webhook(None, project=project.id, url=address, send_for_all_actions=True)

    def webhooks(self, project: int) -> list[tuple[int, str]]:
        """Number and address of the project's webhooks."""
        own = (item for item in self._webhooks.values() if item["project"] == project)
        return [(item["id"], item["url"]) for item in own]

    def save_webhook(self, webhook: int | None, **fields: Any) -> None:
        """Add or change one."""
        item = self._webhooks.get(webhook or 0, {"id": next(self._ids)}) | fields
        self._webhooks[item["id"]] = item

    def delete_webhooks(self, webhooks: Iterable[int]) -> None:
        """Remove webhooks."""
        for webhook in webhooks:
            self._webhooks.pop(webhook, None)

    def submit(self, task: int, result: list[Json] | None = None, **fields: Any) -> Json:
        """What a browser sends on Submit; without a result, the suggestion as it is."""
        prediction = self._shown(task)
        now = datetime.now(UTC).isoformat()
        annotation: Json = {
            "id": next(self._ids),
            "completed_by": 1,
            "result": copy.deepcopy(prediction.get("result", []) if result is None else result),
            "was_cancelled": False,
            "ground_truth": False,
            "created_at": now,
            "updated_at": now,
            "lead_time": 1.0,
            "prediction": copy.deepcopy(prediction),
            "parent_prediction": prediction.get("id"),
        } | fields
        # The editor marks where a region comes from; its absence tells a
        # bulk-converted prediction from a human's work.
        for region in annotation["result"]:
            if region.get("type") == "labels" and result is None:
                region["origin"] = "prediction"
        self._tasks[task]["annotations"].append(annotation)
        return annotation

    def skip(self, task: int) -> None:
        """What a browser sends on Skip: the prefilled result, cancelled."""
        self.submit(task, was_cancelled=True)

    def _of(self, project: int) -> Iterator[Json]:
        return (task for task in self._tasks.values() if task["project"] == project)

    def _predictions_of(self, task: int) -> list[Json]:
        return [item for item in self._predictions.values() if item["task"] == task]

    def _shown(self, task: int) -> Json:
        version = self._projects[self._tasks[task]["project"]].model_version
        return next(
            (p for p in self._predictions_of(task) if p["model_version"] == version), Json()
        )

    def _add_task(self, project: int, task: Json) -> int:
        number = next(self._ids)
        predictions = task.pop("predictions", [])
        self._tasks[number] = {
            "id": number,
            "project": project,
            "data": task["data"],
            "meta": task.get("meta", {}),
            "annotations": [],
            "drafts": [],
        }
        for annotation in task.get("annotations", []):
            self._tasks[number]["annotations"].append(_imported(annotation, next(self._ids)))
        for item in predictions:
            self._add_prediction(item | {"task": number})
        # As on the server: the first import with predictions names the version.
        if predictions and not self._projects[project].model_version:
            self.update_project(project, model_version=predictions[0]["model_version"])
        return number

    def _add_prediction(self, item: Json) -> None:
        number = next(self._ids)
        self._predictions[number] = item | {"id": number}


def _imported(annotation: Json, number: int) -> Json:
    """An annotation as the server completes one that came with its task."""
    now = datetime.now(UTC).isoformat()
    return {
        "id": number,
        "completed_by": 1,
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": now,
        "updated_at": now,
        "lead_time": None,
        "prediction": {},
        "parent_prediction": None,
    } | annotation
