"""annotate schema."""

from __future__ import annotations

import json

import click

from annotate.document import gold_schema


@click.command()
def schema() -> None:
    """Print the JSON Schema of documents and gold files.

    \b
    Example:  annotate schema > document.schema.json
    """
    click.echo(json.dumps(gold_schema(), indent=2, ensure_ascii=False))
