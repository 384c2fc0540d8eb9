"""annotate prelabel."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import click

from annotate import api
from annotate.cli.show import account, json_option, language_option, settings_for, with_progress
from annotate.ledger import Ledger


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--output",
    "-o",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="JSONL, one document a line.",
)
@language_option
@json_option
@click.pass_context
def prelabel(
    ctx: click.Context, paths: tuple[Path, ...], output: Path, language: str | None, as_json: bool
) -> None:
    """Suggest entities and relations for texts; no server needed.

    PATHS are files or folders of .txt, .jsonl (text, meta) and .csv (a text
    column). Texts come out as they went in; a bad one is named, and the rest
    goes on.

    \b
    Example:  annotate prelabel news/ extra.jsonl --output docs.jsonl
    """
    from annotate.formats import jsonl
    from annotate.formats.records import make_folder

    settings = settings_for(None, None)
    ledger = Ledger("prelabel")
    documents = api.prelabel(paths, language=language, settings=settings, ledger=ledger)
    first = next(documents, None)
    if first is None:
        headline = f"No document came out; {output} was not written."
        account(ledger, headline, as_json=as_json, output=None)
        ctx.exit(1)
    make_folder(output.parent)
    given = with_progress(chain([first], documents), paths, "Suggesting")
    jsonl.write(given, output, Ledger("write"))
    headline = f"{ledger.given} of {ledger.taken} documents, with suggestions, in {output}"
    ctx.exit(account(ledger, headline, as_json=as_json, output=str(output)))
