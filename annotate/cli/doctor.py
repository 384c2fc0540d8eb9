"""annotate doctor."""

from __future__ import annotations

import json

import click

from annotate.cli.show import json_option, server_options
from annotate.doctor import examine

MARKS = {"ok": "✓", "note": "·", "fail": "✗"}


@click.command()
@server_options
@json_option
@click.pass_context
def doctor(ctx: click.Context, url: str | None, api_key: str | None, as_json: bool) -> None:
    """Check Python, settings, pipelines, server and key.

    Says which kind of key it was given, and why a server refused it.

    \b
    Example:  annotate doctor --url http://127.0.0.1:8080
    """
    findings = []
    for finding in examine(url=url, api_key=api_key):
        findings.append(finding)
        if not as_json:
            click.echo(f"{MARKS[finding.level]} {finding.what}: {finding.seen}")
    if as_json:
        click.echo(json.dumps([item._asdict() for item in findings], ensure_ascii=False, indent=2))
    ctx.exit(1 if any(finding.level == "fail" for finding in findings) else 0)
