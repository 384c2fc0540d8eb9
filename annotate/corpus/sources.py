"""Which files a call means: the files it names, and those in the folders it names."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from annotate.errors import CallError
from annotate.ledger import Ledger

SUFFIXES = (".txt", ".jsonl", ".csv")
_ONE_OF = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"

# Device and inode: the same file or folder, by whatever path.
_Identity = tuple[int, int]


class Source(NamedTuple):
    """A file to read, and the id of its document if it is a .txt."""

    path: Path
    id: str

    @property
    def where(self) -> str:
        """The path as a ledger names it; bytes that aren't UTF-8 are escaped."""
        return _shown(self.path)


def require_paths(paths: Sequence[Path]) -> None:
    """Raise CallError, naming it, for the first path that isn't there."""
    for path in paths:
        try:
            path.stat()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise CallError(
                f"{_shown(path)}: {reason}. Name files or folders that can be read."
            ) from None


def find_sources(paths: Sequence[Path], ledger: Ledger) -> Iterator[Source]:
    """Every .txt, .jsonl and .csv file, each once, in the order of ``paths``.

    Folders are read with all below them, sorted by name; linked folders are
    entered once. What is hidden or has another suffix inside a folder is
    counted; what can't be read is refused.
    """
    reached: set[_Identity] = set()
    for path in paths:
        for source in _below(path, ledger) if path.is_dir() else _given(path, ledger):
            identity = _identity(source.path, ledger)
            if identity is None:
                continue
            if identity in reached:
                ledger.counts["passed over (reached twice)"] += 1
                continue
            reached.add(identity)
            if source.path.is_file():
                yield source
            else:
                # A pipe would keep us waiting for ever.
                _refuse(source.path, "is no regular file. Save its text in one.", ledger)


def _given(path: Path, ledger: Ledger) -> Iterator[Source]:
    if path.suffix.lower() in SUFFIXES:
        yield Source(path, path.stem)
    else:
        _refuse(path, f"the file type isn't supported. Save the text as {_ONE_OF}.", ledger)


def _below(folder: Path, ledger: Ledger) -> Iterator[Source]:
    def unreadable(error: OSError) -> None:
        _refuse_unreadable(Path(error.filename), error, ledger)

    entered = {_identity(folder, ledger)}
    for place, folders, names in os.walk(folder, onerror=unreadable, followlinks=True):
        here = Path(place)
        visible = _without_hidden(folders, ledger)
        folders.clear()
        for name in visible:
            identity = _identity(here / name, ledger)
            # A link may lead back up.
            if identity is not None and identity not in entered:
                entered.add(identity)
                folders.append(name)
        for name in _without_hidden(names, ledger):
            path = here / name
            if path.suffix.lower() in SUFFIXES:
                yield Source(path, path.relative_to(folder).with_suffix("").as_posix())
            else:
                ledger.counts[f"passed over ({path.suffix or 'no suffix'})"] += 1


def _without_hidden(names: Sequence[str], ledger: Ledger) -> list[str]:
    visible = sorted(name for name in names if not name.startswith("."))
    if len(visible) < len(names):
        ledger.counts["passed over (hidden)"] += len(names) - len(visible)
    return visible


def _identity(path: Path, ledger: Ledger) -> _Identity | None:
    try:
        found = path.stat()
    except OSError as error:
        _refuse_unreadable(path, error, ledger)
        return None
    return found.st_dev, found.st_ino


def _refuse_unreadable(path: Path, error: OSError, ledger: Ledger) -> None:
    why = f"can't be read: {error.strerror}. Check that it is there and its permissions."
    _refuse(path, why, ledger)


def _refuse(path: Path, why: str, ledger: Ledger) -> None:
    ledger.taken += 1
    ledger.refuse(_shown(path), why)


def _shown(path: Path) -> str:
    return os.fsencode(path).decode("utf-8", "backslashreplace")
