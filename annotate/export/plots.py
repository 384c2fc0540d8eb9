"""Pictures of a gold set for its card: the same counts give the same bytes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from annotate.export.tally import OUTCOMES, Tally
from annotate.formats.records import replacing

# Told apart also without colour vision (Okabe and Ito 2008).
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")
WIDTH, DPI = 7.0, 150
# Spans longer than this share one bar.
LONGEST = 60


def label_counts(tally: Tally, path: Path) -> None:
    """Entities and relations by label, stacked by language."""
    labels = [*_by_size(tally.entities), *_by_size(tally.relations)]
    figure = _figure(0.9 + 0.32 * max(1, len(labels)))
    axes = figure.add_subplot()
    rows = range(len(labels))
    left = [0] * len(labels)
    for number, language in enumerate(sorted(tally.documents)):
        widths = [tally.entities[language, one] + tally.relations[language, one] for one in labels]
        axes.barh(rows, widths, left=left, color=_colour(number), label=language)
        left = [a + b for a, b in zip(left, widths, strict=True)]
    for row, total in enumerate(left):
        axes.text(total, row, f" {total:,}", va="center", fontsize=8)
    axes.set_yticks(rows, labels)
    axes.invert_yaxis()
    axes.set_title("Entities and relations")
    _finish(figure, axes, path, legend=len(tally.documents) > 1)


def span_lengths(tally: Tally, path: Path) -> None:
    """How many characters entities have."""
    figure = _figure(2.6)
    axes = figure.add_subplot()
    counts: Counter[int] = Counter()
    for length, number in tally.lengths.items():
        counts[min(length, LONGEST)] += number
    axes.bar(list(counts), list(counts.values()), width=0.9, color=COLOURS[0])
    axes.set_title("Length of entities")
    axes.set_xlabel(f"characters ({LONGEST} stands for all that are longer)")
    _finish(figure, axes, path)


def review_outcomes(tally: Tally, path: Path) -> None:
    """What reviewers did to suggestions, by label, as shares."""
    labels = _by_size(tally.outcomes, place=0)
    figure = _figure(1.1 + 0.32 * max(1, len(labels)))
    axes = figure.add_subplot()
    totals = [sum(tally.outcomes[label, one] for one in OUTCOMES) for label in labels]
    left = [0.0] * len(labels)
    for number, outcome in enumerate(OUTCOMES):
        shares = [
            100 * tally.outcomes[label, outcome] / total
            for label, total in zip(labels, totals, strict=True)
        ]
        axes.barh(range(len(labels)), shares, left=left, color=_colour(number), label=outcome)
        left = [a + b for a, b in zip(left, shares, strict=True)]
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    axes.set_xlabel("per cent of what was suggested or added")
    axes.set_title("What the review made of the suggestions")
    _finish(figure, axes, path, legend=True)


def agreement(tally: Tally, path: Path) -> None:
    """How far two people marked the same, by label: F1 of one against the other."""
    figure = _figure(1.1 + 0.32 * max(1, len(tally.agreement)))
    axes = figure.add_subplot()
    for row, one in enumerate(tally.agreement):
        score = 100 * one.f1
        axes.barh(row, score, color=_colour(int(one.kind == "relation")))
        axes.text(score, row, f" {score:.1f} ({one.marks:,} marks)", va="center", fontsize=8)
    axes.set_yticks(range(len(tally.agreement)), [one.label for one in tally.agreement])
    axes.invert_yaxis()
    axes.set_xlim(0, 125)
    axes.set_xticks(range(0, 101, 20))
    axes.set_xlabel("F1 of one person's marks against another's, per cent")
    axes.set_title("Agreement")
    _finish(figure, axes, path)


def _by_size(counts: Counter[tuple[str, str]], place: int = 1) -> list[str]:
    """Labels, the most frequent first."""
    totals: Counter[str] = Counter()
    for key, number in counts.items():
        totals[key[place]] += number
    return sorted(totals, key=lambda label: (-totals[label], label))


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def _figure(height: float) -> Figure:
    return Figure(figsize=(WIDTH, height), dpi=DPI, layout="constrained")


def _finish(figure: Figure, axes: object, path: Path, *, legend: bool = False) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)  # type: ignore[attr-defined]
    if legend:
        figure.legend(loc="outside right upper", frameon=False)
    # Without this the file would name the version that drew it.
    with replacing(path) as part:
        FigureCanvasAgg(figure).print_png(str(part), metadata={"Software": None})  # type: ignore[no-untyped-call]
