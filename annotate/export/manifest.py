"""The manifest: what an export holds, what made it, what was left out, and checksums.

It says nothing of when the export was made: the same gold gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from annotate import __version__
from annotate.export.tally import Tally, joined
from annotate.export.write import Written
from annotate.formats.records import replacing
from annotate.ledger import Ledger


def manifest(
    written: Sequence[Written],
    tallies: Mapping[str, Tally],
    sources: Mapping[str, str],
    hashes: Mapping[str, str],
    left_out: Mapping[str, Any],
    *,
    names: bool,
) -> dict[str, Any]:
    """The manifest as JSON-ready data.

    ``sources`` are SHA-256 of the gold files by part, ``hashes`` of the label config and
    guidelines, ``left_out`` the accounts of the pulls that made the gold; ``names`` says
    whether annotators are named.
    """
    return {
        "tool": f"annotate {__version__}",
        "hashes": dict(hashes),
        "sources": dict(sources),
        "annotators": "names" if names else "pseudonyms",
        "all": joined(tallies.values()).as_dict(),
        "parts": {part: tally.as_dict() for part, tally in tallies.items()},
        "left_out": dict(left_out),
        "formats": [_account(one) for one in written],
    }


def write_manifest(content: Mapping[str, Any], path: Path) -> None:
    """Write the manifest; FormatError when it can't be."""
    with replacing(path) as part:
        part.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _account(one: Written) -> dict[str, Any]:
    return {
        "part": one.part,
        "format": one.format,
        **_counts(one.ledger),
        "files": {
            name: {"bytes": size, "sha256": digest} for name, (size, digest) in one.files.items()
        },
    }


def _counts(ledger: Ledger) -> dict[str, Any]:
    """The account without its single losses, which have a table of their own."""
    return {key: value for key, value in ledger.as_dict().items() if key not in ("stage", "losses")}
