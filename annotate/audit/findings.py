"""Findings as a file: one a line, JSON, the most suspicious first."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from annotate.audit.mark import Finding
from annotate.formats.records import make_folder, on_one_line, replacing


def write(findings: Iterable[Finding], path: Path) -> None:
    """Write the findings; the file appears whole or not at all, its folder is made."""
    make_folder(path.parent)
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        for finding in findings:
            file.write(on_one_line(json.dumps(finding.as_dict(), ensure_ascii=False)) + "\n")
