"""annotate split."""

from __future__ import annotations

from pathlib import Path

import click

from annotate import api
from annotate.cli.show import account, aligned, gold_argument, json_option, plural
from annotate.errors import CallError
from annotate.formats import read_gold

_SHARE = click.FloatRange(0, 1, max_open=True)


@click.command()
@gold_argument
@click.option(
    "--output",
    "-o",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("splits"),
    show_default=True,
    help="Gets train.json, dev.json, test.json, splits.json and report.json.",
)
@click.option("--dev", metavar="SHARE", type=_SHARE, default=0.1, show_default=True)
@click.option("--test", metavar="SHARE", type=_SHARE, default=0.1, show_default=True)
@json_option
@click.pass_context
def split(
    ctx: click.Context, gold: tuple[Path, ...], output: Path, dev: float, test: float, as_json: bool
) -> None:
    """Split gold into train, dev and test that don't leak and don't move.

    GOLD are gold files, .json or .jsonl. Near-duplicates and parts of one story go
    to one side, every language gets its shares, and what splits.json of FOLDER has
    placed stays there when documents are added.

    \b
    Example:  annotate split exports/gold.json --output splits
    """
    from annotate.split import lines
    from annotate.split.files import written

    if over := {path.resolve() for path in gold} & {path.resolve() for path in written(output)}:
        raise CallError(f"{min(over)} would be written over. Give another folder with --output.")
    documents = (document for path in gold for document in read_gold(path))
    done = api.split(documents, output, dev=dev, test=test)
    more = done.result.as_dict() if as_json else {}
    overlaps = lines.overlaps(done.result)
    blocks = [
        aligned(lines.sizes(done.result)),
        aligned(overlaps) if len(overlaps) > 1 else "",
        "\n".join(lines.leaks(done.result)),
        "\n".join(lines.empty(done.result)),
        f"{plural(done.ledger.given, 'document')} in {output}",
    ]
    headline = "\n\n".join(filter(None, blocks))
    ctx.exit(account(done.ledger, headline, as_json=as_json, output=str(output), **more))
