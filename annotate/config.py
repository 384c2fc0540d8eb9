"""annotate.toml, the environment and the call → one Settings object.

A value of the call wins over the environment, the environment over
``annotate.toml``, and that over what ships with the package.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from annotate.document import Score
from annotate.errors import ConfigError
from annotate.models import serving
from annotate.schema import RelationRule, Schema
from annotate.shipped import shipped

FILE_NAME = "annotate.toml"


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StudioSettings(_Table):
    """Which Label Studio to talk to; no url means the embedded server."""

    url: str | None = None
    api_key: SecretStr | None = None


class Settings(_Table):
    """Everything that ``annotate.toml`` may say, with defaults."""

    label_config: Path | None = None
    languages: tuple[str, ...] = Field(default=("bn", "vi", "fa", "en"), min_length=1)
    max_chars: int = Field(default=2500, ge=200)
    gazetteer: Path | None = None
    memory: Path | None = None
    models: Path = Path("models")
    studio: StudioSettings = StudioSettings()
    pipelines: dict[str, str] = Field(default_factory=dict)
    pipeline_labels: dict[str, str] = Field(default_factory=dict)
    thresholds: dict[str, Score] = Field(default_factory=dict)
    relations: dict[str, RelationRule] = Field(default_factory=dict)

    def schema_in_force(self) -> Schema:
        """The label set: the named label config, else the shipped one.

        Raises ConfigError when it can't be read or used.
        """
        path = self.label_config or shipped("label_config.xml")
        try:
            xml = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"{path}: can't be read as the label config. Name one in {FILE_NAME}, "
                "or run 'annotate init' to get one."
            ) from error
        return Schema.from_xml(xml, self.relations)


def load_settings(
    folder: Path | None = None,
    *,
    url: str | None = None,
    api_key: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Settings for ``folder`` (the working folder by default).

    ``url`` and ``api_key`` are what the call gave. Raises ConfigError, naming
    file and key, when ``annotate.toml`` says something it can't say.
    """
    folder = folder or Path.cwd()
    environ = os.environ if environ is None else environ
    path = folder / FILE_NAME
    raw = _read_toml(path) if path.exists() else {}
    # The shipped file is also the template of `annotate init`: one place for
    # the default constraints.
    defaults = _read_toml(shipped(FILE_NAME))
    merged = {key: value for key, value in defaults.items() if key != "label_config"} | raw
    merged["label_config"] = _label_config(folder, raw.get("label_config"))
    for key in ("gazetteer", "memory"):
        if isinstance(raw.get(key), str):
            merged[key] = folder / raw[key]
    merged["models"] = _beside(folder, raw.get("models", "models"))
    # One relation's table of one's own leaves the others as they ship.
    if isinstance(raw.get("relations"), Mapping):
        merged["relations"] = defaults["relations"] | raw["relations"]
    studio = merged.get("studio")
    if isinstance(studio, Mapping):
        merged["studio"] = _studio(studio, environ, url, api_key)
    try:
        return _with_promoted(Settings.model_validate(merged))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{path}: {key}: {first['msg']}.") from None


def _with_promoted(settings: Settings) -> Settings:
    """Pipelines that were promoted, where annotate.toml names none for their language."""
    promoted = serving.pipelines(settings.models)
    return settings.model_copy(update={"pipelines": promoted | settings.pipelines})


def _beside(folder: Path, value: object) -> object:
    # What is no text is left for validation to name.
    return folder / value if isinstance(value, str) else value


def _studio(
    table: Mapping[str, Any], environ: Mapping[str, str], url: str | None, api_key: str | None
) -> dict[str, Any]:
    return dict(table) | {
        key: value
        for key, value in (
            ("url", url or environ.get("LABEL_STUDIO_URL")),
            ("api_key", api_key or environ.get("LABEL_STUDIO_API_KEY")),
        )
        if value
    }


def _label_config(folder: Path, named: object) -> object:
    if named is not None:
        return _beside(folder, named)
    beside = folder / "label_config.xml"
    return beside if beside.exists() else None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}.") from None
