"""Engines of others behind the pipelines' door, each an optional extra of the package.

``[pipelines]`` of annotate.toml names one as ``engine:model``. A module an engine, all
of one shape: ``config`` says what its component needs for a model and a label set,
``release`` which model this is, ``make_…`` is the spaCy factory.
"""

from __future__ import annotations

import os
import re
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, NamedTuple

from annotate.errors import PipelineError
from annotate.schema import Schema


class Engine(NamedTuple):
    """An engine: its module here, the extra that brings it, and what it imports."""

    module: str
    extra: str
    packages: tuple[str, ...]

    @property
    def factory(self) -> str:
        """The name of its spaCy factory."""
        return f"annotate_{self.module}"


ENGINES = {
    "hf": Engine("huggingface", "transformers", ("transformers", "torch")),
    "gliner": Engine("gliner", "gliner", ("gliner",)),
    "llm": Engine("llm", "llm", ("spacy_llm",)),
}


def engine_of(named: str) -> tuple[Engine, str] | None:
    """The engine and the model that ``named`` says; None when it is no engine's."""
    prefix, colon, model = named.partition(":")
    return (ENGINES[prefix], model) if colon and prefix in ENGINES else None


def component_config(engine: Engine, model: str, schema: Schema) -> dict[str, Any]:
    """The config of the engine's component.

    Raises PipelineError when the extra isn't installed or the model can't be had.
    """
    config: dict[str, Any] = _module(engine).config(model, schema)
    return config


def release(engine: Engine, model: str) -> str:
    """What would suggest: the engine's release, and the revision of the model.

    A model of the hub is fetched, if it isn't here. Raises PipelineError as above.
    """
    module = _module(engine)
    installed = version(engine.packages[0].replace("_", "-"))
    return f"{engine.packages[0]} {installed}, {module.release(model)}"


def without_keys(message: str) -> str:
    """The message without what the environment keeps secret."""
    for name, value in os.environ.items():
        if re.search("KEY|TOKEN|SECRET|PASSWORD", name.upper()) and len(value) > 5:
            message = message.replace(value, "…")
    return message


def _module(engine: Engine) -> Any:
    if not all(find_spec(package) for package in engine.packages):
        raise PipelineError(
            f"the engine {engine.extra} is not installed. "
            f'Run: pip install "annotate-gold[{engine.extra}]"'
        )
    return import_module(f"annotate.prelabel.engines.{engine.module}")
