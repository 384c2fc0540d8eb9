"""annotate pull."""

from __future__ import annotations

from pathlib import Path

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
from annotate.ledger import Ledger
from annotate.review.adjudicate import POLICIES, Policy


@click.command()
@project_option
@click.option(
    "--output",
    "-o",
    metavar="FILE",
    type=click.Path(path_type=Path),
    default=Path("exports/gold.json"),
    show_default=True,
)
@click.option(
    "--policy",
    type=click.Choice(POLICIES),
    default="latest",
    show_default=True,
    help="Which of several annotations of a task counts.",
)
@server_options
@json_option
@click.pass_context
def pull(
    ctx: click.Context,
    project: str,
    output: Path,
    policy: Policy,
    url: str | None,
    api_key: str | None,
    as_json: bool,
) -> None:
    """Fetch what people submitted, as gold JSON.

    Skipped, un-reviewed, drafted and bulk-converted tasks are counted and left
    out. Every repair and refusal is named.

    \b
    Example:  annotate pull --project News --output exports/gold.json
    """
    from annotate.export.hashes import write_pull_account
    from annotate.formats import gold
    from annotate.formats.records import make_folder

    settings = settings_for(url, api_key)
    pulled = api.pull(project=project, policy=policy, settings=settings, watch=counted("Fetching"))
    if not pulled.documents:
        headline = f"Nothing that people submitted is gold yet; {output} was not written."
        account(pulled.ledger, headline, as_json=as_json, output=None)
        ctx.exit(1)
    make_folder(output.parent)
    gold.write(pulled.documents, output, Ledger("write"))
    write_pull_account(pulled.ledger, output, project=project, policy=policy)
    number = pulled.ledger.given
    headline = f"{number} reviewed document{'s' * (number != 1)} in {output}"
    ctx.exit(account(pulled.ledger, headline, as_json=as_json, output=str(output)))
