"""annotate formats."""

from __future__ import annotations

import json

import click

from annotate.cli.show import aligned, json_option
from annotate.formats import FORMATS
from annotate.formats.features import FEATURES


@click.command()
@json_option
def formats(as_json: bool) -> None:
    """List the formats, and what each can hold.

    \b
    Example:  annotate formats
    """
    if as_json:
        listed = [
            {
                "name": name,
                "about": one.about,
                "suffix": one.suffix,
                "holds": [feature for feature in FEATURES if feature in one.holds],
                "lacks": one.lacks,
                "partly": one.partly,
                "needs": one.extra or None,
            }
            for name, one in FORMATS.items()
        ]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    rows = [("", "what it is", "lost in it")]
    for name, one in FORMATS.items():
        about = f"{one.about}; needs annotate-gold[{one.extra}]" if one.extra else one.about
        rows.append((name, about, ", ".join((*one.lacks, *one.partly)) or "nothing"))
    click.echo(aligned(rows))
