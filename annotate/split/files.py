"""A split as a folder: a gold file a part, the record, and the report."""

from __future__ import annotations

import json
from pathlib import Path

from annotate.formats import gold
from annotate.formats.records import make_folder, replacing
from annotate.ledger import Ledger
from annotate.split import record
from annotate.split.placing import PARTS
from annotate.split.split import Split

REPORT = "report.json"


def written(folder: Path) -> list[Path]:
    """The files that :func:`write` makes or replaces."""
    names = [record.NAME, *(f"{part}.json" for part in PARTS), REPORT]
    return [folder / name for name in names]


def write(split: Split, folder: Path, ledger: Ledger) -> None:
    """Write the folder; FormatError when that fails.

    The record comes first: should the rest fail, the next run places alike.
    """
    make_folder(folder)
    record.write(split.record, folder / record.NAME)
    for part, documents in split.parts.items():
        writing = Ledger(f"write {part}", repaired=ledger.repaired)
        gold.write(documents, folder / f"{part}.json", writing)
        ledger.counts[part] = writing.given
    with replacing(folder / REPORT) as target:
        told = json.dumps(split.as_dict(), ensure_ascii=False, indent=1)
        target.write_text(told + "\n", "utf-8", newline="\n")
