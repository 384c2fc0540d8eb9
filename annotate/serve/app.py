"""The ML backend protocol of Label Studio 1.23.2 as an HTTP application.

Label Studio sends the basic authentication with everything that it asks of a backend,
and with START_TRAINING, but not with the events of a project's webhooks: those carry a
header with a secret, and can do nothing but be counted.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from annotate.errors import ConfigError
from annotate.schema import Schema
from annotate.serve.answer import answer
from annotate.serve.credentials import Credentials
from annotate.serve.live import Live
from annotate.serve.log import Log
from annotate.serve.model import Model, schema_for
from annotate.serve.registration import Registered
from annotate.serve.request import is_user, knows_secret, read_json
from annotate.serve.training import Training

Json = dict[str, Any]


@dataclass
class Service:
    """What the application answers from. One thread runs the pipelines."""

    live: Live
    training: Training
    credentials: Credentials
    log: Log
    body_limit: int
    worker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    # By project number: how Label Studio has us registered, as its last setup said.
    registered: dict[int, Registered] = field(default_factory=dict)
    annotations: int = 0


def application(service: Service, between: Callable[[], None] = lambda: None) -> FastAPI:
    """The application. While it runs, the model is watched for changes.

    ``between`` runs after each look, in the thread that looks. At its end a running
    training is ended too.
    """

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        stop = threading.Event()
        watch = threading.Thread(target=service.live.watch, args=(stop, between), daemon=True)
        watch.start()
        yield
        stop.set()
        service.worker.shutdown(wait=False, cancel_futures=True)
        await run_in_threadpool(service.training.stop)

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=running)
    app.state.service = service
    app.include_router(_protocol)
    app.add_exception_handler(Exception, _failed)
    return app


def _service(request: Request) -> Service:
    found: Service = request.app.state.service
    return found


Running = Annotated[Service, Depends(_service)]


async def _user(request: Request, service: Running) -> None:
    if not is_user(request, service.credentials):
        service.log("refused", path=request.url.path, status=401)
        raise HTTPException(401, "user or password is wrong", {"WWW-Authenticate": "Basic"})


async def _sender(request: Request, service: Running) -> bool:
    """Whether it is the user, who may do more than one who knows the secret only."""
    if knows_secret(request, service.credentials):
        return False
    await _user(request, service)
    return True


async def _body(request: Request, service: Running) -> Json:
    return await read_json(request, service.body_limit)


# FastAPI settles dependencies in this order: who asks is known before the body is read.
User = Depends(_user)
Sender = Annotated[bool, Depends(_sender)]
Body = Annotated[Json, Depends(_body)]
_protocol = APIRouter()


@_protocol.get("/health", dependencies=[User])
async def _health(service: Running) -> Json:
    job = service.training.job
    return {
        "status": "UP",
        "model_version": service.live.model.version,
        "languages": service.live.model.languages,
        "training": job._asdict() if job else None,
        "annotations": service.annotations,
    }


@_protocol.post("/setup", dependencies=[User])
async def _setup(service: Running, body: Body) -> Json:
    model = service.live.model
    _schema(model, body.get("schema"))
    if found := Registered.read(body):
        service.registered[found.project] = found
    return {"model_version": model.version}


@_protocol.get("/versions", dependencies=[User])
async def _versions(service: Running) -> Json:
    return {"versions": [service.live.model.version]}


@_protocol.post("/predict", dependencies=[User])
async def _predict(service: Running, request: Request, body: Body) -> Response:
    tasks = body.get("tasks")
    if not isinstance(tasks, list):
        raise HTTPException(400, "tasks: must be a list")
    # One model for all of the request, whatever is promoted meanwhile.
    model = service.live.model
    schema = _schema(model, body.get("label_config"))
    return await answer(request, tasks, model, schema, service.worker, service.log)


@_protocol.post("/webhook")
async def _webhook(service: Running, by_user: Sender, body: Body) -> Response:
    action = body.get("action")
    if by_user and action == "START_TRAINING":
        project = body.get("project")
        return await _start(service, project.get("title") if isinstance(project, dict) else None)
    service.annotations += action in ("ANNOTATION_CREATED", "ANNOTATION_UPDATED")
    service.log("webhook", action=action if isinstance(action, str) else None)
    return JSONResponse({})


@_protocol.post("/train", dependencies=[User])
async def _train(service: Running, body: Body) -> Response:
    return await _start(service, body.get("project"))


async def _start(service: Service, project: object) -> Response:
    if not isinstance(project, str) or not project:
        raise HTTPException(400, "project: must be the title of a project")
    job, begun = await run_in_threadpool(service.training.start, project)
    if begun:
        service.annotations = 0
    # Label Studio keeps `job`; a second request while one runs is no error.
    return JSONResponse({"job": job.name, "state": job.state}, 202 if begun else 200)


def _schema(model: Model, label_config: object) -> Schema:
    try:
        return schema_for(model, label_config)
    except ConfigError as error:
        raise HTTPException(400, str(error)) from None


async def _failed(request: Request, error: Exception) -> Response:
    # The error's message may quote a text.
    service = _service(request)
    service.log("failed", path=request.url.path, status=500, error=type(error).__name__)
    return JSONResponse({"detail": type(error).__name__}, 500)
