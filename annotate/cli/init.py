"""annotate init."""

from __future__ import annotations

from pathlib import Path

import click

from annotate.errors import CallError
from annotate.shipped import shipped

FILES = ("label_config.xml", "annotate.toml", "guidelines.md")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
def init(folder: Path) -> None:
    """Write label_config.xml, annotate.toml and guidelines.md into a folder.

    The first says which labels and relation types there are, the second what a
    relation joins and which server and pipelines to use, the third is shown to
    annotators. Never writes over a file.

    \b
    Example:  annotate init my-project
    """
    from annotate.formats.records import make_folder

    standing = [name for name in FILES if (folder / name).exists()]
    if standing:
        raise CallError(f"{folder}: {', '.join(standing)} is there already; nothing was written.")
    make_folder(folder)
    for name in FILES:
        (folder / name).write_bytes(shipped(name).read_bytes())
        click.echo(f"wrote {folder / name}")
