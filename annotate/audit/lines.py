"""Findings as rows of a table, which the terminal shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from annotate.audit.mark import Finding
from annotate.corpus.graphemes import splits_character
from annotate.document import Document

# Characters of the text to each side of what is suspected.
_AROUND = 24
_NOTHING = "-"


def rows(findings: Sequence[Finding], documents: Mapping[str, Document]) -> list[tuple[str, ...]]:
    """A row for each finding, under a header."""
    return [
        ("score", "document", "place", "gold", "proposed", "in the text"),
        *(_row(finding, documents[finding.mark.document]) for finding in findings),
    ]


def _row(finding: Finding, document: Document) -> tuple[str, ...]:
    mark = finding.mark
    same = mark.proposed == mark.gold
    return (
        f"{finding.score:.2f}",
        mark.document,
        f"{mark.start}:{mark.end}",
        mark.gold or _NOTHING,
        "look again" if same else mark.proposed or _NOTHING,
        context(document.text, mark.start, mark.end),
    )


def context(text: str, start: int, end: int) -> str:
    """What is suspected, in brackets, between whole characters around it; on one line."""
    first, last = max(0, start - _AROUND), min(len(text), end + _AROUND)
    while first < start and splits_character(text, first):
        first += 1
    while last > end and splits_character(text, last):
        last -= 1
    return " ".join(f"{text[first:start]}[{text[start:end]}]{text[end:last]}".split())
