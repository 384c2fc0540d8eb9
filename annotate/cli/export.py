"""annotate export."""

from __future__ import annotations

from pathlib import Path

import click

from annotate import api, formats
from annotate.cli.show import aligned, counted, gold_argument, json_option, refusals


@click.command()
@gold_argument
@click.option(
    "--format",
    "-f",
    "wanted",
    multiple=True,
    required=True,
    metavar="NAME",
    type=click.Choice(list(formats.FORMATS)),
    help="May be given several times; 'annotate formats' lists them.",
)
@click.option(
    "--output",
    "-o",
    metavar="FOLDER",
    default=Path("exports"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
)
@click.option("--strict", is_flag=True, help="Exit with 1 when anything at all is lost.")
@click.option("--names", is_flag=True, help="Say who annotated; pseudonyms otherwise.")
@json_option
@click.pass_context
def export(
    ctx: click.Context,
    gold: tuple[Path, ...],
    wanted: tuple[str, ...],
    output: Path,
    strict: bool,
    names: bool,
    as_json: bool,
) -> None:
    """Write gold files in other formats, and say what each could not hold.

    Lost is also what a file holds, but not where the tools look at for which it is made:
    of two entities that overlap, spaCy's ner gets one.

    GOLD are gold files, .json or .jsonl: one, or the parts that 'annotate split' made.
    Beside the exports go a manifest, a data card with pictures, and a table of every
    single loss. No span is dropped at a token boundary: tokens are cut at its edges,
    and counted.

    \b
    Example:  annotate export exports/gold.json --format spacy --format conll -o exports/
    """
    done = api.export(gold, wanted, output, names=names, watch=counted("Writing"))
    refused = [note for one in done.written for note in one.ledger.refused]
    lost = sum(sum(one.ledger.lost.values()) for one in done.written)
    if as_json:
        click.echo(done.manifest.read_text("utf-8"), nl=False)
    else:
        click.echo(aligned(_rows(done)))
        click.echo(f"manifest: {done.manifest}\ncard: {done.card}")
        if done.losses:
            click.echo(f"each loss: {done.losses}")
        refusals(refused)
    if done.earlier:
        left = ", ".join(map(str, done.earlier))
        click.echo(f"left by an earlier export: {left}", err=True)
    ctx.exit(1 if refused or (strict and lost) else 0)


def _rows(done: api.Exports) -> list[tuple[str, ...]]:
    from annotate.export.card import lost

    rows: list[tuple[str, ...]] = [("", "documents", "entities", "relations", "tokens cut", "lost")]
    for one in done.written:
        counts = one.ledger.counts
        cut = counts["tokens cut at a span edge"]
        numbers = (one.ledger.given, counts["entities"], counts["relations"], cut)
        rows.append((str(one.path), *(f"{number:,}" for number in numbers), lost(one)))
    return rows
