"""A trained model as a folder, ``models/NAME/``.

``model.json``  what it is: this module
``README.md``   the same for people: its card
``LANGUAGE/``   one ordinary spaCy pipeline a language, for ``spacy.load``

``model.json`` has the SHA-256 of every file of the pipelines, and a pipeline is loaded only
while they fit: a damaged model is named before it suggests anything.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from annotate.document import LANGUAGE
from annotate.errors import ModelError

NAME = "model.json"
CARD = "README.md"
# A name becomes a path: no separators, no leading dot.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


# As in documents; it becomes a folder's name too.
Language = Annotated[str, Field(pattern=LANGUAGE)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Data(_Part):
    """What a model learnt from: documents by part, then language, and the gold's hash."""

    sha256: str
    documents: dict[str, dict[str, int]]
    rehearsed: dict[str, int]
    sources: tuple[str, ...] = ()
    learnt: tuple[str, ...] = Field(
        default=(), description="Hashes of the texts that it must not be tested on"
    )


class Model(_Part):
    """``model.json``."""

    version: Literal[1] = 1
    name: str
    made: datetime
    base: str | None
    seed: int
    languages: tuple[Language, ...] = Field(min_length=1)
    labels: tuple[str, ...]
    relations: tuple[str, ...]
    scheme: str = Field(description="SHA-256 of the label config")
    data: Data
    versions: dict[str, str]
    scores: dict[str, Any]
    files: dict[str, str] = Field(description="SHA-256 by path inside the model's folder")


def check_name(name: str) -> str:
    """The name, when it can be a folder's; ModelError when it can't."""
    if not _NAME.fullmatch(name):
        raise ModelError(
            f"{name!r} can't name a model: use letters, digits, dots, dashes and underscores."
        )
    return name


def read(folder: Path) -> Model:
    """The description of the model in a folder; ModelError where it can't be used."""
    path = folder / NAME
    try:
        return Model.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ModelError(
            f"{folder}: no model: {path.name} can't be read ({error.strerror}). "
            "'annotate models list' shows what there is."
        ) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ModelError(
            f"{path}{f', {field}' if field else ''}: {first['msg']}. Train the model again."
        ) from None


def names(root: Path) -> list[str]:
    """The models below a folder, oldest first; unreadable ones too, last."""
    found = [path.parent for path in root.glob(f"*/{NAME}")]
    return [folder.name for folder in sorted(found, key=_age)]


def verify(folder: Path, language: str) -> None:
    """Raise ModelError unless every file of a language's pipeline is as it was made."""
    model = read(folder)
    if language not in model.languages:
        raise ModelError(f"{folder}: has no pipeline for {language}: {', '.join(model.languages)}.")
    stated = {name: value for name, value in model.files.items() if _of(name, language)}
    found = digests(folder, language)
    if not found:
        raise ModelError(f"{folder / language}: is missing; train it again or bring back a copy.")
    for name in sorted(stated.keys() | found.keys()):
        if stated.get(name) != found.get(name):
            what = "is missing" if name not in found else "is not the file that was trained"
            raise ModelError(
                f"{folder / name}: {what}; train the model again or bring back a copy."
            )


def digests(folder: Path, language: str) -> dict[str, str]:
    """SHA-256 of every file of a language's pipeline, by its path inside the model."""
    return dict(_digests(folder, language))


def _digests(folder: Path, language: str) -> Iterator[tuple[str, str]]:
    for path in sorted((folder / language).rglob("*")):
        if path.is_file():
            content = hashlib.sha256(path.read_bytes())
            yield path.relative_to(folder).as_posix(), content.hexdigest()


def _of(name: str, language: str) -> bool:
    return name.partition("/")[0] == language


def _age(folder: Path) -> tuple[bool, str, str]:
    try:
        return False, read(folder).made.isoformat(), folder.name
    except ModelError:
        return True, "", folder.name
