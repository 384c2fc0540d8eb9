"""Which spaCy pipeline suggests for a language, and what its version is called.

The user's pipeline or engine where annotate.toml names one, else the built-in one.
Either way the components of this package do the rest: country names with codes, and
relations bounded by the label set in force.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, cast

import spacy
from spacy.language import Language

from annotate import __version__
from annotate.config import Settings
from annotate.errors import ConfigError, ModelError, PipelineError
from annotate.models import folder
from annotate.prelabel.engines import component_config, engine_of, release, without_keys
from annotate.prelabel.gazetteer import read_names
from annotate.prelabel.merge import COUNTRY
from annotate.prelabel.relation_model import RelationConfig
from annotate.prelabel.relations import Relations
from annotate.schema import Schema

TOKENIZER = {"nlp": {"tokenizer": {"@tokenizers": "annotate.Tokenizer.v1"}}}
# What decides what the built-in pipeline suggests.
_SOURCES = (".py", ".csv", ".toml", ".crf", ".json")
# How to get the files that annotate.toml may name.
_MADE_BY = {
    "gazetteer": "write it (columns form,label,code)",
    "memory": "run 'annotate learn' to make it",
}


def load(language: str, settings: Settings, schema: Schema) -> Language:
    """The pipeline for texts in ``language`` (ISO 639 code), ready to use.

    Its ``doc.ents`` carry ``kb_id_`` (ISO 3166-1 alpha-2 code of a COUNTRY) and
    ``_.score``; relations are in ``doc._.relations``. Raises PipelineError when
    the pipeline that the settings name can't be loaded, ConfigError when the list of
    names or the memory that they name can't be used.
    """
    named = settings.pipelines.get(language)
    nlp = _named(named, language, settings, schema) if named else built_in(language)
    if "annotate_relations" not in nlp.pipe_names:
        _add_relations(nlp, language, named, schema)
    elif isinstance(own := nlp.get_pipe("annotate_relations"), Relations):
        own.bound_by(cast(list[RelationConfig], relation_config(schema)))
    _add_lists(nlp, language, settings, schema)
    return nlp


def built_in(language: str) -> Language:
    """The project's own pipeline up to the entities; labels unknown to a label set stay."""
    nlp = spacy.blank("xx", config=TOKENIZER)
    nlp.add_pipe("annotate_sentences")
    for component in ("annotate_names", "annotate_countries", "annotate_crf"):
        nlp.add_pipe(component, config={"language": language})
    return nlp


def model_version(settings: Settings, schema: Schema) -> str:
    """A name for what suggests: the same on every machine while nothing changes.

    It stands in every prediction, so that a reviewer's work can be compared with
    the model that suggested it. Raises ConfigError when a file that the settings name
    can't be read, PipelineError when an engine or its model can't be had.
    """
    digest = hashlib.sha256()
    for name, content in _sources():
        digest.update(name.encode("utf-8") + b"\0" + content)
    for language, named in sorted(settings.pipelines.items()):
        # A trained model keeps its version wherever its folder stands.
        name = _name_of(named)
        digest.update(f"{language}={name}@{release_of(language, named)}".encode())
    if settings.pipelines:
        digest.update(repr(sorted(settings.pipeline_labels.items())).encode("utf-8"))
    for key, path in (("gazetteer", settings.gazetteer), ("memory", settings.memory)):
        if path:
            digest.update(f"{key}\0".encode() + _content(key, path))
    digest.update(schema.xml.strip().encode("utf-8"))
    digest.update(repr(relation_config(schema)).encode("utf-8"))
    trained = sorted(
        {place.name for named in settings.pipelines.values() if (place := _trained(named))}
    )
    return f"{'+'.join(trained) or f'annotate-{__version__}'}-{digest.hexdigest()[:8]}"


def release_of(language: str, named: str) -> str:
    """The release of a named pipeline: version and revision, or a digest of its folder.

    Raises PipelineError when an engine or its model can't be had.
    """
    engine = engine_of(named)
    if engine is None:
        return _release(named)
    with _told_where(language, named):
        return release(*engine)


def _named(name: str, language: str, settings: Settings, schema: Schema) -> Language:
    nlp = _loaded(name, language, schema)
    # It may come with some of our components inside.
    present = set(nlp.pipe_names)
    if not present & {"parser", "senter", "sentencizer", "annotate_sentences"}:
        nlp.add_pipe("annotate_sentences", first=True)
    if "annotate_labels" not in present:
        nlp.add_pipe("annotate_labels", config={"labels": settings.pipeline_labels})
    if COUNTRY in schema.labels and "annotate_countries" not in present:
        nlp.add_pipe("annotate_countries", config={"language": language})
    return nlp


def _add_lists(nlp: Language, language: str, settings: Settings, schema: Schema) -> None:
    """The memory, and behind it the list of names, which has the last word."""
    config: dict[str, Any] = {"language": language}
    if settings.memory:
        config["path"] = str(settings.memory)
        nlp.add_pipe("annotate_memory", before="annotate_relations", config=config)
    if settings.gazetteer:
        read_names(settings.gazetteer, schema.labels)
        config["path"] = str(settings.gazetteer)
        nlp.add_pipe("annotate_gazetteer", before="annotate_relations", config=config)


def _content(key: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{path}: can't be read: {error.strerror}. annotate.toml names it as {key}: "
            f"{_MADE_BY[key]}, or take the line out."
        ) from None


def _loaded(name: str, language: str, schema: Schema) -> Language:
    engine = engine_of(name)
    with _told_where(language, name):
        if engine is None:
            return _packaged(name)
        nlp = spacy.blank("xx", config=TOKENIZER)
        # It may split tokens, so it comes first.
        nlp.add_pipe(engine[0].factory, config=component_config(*engine, schema))
        nlp.add_pipe("annotate_sentences")
        return nlp


def _packaged(name: str) -> Language:
    if trained := _trained(name):
        folder.verify(trained, Path(name).name)
    try:
        return spacy.load(name)
    except OSError:
        raise PipelineError(
            f"no installed spaCy package or folder of that name. Install it (pip install {name}) "
            "or remove the line from annotate.toml."
        ) from None


@contextmanager
def _told_where(language: str, name: str) -> Iterator[None]:
    """Whatever goes wrong inside as a PipelineError of one line, which names the setting."""
    where = f"[pipelines] {language} = {name!r}"
    try:
        yield
    except (PipelineError, ModelError) as error:
        raise PipelineError(f"{where}: {error}") from None
    except Exception as error:
        first = without_keys(str(error)).strip().partition("\n")[0]
        raise PipelineError(f"{where}: can't be loaded: {type(error).__name__}: {first}") from error


def _add_relations(nlp: Language, language: str, named: str | None, schema: Schema) -> None:
    """The rules, or the language model where one suggests; under one name, and last."""
    relations = relation_config(schema)
    engine = engine_of(named or "")
    if engine is None or engine[0].module != "llm" or not relations:
        config = {"language": language, "relations": relations}
        nlp.add_pipe("annotate_relations", config=config)
        return
    from annotate.prelabel.engines import llm_relations

    with _told_where(language, named or ""):
        config = llm_relations.config(engine[1], relations)
        nlp.add_pipe("annotate_llm_relations", name="annotate_relations", config=config)


def relation_config(schema: Schema) -> list[dict[str, Any]]:
    """The relation types of a label set as component config."""
    return [
        {
            "label": kind.label,
            "head": sorted(kind.head),
            "tail": sorted(kind.tail),
            "symmetric": kind.symmetric,
        }
        for kind in schema.relations
    ]


def _sources() -> list[tuple[str, bytes]]:
    found = []
    places = [resources.files("annotate.prelabel")]
    for place in places:
        for item in place.iterdir():
            if item.is_dir() and item.name != "__pycache__":
                places.append(item)
            elif item.name.endswith(_SOURCES):
                found.append((item.name, item.read_bytes()))
    return sorted(found)


def _name_of(named: str) -> str:
    trained = _trained(named)
    return f"{trained.name}/{Path(named).name}" if trained else named


def _trained(name: str) -> Path | None:
    """The model's folder, where the name is a path to a pipeline that 'annotate train' made."""
    path = Path(name)
    return path.parent if (path.parent / folder.NAME).is_file() else None


def _release(name: str) -> str:
    if trained := _trained(name):
        return _digest_of(folder.digests(trained, Path(name).name))
    try:
        return version(name)
    except (PackageNotFoundError, ValueError):
        return _folder_digest(Path(name))


def _digest_of(files: Mapping[str, str]) -> str:
    return hashlib.sha256(repr(sorted(files.items())).encode("utf-8")).hexdigest()[:12]


def _folder_digest(place: Path) -> str:
    """What the folder's description says, and the names and sizes of its files."""
    meta = place / "meta.json"
    digest = hashlib.sha256(meta.read_bytes() if meta.exists() else b"")
    for path in sorted(place.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(place)}:{path.stat().st_size}".encode())
    return digest.hexdigest()[:12]
