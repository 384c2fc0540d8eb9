"""annotate evaluate."""

from __future__ import annotations

from pathlib import Path

import click

from annotate import api
from annotate.cli.show import account, json_option, settings_for
from annotate.formats import read_gold

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("predicted", type=FILE)
@click.argument("gold", type=FILE)
@click.option(
    "--html",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a page with scores, errors, and both sides of every text.",
)
@json_option
@click.pass_context
def evaluate(
    ctx: click.Context, predicted: Path, gold: Path, html: Path | None, as_json: bool
) -> None:
    """Score suggestions against gold: entities, relations, and edits saved.

    Both files are gold JSON or JSON lines, by suffix, of the same documents. One
    that a side lacks, or has with another text, is refused by name. Relations
    between gold entities are scored when the installed pipeline made PREDICTED.

    \b
    Example:  annotate evaluate docs.jsonl exports/gold.json
    """
    from annotate.evaluate.lines import text
    from annotate.evaluate.page import write

    result, pairs, ledger = api.evaluate(read_gold(predicted), read_gold(gold))
    if html:
        write(html, pairs, result, settings_for(None, None).schema_in_force().colours)
    headline = text(result) if pairs else "No documents to compare."
    more = result.as_dict() if as_json else {}
    ctx.exit(account(ledger, headline, as_json=as_json, **more))
