"""annotate convert."""

from __future__ import annotations

from pathlib import Path

import click

from annotate import api
from annotate import formats as known
from annotate.cli.show import account, counted, json_option

FORMAT = click.Choice(list(known.FORMATS))


@click.command()
@click.argument("source", metavar="IN", type=click.Path(exists=True, path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--from", "from_", metavar="NAME", required=True, type=FORMAT)
@click.option("--to", metavar="NAME", required=True, type=FORMAT)
@click.option("--strict", is_flag=True, help="Exit with 1 when anything at all is lost.")
@json_option
@click.pass_context
def convert(
    ctx: click.Context,
    source: Path,
    target: Path,
    from_: str,
    to: str,
    strict: bool,
    as_json: bool,
) -> None:
    """Turn labelled documents of one format into another.

    IN and OUT are files, or folders for the formats that are folders; 'annotate
    formats' lists all. What OUT cannot hold is named. Annotators keep their names: to send
    files along, use 'annotate export'.

    \b
    Example:  annotate convert corpus-brat/ corpus.spacy --from brat --to spacy
    """
    ledger = api.convert(source, target, from_=from_, to=to, watch=counted("Converting"))
    headline = f"{ledger.given} of {ledger.taken} documents are in {target}"
    code = account(ledger, headline, as_json=as_json, output=str(target))
    ctx.exit(1 if strict and ledger.lost else code)
