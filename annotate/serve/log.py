"""What the server did, one JSON object a line; never a text and never a secret."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from annotate.errors import CallError

Log = Callable[..., None]

# A busy day of single tasks is about 10 MB; three older files are kept.
_BYTES, _KEPT = 10_000_000, 3


def open_log(path: Path) -> Log:
    """``log(event, **fields)``: a line in the file, and a short one on stderr.

    Raises CallError when the file can't be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8")
    except OSError as error:
        raise CallError(f"--log {path}: can't be written: {error.strerror}.") from None

    def log(event: str, **fields: Any) -> None:
        now = datetime.now(UTC)
        line = {"time": now.isoformat(timespec="milliseconds"), "event": event} | fields
        text = json.dumps(line, ensure_ascii=False, default=str)
        handler.handle(logging.makeLogRecord({"msg": text}))
        shown = " ".join(f"{key}={value}" for key, value in fields.items())
        print(f"{now:%H:%M:%S} {event} {shown}", file=sys.stderr, flush=True)

    return log
