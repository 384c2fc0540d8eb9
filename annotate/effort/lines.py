"""The figures as tables and sentences, which the terminal aligns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from annotate.effort.anchoring import Pull
from annotate.effort.changes import OUTCOMES, Change, Kind
from annotate.effort.intervals import FEWEST, Estimate
from annotate.effort.report import Effort, Source
from annotate.effort.seconds import Arm, Times

NOTHING = "-"
# Names of rows: all, then labels, languages, annotators, models.
_GROUPS: tuple[Callable[[Source, Change], str], ...] = (
    lambda source, change: "all",
    lambda source, change: f"  {change.label}",
    lambda source, change: f"  {source.language}",
    lambda source, change: f"  {source.annotator}",
    lambda source, change: f"  {source.version}",
)


class Section(NamedTuple):
    """A table, header first, with sentences below; either may be empty."""

    rows: list[tuple[str, ...]]
    notes: list[str]


def sections(effort: Effort) -> Iterator[Section]:
    """Changes of entities and relations, seconds, and pull."""
    for kind in OUTCOMES:
        yield Section(_changes(effort, kind), [])
    yield _seconds(effort)
    yield _pulls(effort)


def _changes(effort: Effort, kind: Kind) -> list[tuple[str, ...]]:
    """A row for all and for each label; then by whatever else there are several of."""
    found = [(key, count) for key, count in effort.changes.items() if key[1].kind == kind]
    if not found:
        return [(f"no {kind} were suggested, and none added",)]
    rows = [(kind, *OUTCOMES[kind], "stand, %")]
    for number, group in enumerate(_GROUPS):
        parts: dict[str, Counter[str]] = {}
        for (source, change), count in found:
            parts.setdefault(group(source, change), Counter())[change.outcome] += count
        if number < 2 or len(parts) > 1:
            rows += [_row(name, parts[name], kind) for name in sorted(parts)]
    return rows


def _row(name: str, counts: Counter[str], kind: Kind) -> tuple[str, ...]:
    suggested = counts.total() - counts["added"]
    stand = f"{100 * counts['accepted'] / suggested:.0f}" if suggested else NOTHING
    return (name, *(f"{counts[outcome]:,}" for outcome in OUTCOMES[kind]), stand)


def _seconds(effort: Effort) -> Section:
    header = ("seconds", "documents", "a document", "95 %", "per 100 words", "95 %", "median")
    rows = [header, *_arms("", effort.times)]
    if len(effort.languages) > 1:
        for language, found in effort.languages.items():
            rows += _arms(f"{language}, ", found)
    return Section(rows, list(_time_notes(effort.times)))


def _arms(name: str, found: Times) -> Iterator[tuple[str, ...]]:
    for what, arm in (("with suggestions", found.suggested), ("blind", found.blind)):
        if arm:
            yield (f"{name}{what}", *_arm(arm))
    for what, ratio in (
        ("blind / with suggestions", found.ratio),
        ("the same per 100 words", found.ratio_per_100_words),
    ):
        if ratio:
            yield (f"{name}{what}", NOTHING, *_cells(ratio, 2), *[NOTHING] * 3)


def _arm(arm: Arm) -> tuple[str, ...]:
    figures = (*_cells(arm.a_document, 1), *_cells(arm.per_100_words, 1))
    return (f"{arm.documents:,}", *figures, f"{arm.median:.1f}")


def _time_notes(found: Times) -> Iterator[str]:
    yield "geometric means, so that a tab left open over a break counts little"
    capped = sum(arm.capped for arm in (found.suggested, found.blind) if arm)
    if capped:
        yield f"{capped} documents with times far from all others were capped"
    if found.ratio is None:
        numbers = [arm.documents if arm else 0 for arm in (found.suggested, found.blind)]
        yield (
            f"can't tell whether suggestions save time: {numbers[0]} documents with suggestions "
            f"and {numbers[1]} blind, {FEWEST} of each are needed; push with --blind 0.1"
        )


def _pulls(effort: Effort) -> Section:
    if effort.why:
        return Section([], [f"pull of the suggestions: can't tell; {effort.why}"])
    header = ("pull, points", "F1 seen", "F1 blind", "pull", "95 %", "precision", "95 %")
    rows: list[tuple[str, ...]] = [header]
    notes = []
    for kind, found in effort.pulls.items():
        if found.f1 is None:
            notes.append(f"pull of suggested {kind}: {found.why}")
            continue
        scores = (f"{100 * arm.f1:.1f}" for arm in (found.suggested, found.blind))
        differences = (
            _cells(_points(item), 1) if item else (NOTHING, NOTHING)
            for item in (found.f1, found.precision)
        )
        rows.append((kind, *scores, *(cell for pair in differences for cell in pair)))
        notes.append(f"{kind}: {_verdict(found)}")
    return Section(rows if len(rows) > 1 else [], notes)


def _verdict(found: Pull) -> str:
    interval = found.f1.interval if found.f1 else None
    if interval is None:
        return "can't tell: too few marks"
    if interval[0] <= 0 <= interval[1]:
        most = 100 * interval[1]
        return f"the interval holds 0: no pull is shown, nor one of {most:.1f} points ruled out"
    if interval[0] > 0:
        return "reviewers agree with suggestions more when they see them"
    return "reviewers agree with suggestions less when they see them"


def _points(estimate: Estimate) -> Estimate:
    """Shares as points of 100."""
    interval = estimate.interval
    scaled = (100 * interval[0], 100 * interval[1]) if interval else None
    return Estimate(100 * estimate.value, scaled)


def _cells(estimate: Estimate, digits: int) -> tuple[str, str]:
    value, interval = f"{estimate.value:.{digits}f}", estimate.interval
    if interval is None:
        return value, NOTHING
    return value, f"{interval[0]:.{digits}f} to {interval[1]:.{digits}f}"
