"""The mark in an exported folder: its format, and each file that was written with its SHA-256.

People edit such folders in other tools. By the mark the next export knows whether all that
it would replace is its own, and a reader which format the folder is of.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from annotate.errors import FormatError

MARK = ".annotate-export"
# What programs leave in a folder that was only looked at: brat, macOS, Windows.
_LEFT_BEHIND = frozenset([".stats_cache", ".DS_Store", "Thumbs.db", "desktop.ini"])


class Mark(NamedTuple):
    """A format's name, and the SHA-256 of each file by its path in the folder."""

    format: str
    files: Mapping[str, str]


def read_mark(folder: Path) -> Mark | None:
    """The mark of a folder; None where there is none, or none that says what was written."""
    try:
        value = json.loads((folder / MARK).read_text("utf-8"))
        return Mark(str(value["format"]), dict(value["files"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def write_mark(folder: Path, name: str) -> None:
    """Mark a folder as an export in the format of that name; the same files, the same bytes."""
    files = {file: _sha256(folder / file) for file in _files(folder)}
    content = json.dumps({"format": name, "files": files}, indent=1) + "\n"
    (folder / MARK).write_text(content, "utf-8", newline="")


def refuse_if_not_ours(folder: Path, name: str) -> None:
    """Raise FormatError where ``folder`` holds anything but an export in that format.

    An empty folder may be used. A file that was changed or added since is named; one that
    is gone is no loss. A mark that doesn't say what was written vouches for no file, so
    that a folder with such a mark is refused too.
    """
    if not folder.is_dir() or not (folder / MARK).is_file():
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            return
        raise FormatError(f"{folder} is there and is no earlier export; give another place.")
    mark = read_mark(folder)
    if mark is None:
        raise FormatError(
            f"{folder}: its {MARK} doesn't say which files an export wrote; "
            "move the folder or give another place."
        )
    if mark.format != name:
        raise FormatError(
            f"{folder} is an export of format {mark.format}; move it or give another place."
        )
    other = [
        file
        for file in _files(folder)
        if file not in mark.files or mark.files[file] != _sha256(folder / file)
    ]
    if other:
        more = f" (and {len(other) - 1} more)" if other[1:] else ""
        what = "changed" if other[0] in mark.files else "added"
        raise FormatError(
            f"{folder / other[0]}{more} was {what} since the export and would be deleted; "
            "move the folder or give another place."
        )


def refuse_other_format(folder: Path, name: str) -> None:
    """Raise FormatError where a folder's mark says that it is of another format."""
    mark = read_mark(folder)
    if mark and mark.format != name:
        raise FormatError(f"{folder} is of format {mark.format}; use --from {mark.format}.")


def _files(folder: Path) -> Iterator[str]:
    """Paths in the folder, in order, of what can be lost: files and links."""
    for path in sorted(folder.rglob("*")):
        if path.name not in _LEFT_BEHIND | {MARK} and (path.is_symlink() or not path.is_dir()):
            yield path.relative_to(folder).as_posix()


def _sha256(path: Path) -> str | None:
    """None for what can't be read, such as a link to a folder."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
