"""annotate train."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from annotate import api
from annotate.cli.models import cells_table
from annotate.cli.show import (
    account,
    counted,
    json_option,
    note_unreviewed,
    server_options,
    settings_for,
)
from annotate.errors import CallError
from annotate.formats import read_gold

_GOLD = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("gold", nargs=-1, type=_GOLD)
@click.option(
    "--output",
    "-o",
    metavar="models/NAME",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The model's folder, which must not be there.",
)
@click.option("--project", "-p", metavar="NAME", help="Pull the gold of this project instead.")
@click.option(
    "--base", metavar="PIPELINE", help="A spaCy package or folder to go on from, or hf:ENCODER."
)
@click.option("--seed", metavar="NUMBER", type=int, default=0, show_default=True)
@click.option("--promote", is_flag=True, help="Let it serve if it passes the comparison.")
@server_options
@json_option
@click.pass_context
def train(
    ctx: click.Context,
    gold: tuple[Path, ...],
    output: Path,
    project: str | None,
    base: str | None,
    seed: int,
    promote: bool,
    url: str | None,
    api_key: str | None,
    as_json: bool,
) -> None:
    """Train entity and relation models on gold, and compare them with what serves.

    GOLD are gold files, .json or .jsonl, or a project is pulled. Each language gets a spaCy
    pipeline in the model's folder, beside its card, README.md. The test part is set aside
    for good in splits.json, and the project's own corpus is learnt again, so that nothing
    known is lost.

    \b
    Example:  annotate train exports/gold.json --output models/first --promote
    """
    settings = settings_for(url, api_key)
    if bool(gold) == bool(project):
        raise CallError("give gold files, or --project NAME, one of the two.")
    if project:
        pulled = api.pull(project=project, settings=settings, watch=counted("Pulling"))
        documents, refused = pulled.documents, pulled.ledger.refused
        sources = [f"project {project}"]
    else:
        documents = [document for path in gold for document in read_gold(path)]
        refused, sources = [], [path.name for path in gold]
        note_unreviewed(documents)
    trained = api.train(
        documents,
        output,
        settings=settings,
        base=base,
        seed=seed,
        promote=promote,
        sources=sources,
        say=lambda line: click.echo(line, err=True),
    )
    ledger, result = trained.ledger, trained.result
    ledger.refused[:0] = refused
    headline = "\n\n".join(filter(None, [cells_table(result.cells), _done(trained, promote)]))
    more: dict[str, Any] = {"model": str(result.folder), "promoted": trained.promoted}
    if as_json:
        more |= {"scores": result.model.scores, "cells": [it._asdict() for it in result.cells]}
    code = account(ledger, headline, as_json=as_json, **more)
    whole = len(trained.promoted) == len(result.model.languages)
    ctx.exit(1 if promote and not whole else code)


def _done(trained: api.Trained, promote: bool) -> str:
    said = f"{trained.result.folder}, card in README.md."
    left = [it for it in trained.result.model.languages if it not in trained.promoted]
    if trained.promoted:
        said += f" Serves now: {', '.join(trained.promoted)}."
    if promote and left:
        said += f" Did not pass, so doesn't serve: {', '.join(left)}."
    return said
