"""annotate models list, show, compare and promote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from annotate import api
from annotate.cli.show import account, aligned, json_option
from annotate.config import load_settings

if TYPE_CHECKING:
    from annotate.train.gate import Cell


@click.group()
def models() -> None:
    """List trained models, compare them, and choose which one serves.

    \b
    Example:  annotate models list
    """


@models.command("list")
@json_option
def list_models(as_json: bool) -> None:
    """List the models, oldest first, and what each serves.

    \b
    Example:  annotate models list --json
    """
    import json

    rows = api.models(load_settings())
    if as_json:
        told = [row._asdict() | {"made": row.made and row.made.isoformat()} for row in rows]
        click.echo(json.dumps(told, indent=2))
        return
    if not rows:
        click.echo("No model yet: 'annotate train' makes one. The built-in pipelines serve.")
        return
    header = ("model", "made", "languages", "documents", "entities F1", "relations F1", "serves")
    click.echo(aligned([header, *(_row(row) for row in rows)]))


@models.command()
@click.argument("name")
def show(name: str) -> None:
    """Print a model's card.

    \b
    Example:  annotate models show first
    """
    click.echo(api.model_card(name, settings=load_settings()))


@models.command()
@click.argument("name")
@click.argument("other", required=False)
@json_option
@click.pass_context
def compare(ctx: click.Context, name: str, other: str | None, as_json: bool) -> None:
    """Compare a model with OTHER, or with what serves now, on the locked test part.

    \b
    Example:  annotate models compare second first
    """
    done = api.compare_models(name, other, settings=load_settings())
    left = [it for it in done.languages if it not in done.passes]
    said = f"{name} passes for {', '.join(done.passes) or 'no language'}"
    headline = f"{cells_table(done.cells)}\n\n{said}{_not_for(left)}"
    more = {"passes": done.passes, "cells": [cell._asdict() for cell in done.cells]}
    code = account(done.ledger, headline, as_json=as_json, **(more if as_json else {}))
    ctx.exit(1 if left else code)


@models.command()
@click.argument("name")
@click.option("--force", is_flag=True, help="Also where it does not pass; its card says so.")
@json_option
@click.pass_context
def promote(ctx: click.Context, name: str, force: bool, as_json: bool) -> None:
    """Let a model serve the next push, if no language and label loses by it.

    \b
    Example:  annotate models promote second
    """
    done = api.promote(name, force=force, settings=load_settings())
    left = [it for it in done.languages if it not in done.promoted]
    said = f"{name} serves now for {', '.join(done.promoted) or 'no language'}"
    headline = f"{cells_table(done.cells)}\n\n{said}{_not_for(left)}"
    more = {"promoted": done.promoted, "cells": [cell._asdict() for cell in done.cells]}
    code = account(done.ledger, headline, as_json=as_json, **(more if as_json else {}))
    ctx.exit(1 if left else code)


def cells_table(cells: Sequence[Cell]) -> str:
    """The comparison as aligned columns; a sentence where there is none."""
    from annotate.train.card import cell_row

    if not cells:
        return "Not compared: there is no document to test on."
    header = ("F1 in per cent", "before", "now", "change, at least", "verdict")
    return aligned([header, *map(cell_row, cells)])


def _not_for(left: Sequence[str]) -> str:
    return f"; it did not pass for {', '.join(left)}" if left else ""


def _row(row: api.ModelRow) -> tuple[str, ...]:
    if row.problem:
        return (row.name, "-", "-", "-", "-", "-", row.problem)
    scores = ("-" if one is None else f"{100 * one:.1f}" for one in (row.entities, row.relations))
    made = f"{row.made:%Y-%m-%d %H:%M}" if row.made else "-"
    serves = ", ".join(row.serves) or "-"
    return (row.name, made, ", ".join(row.languages), str(row.documents), *scores, serves)
