"""What a pipeline suggests for gold documents, and its scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from annotate.config import Settings
from annotate.document import Document
from annotate.evaluate.pairs import Pair, pair
from annotate.evaluate.report import evaluate
from annotate.evaluate.suggester import relation_suggester
from annotate.ledger import Ledger
from annotate.prelabel.suggest import prelabel
from annotate.schema import Schema


def with_pipelines(settings: Settings, pipelines: Mapping[str, str]) -> Settings:
    """Settings with these pipelines in place of those of their languages.

    The user's list of names, memory and thresholds are left out: models are measured alone.
    """
    return settings.model_copy(
        update={
            "pipelines": settings.pipelines | dict(pipelines),
            "gazetteer": None,
            "memory": None,
            "thresholds": {},
        }
    )


def suggested(gold: Sequence[Document], settings: Settings, ledger: Ledger) -> list[Pair]:
    """Gold documents, each with what the settings' pipelines suggest for its text."""
    schema = settings.schema_in_force()
    bare = [one.model_copy(update={"entities": (), "relations": (), "meta": {}}) for one in gold]
    found = list(prelabel(bare, settings, schema, ledger))
    return pair(found, gold, ledger, symmetric(schema))


def scores(pairs: Sequence[Pair], settings: Settings) -> dict[str, Any]:
    """Figures of everything and by language, without any text of the documents."""
    schema = settings.schema_in_force()
    result = evaluate(pairs, relation_suggester(settings, schema), symmetric(schema))
    return {
        "everything": result.everything.as_dict(),
        "languages": {name: one.as_dict() for name, one in result.languages.items()},
    }


def symmetric(schema: Schema) -> list[str]:
    """The relation types without a direction."""
    return [kind.label for kind in schema.relations if kind.symmetric]
