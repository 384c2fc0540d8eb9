"""A project of Label Studio and the backend that answers for it.

What is said of Label Studio was seen on 1.23.2. Its label stream asks the backend for
suggestions only while the project's ``model_version`` is the backend's *title*, and it
compares a review with the suggestion whose model version *is* the project's
``model_version``. So the title has to be the version of the model that answers, and has
to change when another model does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any, NamedTuple, Self

import httpx

from annotate.errors import CallError, StudioRefused
from annotate.ledger import Ledger
from annotate.serve.credentials import PASSWORD, SECRET_HEADER, Credentials
from annotate.studio.client import BLOCKED, Project, Studio

# All that the server counts; without them a webhook would be sent for every task too.
EVENTS = ("ANNOTATION_CREATED", "ANNOTATION_UPDATED")


class Registered(NamedTuple):
    """What Label Studio has on us: a project's number, our address, the model's version."""

    project: int
    url: str
    version: str

    @classmethod
    def read(cls, setup: dict[str, Any]) -> Self | None:
        """From the body of a setup; None where `annotate connect` did not register us."""
        own = setup.get("extra_params")
        url, version = (own.get("url"), own.get("version")) if isinstance(own, dict) else ("", "")
        # The number and the time of its making: "9.1795323579".
        number = re.fullmatch(r"(\d{1,18})\.\d+", str(setup.get("project")))
        if not (number and isinstance(url, str) and isinstance(version, str) and url):
            return None
        return cls(int(number[1]), url, version)


def served_version(url: str, credentials: Credentials) -> str:
    """The version of the model that serves at an address.

    Raises CallError when nothing usable answers there.
    """
    login = (credentials.user, credentials.password.get_secret_value())
    try:
        # trust_env: loopback must not go through a proxy that the environment names.
        answer = httpx.get(f"{url}/health", auth=login, timeout=10, trust_env=False)
        found = answer.json() if answer.is_success else {}
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        raise CallError(
            f"{url}: no backend answers. Start one with 'annotate serve', or name another "
            "with --backend."
        ) from None
    if answer.status_code == 401:
        raise CallError(
            f"{url}: refuses our password. Give both commands the same {PASSWORD}, or none."
        )
    if not isinstance(found, dict) or not isinstance(found.get("model_version"), str):
        raise CallError(f"{url}: {answer.status_code}: is no 'annotate serve'.")
    return str(found["model_version"])


def register(
    studio: Studio, project: Project, url: str, credentials: Credentials, ledger: Ledger
) -> str:
    """Let the backend at ``url`` answer for the project; the version of its model.

    Running it again changes what differs. Raises CallError when no backend answers, when
    the project has another one, or when Label Studio may not ask that address.
    """
    version = served_version(url, credentials)
    backends = studio.backends(project.id)
    other = next((one for one in backends if one.url != url), None)
    if other:
        raise CallError(
            f"project {project.title!r} has the backend {other.title!r} at {other.url}, and "
            "Label Studio asks one only: remove it there (Settings, Model)."
        )
    mine = Registered(project.id, url, version)
    try:
        announce(studio, mine, credentials)
        _listen(studio, mine, credentials)
    except StudioRefused as error:
        if BLOCKED not in str(error):
            raise
        raise CallError(
            f"{studio.url}: may not ask {url}: it blocks addresses of its own network. The "
            "embedded one: 'annotate studio stop', then start; for another see docs/serve.md."
        ) from None
    if project.model_version != version:
        studio.update_project(project.id, model_version=version)
    ledger.counts["backends registered anew" if not backends else "backends brought up to date"] = 1
    _count_older(studio, project, version, ledger)
    return version


def _count_older(studio: Studio, project: Project, version: str, ledger: Ledger) -> None:
    tasks: dict[int, set[str]] = defaultdict(set)
    for item in studio.predictions(project.id):
        tasks[item.task].add(item.model_version)
    older = sum(version not in versions for versions in tasks.values())
    if older:
        ledger.counts["tasks with suggestions of another model, which get new ones"] = older


def announce(studio: Studio, mine: Registered, credentials: Credentials) -> None:
    """Write the registration, or bring the one of the same address up to date.

    With the title Label Studio changes the project's ``model_version``, if it was that.
    """
    known = [one.id for one in studio.backends(mine.project) if one.url == mine.url]
    studio.save_backend(
        known[0] if known else None,
        project=mine.project,
        url=mine.url,
        title=mine.version,
        description="annotate serve",
        auth_method="BASIC_AUTH",
        basic_auth_user=credentials.user,
        basic_auth_pass=credentials.password.get_secret_value(),
        # Comes back with each setup, so that the server knows what stands here.
        extra_params={"url": mine.url, "version": mine.version},
    )


def _listen(studio: Studio, mine: Registered, credentials: Credentials) -> None:
    """One webhook, with the secret and without contents.

    Label Studio makes one for every action, with texts and without any authentication,
    when a backend is added.
    """
    address = f"{mine.url}/webhook"
    known = [number for number, url in studio.webhooks(mine.project) if url == address]
    studio.save_webhook(
        known[0] if known else None,
        project=mine.project,
        url=address,
        headers={SECRET_HEADER: credentials.secret.get_secret_value()},
        actions=list(EVENTS),
        send_for_all_actions=False,
        send_payload=False,
    )
    studio.delete_webhooks(known[1:])
