"""annotate push."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import click

from annotate import api
from annotate.cli.show import (
    account,
    counted,
    json_option,
    language_option,
    project_option,
    server_options,
    settings_for,
    with_progress,
)
from annotate.document import Document
from annotate.formats import FORMATS, read
from annotate.ledger import Ledger
from annotate.studio.reorder import ORDERS, Order


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@project_option
@language_option
@click.option(
    "--from",
    "from_",
    metavar="FORMAT",
    type=click.Choice(list(FORMATS)),
    help="PATHS are labelled already, in this format; 'annotate formats' lists them.",
)
@click.option(
    "--as",
    "labelled",
    type=click.Choice(["suggestions", "annotations"]),
    default="suggestions",
    show_default=True,
    help="What those labels are: for review, or done.",
)
@click.option(
    "--order",
    type=click.Choice(list(ORDERS)),
    help="Which task reviewers get next: " + "; ".join(ORDERS.values()) + ".",
)
@click.option(
    "--refresh",
    is_flag=True,
    help="Replace older suggestions on tasks that nobody touched; without PATHS, on all of them.",
)
@click.option(
    "--blind",
    metavar="SHARE",
    type=click.FloatRange(0, 1),
    default=0.0,
    help="Push this share of the documents (0 to 1) without suggestions.",
)
@server_options
@json_option
@click.pass_context
def push(
    ctx: click.Context,
    paths: tuple[Path, ...],
    project: str,
    language: str | None,
    from_: str | None,
    labelled: api.Labelled,
    order: Order | None,
    refresh: bool,
    blind: float,
    url: str | None,
    api_key: str | None,
    as_json: bool,
) -> None:
    """Bring texts with suggestions into a Label Studio project.

    PATHS are texts as for 'annotate prelabel', or its output, or with --from corpora
    that others labelled. The project is made if there is none of that name. Running it
    again adds nothing twice.

    \b
    Example:  annotate push news/ --project News
              annotate push corpus-brat/ --project Old --from brat --as annotations
              annotate push --refresh --project News --order both
    """
    if not paths and not refresh:
        raise click.UsageError("Give PATHS; only --refresh does without.")
    if from_ and not paths:
        raise click.UsageError("--from needs PATHS.")
    settings = settings_for(url, api_key)
    reading = Ledger("read")
    documents: Iterable[Document] | None = None
    if from_:
        documents = chain.from_iterable(read(from_, path, reading) for path in paths)
    elif paths:
        documents = api.read(paths, language=language, settings=settings, ledger=reading)
    pushed = api.push(
        documents and with_progress(documents, paths, "Pushing"),
        project=project,
        settings=settings,
        order=order,
        labelled=labelled if from_ else None,
        refresh=refresh,
        blind=blind,
        watch=iter if paths else counted("Refreshing"),
    )
    ledger = pushed.ledger
    ledger.refused[:0] = reading.refused
    ledger.taken = max(ledger.taken, reading.taken)
    ledger.counts.update(reading.counts)
    headline = f"{ledger.given} of {ledger.taken} documents are in {pushed.url}"
    ctx.exit(account(ledger, headline, as_json=as_json, url=pushed.url, project=pushed.project))
