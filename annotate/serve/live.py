"""The model in service, replaced while it serves when what it is made of changes."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from pathlib import Path

from annotate.config import FILE_NAME, Settings
from annotate.errors import AnnotateError
from annotate.models import serving
from annotate.serve.log import Log
from annotate.serve.model import Model, load

# A stat of five files; a promotion shows within this and the time to load.
LOOK_SECONDS = 1.0


class Live:
    """``model`` is what answers now. A request keeps the one that it began with.

    Raises what :func:`annotate.serve.model.load` raises when the first one can't be had.
    """

    def __init__(self, folder: Path, log: Log) -> None:
        self._folder, self._log = folder, log
        started = time.monotonic()
        self.model: Model = load(folder)
        self._seen = _stamp(folder, self.model.settings)
        _tidy()
        log("loaded", version=self.model.version, seconds=_since(started))

    def watch(self, stop: threading.Event, between: Callable[[], None]) -> None:
        """Look for changes until ``stop`` is set; ``between`` runs after each look."""
        while not stop.wait(LOOK_SECONDS):
            self.refresh()
            between()

    def refresh(self) -> None:
        """Load anew if a file changed; a model that can't be loaded leaves the old one."""
        # Before loading: a change meanwhile is seen by the next look.
        stamp = _stamp(self._folder, self.model.settings)
        if stamp == self._seen:
            return
        self._seen = stamp
        started = time.monotonic()
        try:
            model = load(self._folder)
        except Exception as error:
            known = str(error) if isinstance(error, AnnotateError) else ""
            self._log(
                "not reloaded",
                error=f"{type(error).__name__}: {known}",
                version=self.model.version,
                status="the old model still serves",
            )
            return
        before, self.model = self.model.version, model
        del model
        _tidy()
        self._log("reloaded", before=before, version=self.model.version, seconds=_since(started))


def _tidy() -> None:
    """Free what the old model had, and spare the collector from walking the new one's tables.

    They live as long as the model, and each full collection would look at all of them.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _stamp(folder: Path, settings: Settings) -> tuple[object, ...]:
    """What changes when one of the files that decide about suggestions does."""
    named = (settings.label_config, settings.gazetteer, settings.memory)
    files = [
        folder / FILE_NAME,
        folder / "label_config.xml",
        settings.models / serving.NAME,
        *(path for path in named if path),
    ]
    return tuple(map(_state, files))


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _since(started: float) -> float:
    return round(time.monotonic() - started, 3)
