"""annotate curve."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import click

from annotate import api
from annotate.cli.show import account, aligned, counted, gold_argument, json_option
from annotate.formats import read_gold


@click.command()
@gold_argument
@click.option(
    "--target",
    metavar="F1",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.9,
    show_default=True,
    help="Strict F1 of entities to forecast.",
)
@click.option(
    "--seeds",
    metavar="N",
    type=click.IntRange(2, 100),
    default=3,
    show_default=True,
    help="How often each part is drawn: more make forecasts narrower.",
)
@click.option(
    "--plot",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("curve.svg"),
    show_default=True,
    help="The picture, .svg or .png.",
)
@json_option
@click.pass_context
def curve(
    ctx: click.Context,
    gold: tuple[Path, ...],
    target: float,
    seeds: int,
    plot: Path,
    as_json: bool,
) -> None:
    """Show how F1 grows with the gold, and how many more documents a target needs.

    GOLD are gold files, .json or .jsonl. Growing parts of them are trained on and scored
    on a test part: the one that the models folder has locked, else a fifth. The project's
    own corpus is learnt besides, where the label set allows, so 0 documents are the
    built-in pipeline. When the curve can't tell, it says why.

    \b
    Example:  annotate curve exports/gold.json --target 0.9
    """
    from annotate.curve.lines import rows, sentences
    from annotate.curve.plot import check_suffix, draw

    check_suffix(plot)
    panels, ledger = api.curve(
        chain.from_iterable(map(read_gold, gold)),
        target=target,
        seeds=seeds,
        watch=counted("Training"),
    )
    draw(panels, plot)
    more = {"target": target, "curves": {panel.name: panel.as_dict() for panel in panels}}
    blocks = [aligned(rows(panels)), "\n".join(sentences(panels)), f"Plot: {plot}"]
    ctx.exit(account(ledger, "\n\n".join(blocks), as_json=as_json, plot=str(plot), **more))
