"""The embedded Label Studio: most tests run a stand-in, those marked ``server`` the real one."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest

from annotate.errors import ServerError
from annotate.studio import server
from annotate.studio.environment import SETTINGS

# Answers as Label Studio does, within 0.2 s. How it should misbehave stands in data/mode.
STAND_IN = """
import http.server, json, os, pathlib, signal, sys, time

data = pathlib.Path(os.environ["LABEL_STUDIO_BASE_DATA_DIR"])
(data / "environment.json").write_text(json.dumps(dict(os.environ)))
mode = (data / "mode").read_text() if (data / "mode").exists() else ""
port = int(sys.argv[sys.argv.index("--port") + 1])
if mode == "dies":
    raise SystemExit("django.db.utils.OperationalError: database is locked")
if mode == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if mode == "hangs":
    time.sleep(600)
users = data / "users.json"
if "LABEL_STUDIO_USERNAME" in os.environ:
    made = [os.environ["LABEL_STUDIO_USER_TOKEN"], os.environ["LABEL_STUDIO_USERNAME"]]
    users.write_text(json.dumps(dict([made])))


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        key = self.headers.get("Authorization", "")[len("Token "):]
        email = json.loads(users.read_text()).get(key)
        self.send_response(200 if self.path == "/health" or email else 401)
        self.end_headers()
        self.wfile.write(json.dumps({"email": email}).encode())


port += mode == "moves"
while True:  # as Label Studio does with a busy port
    try:
        http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
    except OSError:
        port += 1
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty ANNOTATE_HOME; yields its studio folder."""
    monkeypatch.setenv("ANNOTATE_HOME", str(tmp_path))
    yield tmp_path / "studio"
    monkeypatch.setenv("ANNOTATE_HOME", str(tmp_path))
    server.stop()


@pytest.fixture
def stand_in(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose complete virtual environment holds the stand-in."""
    # Away from 8080, and from another run of these tests on this machine.
    first = 20000 + os.getpid() % 500 * 20
    monkeypatch.setattr(server, "PORTS", range(first, first + 20))
    venv = home / f"venv-{server.pinned_version()}"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin/python").symlink_to(sys.executable)
    (venv / "bin/label-studio").write_text(STAND_IN)
    (venv / "complete").write_text(hashlib.sha256(server.LOCK.read_bytes()).hexdigest())
    (home / "data").mkdir()
    return home


def processes(home: Path) -> list[psutil.Process]:
    """Live processes that were started below ``home``."""
    found = []
    for process in psutil.process_iter():
        try:
            if any(str(home / "venv-") in part for part in process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def wait_for(condition: Callable[[], object], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


def call(python: str) -> subprocess.Popen[str]:
    """A process of its own that imports the module and runs one line."""
    # A job in the background of a script inherits that Ctrl-C is ignored.
    ready = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    script = f"{ready}; from annotate.studio import server; {python}"
    return subprocess.Popen([sys.executable, "-c", script], text=True, stdout=subprocess.PIPE)


def whoami(running: server.Server) -> httpx.Response:
    account = server.credentials()
    assert account
    return httpx.get(
        f"{running.url}/api/current-user/whoami",
        headers={"Authorization": f"Token {account.api_key.get_secret_value()}"},
        trust_env=False,
    )


# The stand-in: processes and ports.


def test_start_status_stop(stand_in: Path) -> None:
    messages: list[str] = []
    assert server.status() is None
    running = server.start(progress=messages.append)
    assert server.status() == running
    assert running.url == f"http://127.0.0.1:{running.port}"
    assert running.version == server.pinned_version()
    assert messages[0] == f"Starting Label Studio {running.version}: 0 s"
    assert whoami(running).json() == {"email": running.email}
    assert server.stop() is True
    assert server.status() is None
    assert server.stop() is False
    assert processes(stand_in) == []


def test_stop_leaves_the_port_free(stand_in: Path) -> None:
    first = server.start()
    for _ in range(3):
        whoami(first)
        server.stop()
        assert server.start(first.port).port == first.port


def test_child_environment_is_clean(stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leaks = ["USERNAME", "PASSWORD", "USER_TOKEN", "HOST", "PORT", "DEBUG", "DJANGO_DB"]
    for name in [*leaks, "LABEL_STUDIO_HOST", "HEARTEX_DEBUG", "PYTHONPATH", "HTTPS_PROXY"]:
        monkeypatch.setenv(name, "leaked")
    monkeypatch.setenv("LC_TIME", "C")
    running = server.start()
    child = json.loads((stand_in / "data/environment.json").read_text())
    assert "leaked" not in child.values()
    assert child["LC_TIME"] == "C"
    assert child["HOME"] == str(stand_in / "data/home")
    assert child["LABEL_STUDIO_USERNAME"] == running.email
    assert child["COLLECT_ANALYTICS"] == child["LATEST_VERSION_CHECK"] == "false"


def test_secrets_are_given_to_the_first_start_only(stand_in: Path) -> None:
    server.start()
    server.stop()
    server.start()
    child = json.loads((stand_in / "data/environment.json").read_text())
    secret = [name for name in child if "USER" in name or "PASSWORD" in name]
    assert [name for name in secret if name not in SETTINGS] == []


def test_lost_credentials_make_a_new_account(stand_in: Path) -> None:
    first = server.start()
    server.stop()
    (stand_in / "credentials.json").unlink()
    second = server.start()
    assert first.email == "annotate@localhost"
    assert first.email != second.email
    assert whoami(second).json() == {"email": second.email}


def test_two_processes_starting_at_once_share_one_server(stand_in: Path) -> None:
    calls = [call("print(server.start().pid)") for _ in range(2)]
    pids = {process.communicate(timeout=60)[0] for process in calls}
    assert len(pids) == 1
    assert [str(process.pid) for process in processes(stand_in)] == [pids.pop().strip()]


def test_two_threads_starting_at_once_share_one_server(stand_in: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        assert len({started.pid for started in pool.map(server.start, [None, None])}) == 1


def test_busy_port_asked_for_is_an_error(stand_in: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ServerError, match=f"Port {port} is taken"):
            server.start(port)
    assert processes(stand_in) == []
    with pytest.raises(ServerError, match="Port 70000"):
        server.start(70000)


def test_busy_default_port_is_passed_over(stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("0.0.0.0", 0)) as other:
        taken = other.getsockname()[1]
        monkeypatch.setattr(server, "PORTS", range(taken, taken + 50))
        assert taken < server.start().port < taken + 50


def test_port_lost_during_the_start(stand_in: Path) -> None:
    """It takes the next one in silence: fine, unless that very port was asked for."""
    (stand_in / "data/mode").write_text("moves")
    moved = server.start()
    assert server.status() == moved
    assert whoami(moved).json() == {"email": moved.email}
    server.stop()
    with pytest.raises(ServerError, match=f"Port {moved.port - 1} was taken"):
        server.start(moved.port - 1)
    assert processes(stand_in) == []


def test_early_death_tells_the_last_line_and_the_log(stand_in: Path) -> None:
    (stand_in / "data/mode").write_text("dies")
    with pytest.raises(ServerError) as error:
        server.start()
    assert str(error.value).splitlines() == [
        "Label Studio ended: django.db.utils.OperationalError: database is locked",
        f"Full log: {stand_in / 'server.log'}",
    ]
    assert server.status() is None
    assert not (stand_in / "server.json").exists()


def test_no_answer_in_time(stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (stand_in / "data/mode").write_text("hangs")
    monkeypatch.setattr(server, "START_SECONDS", 1)
    with pytest.raises(ServerError, match="doesn't answer within 1 s"):
        server.start()
    assert processes(stand_in) == []


def test_refused_key(stand_in: Path) -> None:
    server.start()
    server.stop()
    path = stand_in / "credentials.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"api_key": "0" * 40}))
    with pytest.raises(ServerError, match="refuses the key of annotate@localhost") as error:
        server.start()
    assert "0" * 40 not in str(error.value)
    assert processes(stand_in) == []


def test_ctrl_c_during_the_start_leaves_no_process(stand_in: Path) -> None:
    (stand_in / "data/mode").write_text("hangs")
    starting = call("server.start()")
    wait_for(lambda: (stand_in / "server.json").exists() and processes(stand_in))
    starting.send_signal(signal.SIGINT)
    assert starting.wait(timeout=20) != 0
    assert processes(stand_in) == []
    assert not (stand_in / "server.json").exists()


def test_start_killed_midway_is_taken_over(stand_in: Path) -> None:
    (stand_in / "data/mode").write_text("hangs")
    starting = call("server.start()")
    wait_for((stand_in / "server.json").exists)
    starting.kill()
    starting.wait()
    assert server.status() is not None
    assert server.stop() is True
    assert processes(stand_in) == []


def test_killed_server_is_seen_and_started_again(stand_in: Path) -> None:
    first = server.start()
    os.kill(first.pid, signal.SIGKILL)
    wait_for(lambda: server.status() is None)
    assert not (stand_in / "server.json").exists()
    second = server.start()
    assert second.pid != first.pid
    assert whoami(second).json() == {"email": first.email}


def test_deaf_server_is_killed(stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (stand_in / "data/mode").write_text("deaf")
    monkeypatch.setattr(server, "STOP_SECONDS", 0.5)
    server.start()
    assert server.stop() is True
    assert processes(stand_in) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"pid": 4000000, "port": 1}'])
def test_unusable_record_is_removed(stand_in: Path, text: str) -> None:
    (stand_in / "server.json").write_text(text)
    assert server.status() is None
    assert not (stand_in / "server.json").exists()


def test_stop_never_kills_a_stranger(stand_in: Path) -> None:
    """Neither another program under our number, nor our program started at another time."""
    running = server.start()
    record = stand_in / "server.json"
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as other:
        created = psutil.Process(other.pid).create_time()
        stranger = dataclasses.replace(running, pid=other.pid, created=created)
        earlier = dataclasses.replace(running, created=running.created - 3600)
        for not_ours in (stranger, earlier):
            record.write_text(json.dumps(dataclasses.asdict(not_ours)))
            assert server.status() is None
            record.write_text(json.dumps(dataclasses.asdict(not_ours)))
            assert server.stop() is False
        assert other.poll() is None
        assert psutil.pid_exists(running.pid)
        other.kill()
    record.write_text(json.dumps(dataclasses.asdict(running)))
    assert server.stop() is True


# Installation and files.


@pytest.fixture
def steps(home: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What install runs, without running it."""
    commands: list[list[str]] = []

    def run(command: list[str], progress: server.Progress) -> None:
        commands.append(command)
        if "venv" in command:
            python = Path(command[-1]) / "bin/python"
            python.parent.mkdir(parents=True)
            python.symlink_to(sys.executable)

    monkeypatch.setattr(server, "_run", run)
    return commands


def test_complete_environment_is_left_as_it_is(steps: list[list[str]]) -> None:
    venv = server.install()
    assert "--require-hashes" in steps[1]
    assert steps[1][0] == str(venv / "bin/python")
    assert server.install() == venv
    assert len(steps) == 2


def test_half_made_environment_is_made_anew(steps: list[list[str]]) -> None:
    venv = server.install()
    (venv / "complete").unlink()
    (venv / "half").touch()
    server.install()
    assert len(steps) == 4
    assert not (venv / "half").exists()


def test_environment_of_another_lock_or_a_removed_python_is_made_anew(
    steps: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    venv = server.install()
    other = tmp_path / "other.lock"
    other.write_bytes(server.LOCK.read_bytes() + b"\n")
    monkeypatch.setattr(server, "LOCK", other)
    server.install()
    assert len(steps) == 4
    (venv / "bin/python").unlink()
    (venv / "bin/python").symlink_to(tmp_path / "removed")
    server.install()
    assert len(steps) == 6


def test_linked_environment_is_not_made_anew_where_it_is(
    steps: list[list[str]], home: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(parents=True)
    (elsewhere / "complete").write_text("of an older lock")
    home.mkdir()
    (home / f"venv-{server.pinned_version()}").symlink_to(elsewhere)
    assert not server.install().is_symlink()
    assert (elsewhere / "complete").read_text() == "of an older lock"


def test_failed_installation_tells_why(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with pytest.raises(ServerError) as error:
        server.start()
    first, second = str(error.value).splitlines()
    assert first.startswith("Label Studio can't be installed: ERROR: No matching distribution")
    assert second == f"Full log: {home / 'install.log'}"
    assert not list(home.glob("venv-*/complete"))
    assert "Looking in" not in first


def test_python_without_venv(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ServerError, match="apt install python3-venv"):
        server.install()


def test_unusable_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("ANNOTATE_HOME", str(tmp_path / "file"))
    with pytest.raises(ServerError, match="Set ANNOTATE_HOME"):
        server.start()
    assert server.status() is None


def test_credentials_are_private(stand_in: Path) -> None:
    assert server.credentials() is None
    server.start()
    path = stand_in / "credentials.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert stand_in.stat().st_mode & 0o777 == 0o700
    plain = json.loads(path.read_text())
    account = server.credentials()
    assert account
    assert account.api_key.get_secret_value() == plain["api_key"]
    assert plain["api_key"] not in repr(account) + str(account)
    assert plain["password"] not in repr(account) + str(account)


def test_unusable_credentials_show_no_secret(home: Path) -> None:
    home.mkdir()
    (home / "credentials.json").write_text('{"password": "hunter2"}')
    with pytest.raises(ServerError, match="Delete it for a new account") as error:
        server.credentials()
    assert "hunter2" not in str(error.value)
    assert error.value.__cause__ is None


# The real one.


@pytest.fixture
def real(studio_server: server.Server) -> server.Server:
    """The server as it is now: another test may have started it again."""
    return server.start(studio_server.port)


@pytest.fixture
def api(real: server.Server) -> Iterator[httpx.Client]:
    account = server.credentials()
    assert account
    headers = {"Authorization": f"Token {account.api_key.get_secret_value()}"}
    with httpx.Client(base_url=real.url, headers=headers, timeout=60, trust_env=False) as client:
        yield client


@pytest.mark.server
def test_real_serves_on_loopback_only(real: server.Server) -> None:
    links = psutil.Process(real.pid).net_connections("inet")
    listening = {link.laddr for link in links if link.status == psutil.CONN_LISTEN}
    assert listening == {("127.0.0.1", real.port)}
    assert whoami(real).json()["email"] == real.email
    anonymous = httpx.get(f"{real.url}/api/current-user/whoami", trust_env=False)
    assert anonymous.status_code == 401


@pytest.mark.server
def test_real_second_start_returns_the_same(real: server.Server) -> None:
    assert server.start() == real == server.status()


@pytest.mark.server
def test_real_reviewer_can_log_in(real: server.Server) -> None:
    account = server.credentials()
    assert account
    with httpx.Client(base_url=real.url, timeout=60, trust_env=False) as browser:
        browser.get("/user/login/")
        form = {"email": account.email, "password": account.password.get_secret_value()}
        form["csrfmiddlewaretoken"] = browser.cookies["csrftoken"]
        page = {"Referer": f"{real.url}/user/login/"}
        assert browser.post("/user/login/", data=form, headers=page).status_code == 302
        browser.cookies.delete("sessionid")
        form["email"] = "stranger@example.com"
        assert browser.post("/user/signup/", data=form, headers=page).status_code == 403


@pytest.mark.server
def test_real_refuses_a_malformed_prediction(api: httpx.Client) -> None:
    config = (
        '<View><Text name="text" value="$text"/><Labels name="label" toName="text">'
        '<Label value="A"/></Labels></View>'
    )
    project = api.post("/api/projects", json={"title": "flag", "label_config": config}).json()["id"]
    region = {"from_name": "label", "to_name": "text", "type": "labels", "id": "r"}
    region["value"] = {"start": 0, "end": 1, "labels": ["NOT A LABEL"]}
    task = {"data": {"text": "a"}, "predictions": [{"result": [region]}]}
    assert api.post(f"/api/projects/{project}/import", json=[task]).status_code == 400


@pytest.mark.server
def test_real_killed_and_started_again_keeps_the_data(
    real: server.Server, api: httpx.Client
) -> None:
    project = api.post("/api/projects", json={"title": "kept"}).json()["id"]
    os.kill(real.pid, signal.SIGKILL)
    wait_for(lambda: server.status() is None)
    wait_for(lambda: server._is_free(real.port))
    again = server.start(real.port)
    assert again.pid != real.pid
    assert api.get(f"/api/projects/{project}").json()["title"] == "kept"


@pytest.mark.server
def test_real_secrets_are_in_no_other_file(real: server.Server, studio_home: Path) -> None:
    account = server.credentials()
    assert account
    secrets = [account.api_key.get_secret_value(), account.password.get_secret_value()]
    studio = studio_home / "studio"
    for path in [*studio.glob("*.log"), studio / "server.json", *studio.glob("data/home/**/*")]:
        if path.is_file():
            text = path.read_text("utf-8", "replace")
            assert not any(secret in text for secret in secrets), path
