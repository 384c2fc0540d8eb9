"""Gold files that are right, and what breaks them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from annotate import api
from annotate.api import Validated
from annotate.config import Settings, load_settings
from tests.samples import english, persian

Json = dict[str, Any]
Break = Callable[[Json], object]


def settings() -> Settings:
    """The settings that ship, whatever the working folder has."""
    return load_settings(Path("/nowhere"), environ={})


def sound() -> list[Json]:
    """Two documents in which nothing is wrong."""
    return [json.loads(one.to_json()) for one in (english(), persian())]


def write(documents: Sequence[object], path: Path) -> Path:
    """A gold file, or JSON lines by its suffix."""
    lines = [json.dumps(one, ensure_ascii=False) for one in documents]
    if path.suffix == ".jsonl":
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    else:
        path.write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")
    return path


def validated(documents: Sequence[object], folder: Path, *, fix: bool = False) -> Validated:
    """The findings of these documents, and those left in ``fixed.json``."""
    target = folder / "fixed.json" if fix else None
    return api.validate(write(documents, folder / "gold.json"), fix=target, settings=settings())


def codes(done: Validated) -> list[str]:
    """The codes that were found, in order."""
    return [finding.code for finding in done.findings]


def entity(document: Json, name: str) -> Json:
    """The entity of that id."""
    return next(one for one in document["entities"] if one["id"] == name)


def add_entity(document: Json, words: str, label: str = "ORG", **fields: object) -> Json:
    """Add an entity where these words stand first."""
    start = document["text"].index(words)
    made = {"id": f"new-{start}", "start": start, "end": start + len(words), "label": label}
    document["entities"].append(made | {"text": words} | fields)
    return document["entities"][-1]


def add_text(document: Json, words: str) -> None:
    """Let the text go on."""
    document["text"] += f" {words}"


def relate(document: Json, head: str, label: str, tail: str, **fields: object) -> None:
    """Add a relation."""
    document["relations"].append({"head": head, "tail": tail, "label": label} | fields)
