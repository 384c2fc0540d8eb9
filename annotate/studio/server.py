"""The embedded Label Studio: its own process, virtual environment and data folder.

label-studio pins Django, numpy, openai and more, so it never shares the user's
environment. Everything lies below ``folder()``::

    venv-<version>/     the virtual environment, from label-studio.lock
    data/               Label Studio's database and media: the one thing to back up
    credentials.json    email, password and api key of its account (mode 0600)
    server.json         which process serves, while one does
    server.log          what that process wrote; install.log: what pip wrote

What is said of Label Studio was seen on 1.23.2. For Linux and macOS.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path

import httpx
import platformdirs
import psutil  # type: ignore[import-untyped]
from filelock import FileLock, Timeout
from pydantic import BaseModel, SecretStr, ValidationError

from annotate.errors import ServerError
from annotate.studio.environment import INHERITED, SETTINGS

Progress = Callable[[str], None]

LOCK = resources.files("annotate.studio") / "label-studio.lock"
PORTS = range(8080, 8180)  # tried in turn when none is asked for
START_SECONDS = 180  # the first start migrates an empty database: 32 to 43 s on 2 cores
STOP_SECONDS = 10
WORK_SECONDS = 900  # how long another call may install and start
CLOCK_SECONDS = 60  # a process's start time shifts when the system's clock is set

# The user's pip settings hold (index, proxy, CA), but not where else to install to.
PIP_ELSEWHERE = {"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER"}


@dataclasses.dataclass(frozen=True)
class Server:
    """A Label Studio process that we started; ``created`` is its start time."""

    url: str
    port: int
    pid: int
    created: float
    version: str
    email: str


class Credentials(BaseModel, frozen=True):
    """The account of the embedded Label Studio; a repr hides the secrets."""

    email: str
    password: SecretStr
    api_key: SecretStr


def folder() -> Path:
    """``$ANNOTATE_HOME/studio``, else ``studio`` in the user's data folder."""
    named = os.environ.get("ANNOTATE_HOME")
    home = Path(named).expanduser() if named else platformdirs.user_data_path("annotate")
    return home.absolute() / "studio"


def pinned_version() -> str:
    """The version of Label Studio that label-studio.lock names."""
    pins = (line.split()[0].partition("==") for line in LOCK.read_text("utf-8").splitlines())
    return next(version for name, _, version in pins if name == "label-studio")


def install(progress: Progress = lambda _: None) -> Path:
    """Make the virtual environment of the pinned Label Studio; return its folder.

    A complete one is left as it is; a half-made or outdated one is made anew.
    Raises ServerError when this Python has no venv, or when pip fails.
    """
    with _locked():
        return _install(progress)


def _install(progress: Progress) -> Path:
    venv = folder() / f"venv-{pinned_version()}"
    complete, lock_hash = venv / "complete", hashlib.sha256(LOCK.read_bytes()).hexdigest()
    # bin/python doesn't exist either when it dangles: its Python was removed.
    if (venv / "bin/python").exists() and complete.exists() and complete.read_text() == lock_hash:
        return venv
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise ServerError(f"{sys.executable} has no venv. On Debian: apt install python3-venv.")
    if venv.is_symlink():  # what it points to serves another home
        venv.unlink()
    shutil.rmtree(venv, ignore_errors=True)
    pip = [str(venv / "bin/python"), "-I", "-m", "pip", "--no-input", "install"]
    with resources.as_file(LOCK) as lock:
        _run([sys.executable, "-I", "-m", "venv", str(venv)], progress)
        _run([*pip, "--progress-bar=off", "--require-hashes", "-r", str(lock)], progress)
    complete.write_text(lock_hash)
    return venv


def _run(command: list[str], progress: Progress) -> None:
    """One step of the installation; its output goes to install.log."""
    log, started = folder() / "install.log", time.monotonic()
    env = {key: value for key, value in os.environ.items() if key not in PIP_ELSEWHERE}
    with log.open("wb") as out, subprocess.Popen(command, env=env, stdout=out, stderr=out) as step:
        try:
            while step.poll() is None:
                seconds = time.monotonic() - started
                progress(f"Installing Label Studio {pinned_version()} (once): {seconds:.0f} s")
                with suppress(subprocess.TimeoutExpired):
                    step.wait(timeout=5)
        finally:
            step.kill()  # after Ctrl-C; a no-op on a step that has ended
    if step.returncode:
        raise ServerError(f"Label Studio can't be installed: {_last_line(log)}\nFull log: {log}")


def start(port: int | None = None, progress: Progress = lambda _: None) -> Server:
    """The running Label Studio, which is installed and started when there is none.

    A running one is returned whatever its port. Without ``port`` it takes 8080
    or the next free one. Raises ServerError when ``port`` is taken, when the
    installation fails, or when the server dies, doesn't answer within 180 s or
    refuses our key; no process is left behind then, nor after Ctrl-C.
    """
    with _locked():
        server = _running()
        if server:
            return _wait_until_up(server, progress)
        free_port = _free_port(port)  # before a minute of installing
        venv, account = _install(progress), _account()
        server = _spawn(venv, free_port, account)
        try:
            _record(server)
            server = _wait_until_up(server, progress)
            if port not in (None, server.port):
                raise ServerError(f"Port {port} was taken during the start. Name another port.")
            _record(server)
            _check_account(server, account)
        except BaseException:
            _end(server)
            (folder() / "server.json").unlink(missing_ok=True)
            raise
        # From now on the database is known to hold the account.
        (folder() / "data/account").touch()
        return server


def stop(progress: Progress = lambda _: None) -> bool:
    """Stop the server; False when none runs.

    Raises ServerError when it can't be stopped.
    """
    with _locked():
        server = _running()
        if server:
            progress(f"Stopping Label Studio on port {server.port}")
            _end(server)
        (folder() / "server.json").unlink(missing_ok=True)
        return server is not None


def status() -> Server | None:
    """The running server; a server.json whose process is gone is removed."""
    server, record = _running(), folder() / "server.json"
    if server is None and record.exists():
        # Not while a start, which holds the lock, may be writing a new one.
        with suppress(ServerError), _locked(seconds=0):
            if not _running():
                record.unlink(missing_ok=True)
    return server


def _spawn(venv: Path, port: int, account: Credentials) -> Server:
    home = folder() / "data" / "home"
    home.mkdir(parents=True, exist_ok=True)
    program = [str(venv / "bin/python"), str(venv / "bin/label-studio"), "start", "--no-browser"]
    with (folder() / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*program, "--internal-host", "127.0.0.1", "--port", str(port)],
            env=_child_environment(home, account),
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C in our terminal is not for it
        )
    url, created = f"http://127.0.0.1:{port}", psutil.Process(process.pid).create_time()
    return Server(url, port, process.pid, created, pinned_version(), account.email)


def _child_environment(home: Path, account: Credentials) -> dict[str, str]:
    env = {key: os.environ[key] for key in os.environ if key.startswith(INHERITED)}
    env |= SETTINGS
    env |= {"HOME": str(home), "LABEL_STUDIO_BASE_DATA_DIR": str(home.parent)}
    if not (home.parent / "account").exists():
        env["LABEL_STUDIO_USERNAME"] = account.email
        env["LABEL_STUDIO_PASSWORD"] = account.password.get_secret_value()
        env["LABEL_STUDIO_USER_TOKEN"] = account.api_key.get_secret_value()
    return env


def _free_port(wanted: int | None) -> int:
    """A port that nothing serves: Label Studio would take another one in silence."""
    for port in PORTS if wanted is None else [wanted]:
        if _is_free(port):
            return port
    tried = f"{PORTS[0]} to {PORTS[-1]}" if wanted is None else wanted
    raise ServerError(f"Port {tried} is taken or not allowed. Name another one.")


def _is_free(port: int) -> bool:
    with socket.socket() as server, socket.socket() as client:
        # As Django does: else a port stays taken for a minute after its server.
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
        # macOS lets us bind below a server on 0.0.0.0.
        return client.connect_ex(("127.0.0.1", port)) != 0


def _wait_until_up(server: Server, progress: Progress) -> Server:
    """The server with the port that it serves: another if ours was lost meanwhile."""
    started, log = time.monotonic(), folder() / "server.log"
    while (seconds := time.monotonic() - started) < START_SECONDS:
        ports = _listening(server)
        if ports is None:
            raise ServerError(f"Label Studio ended: {_last_line(log)}\nFull log: {log}")
        # Ports of this very process, so that our key goes to no stranger.
        for port in ports:
            server = dataclasses.replace(server, port=port, url=f"http://127.0.0.1:{port}")
            if (answer := _get(server, "/health")) and answer.is_success:
                return server
        progress(f"Starting Label Studio {server.version}: {seconds:.0f} s")
        time.sleep(min(0.1 + seconds, 1))
    raise ServerError(f"Label Studio doesn't answer within {START_SECONDS} s.\nFull log: {log}")


def _listening(server: Server) -> set[int] | None:
    """The ports that the process listens on; None when it is gone."""
    with suppress(psutil.Error):
        if process := _process(server):
            links = process.net_connections("tcp")
            return {link.laddr.port for link in links if link.status == psutil.CONN_LISTEN}
    return None


def _check_account(server: Server, account: Credentials) -> None:
    token = f"Token {account.api_key.get_secret_value()}"
    answer = _get(server, "/api/current-user/whoami", Authorization=token)
    if answer is None or not answer.is_success or answer.json().get("email") != account.email:
        raise ServerError(
            f"Label Studio refuses the key of {account.email}. Was it changed there? "
            f"Correct {folder() / 'credentials.json'}, or delete it for a new account."
        )


def _get(server: Server, path: str, **headers: str) -> httpx.Response | None:
    with suppress(httpx.HTTPError):
        # trust_env: loopback must not go through a proxy that the environment names.
        return httpx.get(server.url + path, headers=headers, timeout=10, trust_env=False)
    return None


def _record(server: Server) -> None:
    _write_private(folder() / "server.json", json.dumps(dataclasses.asdict(server)))


def _running() -> Server | None:
    with suppress(OSError, ValueError, TypeError):  # no record, or half of one
        server = Server(**json.loads((folder() / "server.json").read_text("utf-8")))
        return server if _process(server) else None
    return None


def _process(server: Server) -> psutil.Process | None:
    """The live process of that number if it is ours: same start, same program."""
    program = str(folder() / f"venv-{server.version}/bin/label-studio")
    with suppress(psutil.Error):  # none, or a zombie
        process = psutil.Process(server.pid)
        same_start = abs(process.create_time() - server.created) < CLOCK_SECONDS
        # Empty for a moment after a process's start, and while it ends.
        return process if same_start and program in (process.cmdline() or [program]) else None
    return None


def _alive(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def _end(server: Server) -> None:
    """SIGTERM, later SIGKILL, to the process group, which the server leads."""
    process = _process(server)
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process is None or not _alive(process):
            return
        with suppress(ProcessLookupError):
            os.killpg(server.pid, number)
        until = time.monotonic() + STOP_SECONDS
        # A thread that ends later than the process's first one holds the port.
        while (_alive(process) or not _is_free(server.port)) and time.monotonic() < until:
            time.sleep(0.1)
    if _alive(process):
        raise ServerError(f"Label Studio (process {server.pid}) can't be stopped.")


@contextmanager
def _locked(seconds: float = WORK_SECONDS) -> Iterator[None]:
    """One start, stop or install at a time, over all processes of the user."""
    studio = folder()
    try:
        studio.mkdir(mode=0o700, parents=True, exist_ok=True)
        studio.chmod(0o700)
        lock = FileLock(studio / "lock").acquire(timeout=seconds)
    except Timeout:
        raise ServerError(f"Another annotate is still at work on {studio}.") from None
    except OSError as error:
        raise ServerError(f"{studio} can't be used: {error}. Set ANNOTATE_HOME.") from error
    with lock:
        yield


def credentials() -> Credentials | None:
    """The account of the embedded Label Studio; None before the first start.

    Raises ServerError when credentials.json can't be used.
    """
    path = folder() / "credentials.json"
    try:
        return Credentials.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError):
        # `from None`: pydantic's message would show the secrets.
        raise ServerError(f"{path} can't be used. Delete it for a new account.") from None


def _account() -> Credentials:
    """The account, made up when there is none."""
    if account := credentials():
        return account
    # If only the file is lost, its name is taken; a new account sees the same data.
    known = folder() / "data/account"
    name = f"annotate-{secrets.token_hex(2)}" if known.exists() else "annotate"
    password, api_key = secrets.token_urlsafe(12), secrets.token_hex(20)
    plain = {"email": f"{name}@localhost", "password": password, "api_key": api_key}
    known.unlink(missing_ok=True)
    _write_private(folder() / "credentials.json", json.dumps(plain, indent=2))
    return Credentials.model_validate(plain)


def _write_private(path: Path, text: str) -> None:
    """Write the whole file or none of it; mode 0600 from its first byte."""
    part = path.with_name(path.name + ".part")
    part.touch(mode=0o600)
    part.write_text(text, "utf-8")
    part.replace(path)


def _last_line(log: Path) -> str:
    """What a log ends with: pip's last ERROR line, a traceback's exception."""
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    return next(reversed(errors or [line for line in lines if line]), "no output.")[:300]
