"""What a fresh checkout promises: locks that agree, a whole wheel, a Makefile that helps."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from annotate.studio import server

ROOT = Path(__file__).parents[1]
LOCKS = [
    "locks/annotate.lock",
    "locks/dev.lock",
    "locks/engines.lock",
    "annotate/studio/label-studio.lock",
]
PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE)


def pins(lock: str) -> set[tuple[str, str]]:
    """(name, version); more than one version of a name where platforms differ."""
    return set(PIN.findall((ROOT / lock).read_text("utf-8")))


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, text=True, capture_output=True)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_with_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8").replace("\\\n", "")
    requirements = [line for line in text.splitlines() if line.strip()]
    assert requirements
    for line in requirements:
        assert PIN.match(line), line
        assert "--hash=sha256:" in line, line
    assert "://" not in text  # no index or mirror of whoever compiled it


def test_dev_lock_extends_the_lock_of_the_users() -> None:
    assert pins("locks/annotate.lock") <= pins("locks/dev.lock")


def test_makefile_compiles_the_pinned_label_studio() -> None:
    assert f"\nLABEL_STUDIO = {server.pinned_version()}\n" in (ROOT / "Makefile").read_text("utf-8")


def test_make_alone_tells_its_targets() -> None:
    told = run("make", "--no-print-directory").stdout
    names = re.findall(r"^make ([a-z-]+) +\S", told, re.MULTILINE)
    tests = ["test", "lint", "test-alone", "test-studio", "test-engines"]
    assert names == ["help", "setup", "demo", *tests, "docs", "lock", "clean"]


def test_ci_runs_make_test() -> None:
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    last = script.read_text("utf-8").splitlines()[-1]
    assert re.fullmatch(r"make( --\S+)* test", last)


def test_python_that_does_not_fit(tmp_path: Path) -> None:
    """One that is too old, or a version manager's shim of one that isn't there, is passed over."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts/venv.sh", tmp_path / "scripts")
    for name, line in (("old", "exit 1"), ("shim", "echo not found >&2; exit 127")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{line}\n")
        (tmp_path / name).chmod(0o755)
    call = ["sh", "scripts/venv.sh", "./old", "./shim", "./absent"]
    refused = run(*call, cwd=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr.startswith("No Python 3.11, 3.12 or 3.13 with venv among: ./old ./shim")
    assert "make setup PYTHON=" in refused.stderr
    assert run(*call, sys.executable, cwd=tmp_path).returncode == 0
    assert (tmp_path / ".venv/bin/pip").exists()


def test_wheel_carries_what_the_package_reads(tmp_path: Path) -> None:
    """Built from a copy, and used where no checkout is near."""
    copy = tmp_path / "copy"
    ignore = shutil.ignore_patterns(".*", "__pycache__", "exports", "site", "dist")
    shutil.copytree(ROOT, copy, ignore=ignore)
    shutil.copy(ROOT / ".gitignore", copy)
    built = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", cwd=copy)
    assert built.returncode == 0, built.stderr
    (wheel,) = (copy / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "installed")
    assert "annotate/py.typed" in names
    assert not [name for name in names if not name.startswith(("annotate/", "annotate_gold-"))]
    shutil.rmtree(copy)
    script = (
        "from annotate.shipped import shipped; from annotate.studio import server;"
        "from annotate.config import load_settings; load_settings().schema_in_force();"
        "print(server.pinned_version(), shipped('guidelines.md').is_file(), server.__file__,"
        "any(shipped('samples').iterdir()))"
    )
    # -P: the working folder is not on the path, the unpacked wheel is.
    env = os.environ | {"PYTHONPATH": str(tmp_path / "installed")}
    told = subprocess.run(
        [sys.executable, "-P", "-c", script], cwd=tmp_path, env=env, text=True, capture_output=True
    )
    where = tmp_path / "installed/annotate/studio/server.py"
    assert told.stdout.split() == [server.pinned_version(), "True", str(where), "True"], told.stderr
