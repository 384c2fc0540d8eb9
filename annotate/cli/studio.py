"""annotate studio start|stop|status."""

from __future__ import annotations

import json
import sys

import click

from annotate.cli.show import json_option
from annotate.studio import server


@click.group()
def studio() -> None:
    """Start, stop or look at the embedded Label Studio.

    A process of its own, with its own environment and data folder
    (ANNOTATE_HOME, or the user's data folder); it listens on this machine only.

    \b
    Example:  annotate studio start
    """


@studio.command()
@click.option("--port", type=click.IntRange(1024, 65535), help="Default: 8080 or the next free.")
@json_option
def start(port: int | None, as_json: bool) -> None:
    """Start the server; the first time, install it (about a minute).

    \b
    Example:  annotate studio start --port 8090
    """
    running = server.start(port, progress=say)
    if as_json:
        click.echo(json.dumps({"url": running.url, "pid": running.pid, "port": running.port}))
        return
    click.echo(f"Label Studio {running.version} answers at {running.url}")
    show_login()


@studio.command()
def stop() -> None:
    """Stop the server; its data stays.

    \b
    Example:  annotate studio stop
    """
    click.echo("stopped" if server.stop(progress=say) else "nothing was running")


@studio.command()
@json_option
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Say whether the server runs, and where; exit code 1 when it doesn't.

    \b
    Example:  annotate studio status --json
    """
    running = server.status()
    if as_json:
        answer = {"running": bool(running), "url": running.url if running else None}
        click.echo(json.dumps(answer))
    elif running:
        click.echo(f"Label Studio {running.version} answers at {running.url} (pid {running.pid})")
    else:
        click.echo("not running; 'annotate studio start' starts it")
    ctx.exit(0 if running else 1)


def say(line: str) -> None:
    """Progress of something that lasts, on stderr: in place, or once where that is no screen."""
    what = line.rstrip(" 0123456789s…")
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{line}", err=True, nl=False)
    elif what != _said.get("last"):
        click.echo(line, err=True)
    _said["last"] = what


# What was said last, so that a log does not fill with seconds.
_said: dict[str, str] = {}


def show_login() -> None:
    """Print the log-in of the embedded server's first user."""
    credentials = server.credentials()
    if credentials:
        password = credentials.password.get_secret_value()
        click.echo(f"  log in as {credentials.email} with password {password}")
