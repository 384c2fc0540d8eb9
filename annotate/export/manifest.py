"""The manifest: what an export holds, what made it, what was left out, and checksums.

It says nothing of when the export was made: the same gold gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from annotate import __version__
from annotate.export.tally import Tally, joined
from annotate.export.write import Written, checksum
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


def with_beside(content: Mapping[str, Any], files: Iterable[Path]) -> dict[str, Any]:
    """The manifest with checksums of what stands beside the exports: card, pictures, losses."""
    return {**content, "beside": {file.name: _said(checksum(file)) for file in files}}


def earlier(content: Mapping[str, Any], path: Path) -> list[str]:
    """Files of the export of which the manifest is at ``path`` that this one does not list.

    Only those that are still as they were; of a folder its name.
    """
    now = _files(content)
    found = set()
    try:
        for name, said in _files(json.loads(path.read_text("utf-8"))).items():
            file = path.parent / name
            if name not in now and file.is_file() and _said(checksum(file)) == said:
                found.add(Path(name).parts[0])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # There is none, or it is no manifest of ours: nothing is known.
        return []
    return sorted(found)


def _files(content: Mapping[str, Any]) -> dict[str, Any]:
    """Every file that a manifest lists, by name."""
    listed = [*(one["files"] for one in content["formats"]), content["beside"]]
    return {name: said for files in listed for name, said in files.items()}


def write_manifest(content: Mapping[str, Any], path: Path) -> None:
    """Write the manifest; FormatError when it can't be."""
    with replacing(path) as part:
        part.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _account(one: Written) -> dict[str, Any]:
    return {
        "part": one.part,
        "format": one.format,
        **_counts(one.ledger),
        "files": {name: _said(own) for name, own in one.files.items()},
    }


def _said(own: tuple[int, str]) -> dict[str, Any]:
    size, digest = own
    return {"bytes": size, "sha256": digest}


def _counts(ledger: Ledger) -> dict[str, Any]:
    """The account without its single losses, which have a table of their own."""
    return {key: value for key, value in ledger.as_dict().items() if key not in ("stage", "losses")}
