"""The password and the secret: chosen, or made once."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from annotate.errors import CallError
from annotate.serve import credentials as module
from annotate.serve.credentials import PASSWORD, SECRET, USER, credentials


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own."""
    monkeypatch.setenv("ANNOTATE_HOME", str(tmp_path))
    return tmp_path


def test_they_are_made_once_for_their_owner_only() -> None:
    first = credentials({})
    assert credentials({}) == first
    assert not first.chosen
    assert len(first.password.get_secret_value()) >= 24
    assert first.password != first.secret
    assert stat.S_IMODE(module.path().stat().st_mode) == 0o600
    assert stat.S_IMODE(module.path().parent.stat().st_mode) == 0o700
    assert first.password.get_secret_value() not in repr(first)


def test_the_environment_wins_and_needs_no_file() -> None:
    found = credentials({USER: "ls", PASSWORD: "p", SECRET: "s"})
    assert (found.user, found.chosen) == ("ls", True)
    assert found.password.get_secret_value() == "p"
    assert found.secret.get_secret_value() == "s"
    assert not module.path().exists()


def test_a_password_alone_is_joined_by_a_made_secret() -> None:
    found = credentials({PASSWORD: "p"})
    assert found.secret == credentials({}).secret


def test_two_that_make_them_at_once_agree() -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: credentials({}).password.get_secret_value(), range(32)))
    assert len(found) == 1


@pytest.mark.parametrize(
    "environ", [{USER: "a:b"}, {PASSWORD: "sécret"}, {SECRET: "a\nb"}, {PASSWORD: "گذرواژه"}]
)
def test_what_http_cannot_carry_is_refused(environ: dict[str, str]) -> None:
    with pytest.raises(CallError, match="ASCII"):
        credentials(environ)


def test_a_broken_file_is_named(home: Path) -> None:
    credentials({})
    module.path().write_text("{", "utf-8")
    with pytest.raises(CallError, match=r"credentials\.json"):
        credentials({})
