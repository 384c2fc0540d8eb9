"""What we keep in a task's meta: which document it is of, and which part of that."""

from __future__ import annotations

import re
from typing import Any

from annotate.document import LANGUAGE

Json = dict[str, Any]
# What the tasks that we made say of themselves.
_OURS = {"document": str, "key": str, "language": str, "piece": int, "pieces": int, "start": int}


def bookkeeping(task: Json) -> Json:
    """What we keep in a task's meta; made up for a task that someone else made."""
    meta = task.get("meta")
    own = meta.get("annotate") if isinstance(meta, dict) else None
    if isinstance(own, dict) and all(isinstance(own.get(name), _OURS[name]) for name in _OURS):
        return own
    identity = f"label-studio/task-{task['id']}"
    language = str(task["data"].get("language") or "und")
    return {
        "document": identity,
        "key": identity,
        "pieces": 1,
        "piece": 0,
        "start": 0,
        "language": language if re.fullmatch(LANGUAGE, language) else "und",
    }
