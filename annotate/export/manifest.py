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


def with_earlier(content: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """The manifest with what earlier exports left beside it, as the one at ``path`` says.

    Only files that are still as they were; the key is not there without any.
    """
    now = files_of(content)
    found = {
        name: said
        for name, said in listed_in(path).items()
        if name not in now and is_as_listed(path.parent / name, said)
    }
    return {**content, "earlier": dict(sorted(found.items()))} if found else dict(content)


def listed_in(path: Path) -> dict[str, Any]:
    """Every file that the manifest at ``path`` lists; none where there is no manifest of ours."""
    try:
        return files_of(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def files_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """Every file that a manifest lists, by name."""
    listed = [*(one["files"] for one in content["formats"]), content["beside"]]
    return {
        name: said
        for files in [content.get("earlier", {}), *listed]
        for name, said in files.items()
    }


def is_as_listed(file: Path, said: object) -> bool:
    """Whether a file is there, and as a manifest says."""
    return file.is_file() and _said(checksum(file)) == said


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
