"""A learning curve of all documents, and of each language, with what it forecasts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from annotate.config import Settings
from annotate.curve.forecast import Check, Forecast, check, forecast
from annotate.curve.measure import Watch, halves, runs
from annotate.curve.points import Point, Run, points
from annotate.document import Document
from annotate.ledger import Ledger

EVERYTHING = "all"


class Panel(NamedTuple):
    """One curve of entities with its forecast, and that of relations; none without any."""

    name: str
    tested: int
    entities: list[Point]
    relations: list[Point]
    forecast: Forecast
    check: Check | None

    def as_dict(self) -> dict[str, Any]:
        """The panel as JSON-ready data."""
        return {
            "tested": self.tested,
            "entities": [point.as_dict() for point in self.entities],
            "relations": [point.as_dict() for point in self.relations],
            "forecast": self.forecast.as_dict(),
            "check": self.check.as_dict() if self.check else None,
        }


def curve(
    documents: Iterable[Document],
    settings: Settings,
    ledger: Ledger,
    *,
    target: float,
    seeds: int = 3,
    rehearse: bool = True,
    watch: Watch = iter,
) -> list[Panel]:
    """Train on growing parts of gold documents; say what F1 grows to.

    ``target`` is the strict F1 of entities (0 to 1) to forecast; ``seeds``, two at least,
    say how often each part is drawn; ``watch`` passes the trainings through. The ledger
    counts ``train`` and ``test``, and refuses what the split refuses. Raises InputError
    when there are too few documents to divide.
    """
    train, test = halves(documents, settings, ledger)
    found = runs(train, test, settings, seeds=seeds, rehearse=rehearse, watch=watch)
    return panels(found, [document.language for document in test], target)


def panels(found: Sequence[Run], languages: Sequence[str], target: float) -> list[Panel]:
    """All test documents, then each of several languages that was trained."""
    own = sorted(set(languages) & {name for run in found for name in run.trained})
    names = [None, *(own if len(set(languages)) > 1 else [])]
    return [_panel(found, languages, target, name) for name in names]


def _panel(
    found: Sequence[Run], languages: Sequence[str], target: float, language: str | None
) -> Panel:
    entities = points(found, languages, "entities", language)
    relations = points(found, languages, "relations", language)
    return Panel(
        language or (EVERYTHING if len(set(languages)) > 1 else languages[0]),
        sum(language in (None, other) for other in languages),
        entities,
        relations if any(point.counts.any() for point in relations) else [],
        forecast(entities, target),
        check(entities),
    )
