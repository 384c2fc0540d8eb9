"""Which trained model serves: compared on the locked test part, and then put in its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from annotate.config import FILE_NAME, Settings
from annotate.errors import ConfigError, ModelError, PipelineError
from annotate.ledger import Ledger
from annotate.models import folder as models
from annotate.models import serving
from annotate.models.folder import Model
from annotate.prelabel.pipeline import load
from annotate.train.card import write_card
from annotate.train.gate import Cell, compare, passing
from annotate.train.material import tested_on
from annotate.train.scores import suggested, with_pipelines


class Promotion(NamedTuple):
    """The languages in which a model serves now, and the comparison that decided."""

    languages: list[str]
    cells: list[Cell]


def compared(name: str, settings: Settings, ledger: Ledger, other: str | None = None) -> list[Cell]:
    """A model beside another one, or beside what serves now, on the locked test part.

    In the languages that both have. Raises ModelError where either can't be used; where
    what serves can't, the built-in pipelines stand in for it and the ledger says so.
    """
    schema = settings.schema_in_force()
    models = [opened(settings.models, one) for one in (name, other) if one is not None]
    tested = tested_on(settings.models, schema, models)
    ledger.counts["tested on"] = len(tested)
    new = with_pipelines(settings, pipelines_of(settings.models, models[0]))
    if other is not None:
        old = with_pipelines(settings, pipelines_of(settings.models, models[1]))
    else:
        old = what_serves(settings, models[0].languages, ledger)
    return compare(suggested(tested, old, ledger), suggested(tested, new, ledger))


def what_serves(settings: Settings, languages: Iterable[str], ledger: Ledger) -> Settings:
    """The settings in force; a pipeline that can't be loaded gives way to the built-in one."""
    schema, usable = settings.schema_in_force(), dict(settings.pipelines)
    for language in languages:
        try:
            load(language, with_pipelines(settings, {}), schema)
        except PipelineError as error:
            usable.pop(language, None)
            ledger.repair("what serves", f"{error} Compared with the built-in pipeline.")
    return with_pipelines(settings.model_copy(update={"pipelines": usable}), {})


def promote(
    name: str,
    settings: Settings,
    ledger: Ledger,
    *,
    force: bool = False,
    cells: Sequence[Cell] | None = None,
) -> Promotion:
    """Let a model serve each of its languages in which it passes the gate; all by force.

    ``cells`` is a comparison with what the settings say serves, made here unless given and
    still true. The card says how it came to serve. Raises ModelError where the model can't
    be used, ConfigError where annotate.toml names a pipeline for one of its languages,
    which would win.
    """
    root, model = settings.models, opened(settings.models, name)
    for language in model.languages:
        named = settings.pipelines.get(language)
        if named is not None and Path(named).parent.parent != root:
            raise ConfigError(
                f"{FILE_NAME}: [pipelines] {language} = {named!r} would win over the model; "
                "take the line out to promote one."
            )
    served = serving.pipelines(root)
    now = settings.model_copy(update={"pipelines": settings.pipelines | served})
    if cells is None or now.pipelines != settings.pipelines:
        cells = compared(name, now, ledger)
    fit = passing(cells)
    languages = list(model.languages) if force else fit
    if languages:
        write_card(root / name, model, cells, how(model.languages, fit, languages))
        serving.promote(root, name, languages)
    return Promotion(languages, list(cells))


def how(all_of: Sequence[str], fit: Sequence[str], languages: Sequence[str]) -> str:
    """How a model came to serve, in words."""
    forced = [one for one in languages if one not in fit]
    left = [one for one in all_of if one not in languages]
    said = f"Promoted for {', '.join(languages)}"
    said += (
        f", by force for {', '.join(forced)}, where it did not pass" if forced else ": it passed"
    )
    return said + (f"; not for {', '.join(left)}." if left else ".")


def opened(root: Path, name: str) -> Model:
    """The model of that name, with every file as it was made; ModelError otherwise."""
    model = models.read(root / models.check_name(name))
    if model.name != name:
        raise ModelError(f"{root / name}: its description is that of {model.name!r}.")
    for language in model.languages:
        models.verify(root / name, language)
    return model


def pipelines_of(root: Path, model: Model) -> dict[str, str]:
    """The folders of a model's pipelines, by language."""
    return {language: str(root / model.name / language) for language in model.languages}
