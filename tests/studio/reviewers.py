"""A reviewer without a browser, for the twin and for a real server alike."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from annotate.studio.client import Client
from annotate.studio.twin import Twin

Json = dict[str, Any]


def sdk_of(studio: Client) -> Any:
    """The SDK behind the seam: tests do there what only people do."""
    return studio._connected()


def shown(studio: Client | Twin, task: int) -> Json:
    """The suggestion that the browser would show: id and result."""
    if isinstance(studio, Twin):
        return studio._shown(task)
    found = [item.model_dump() for item in sdk_of(studio).predictions.list(task=task)]
    project = sdk_of(studio).tasks.get(id=str(task)).project
    version = sdk_of(studio).projects.get(project).model_version
    return next(item for item in found if item["model_version"] == version)


def submit(
    studio: Client | Twin, task: int, result: list[Json] | None = None, **fields: Any
) -> int:
    """Submit an annotation, by default the suggestion as it is; its id."""
    if isinstance(studio, Twin):
        return int(studio.submit(task, result, **fields)["id"])
    prediction = shown(studio, task)
    if result is None:
        result = [
            item | ({} if item["type"] == "relation" else {"origin": "prediction"})
            for item in prediction["result"]
        ]
    given = {"lead_time": 1.0, "parent_prediction": prediction["id"]} | fields
    return int(sdk_of(studio).annotations.create(task, result=result, **given).id)


def asked(studio: Client, path: str) -> httpx.Response:
    """What the server answers, without the SDK."""
    headers = sdk_of(studio)._client_wrapper.get_headers()
    return httpx.get(studio.url + path, headers=headers)


@contextmanager
def another_person(studio: Client) -> Iterator[httpx.Client]:
    """Someone who signed up by the invitation link, as a browser of theirs."""
    invite = str(asked(studio, "/api/invite").json()["token"])
    headers = {"Referer": studio.url}
    with httpx.Client(base_url=studio.url, follow_redirects=True, headers=headers) as person:
        person.get("/user/signup/", params={"token": invite})
        form = {
            "email": f"{secrets.token_hex(4)}@example.com",
            "password": secrets.token_hex(8),
            "csrfmiddlewaretoken": person.cookies["csrftoken"],
        }
        person.post("/user/signup/", params={"token": invite}, data=form).raise_for_status()
        person.headers["X-CSRFToken"] = person.cookies["csrftoken"]
        yield person


def convert_in_bulk(studio: Client | Twin, project: int, task: int) -> None:
    """What the bulk action “create annotations from predictions” does to one task."""
    if isinstance(studio, Twin):
        result = [dict(item) for item in shown(studio, task)["result"]]
        studio.submit(task, result, lead_time=None)
        return
    sdk_of(studio).actions.create(
        id="predictions_to_annotations",
        project=project,
        selected_items={"all": False, "included": [task]},
    )
