"""A curve as rows of a table and as sentences, which the terminal shows."""

from __future__ import annotations

from collections.abc import Sequence

from annotate.curve.curve import Panel
from annotate.curve.forecast import Check, Forecast
from annotate.curve.points import Point
from annotate.evaluate.lines import NOTHING, percent

HEADER = ("", "documents", "runs", "entities F1", "95 %", "lowest-highest", "relations F1", "95 %")


def rows(panels: Sequence[Panel]) -> list[tuple[str, ...]]:
    """A row for each panel and size, under a header; the 95 % are over test documents."""
    found: list[tuple[str, ...]] = [HEADER]
    for panel in panels:
        relations = {point.documents: point for point in panel.relations}
        for number, point in enumerate(panel.entities):
            f1, spread = _cells(point)
            related = relations.get(point.documents)
            runs = point.runs
            extremes = f"{percent(min(runs))}-{percent(max(runs))}" if len(runs) > 1 else NOTHING
            found.append(
                (
                    "" if number else panel.name,
                    str(point.documents),
                    str(len(runs)),
                    *(f1, spread, extremes),
                    *(_cells(related) if related else (NOTHING, NOTHING)),
                )
            )
    return found


def sentences(panels: Sequence[Panel]) -> list[str]:
    """What each panel says about the target, and how its check went."""
    said = []
    if not panels[0].entities[0].documents:
        said.append("0 documents: the built-in pipeline, which has learnt the project's corpus.")
    for panel in panels:
        said.append(f"{panel.name}: {_told(panel.forecast)}.")
        if panel.forecast.doubled:
            low, high = map(percent, panel.forecast.doubled)
            twice = 2 * panel.forecast.documents
            said.append(f"  {twice} documents, twice as many, would bring {low} to {high}.")
        if panel.check:
            said.append(f"  {_checked(panel.check)}")
    return said


def _told(forecast: Forecast) -> str:
    target, more, reason = percent(forecast.target), forecast.more, forecast.reason
    if more is None:
        return f"F1 {target}: can't tell how many more documents: {reason}"
    if not more.high:
        return f"F1 {target} is reached: {reason}"
    span = f"{more.low} to {more.high} more documents, most likely {more.likely}"
    return f"F1 {target}: {span}, {reason}"


def _checked(check: Check) -> str:
    low, high = map(percent, check.expected)
    verdict = "as forecast" if check.held else "NOT as forecast: trust the figures above less"
    return (
        f"Check: from {check.documents} documents it would have forecast {low} to {high} for "
        f"{check.all}; reached were {percent(check.reached)}, {verdict}."
    )


def _cells(point: Point) -> tuple[str, str]:
    spread = point.interval
    return percent(point.f1), f"{percent(spread[0])}-{percent(spread[1])}" if spread else NOTHING
