"""A curve as a picture: the same points give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from annotate.curve.curve import Panel
from annotate.curve.forecast import fitted, spread_of
from annotate.curve.points import Point
from annotate.errors import CallError
from annotate.export.plots import COLOURS
from annotate.formats.records import make_folder, replacing

SUFFIXES = (".svg", ".png")
WIDTH, HEIGHT, DPI = 4.2, 2.7, 150
# The laws are drawn so far: twice the documents of now.
_AHEAD = 2


def check_suffix(path: Path) -> None:
    """Raise CallError unless the picture is one that can be drawn."""
    if path.suffix.lower() not in SUFFIXES:
        raise CallError(f"{path}: a plot is written as {' or '.join(SUFFIXES)}: name it so.")


def draw(panels: Sequence[Panel], path: Path) -> None:
    """Draw a row for each panel, entities on the left, relations on the right where there are any.

    Dots are runs, the line their common F1, the dark band its 95 % interval over test
    documents, the pale one what the laws say (four in five), and the dashes the target.
    """
    check_suffix(path)
    columns = 2 if any(panel.relations for panel in panels) else 1
    figure = Figure(figsize=(WIDTH * columns, HEIGHT * len(panels)), dpi=DPI, layout="constrained")
    grid = figure.subplots(len(panels), columns, squeeze=False)
    for row, panel in zip(grid, panels, strict=True):
        _axes(row[0], panel.entities, f"{panel.name}: entities", COLOURS[0])
        _target(row[0], panel)
        if columns > 1:
            _axes(row[1], panel.relations, f"{panel.name}: relations", COLOURS[2])
    _write(figure, path)


def _axes(axes: Axes, points: Sequence[Point], title: str, colour: str) -> None:
    axes.set_title(title, fontsize=10)
    axes.set_xlabel("training documents", fontsize=8)
    axes.set_ylabel("F1, %", fontsize=8)
    axes.tick_params(labelsize=8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if not points:
        axes.text(0.5, 0.5, "none in the test part", ha="center", transform=axes.transAxes)
        return
    sizes = [point.documents for point in points]
    axes.plot(sizes, [100 * point.f1 for point in points], color=colour)
    known = [(point.documents, *point.interval) for point in points if point.interval]
    if known:
        places, low, high = np.array(known).T
        axes.fill_between(places, 100 * low, 100 * high, color=colour, alpha=0.25, linewidth=0)
    for point in points:
        runs = [100 * f1 for f1 in point.runs]
        axes.plot([point.documents] * len(runs), runs, "o", color=colour, markersize=3)


def _target(axes: Axes, panel: Panel) -> None:
    """The target, and what the laws say of more documents."""
    axes.axhline(100 * panel.forecast.target, color="black", linestyle="--", linewidth=0.8)
    if not panel.forecast.doubled:
        return
    found = fitted(panel.entities)
    if isinstance(found, str):
        return
    now = panel.forecast.documents
    ahead = np.linspace(now, _AHEAD * now, 20)
    low, high = np.array([spread_of(found.f1(float(one))) for one in ahead]).T
    axes.fill_between(ahead, 100 * low, 100 * high, color=COLOURS[1], alpha=0.3, linewidth=0)
    middle = [100 * float(np.median(found.f1(float(one)))) for one in ahead]
    axes.plot(ahead, middle, color=COLOURS[1], linestyle=":")


def _write(figure: Figure, path: Path) -> None:
    make_folder(path.parent)
    with replacing(path) as part:
        if path.suffix.lower() == ".png":
            # Without this the file would name the version that drew it.
            FigureCanvasAgg(figure).print_png(str(part), metadata={"Software": None})  # type: ignore[no-untyped-call]
            return
        # Ids and dates would differ from run to run otherwise.
        plain = {"Creator": None, "Date": None, "Format": None, "Type": None}
        with matplotlib.rc_context({"svg.hashsalt": "curve", "svg.fonttype": "path"}):
            FigureCanvasSVG(figure).print_svg(str(part), metadata=plain)  # type: ignore[no-untyped-call]
