"""The one seam to Label Studio: everything that this package asks of a server.

:class:`Studio` is the whole of it. :class:`Client` answers through
label-studio-sdk; :class:`annotate.studio.twin.Twin` answers from memory, and
the same contract tests run on both. Tasks, predictions and annotations cross
the seam as Label Studio's own JSON (dicts), since the SDK's response models are
shaped for another edition and lose fields (seen with SDK 2.1.2).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from annotate.errors import (
    StudioRefused,
    StudioTimeout,
    StudioUnauthorized,
    StudioUnreachable,
)
from annotate.studio.token import explain_unauthorized

Json = dict[str, Any]

# Seen with 1.23.2: 500 tasks of news take about a second, but a busy server can
# take minutes, and giving up early leaves work done that we don't know of.
TIMEOUT_SECONDS = 600.0
PAGE = 500
# In Label Studio's words: the address of a backend or webhook that it may not ask.
BLOCKED = "reserved network address"
# Columns of the task list that tell whether anyone worked on a task.
_WORK = ("total_annotations", "cancelled_annotations", "drafts")


class Project(NamedTuple):
    """A Label Studio project, as far as we look at it."""

    id: int
    title: str
    label_config: str
    model_version: str | None
    instructions: str


class TaskHead(NamedTuple):
    """A task without its text: ``meta`` is ours; ``touched`` once anyone worked on it."""

    id: int
    meta: Json
    touched: bool


class PredictionHead(NamedTuple):
    """A prediction without its result."""

    id: int
    task: int
    model_version: str
    score: float | None = None
    mislabeling: float = 0.0


class Backend(NamedTuple):
    """A server of suggestions that a project asks (an ML backend, in Label Studio's words)."""

    id: int
    url: str
    title: str


class Studio(Protocol):
    """What a Label Studio server does for us."""

    url: str

    def version(self) -> str:
        """The server's release, such as ``1.23.2``."""

    def whoami(self) -> str:
        """The e-mail address of the key's owner."""

    def people(self) -> dict[int, str]:
        """E-mail address by user id, of everyone in the organization."""

    def find_projects(self, title: str) -> list[Project]:
        """Projects of exactly that title, oldest first."""

    def titles(self) -> list[str]:
        """The titles of all projects."""

    def create_project(self, title: str, label_config: str, instructions: str) -> Project:
        """A new project; ``instructions`` is HTML."""

    def update_project(self, project: int, **fields: Any) -> None:
        """Change fields of a project by Label Studio's own names."""

    def tasks(self, project: int) -> Iterator[TaskHead]:
        """Every task of the project, without text."""

    def import_tasks(self, project: int, tasks: Sequence[Json]) -> list[int]:
        """Add tasks with their predictions, all or none; ids in the same order."""

    def predictions(self, project: int) -> Iterator[PredictionHead]:
        """Every prediction of the project, without result."""

    def import_predictions(self, project: int, predictions: Sequence[Json]) -> None:
        """Add predictions to tasks that exist."""

    def update_prediction(self, prediction: int, **fields: Any) -> None:
        """Change fields of a prediction by Label Studio's own names; a result needs ``task``."""

    def delete_tasks(self, project: int, tasks: Sequence[int]) -> None:
        """Remove tasks with all that hangs on them."""

    def delete_predictions(self, predictions: Iterable[int]) -> None:
        """Remove predictions."""

    def export(self, project: int) -> Iterator[Json]:
        """Every task with its annotations (each with its prediction's copy) and drafts."""

    def backends(self, project: int) -> list[Backend]:
        """The project's servers of suggestions, oldest first; each is asked how it is."""

    def save_backend(self, backend: int | None, **fields: Any) -> None:
        """Add one (None) or change it, by Label Studio's own names; it must answer."""

    def webhooks(self, project: int) -> list[tuple[int, str]]:
        """Number and address of the project's webhooks, oldest first."""

    def save_webhook(self, webhook: int | None, **fields: Any) -> None:
        """Add one (None) or change it, by Label Studio's own names."""

    def delete_webhooks(self, webhooks: Iterable[int]) -> None:
        """Remove webhooks."""


class Client:
    """A real server, through label-studio-sdk.

    Every method raises a :class:`~annotate.errors.StudioError` that says what
    the server answered and what to do; the key is never part of it.
    """

    def __init__(self, url: str, api_key: str) -> None:
        self.url = url.rstrip("/")
        self._key = api_key
        # Any: the SDK's types describe another edition than the one that answers.
        self._sdk: Any = None

    def version(self) -> str:
        """The server's release."""
        with self._asking("version") as sdk:
            return str(sdk.versions.get().release)

    def whoami(self) -> str:
        """The e-mail address of the key's owner."""
        with self._asking("who the key belongs to") as sdk:
            return str(sdk.users.whoami().email)

    def people(self) -> dict[int, str]:
        """E-mail address by user id."""
        with self._asking("users") as sdk:
            return {user.id: user.email for user in sdk.users.list()}

    def find_projects(self, title: str) -> list[Project]:
        """Projects of exactly that title; the server's own filter is by part."""
        with self._asking("projects") as sdk:
            found = [item for item in sdk.projects.list(title=title) if item.title == title]
            projects = [_project(sdk.projects.get(item.id)) for item in found]
        return sorted(projects, key=lambda project: project.id)

    def titles(self) -> list[str]:
        """The titles of all projects."""
        with self._asking("projects") as sdk:
            return [str(item.title) for item in sdk.projects.list()]

    def create_project(self, title: str, label_config: str, instructions: str) -> Project:
        """A new project that shows its instructions to every annotator."""
        with self._asking(f"a new project {title!r}") as sdk:
            return _project(
                sdk.projects.create(
                    title=title,
                    label_config=label_config,
                    expert_instruction=instructions,
                    show_instruction=True,
                    show_skip_button=True,
                    enable_empty_annotation=True,
                )
            )

    def update_project(self, project: int, **fields: Any) -> None:
        """Change fields of a project."""
        with self._asking(f"changes to project {project}") as sdk:
            sdk.projects.update(project, **fields)

    def tasks(self, project: int) -> Iterator[TaskHead]:
        """Every task, a page at a time; only the columns that we need are asked for."""
        with self._asking(f"tasks of project {project}") as sdk:
            for task in sdk.tasks.list(
                project=project,
                fields="task_only",
                include=["id", "meta", *_WORK],
                page_size=PAGE,
            ):
                raw = task.model_dump()
                touched = any(raw.get(column) for column in _WORK)
                yield TaskHead(raw["id"], raw.get("meta") or {}, touched)

    def import_tasks(self, project: int, tasks: Sequence[Json]) -> list[int]:
        """Add tasks in one transaction of the server's."""
        with self._asking(f"{len(tasks)} new tasks in project {project}") as sdk:
            answer = sdk.projects.import_tasks(
                project, request=list(tasks), return_task_ids=True, commit_to_project=True
            )
            return list(answer.task_ids or [])

    def predictions(self, project: int) -> Iterator[PredictionHead]:
        """Every prediction; the server sends them in one answer."""
        with self._asking(f"predictions of project {project}") as sdk:
            for item in sdk.predictions.list(project=project):
                yield PredictionHead(
                    int(item.id or 0),
                    int(item.task),
                    str(item.model_version),
                    item.score,
                    item.mislabeling or 0.0,
                )

    def import_predictions(self, project: int, predictions: Sequence[Json]) -> None:
        """Add predictions; the server drops a bad one in silence, so the count is checked."""
        with self._asking(f"{len(predictions)} predictions for project {project}") as sdk:
            answer = sdk.projects.import_predictions(project, request=list(predictions))
        if answer.created != len(predictions):
            raise StudioRefused(
                f"{self.url}: took {answer.created} of {len(predictions)} predictions and "
                "doesn't say which; run the push again.",
                status=200,
            )

    def update_prediction(self, prediction: int, **fields: Any) -> None:
        """Change fields of a prediction in one transaction of the server's."""
        with self._asking(f"prediction {prediction}") as sdk:
            sdk.predictions.update(prediction, **fields)

    def delete_tasks(self, project: int, tasks: Sequence[int]) -> None:
        """Remove tasks with all that hangs on them."""
        with self._asking(f"removal of {len(tasks)} tasks") as sdk:
            sdk.actions.create(
                id="delete_tasks",
                project=project,
                selected_items={"all": False, "included": list(tasks)},
            )

    def delete_predictions(self, predictions: Iterable[int]) -> None:
        """Remove predictions, one call each."""
        with self._asking("removal of predictions") as sdk:
            for prediction in predictions:
                sdk.predictions.delete(prediction)

    def export(self, project: int) -> Iterator[Json]:
        """Every task, read item by item from a file, so that memory stays flat."""
        import ijson

        with tempfile.TemporaryFile() as file:
            with self._asking(f"the export of project {project}") as sdk:
                for chunk in sdk.projects.exports.download_sync(
                    project, export_type="JSON", download_all_tasks=True
                ):
                    file.write(chunk)
            file.seek(0)
            try:
                # Numbers as they are written: use_float fails on integers over 64 bits.
                yield from map(_with_floats, ijson.items(file, "item"))
            except ijson.JSONError as error:
                raise StudioRefused(
                    f"{self.url}: the export of project {project} is no JSON: {error}", 200
                ) from None

    def backends(self, project: int) -> list[Backend]:
        """The project's servers of suggestions, oldest first."""
        with self._asking(f"backends of project {project}") as sdk:
            found = [
                Backend(one.id, str(one.url), str(one.title))
                for one in sdk.ml.list(project=project)
            ]
        return sorted(found)

    def save_backend(self, backend: int | None, **fields: Any) -> None:
        """Add or change a server of suggestions; Label Studio asks it for its health first."""
        with self._asking(f"the backend {fields.get('url')}") as sdk:
            if backend is None:
                sdk.ml.create(**fields)
            else:
                sdk.ml.update(backend, **fields)

    def webhooks(self, project: int) -> list[tuple[int, str]]:
        """Number and address of the project's webhooks, oldest first."""
        with self._asking(f"webhooks of project {project}") as sdk:
            return sorted((one.id, str(one.url)) for one in sdk.webhooks.list(project=str(project)))

    def save_webhook(self, webhook: int | None, **fields: Any) -> None:
        """Add or change a webhook; which project it belongs to can't be changed."""
        with self._asking(f"the webhook {fields.get('url')}") as sdk:
            if webhook is None:
                sdk.webhooks.create(**fields)
            else:
                own = {key: value for key, value in fields.items() if key != "project"}
                sdk.webhooks.update(webhook, **own)

    def delete_webhooks(self, webhooks: Iterable[int]) -> None:
        """Remove webhooks, one call each."""
        with self._asking("removal of webhooks") as sdk:
            for webhook in webhooks:
                sdk.webhooks.delete(webhook)

    @contextmanager
    def _asking(self, what: str) -> Iterator[Any]:
        import httpx
        from label_studio_sdk.core.api_error import ApiError

        try:
            yield self._connected()
        except ApiError as error:
            raise self._refusal(what, error.status_code or 0, error.body) from None
        except httpx.ConnectError:
            raise StudioUnreachable(
                f"{self.url}: nothing answers. Is the server running? "
                "'annotate studio start' starts the embedded one."
            ) from None
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError) as error:
            raise StudioUnreachable(
                f"{self.url}: the address or the key can't be sent "
                f"({str(error).replace(self._key, '…')}). Give both as the browser shows them."
            ) from None
        except (httpx.TransportError, httpx.StreamError) as error:
            raise StudioTimeout(
                f"{self.url}: no whole answer for {what} ({type(error).__name__}); "
                "the server may have done the work. Run the command again: nothing is added twice."
            ) from None
        except httpx.InvalidURL as error:
            raise StudioUnreachable(f"{self.url}: is no address of a server: {error}.") from None

    def _connected(self) -> Any:
        if self._sdk is None:
            import httpx
            from label_studio_sdk import LabelStudio

            # max_retries=0: the SDK would send an import again after a dropped
            # connection, and the tasks would be there twice (SDK 2.1.2).
            self._sdk = LabelStudio(  # type: ignore[no-untyped-call]
                base_url=self.url,
                api_key=self._key,
                httpx_client=httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=True),
                timeout=TIMEOUT_SECONDS,
                max_retries=0,
            )
        return self._sdk

    def _refusal(self, what: str, status: int, body: object) -> Exception:
        detail = _detail(body).replace(self._key, "…") if self._key else _detail(body)
        # A 403 of 1.23.2 is also an address that it may not ask.
        if status in (401, 403) and BLOCKED not in detail:
            return StudioUnauthorized(
                f"{self.url}: {status} for {what}: {explain_unauthorized(self._key, detail)}"
            )
        return StudioRefused(f"{self.url}: {status} for {what}: {detail}", status)


def _project(raw: Any) -> Project:
    return Project(
        id=raw.id,
        title=str(raw.title),
        label_config=str(raw.label_config),
        model_version=raw.model_version or None,
        instructions=str(raw.expert_instruction or ""),
    )


def _with_floats(value: Any) -> Any:
    """The same JSON, with floats where ijson gives decimals."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: _with_floats(one) for key, one in value.items()}
    return [_with_floats(one) for one in value] if isinstance(value, list) else value


def _detail(body: object) -> str:
    """The telling part of an error answer, at most 300 characters."""
    if isinstance(body, dict):
        found = body.get("validation_errors") or body.get("detail") or body
        return str(found)[:300]
    if "<html" in str(body).lower():
        return "the answer is a web page, not Label Studio's: is the address right?"
    return str(body)[:300]
