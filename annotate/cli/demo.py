"""annotate demo."""

from __future__ import annotations

import os
import sys
import webbrowser

import click

from annotate import api
from annotate.cli.studio import say, show_login
from annotate.shipped import shipped
from annotate.studio import server

PROJECT = "annotate demo"


@click.command()
@click.pass_context
def demo(ctx: click.Context) -> None:
    """Label four sample texts in the browser, suggestions included.

    Starts the embedded Label Studio, suggests entities and relations for the
    sample texts (Bengali, Vietnamese, Persian, English), and brings them into
    the project “annotate demo”. A second run finds what is there.

    \b
    Example:  annotate demo
    """
    running = server.start(progress=say)
    settings = api.load_settings(url=None)
    # The demo is of the embedded server, whatever the settings name.
    settings = settings.model_copy(update={"studio": type(settings.studio)()})
    say("Suggesting entities and relations for the sample texts …")
    pushed = api.push([shipped("samples")], project=PROJECT, settings=settings)
    counts = pushed.ledger.counts
    click.echo(
        f"{pushed.ledger.given} sample texts are in the project “{PROJECT}”, "
        f"{counts['tasks added']} tasks of them new."
    )
    address = f"{running.url}/projects/{pushed.project}/data?labeling=1"
    click.echo(f"Label them at {address}")
    show_login()
    # As this was called: a checkout's command is on no path.
    me = sys.argv[0] if sys.argv[0].endswith("/annotate") else "annotate"
    click.echo(f"Then: {me} pull --project '{PROJECT}'   ·   {me} studio stop")
    if _has_browser():
        webbrowser.open(address)
    ctx.exit(0 if pushed.ledger.clean else 1)


def _has_browser() -> bool:
    """A desktop with a person before it: not CI, not a bare terminal on a server."""
    if os.environ.get("CI") or not sys.stdout.isatty():
        return False
    return sys.platform == "darwin" or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
