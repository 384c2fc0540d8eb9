"""annotate effort."""

from __future__ import annotations

from pathlib import Path

import click

from annotate import api
from annotate.cli.show import (
    account,
    aligned,
    counted,
    json_option,
    project_option,
    server_options,
    settings_for,
)


@click.command()
@project_option
@click.option(
    "--suggestions",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What was suggested for blind documents; suggested again otherwise.",
)
@click.option("--names", is_flag=True, help="Show who the annotators are.")
@server_options
@json_option
@click.pass_context
def effort(
    ctx: click.Context,
    project: str,
    suggestions: Path | None,
    names: bool,
    url: str | None,
    api_key: str | None,
    as_json: bool,
) -> None:
    """Measure what becomes of suggestions, what they save, and how far they pull.

    Time saved and pull need documents that were reviewed blind: push some with
    --blind. FILE is what was pushed, the output of 'annotate prelabel'.

    \b
    Example:  annotate effort --project News
    """
    from annotate.effort.lines import sections
    from annotate.formats import read_gold

    settings = settings_for(url, api_key)
    result, ledger = api.effort(
        project=project,
        settings=settings,
        suggestions=read_gold(suggestions) if suggestions else None,
        names=names,
        watch=counted("Fetching"),
    )
    blocks = [
        "\n".join([*([aligned(section.rows)] if section.rows else []), *section.notes])
        for section in sections(result)
    ]
    headline = "\n\n".join([*blocks, f"{ledger.given} of {ledger.taken} documents measured"])
    ctx.exit(account(ledger, headline, as_json=as_json, **(result.as_dict() if as_json else {})))
