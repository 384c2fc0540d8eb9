"""The server as a process: address, log, and the registrations kept up to date."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from pathlib import Path

from annotate.errors import AnnotateError, CallError
from annotate.serve.app import Service, application
from annotate.serve.credentials import PASSWORD, Credentials, credentials
from annotate.serve.live import Live
from annotate.serve.log import open_log
from annotate.serve.registration import Registered, announce
from annotate.serve.training import Training
from annotate.studio.client import Studio

HOST, PORT = "127.0.0.1", 9090
LOG = "serve.log.jsonl"
BODY_BYTES = 50_000_000
# Requests at once; beyond it the answer is 503.
_AT_ONCE = 100
_STOP_SECONDS = 10


def serve(
    folder: Path,
    studio: Callable[[], Studio],
    *,
    host: str = HOST,
    port: int = PORT,
    log: Path | None = None,
    body_limit: int = BODY_BYTES,
) -> None:
    """Answer for the folder's settings until a signal ends it.

    ``studio`` is asked for when a registration has to follow a new model. ``body_limit``
    is in bytes. Raises CallError when the address can't be had, or is not loopback and has no
    password of one's own; ConfigError or PipelineError when the model can't be loaded.
    """
    import uvicorn

    who = credentials()
    listener = _listen(host, port, who)
    with listener:
        write = open_log(log or folder / LOG)
        live = Live(folder, write)
        training = Training(folder, live.model.settings.models, write)
        service = Service(live, training, who, write, body_limit)
        app = application(service, lambda: follow(service, studio))
        address = listener.getsockname()
        write("serving", url=_url(*address[:2]), version=live.model.version)
        config = uvicorn.Config(
            app,
            # Tracebacks quote texts; our own log has what happened.
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            limit_concurrency=_AT_ONCE,
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
        uvicorn.Server(config).run(sockets=[listener])


def follow(service: Service, studio: Callable[[], Studio]) -> None:
    """Give each registration of another version the version that answers now."""
    version = service.live.model.version
    for known in list(service.registered.values()):
        if known.version == version:
            continue
        # Forgotten at once: on failure the project's next setup brings it back.
        service.registered.pop(known.project, None)
        try:
            announce(studio(), Registered(known.project, known.url, version), service.credentials)
        except AnnotateError as error:
            service.log("registration is old", project=known.project, error=str(error))
        else:
            service.log("registration renewed", project=known.project, version=version)


def _listen(host: str, port: int, who: Credentials) -> socket.socket:
    if not _is_loopback(host) and not who.chosen:
        raise CallError(
            f"--host {host}: others can reach it, so set a password of your own: {PASSWORD}."
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named asyncio turns Nagle's algorithm off; without, each short answer
    # waits 40 ms for the client's delayed acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # As every server does: else a port stays taken for a minute after the last one.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
        return listener
    except (OSError, OverflowError) as error:
        listener.close()
        raise CallError(f"{_url(host, port)}: can't be served: {error}.") from None


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
