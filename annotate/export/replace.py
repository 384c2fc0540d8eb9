"""What neither an export nor a conversion may write over: gold, and what it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path

from annotate.errors import CallError
from annotate.export.manifest import is_as_listed, listed_in
from annotate.formats import FORMATS, get
from annotate.formats.mark import refuse_if_not_ours
from annotate.formats.records import check_name

_GOLD = ("gold", "jsonl")


def refuse_to_replace(
    parts: Iterable[str], files: Mapping[str, Path], formats: Iterable[str], folder: Path
) -> None:
    """Raise CallError where an export would replace gold, or write to one path twice.

    What it is made from is gold, and so may be a file where gold or JSON lines would go,
    unless a manifest beside it says that an export wrote just these bytes. Raises
    FormatError for a folder that people changed. All this before anything is written.
    """
    gold = {path.resolve() for path in files.values()}
    makers: dict[Path, str] = {}
    for part, name in product(parts, dict.fromkeys(formats)):
        path = folder / f"{part}{get(name)[1]}"
        for one in _outputs(path, name):
            check_name(one)
            if one.resolve() in gold:
                raise CallError(f"{one} is gold, which the export would replace; give another -o.")
            maker = f"{part} as {name}"
            other = makers.setdefault(one.resolve(), maker)
            if other != maker:
                raise CallError(f"{other} and {maker} would both be {one}; export them apart.")
        if "." not in FORMATS[name].suffix:
            refuse_if_not_ours(path, name)
        elif name in _GOLD and path.is_file() and not _is_exported(path):
            raise CallError(
                f"{path} may be gold: no manifest beside it says that an export wrote it. "
                "Move it or give another -o."
            )


def refuse_own_source(source: Path, from_: str, target: Path, to: str) -> None:
    """Raise CallError where a conversion would write over what it reads, or into it."""
    check_name(target)
    for one, own in product(_outputs(target, to), _outputs(source, from_)):
        if _is_inside(one, own) or _is_inside(own, one):
            raise CallError(f"{one} would be written over what is read, {own}; give another OUT.")


def _outputs(path: Path, name: str) -> Iterator[Path]:
    """A file or folder of that format, and the files that go beside it."""
    yield path
    if name == "conll" and path.name:
        yield from (path.with_suffix(".relations.tsv"), path.with_suffix(".documents.jsonl"))
    if name == "spert":
        from annotate.formats.spert import types_beside

        yield types_beside(path)


def _is_exported(path: Path) -> bool:
    """Whether a manifest beside the file lists it as it is."""
    return any(
        is_as_listed(path, listed_in(manifest).get(path.name))
        for manifest in path.parent.glob("*.manifest.json")
    )


def _is_inside(path: Path, other: Path) -> bool:
    """Whether a file or folder that is there is the other one or in it, by whatever names."""
    # Pipes and devices are written to as they are.
    if not (path.is_file() or path.is_dir()) or not other.exists():
        return False
    return any(one.samefile(other) for one in (path.resolve(), *path.resolve().parents))
