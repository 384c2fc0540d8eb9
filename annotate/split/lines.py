"""A split as rows of a table and lines, which the terminal shows."""

from __future__ import annotations

from annotate.split.overlap import Overlap, total
from annotate.split.placing import PARTS
from annotate.split.split import Size, Split

# More leaks than these are only in the report.
_SHOWN = 5


def sizes(split: Split) -> list[tuple[str, ...]]:
    """A row for each language and part, under a header."""
    found = split.sizes()
    rows = [(one, part, *map(str, found[one][part])) for one in found for part in PARTS]
    if len(found) > 1:
        for part in PARTS:
            columns = zip(*(parts[part] for parts in found.values()), strict=True)
            rows.append(("all", part, *map(str, Size(*map(sum, columns)))))
    return [("", "", "documents", "entities", "relations"), *rows]


def overlaps(split: Split) -> list[tuple[str, ...]]:
    """A row for each two parts that are compared, and each label; only a header without any."""
    rows: list[tuple[str, ...]] = [("", "", "names", "seen", "share", "mentions", "seen")]
    for (part, other), labels in split.overlaps().items():
        title = f"{part} names in {other}"
        rows.append((title, "all labels", *_cells(total(labels))))
        rows.extend((title, label, *_cells(found)) for label, found in labels.items())
    return rows


def empty(split: Split) -> list[str]:
    """Which parts have no document, and why that may be: a line, or none."""
    documents = sum(map(len, split.parts.values()))
    if not split.empty or not documents:
        return []
    largest = max((sorted(group.parts) for group in split.together), key=len, default=[])
    kept = (
        f" {len(largest)} documents go together ({largest[0]}, {largest[1]}, …): see report.json."
        if 2 * len(largest) > documents
        else " A language needs two documents for test, and three for dev."
    )
    return [f"No document is in {' and '.join(split.empty)}.{kept}"]


def leaks(split: Split) -> list[str]:
    """Groups that an earlier split placed apart, a line each, under a headline."""
    found = [group for group in split.together if group.leaks]
    if not found:
        return []
    said = [
        "  " + ", ".join(f"{key} ({part})" for key, part in group.parts.items())
        for group in found[:_SHOWN]
    ]
    more = [f"  … and {len(found) - _SHOWN} more in report.json"] if len(found) > _SHOWN else []
    return ["Placed apart by an earlier split, though they belong together:", *said, *more]


def _cells(found: Overlap) -> tuple[str, str, str, str, str]:
    share = f"{100 * found.names_seen / found.names:.1f} %" if found.names else "-"
    counts = map(str, (found.names, found.names_seen, found.mentions, found.mentions_seen))
    names, seen, mentions, mentions_seen = counts
    return names, seen, share, mentions, mentions_seen
