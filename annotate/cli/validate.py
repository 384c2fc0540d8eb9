"""annotate validate."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click

from annotate import api
from annotate.cli.show import json_option, plural, printable, refusals


@click.command()
@click.argument(
    "gold", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--fix",
    metavar="OUT",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a repaired copy, and OUT's name with .repairs.jsonl beside it.",
)
@json_option
@click.pass_context
def validate(ctx: click.Context, gold: Path, fix: Path | None, as_json: bool) -> None:
    """Check a gold file by schema, offsets, types and guidelines; repair what is safe.

    FILE is a gold file, .json or .jsonl, however broken: every problem is named by
    line, document and span. Repairs change nothing that a person decided, and each is
    recorded. FILE itself is never written over.

    \b
    Exit codes: 0 no errors (warnings don't count), 1 errors, 2 the call is wrong.

    \b
    Example:  annotate validate exports/gold.json --fix exports/fixed.json
    """
    done = api.validate(gold, fix=fix)
    grave = Counter[str](finding.severity for finding in done.findings)
    failed = bool(grave["error"] or (fix and done.ledger.refused))
    if as_json:
        answer = done.ledger.as_dict() | {
            "errors": grave["error"],
            "warnings": grave["warning"],
            "findings": [finding.as_dict() for finding in done.findings],
            "repairs": [each.as_dict() for each in done.repairs],
        }
        click.echo(printable(json.dumps(answer, ensure_ascii=False, indent=2)))
    else:
        _show(done, gold, fix, grave)
    ctx.exit(1 if failed else 0)


def _show(done: api.Validated, gold: Path, fix: Path | None, grave: Counter[str]) -> None:
    for note in done.ledger.repaired:
        click.echo(printable(f"{gold}, {note.where}: repaired {note.what}"))
    for finding in done.findings:
        # Its line is one of the file that was read, also for what is left in the copy.
        click.echo(printable(f"{gold}, {finding}"))
    for code, number in done.ledger.counts.most_common():
        click.echo(f"  {number:6}  {code}")
    found = f"{plural(grave['error'], 'error')}, {plural(grave['warning'], 'warning')}"
    said = f"{plural(done.ledger.taken, 'item')}: {found}"
    safe = sum(finding.repairable for finding in done.findings)
    if fix:
        said += f" left, {plural(len(done.repairs), 'repair')} in {fix}"
        refusals(done.ledger.refused)
    elif safe:
        said += f"; --fix repairs {safe}"
    click.echo(said)
