"""annotate export."""

from __future__ import annotations

import json
from pathlib import Path

import click

from annotate import api, formats
from annotate.cli.show import account, counted, json_option


@click.command()
@click.argument("gold", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "-f",
    "names",
    multiple=True,
    required=True,
    type=click.Choice(list(formats.FORMATS)),
    help="May be given several times.",
)
@click.option(
    "--output",
    "-o",
    metavar="FOLDER",
    default=Path("exports"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
)
@json_option
@click.pass_context
def export(
    ctx: click.Context, gold: Path, names: tuple[str, ...], output: Path, as_json: bool
) -> None:
    """Write gold JSON in training formats.

    Says for each what went in, what came out, and what it cannot hold. No gold
    span is dropped at a token boundary: tokens are cut at its edges, and counted.

    \b
    Example:  annotate export exports/gold.json --format spacy --format conll -o exports/
    """
    written = api.export(gold, names, output, watch=counted("Writing"))
    if as_json:
        answer = [
            item.ledger.as_dict() | {"format": item.format, "path": str(item.path)}
            for item in written
        ]
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        ctx.exit(0 if all(item.ledger.clean for item in written) else 1)
    codes = [
        account(item.ledger, f"{item.ledger.given} documents in {item.path}", as_json=False)
        for item in written
    ]
    ctx.exit(max(codes))
