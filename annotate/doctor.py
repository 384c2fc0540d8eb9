"""What `annotate doctor` looks at: Python, settings, pipelines, server and key."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from typing import Literal, NamedTuple

from annotate.config import Settings, load_settings
from annotate.errors import AnnotateError, CallError, StudioUnauthorized
from annotate.schema import Schema
from annotate.studio.token import token_kind


class Finding(NamedTuple):
    """One thing that was looked at: ``level``, its name, and what was seen."""

    level: Literal["ok", "note", "fail"]
    what: str
    seen: str


# The release that push, pull and the embedded server are tested with.
TESTED_RELEASE = "1.23.2"


def examine(*, url: str | None = None, api_key: str | None = None) -> Iterator[Finding]:
    """Look at everything, one finding at a time; what depends on a failure is left out."""
    yield _python()
    try:
        settings = load_settings(url=url, api_key=api_key)
        schema = settings.schema_in_force()
    except AnnotateError as error:
        yield Finding("fail", "settings", str(error))
        return
    yield Finding("ok", "labels", ", ".join(schema.labels))
    yield from _relations(settings, schema)
    yield from _pipelines(settings, schema)
    yield from _server(settings)


def _without_key(settings: Settings, error: CallError) -> Iterator[Finding]:
    """Whether anything answers at the address that was given, if one was."""
    if settings.studio.url:
        from annotate.studio.client import Client

        url = settings.studio.url.strip()
        try:
            release = Client(url, "none").version()
        except StudioUnauthorized:
            yield Finding("ok", "server", f"{url}: answers")
        except AnnotateError as unreachable:
            yield Finding("fail", "server", str(unreachable))
            return
        else:
            yield Finding("ok", "server", f"{url}: Label Studio {release}")
    yield Finding("note", "key" if settings.studio.url else "server", str(error))


def _python() -> Finding:
    version = platform.python_version()
    level: Literal["ok", "fail"] = "ok" if (3, 11) <= sys.version_info[:2] < (3, 14) else "fail"
    return Finding(level, "Python", f"{version} (3.11 to 3.13 are supported)")


def _relations(settings: Settings, schema: Schema) -> Iterator[Finding]:
    for kind in schema.relations:
        arrow = "↔" if kind.symmetric else "→"
        ends = f"{'/'.join(sorted(kind.head))} {arrow} {'/'.join(sorted(kind.tail))}"
        yield Finding("ok", f"relation {kind.label}", ends)
    known = {kind.label for kind in schema.relations}
    for name, rule in settings.relations.items():
        if name not in known:
            yield Finding("note", f"relation {name}", "in annotate.toml, not in label_config.xml")
        for label in sorted({*(rule.head or ()), *(rule.tail or ())} - {*schema.labels}):
            yield Finding("note", f"relation {name}", f"label {label} is not in label_config.xml")


def _pipelines(settings: Settings, schema: Schema) -> Iterator[Finding]:
    from annotate.prelabel.engines import engine_of
    from annotate.prelabel.pipeline import load, release_of

    for language in dict.fromkeys([*settings.languages, *settings.pipelines]):
        named = settings.pipelines.get(language, "built-in")
        try:
            nlp = load(language, settings, schema)
            if engine_of(named):
                named = f"{named} ({release_of(language, named)})"
        except AnnotateError as error:
            yield Finding("fail", f"pipeline {language}", str(error))
        else:
            yield Finding("ok", f"pipeline {language}", f"{named}: {', '.join(nlp.pipe_names)}")


def _server(settings: Settings) -> Iterator[Finding]:
    from annotate.api import connect

    try:
        studio = connect(settings)
    except CallError as error:
        yield from _without_key(settings, error)
        return
    except AnnotateError as error:
        yield Finding("fail", "server", str(error))
        return
    if settings.studio.api_key:
        yield Finding("ok", "key", token_kind(settings.studio.api_key.get_secret_value()))
    try:
        release = studio.version()
        level: Literal["ok", "note"] = "ok" if release == TESTED_RELEASE else "note"
        yield Finding(
            level, "server", f"{studio.url}: Label Studio {release} (tested with {TESTED_RELEASE})"
        )
        yield Finding("ok", "user", studio.whoami())
    except AnnotateError as error:
        yield Finding("fail", "server", str(error))
