"""annotate learn."""

from __future__ import annotations

from pathlib import Path

import click

from annotate import api
from annotate.cli.show import account, gold_argument, json_option
from annotate.formats import read_gold


@click.command()
@gold_argument
@click.option(
    "--output",
    "-o",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("memory.json"),
    show_default=True,
)
@json_option
@click.pass_context
def learn(ctx: click.Context, gold: tuple[Path, ...], output: Path, as_json: bool) -> None:
    """Learn from reviews which names to suggest, and which not.

    GOLD are gold files, .json or .jsonl, as pull and export write them. Name the
    output as memory in annotate.toml; the next prelabel or push uses it.

    \b
    Example:  annotate learn exports/gold.json --output memory.json
    """
    documents = (document for path in gold for document in read_gold(path))
    ledger = api.learn(documents, output)
    names, number = ledger.counts["names"], ledger.given
    headline = f"{names} name{'s' * (names != 1)} of {number} document{'s' * (number != 1)}"
    headline += f" in {output}"
    ctx.exit(account(ledger, headline, as_json=as_json, output=str(output)))
