"""annotate serve."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="Where to listen."
)
@click.option("--port", type=click.IntRange(0, 65535), default=9090, show_default=True)
@click.option(
    "--log",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("serve.log.jsonl"),
    show_default=True,
    help="One JSON object a line.",
)
@click.option(
    "--body-limit",
    metavar="MB",
    type=click.IntRange(1, 1000),
    default=50,
    show_default=True,
    help="Longest request.",
)
def serve(host: str, port: int, log: Path, body_limit: int) -> None:
    """Suggest live in Label Studio, over its ML backend protocol.

    Answers for the settings of this folder until Ctrl-C, and takes over a model when it
    is promoted. 'annotate connect' tells Label Studio. User and password are
    ANNOTATE_SERVE_USER and ANNOTATE_SERVE_PASSWORD, else made once and kept.

    \b
    Example:  annotate serve --port 9090
    """
    from annotate import api

    api.serve(host=host, port=port, log=log, body_limit=body_limit * 1_000_000)
