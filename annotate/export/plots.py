"""Pictures of a gold set for its card: the same counts give the same bytes."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font
from matplotlib.ticker import MaxNLocator

from annotate.export.tally import OUTCOMES, Tally
from annotate.formats.records import replacing

# Told apart also without colour vision (Okabe and Ito 2008).
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")
WIDTH, DPI = 7.0, 150
# Spans of this length and longer ones share one bar.
LONGEST = 60
# Labels of more characters would leave no room for the bars.
WIDEST = 40
TITLES = {"entity": "Entities", "relation": "Relations"}
# What labels are called in pictures.
Shown = Mapping[str, str]


def shown(tally: Tally) -> dict[str, str]:
    """What each label is called in the pictures: as it is, or "label 1", "label 2", …

    Numbered are labels that are too long, or have letters that the font lacks or that are
    only right when shaped or set from right to left, which matplotlib does not always do.
    """
    letters = FT2Font(findfont(FontProperties())).get_charmap()
    labels = sorted(
        {label for _, label in tally.entities}
        | {label for _, label in tally.relations}
        | {label for _, label, _ in tally.outcomes}
        | {row.label for row in tally.agreement}
    )
    others = [label for label in labels if not _is_plain(label, letters)]
    numbers = {label: f"label {number}" for number, label in enumerate(others, start=1)}
    return {label: numbers.get(label, label) for label in labels}


def _is_plain(label: str, letters: Container[int]) -> bool:
    return len(label) <= WIDEST and all(
        ord(sign) in letters
        and sign.isprintable()
        and not unicodedata.category(sign).startswith("M")
        and unicodedata.bidirectional(sign) not in ("R", "AL", "AN")
        for sign in label
    )


def label_counts(tally: Tally, shown: Shown, path: Path) -> None:
    """Entities and relations by label, stacked by language."""
    counts = {"entity": tally.entities, "relation": tally.relations}
    rows = {kind: _by_size((key[1], n) for key, n in own.items()) for kind, own in counts.items()}
    figure = _figure(0.9, rows)
    for kind, labels, axes in _panels(figure, rows):
        places = range(len(labels))
        left = [0] * len(labels)
        for number, language in enumerate(sorted(tally.documents)):
            widths = [counts[kind][language, label] for label in labels]
            axes.barh(places, widths, left=left, color=_colour(number), label=language)
            left = [a + b for a, b in zip(left, widths, strict=True)]
        for place, total in zip(places, left, strict=True):
            axes.text(total, place, f" {total:,}", va="center", fontsize=8)
        _name_rows(axes, labels, shown)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    _finish(figure, path, legend=len(tally.documents) > 1)


def span_lengths(tally: Tally, shown: Shown, path: Path) -> None:
    """How many characters entities have."""
    figure = Figure(figsize=(WIDTH, 2.6), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    counts: Counter[int] = Counter()
    for length, number in tally.lengths.items():
        counts[min(length, LONGEST)] += number
    axes.bar(list(counts), list(counts.values()), width=0.9, color=COLOURS[0])
    axes.set_xlim(0, LONGEST + 1)
    ticks = range(0, LONGEST + 1, 10)
    axes.set_xticks(ticks, [f"{tick}" if tick < LONGEST else f"{tick}+" for tick in ticks])
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_title("Length of entities")
    axes.set_xlabel(f"characters ({LONGEST}+: {LONGEST} and more)")
    axes.set_ylabel("entities")
    _finish(figure, path)


def review_outcomes(tally: Tally, shown: Shown, path: Path) -> None:
    """What reviewers did to suggestions, by label, as shares."""
    rows = {
        kind: _by_size((key[1], n) for key, n in tally.outcomes.items() if key[0] == kind)
        for kind in TITLES
    }
    figure = _figure(1.1, rows)
    for kind, labels, axes in _panels(figure, rows):
        totals = [sum(tally.outcomes[kind, label, one] for one in OUTCOMES) for label in labels]
        left = [0.0] * len(labels)
        for number, outcome in enumerate(OUTCOMES):
            shares = [
                100 * tally.outcomes[kind, label, outcome] / total
                for label, total in zip(labels, totals, strict=True)
            ]
            places = range(len(labels))
            axes.barh(places, shares, left=left, color=_colour(number), label=outcome)
            left = [a + b for a, b in zip(left, shares, strict=True)]
        _name_rows(axes, labels, shown)
        axes.set_xlim(0, 100)
    figure.axes[-1].set_xlabel("per cent of what was suggested or added")
    _finish(figure, path, legend=True)


def agreement(tally: Tally, shown: Shown, path: Path) -> None:
    """How far two people marked the same, by label: F1 of one against the other."""
    rows = {
        kind: {one.label: one for one in tally.agreement if one.kind == kind} for kind in TITLES
    }
    figure = _figure(1.1, rows)
    for kind, labels, axes in _panels(figure, rows):
        for place, label in enumerate(labels):
            one = rows[kind][label]
            score = 100 * one.f1
            axes.barh(place, score, color=COLOURS[0])
            axes.text(score, place, f" {score:.1f} ({one.marks:,} marks)", va="center", fontsize=8)
        _name_rows(axes, labels, shown)
        axes.set_xlim(0, 125)
        axes.set_xticks(range(0, 101, 20))
    figure.axes[-1].set_xlabel("F1 of one person's marks against another's, per cent")
    _finish(figure, path)


def _by_size(counts: Iterable[tuple[str, int]]) -> list[str]:
    """Labels, the most frequent first."""
    totals: Counter[str] = Counter()
    for label, number in counts:
        totals[label] += number
    return sorted(totals, key=lambda label: (-totals[label], label))


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def _figure(margin: float, rows: Mapping[str, Collection[str]]) -> Figure:
    """A figure with as much room as the rows of all kinds need."""
    height = margin + sum(0.4 + 0.32 * len(labels) for labels in rows.values() if labels)
    return Figure(figsize=(WIDTH, height), dpi=DPI, layout="constrained")


def _panels(
    figure: Figure, rows: Mapping[str, Collection[str]]
) -> Iterator[tuple[str, list[str], Axes]]:
    """A panel for each kind that has rows: the kind, its labels, the axes."""
    kinds = [kind for kind, labels in rows.items() if labels]
    heights = [len(rows[kind]) for kind in kinds]
    panels = figure.subplots(len(kinds), sharex=True, squeeze=False, height_ratios=heights)
    for kind, axes in zip(kinds, panels[:, 0], strict=True):
        axes.set_title(TITLES[kind])
        yield kind, list(rows[kind]), axes


def _name_rows(axes: Axes, labels: list[str], shown: Shown) -> None:
    """Labels at the rows, the first on top."""
    # Labels are no formulas, whatever stands between dollar signs.
    axes.set_yticks(range(len(labels)), [shown[one] for one in labels], parse_math=False)
    axes.set_ylim(len(labels) - 0.4, -0.6)


def _finish(figure: Figure, path: Path, *, legend: bool = False) -> None:
    for axes in figure.axes:
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    if legend:
        handles, labels = figure.axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside right upper", frameon=False)
    # Without this the file would name the version that drew it.
    with replacing(path) as part:
        FigureCanvasAgg(figure).print_png(str(part), metadata={"Software": None})  # type: ignore[no-untyped-call]
