"""What the tests share: the real server, one for the whole session, and its twin."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from annotate.studio import server
from annotate.studio.client import Client
from annotate.studio.twin import Twin

SHARED = Path(__file__).parents[2] / "shared"

# Generated texts are large and a shared machine is slow at times; the number of
# examples is what a property test promises, not their pace.
settings.register_profile(
    "annotate", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.load_profile("annotate")


@pytest.fixture(scope="session")
def studio_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """ANNOTATE_HOME for the session; whatever runs there is stopped at its end.

    Where `annotate studio start` was run before, its installation is used: it
    takes a minute, and a start looks whether it is whole and of this lock.
    """
    home = tmp_path_factory.mktemp("annotate-home")
    name = f"venv-{server.pinned_version()}"
    installed = server.folder() / name
    if (installed / "complete").exists():
        (home / "studio").mkdir()
        (home / "studio" / name).symlink_to(installed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANNOTATE_HOME", str(home))
        yield home
        patch.setenv("ANNOTATE_HOME", str(home))
        server.stop()


@pytest.fixture(scope="session")
def studio_server(studio_home: Path) -> server.Server:
    """The started server. A test that ends it starts it again on the same port."""
    return server.start()


@pytest.fixture
def real_studio(studio_server: server.Server) -> Client:
    """A client of the real server."""
    credentials = server.credentials()
    assert credentials
    return Client(studio_server.url, credentials.api_key.get_secret_value())


@pytest.fixture(params=["twin", pytest.param("real", marks=pytest.mark.server)])
def studio(request: pytest.FixtureRequest) -> Client | Twin:
    """The same test on the twin and on the real server."""
    return Twin() if request.param == "twin" else request.getfixturevalue("real_studio")


@pytest.fixture
def shared_corpus() -> Path:
    """The five development documents, which are not part of the project."""
    folder = SHARED / "corpus"
    if not folder.is_dir():
        pytest.skip("../shared/corpus is not here")
    return folder


@pytest.fixture
def unused_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI nothing is skipped, but for what needs ../shared where that is absent."""
    reporter = session.config.pluginmanager.getplugin("terminalreporter")
    if not os.environ.get("CI") or reporter is None:
        return
    reasons = {str(report.longrepr[2]) for report in reporter.stats.get("skipped", [])}
    if any("../shared" not in reason for reason in reasons):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
