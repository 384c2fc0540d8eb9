"""annotate audit."""

from __future__ import annotations

from pathlib import Path

import click

from annotate import api
from annotate.cli.show import (
    SHOWN,
    account,
    aligned,
    counted,
    gold_argument,
    json_option,
    note_unreviewed,
    plural,
    server_options,
    settings_for,
)
from annotate.formats import read_gold


@click.command()
@gold_argument
@click.option(
    "--first",
    metavar="N",
    type=click.IntRange(min=1),
    help="Only the N most suspicious findings.  [default: all; the table shows 20]",
)
@click.option(
    "--output",
    "-o",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="All findings, one a line, .jsonl.",
)
@click.option("--project", "-p", metavar="NAME", help="A Label Studio project for the re-check.")
@server_options
@json_option
@click.pass_context
def audit(
    ctx: click.Context,
    gold: tuple[Path, ...],
    first: int | None,
    output: Path | None,
    project: str | None,
    url: str | None,
    api_key: str | None,
    as_json: bool,
) -> None:
    """Find what is likely wrong in gold, the most suspicious first.

    GOLD are gold files, .json or .jsonl. Models trained on the other documents judge each
    document, and gold is compared with itself: one name with several labels, one pair with
    several relations. With --project the documents with findings go to Label Studio, each
    as it is and as the audit would have it; 'annotate pull' gives the re-checked gold.

    \b
    Example:  annotate audit exports/gold.json --project Re-check
    """
    settings = settings_for(url, api_key)
    documents = [document for path in gold for document in read_gold(path)]
    note_unreviewed(documents)
    watch = counted("Auditing")
    done = api.audit(
        documents,
        project=project,
        first=first,
        output=output,
        settings=settings,
        watch=watch,
    )
    more = {"url": done.url, "findings": [one.as_dict() for one in done.findings]}
    headline = "" if as_json else _headline(done, first or SHOWN)
    ctx.exit(account(done.ledger, headline, as_json=as_json, **(more if as_json else {})))


def _headline(done: api.Audited, most: int) -> str:
    from annotate.audit.lines import rows

    by_id = {document.id: document for document in done.documents}
    shown, found = done.findings[:most], len(done.findings)
    table = aligned(rows(shown, by_id)) if shown else ""
    more = f"… and {found - most} more; --output has them all" if found > most else ""
    suspects = len({one.mark.document for one in done.findings})
    of = plural(len(done.documents), "document")
    said = f"{plural(found, 'finding')} in {suspects} of {of}"
    where = f"; the re-check is in {done.url}" if done.url else ""
    return "\n".join(filter(None, (table, more, said + where)))
