"""The score table as lines of cells, which the terminal and the page both show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from annotate.evaluate.bootstrap import Interval
from annotate.evaluate.report import Evaluation, Figures
from annotate.evaluate.scores import Score, Table

HEADER = ("", "P", "R", "F1", "95 % of F1", "right", "suggested", "gold")
NOTHING = "-"


class Line(NamedTuple):
    """A row of the table; ``depth`` is 0 for a heading, 1 for a total, 2 for a label."""

    depth: int
    cells: tuple[str, ...]


def lines(evaluation: Evaluation) -> Iterator[Line]:
    """All documents with every label, then each language with its totals."""
    single = len(evaluation.languages) == 1
    name = next(iter(evaluation.languages)) if single else "all"
    yield Line(0, (f"{name}: {_documents(evaluation.everything)}",))
    yield from _scores(evaluation.everything)
    if not single:
        for language, figures in evaluation.languages.items():
            yield Line(0, (f"{language}: {_documents(figures)}",))
            yield from (line for line in _scores(figures) if line.depth == 1)


def shares(figures: Figures) -> list[str]:
    """What is not precision and recall, in sentences."""
    done = figures.edits
    kinds = ", ".join(f"{kind} {count}" for kind, count in done.kinds.items() if count)
    ceiling, codes = figures.ceiling, figures.codes
    return [
        f"country codes: {codes.part} of {codes.whole} right among exactly matched COUNTRY spans",
        f"relation ceiling: {ceiling.part} of {ceiling.whole} gold relations "
        "have both ends in one sentence",
        f"edits: {done.total} instead of {done.scratch} from scratch, {percent(done.saved)} % "
        f"saved{_spread(done.interval)}" + (f"; {kinds}" if kinds else ""),
    ]


def text(evaluation: Evaluation) -> str:
    """The table in aligned columns."""
    rows = [line for line in lines(evaluation) if line.depth]
    names = max(len(HEADER[0]), *(len(_indented(line)) for line in rows))
    widths = [max(len(row[i]) for row in (HEADER, *(r.cells for r in rows))) for i in range(1, 8)]

    def aligned(name: str, cells: tuple[str, ...]) -> str:
        numbers = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        return "  ".join([name.ljust(names), *numbers])

    table = [
        aligned(_indented(line), line.cells[1:]) if line.depth else f"\n{line.cells[0]}"
        for line in lines(evaluation)
    ]
    return "\n".join([aligned("", HEADER[1:]), *table, "", *shares(evaluation.everything)])


def percent(share: float) -> str:
    """A share in per cent, with one decimal."""
    return f"{100 * share:.1f}"


def _scores(figures: Figures) -> Iterator[Line]:
    yield from _table("entities, strict", figures.strict)
    yield from _table("entities, overlap", figures.overlap)
    yield _line(1, "entities, span only", figures.span)
    if figures.with_gold:
        yield from _table("relations, gold entities", figures.with_gold)
    yield from _table("relations, end to end", figures.end_to_end)


def _table(name: str, table: Table) -> Iterator[Line]:
    yield _line(1, name, table.total)
    for label, score in table.labels.items():
        yield _line(2, label, score)


def _line(depth: int, name: str, score: Score) -> Line:
    counts = (str(score.right), str(score.suggested), str(score.wanted))
    if not score.suggested and not score.wanted:
        return Line(depth, (name, *[NOTHING] * 4, *counts))
    scores = (percent(item) for item in (score.precision, score.recall, score.f1))
    spread = f"{percent(score.interval[0])}-{percent(score.interval[1])}" if score.interval else "-"
    return Line(depth, (name, *scores, spread, *counts))


def _documents(figures: Figures) -> str:
    return f"{figures.documents} document{'' if figures.documents == 1 else 's'}"


def _spread(interval: Interval | None) -> str:
    if interval is None:
        return ""
    return f" (95 %: {percent(interval[0])} to {percent(interval[1])})"


def _indented(line: Line) -> str:
    return "  " * (line.depth - 1) + line.cells[0]
