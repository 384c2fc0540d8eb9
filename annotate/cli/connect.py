"""annotate connect."""

from __future__ import annotations

import click

from annotate import api
from annotate.cli.show import account, json_option, project_option, server_options, settings_for


@click.command()
@project_option
@click.option(
    "--backend",
    metavar="URL",
    default="http://127.0.0.1:9090",
    show_default=True,
    help="Where 'annotate serve' answers, as Label Studio reaches it.",
)
@server_options
@json_option
@click.pass_context
def connect(
    ctx: click.Context,
    project: str,
    backend: str,
    url: str | None,
    api_key: str | None,
    as_json: bool,
) -> None:
    """Let a project of Label Studio ask 'annotate serve' for suggestions.

    Running it again changes only what differs.

    \b
    Example:  annotate connect --project News
    """
    done = api.connect_backend(
        project=project, backend=backend, settings=settings_for(url, api_key)
    )
    headline = f"{project!r} asks {done.backend} ({done.model_version})"
    more = {
        "project": done.project,
        "backend": done.backend,
        "model_version": done.model_version,
    }
    ctx.exit(account(done.ledger, headline, as_json=as_json, **more))
