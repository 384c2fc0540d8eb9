"""annotate reorder."""

from __future__ import annotations

import click

from annotate import api
from annotate.cli.show import (
    account,
    counted,
    json_option,
    project_option,
    server_options,
    settings_for,
)
from annotate.studio.reorder import ORDERS, Order


@click.command()
@project_option
@click.option(
    "--order",
    type=click.Choice(list(ORDERS)),
    default="both",
    show_default=True,
    help="Which task comes next: " + "; ".join(ORDERS.values()) + ".",
)
@server_options
@json_option
@click.pass_context
def reorder(
    ctx: click.Context,
    project: str,
    order: Order,
    url: str | None,
    api_key: str | None,
    as_json: bool,
) -> None:
    """Put the tasks of a project that nobody reviewed in a new order.

    What was reviewed since counts as known: texts like it move back. The suggestions
    themselves stay; 'annotate push --refresh' renews them.

    \b
    Example:  annotate reorder --project News --order both
    """
    settings = settings_for(url, api_key)
    done = api.reorder(project=project, order=order, settings=settings, watch=counted("Reordering"))
    headline = f"Next in {done.url} comes {ORDERS[order]}"
    ctx.exit(account(done.ledger, headline, as_json=as_json, url=done.url, project=done.project))
