"""annotate status."""

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


@click.command()
@project_option
@server_options
@json_option
@click.pass_context
def status(
    ctx: click.Context, project: str, url: str | None, api_key: str | None, as_json: bool
) -> None:
    """Show how far the review of a project has come.

    \b
    Example:  annotate status --project News
    """
    settings = settings_for(url, api_key)
    ledger = api.status(project=project, settings=settings, watch=counted("Fetching"))
    headline = f"{project}: {ledger.given} of {ledger.taken} tasks submitted"
    ctx.exit(account(ledger, headline, as_json=as_json, project=project))
