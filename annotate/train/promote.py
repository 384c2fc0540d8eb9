"""Which trained model serves: compared on the locked test part, and then put in its place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from annotate.config import FILE_NAME, Settings
from annotate.errors import ConfigError, ModelError
from annotate.ledger import Ledger
from annotate.models import folder as models
from annotate.models import serving
from annotate.models.folder import Model
from annotate.train import scores as measured
from annotate.train.card import write_card
from annotate.train.gate import Cell, compare, passes
from annotate.train.material import tested_on


class Promotion(NamedTuple):
    """Whether a model serves now, and the comparison that decided."""

    promoted: bool
    cells: list[Cell]


def compared(name: str, settings: Settings, ledger: Ledger, other: str | None = None) -> list[Cell]:
    """A model beside another one, or beside what serves now, on the locked test part.

    Languages that the model has. Raises ModelError where either can't be used.
    """
    model = opened(settings.models, name)
    fresh = pipelines_of(settings.models, model)
    before = {}
    if other is not None:
        found = pipelines_of(settings.models, opened(settings.models, other))
        before = {language: found[language] for language in fresh.keys() & found.keys()}
        fresh = {language: fresh[language] for language in before}
    tested = tested_on(settings.models, settings.schema_in_force(), fresh)
    ledger.counts["tested on"] = len(tested)
    old = measured.suggested(tested, measured.with_pipelines(settings, before), ledger)
    new = measured.suggested(tested, measured.with_pipelines(settings, fresh), ledger)
    return compare(old, new)


def promote(
    name: str,
    settings: Settings,
    ledger: Ledger,
    *,
    force: bool = False,
    cells: Sequence[Cell] | None = None,
) -> Promotion:
    """Let a model serve its languages, if it passes the gate or is forced to.

    ``cells`` is a comparison with what serves now, made here unless given. The card says
    how it came to serve. Raises ModelError where the model can't be used, ConfigError
    where annotate.toml names a pipeline for one of its languages, which would win.
    """
    root, model = settings.models, opened(settings.models, name)
    served = serving.pipelines(root)
    for language in model.languages:
        named = settings.pipelines.get(language)
        if named is not None and named != served.get(language):
            raise ConfigError(
                f"{FILE_NAME}: [pipelines] {language} = {named!r} would win over the model; "
                "take the line out to promote one."
            )
    found = list(cells) if cells is not None else compared(name, settings, ledger)
    fit = passes(found)
    if not fit and not force:
        return Promotion(False, found)
    how = "Promoted: it passed." if fit else "Promoted by force: it did not pass."
    write_card(root / name, model, found, how)
    serving.promote(root, name, model.languages)
    return Promotion(True, found)


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
