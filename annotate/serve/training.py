"""`annotate train` as a process of its own, one at a time, beside the predictions."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

import psutil  # type: ignore[import-untyped]

from annotate.serve.log import Log

COMMAND = (sys.executable, "-m", "annotate", "train")
# Predictions come first: people wait for them.
_NICE = 10
_STOP_SECONDS = 10


class Job(NamedTuple):
    """One training: the model's name, the project that it learns from, how it stands."""

    name: str
    project: str
    state: Literal["running", "done", "failed"]


class Training:
    """The last training, if any. A process that is killed promotes nothing."""

    def __init__(
        self, folder: Path, models: Path, log: Log, command: Sequence[str] = COMMAND
    ) -> None:
        self._folder, self._models, self._log, self._command = folder, models, log, command
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self.job: Job | None = None

    def start(self, project: str) -> tuple[Job, bool]:
        """The job, and whether this call began it: while one runs, no other starts.

        Raises OSError when the process can't be started.
        """
        with self._lock:
            if self.job and self.job.state == "running":
                return self.job, False
            name = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"[:-3]
            self._process = self._spawn(name, project)
            self.job = Job(name, project, "running")
            self._log("training started", model=name, pid=self._process.pid)
            threading.Thread(target=self._wait, args=(self._process, self.job)).start()
            return self.job, True

    def stop(self) -> None:
        """End the running training, if any, with all its processes."""
        process = self._process
        if process is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            if process.poll() is not None:
                return
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_SECONDS)

    def _spawn(self, name: str, project: str) -> subprocess.Popen[bytes]:
        self._models.mkdir(parents=True, exist_ok=True)
        target = self._models / name
        # With "=", or a project named like an option would be one.
        call = [*self._command, f"--project={project}", f"--output={target}", "--promote"]
        env = {key: os.environ[key] for key in os.environ if not key.startswith("ANNOTATE_SERVE_")}
        with (self._models / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                call,
                cwd=self._folder,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        with suppress(psutil.Error):
            psutil.Process(process.pid).nice(_NICE)
        return process

    def _wait(self, process: subprocess.Popen[bytes], job: Job) -> None:
        started = time.monotonic()
        code = process.wait()
        self.job = job._replace(state="failed" if code else "done")
        self._log(
            "training ended",
            model=job.name,
            status=self.job.state,
            exit=code,
            seconds=round(time.monotonic() - started, 1),
        )
