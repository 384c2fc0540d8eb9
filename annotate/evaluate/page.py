"""One HTML page of an evaluation: scores, errors, and each text as gold and as suggested.

It stands alone: no script, no font, no request. All that comes from documents is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import cycle, pairwise
from pathlib import Path

from matplotlib.colors import is_color_like, rgb_to_hsv, to_rgb

from annotate.document import Document, Entity
from annotate.evaluate.confusion import Confusion, EntityError, aligned, kind_of
from annotate.evaluate.lines import HEADER, lines, shares
from annotate.evaluate.pairs import Pair
from annotate.evaluate.relations import links
from annotate.evaluate.report import Evaluation
from annotate.formats.records import replacing

# Hues that stay apart for most eyes, in the order in which labels without a colour take them.
HUES = (210, 145, 25, 290, 55, 345)
STYLE = Path(__file__).with_name("page.css")


def write(
    path: Path, pairs: Sequence[Pair], evaluation: Evaluation, colours: Mapping[str, str]
) -> None:
    """Write the page; it appears whole or not at all. Raises FormatError when it can't.

    ``colours`` are those of the label config, by label, as CSS has them.
    """
    with replacing(path) as part:
        part.write_text("\n".join(page(pairs, evaluation, colours)), "utf-8")


def page(
    pairs: Sequence[Pair], evaluation: Evaluation, colours: Mapping[str, str]
) -> Iterator[str]:
    """The page, piece by piece."""
    labels = sorted(evaluation.everything.strict.labels)
    hues = _hues(labels, colours)
    yield '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>Evaluation</title>\n<style>\n{STYLE.read_text('utf-8')}</style>"
    yield "<h1>Suggestions against gold</h1>"
    yield from _scores(evaluation)
    yield "<h2>Labels</h2>"
    yield from _confusion(evaluation.confusion, labels)
    yield from _errors(evaluation.errors)
    yield "<h2>Texts</h2>"
    yield _legend(hues)
    for pair in pairs:
        yield from _pair(pair, hues)


def _scores(evaluation: Evaluation) -> Iterator[str]:
    yield "<table><thead><tr>" + _cells("th", HEADER) + "</tr></thead>"
    for line in lines(evaluation):
        if line.depth == 0:
            yield f'<tr class="d0"><th colspan="{len(HEADER)}">{escape(line.cells[0])}</th></tr>'
        else:
            name, *numbers = line.cells
            yield f'<tr class="d{line.depth}"><th>{escape(name)}</th>{_cells("td", numbers)}</tr>'
    yield "</table>\n<ul>"
    yield from (f"<li>{escape(sentence)}</li>" for sentence in shares(evaluation.everything))
    yield "</ul>"


def _confusion(confusion: Confusion, labels: Sequence[str]) -> Iterator[str]:
    """Gold labels down, suggested ones across."""
    columns: list[str | None] = [*labels, None]
    head = [f"suggested {label}" if label else "missed" for label in columns]
    yield f"<table><thead><tr>{_cells('th', ['', *head])}</tr></thead>"
    for gold in columns:
        counts = [str(confusion[gold, predicted] or "·") for predicted in columns]
        name = f"gold {gold}" if gold else "spurious"
        yield f"<tr><th>{escape(name)}</th>{_cells('td', counts)}</tr>"
    yield "</table>"


def _errors(errors: Sequence[EntityError]) -> Iterator[str]:
    yield f"<details><summary>{len(errors)} entity errors</summary>\n<table>"
    head = ("document", "error", "gold", "suggested", "in the text")
    yield f"<thead><tr>{_cells('th', head)}</tr></thead>"
    for error in errors:
        sides = (_mention(side) for side in (error.gold, error.predicted))
        found = [item for item in (error.gold, error.predicted) if item]
        start, end = min(item.start for item in found), max(item.end for item in found)
        middle = next((it.text for it in found if (it.start, it.end) == (start, end)), "…")
        yield (
            f"<tr>{_cells('td', (error.document, error.kind))}"
            f"<td>{'</td><td>'.join(sides)}</td><td dir=auto>{escape(error.before)}"
            f"<b>{escape(middle)}</b>{escape(error.after)}</td></tr>"
        )
    yield "</table></details>"


def _mention(entity: Entity | None) -> str:
    if entity is None:
        return "-"
    return f"{escape(entity.label)} {entity.country_code or ''} <bdi>{escape(entity.text)}</bdi>"


def _hues(labels: Sequence[str], colours: Mapping[str, str]) -> dict[str, int]:
    """The hue of each label, 0 to 359: that of its colour, else one that no other has yet."""
    hues: dict[str, int] = {}
    for label in labels:
        colour = colours.get(label, "")
        if is_color_like(colour):
            hue, saturation, _ = rgb_to_hsv(to_rgb(colour))
            if saturation:
                hues[label] = round(360 * hue) % 360
    free = cycle([hue for hue in HUES if hue not in hues.values()] or HUES)
    return {label: hues[label] if label in hues else next(free) for label in labels}


def _legend(hues: Mapping[str, int]) -> str:
    marks = (f'<mark style="--hue:{hue}">{escape(label)}</mark>' for label, hue in hues.items())
    return f"<p>{' '.join(marks)} A dashed line marks what the other side has not.</p>"


def _pair(pair: Pair, hues: Mapping[str, int]) -> Iterator[str]:
    wrong = [item for item in aligned(pair) if kind_of(item)]
    shared = set(links(pair.gold)) & set(links(pair.predicted))
    name = f"{pair.gold.id} ({pair.gold.language})"
    yield f'<section><h3><bdi>{escape(name)}</bdi></h3><div class="sides">'
    for title, side, ids in (
        ("Gold", pair.gold, {item.gold.id for item in wrong if item.gold}),
        ("Suggested", pair.predicted, {item.predicted.id for item in wrong if item.predicted}),
    ):
        yield f"<article><h4>{title}</h4>"
        yield from paragraphs(side, ids, hues)
        yield '<ul class="relations">'
        for link, key in zip(side.relations, links(side), strict=True):
            ends = [f"<bdi>{escape(side.entity(e).text)}</bdi>" for e in (link.head, link.tail)]
            kind = "" if key in shared else ' class="wrong"'
            yield f"<li><span{kind}>{ends[0]} → {escape(link.label)} → {ends[1]}</span></li>"
        yield "</ul></article>"
    yield "</div></section>"


def paragraphs(document: Document, wrong: set[str], hues: Mapping[str, int]) -> Iterator[str]:
    """The text line by line, its entities marked; those of the ids in ``wrong`` stand out.

    Entities that overlap are cut at each other's edges, and each piece shows the one
    that starts last.
    """
    start = 0
    for line in document.text.splitlines(keepends=True):
        end = start + len(line)
        if line.strip():
            body = "".join(_pieces(document, start, end, wrong, hues))
            yield f"<p dir=auto>{body.strip()}</p>"
        start = end


def _pieces(
    document: Document, start: int, end: int, wrong: set[str], hues: Mapping[str, int]
) -> Iterator[str]:
    inside = [item for item in document.entities if item.start < end and start < item.end]
    edges = {start, end} | {
        edge for item in inside for edge in (item.start, item.end) if start < edge < end
    }
    cuts = sorted(edges)
    for first, last in pairwise(cuts):
        piece = escape(document.text[first:last])
        over = [item for item in inside if item.start <= first and last <= item.end]
        if not over:
            yield piece
            continue
        top = max(over, key=lambda item: (item.start, -item.end))
        # Drawn once, over the first piece; a country's code is short, and the colour says the rest.
        name = top.country_code or top.label if first == top.start else ""
        kind = " class=wrong" if top.id in wrong else ""
        hue = hues.get(top.label, HUES[0])
        yield f'<mark{kind} style="--hue:{hue}" data-label="{escape(name)}">{piece}</mark>'


def _cells(tag: str, values: Sequence[str]) -> str:
    return "".join(f"<{tag}>{escape(value)}</{tag}>" for value in values)
