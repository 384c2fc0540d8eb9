"""``models/serving.json``: which trained model suggests for which language.

It is replaced as a whole or not at all, so that whoever reads it finds the old state or the
new one. A language that it lacks has the built-in pipeline.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from annotate.errors import ConfigError
from annotate.formats.records import replacing

NAME = "serving.json"
# Held while one of the files that all models share is changed.
LOCK = ".lock"


class Serving(BaseModel):
    """Model name by language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    languages: dict[str, str] = Field(default_factory=dict)


def read(root: Path) -> Serving:
    """What serves, of the models below a folder; nothing where none was promoted.

    Raises ConfigError when the file is broken or names what can't be a model.
    """
    path = root / NAME
    try:
        found = Serving.model_validate_json(path.read_bytes())
        for name in (*found.languages.values(), *found.languages):
            if Path(name).name != name or name.startswith("."):
                raise ConfigError(f"{path}: {name!r} names no model or language below {root}.")
    except (FileNotFoundError, NotADirectoryError):
        return Serving()
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}.") from None
    except ValidationError as error:
        message = error.errors(include_url=False)[0]["msg"]
        raise ConfigError(
            f"{path}: {message}. Remove it to go back to the built-in pipelines, and promote "
            "a model again."
        ) from None
    return found


def pipelines(root: Path) -> dict[str, str]:
    """The folders of the pipelines that serve, by language."""
    found = read(root).languages
    return {language: str(root / name / language) for language, name in found.items()}


def promote(root: Path, name: str, languages: Iterable[str]) -> None:
    """Let a model serve these languages from now on."""
    with FileLock(root / LOCK), replacing(root / NAME) as part:
        before = read(root).languages
        after = Serving(languages=dict(sorted((before | dict.fromkeys(languages, name)).items())))
        part.write_text(after.model_dump_json(indent=2) + "\n", "utf-8", newline="\n")
