"""A model's card, Markdown: what it learnt from, how good it is, and how it came to serve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from annotate.formats.records import replacing
from annotate.models.folder import CARD, Model
from annotate.train.gate import MARGINS, Cell, passing
from annotate.train.rehearsal import rehearsed

_PARTS = ("train", "dev", "test")


def write_card(
    folder: Path, model: Model, cells: Sequence[Cell], promoted: str | None = None
) -> None:
    """Write the card into the model's folder; ``promoted`` says how it came to serve."""
    with replacing(folder / CARD) as part:
        text = "\n".join(_lines(model, cells, promoted)) + "\n"
        part.write_text(text, "utf-8", newline="\n")


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows as a Markdown table, the first its header; numbers stand to the right."""
    head, *body = rows
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join(['---', *['---:'] * (len(head) - 1)])} |"
    for row in body:
        yield f"| {' | '.join(row)} |"


def _lines(model: Model, cells: Sequence[Cell], promoted: str | None) -> Iterator[str]:
    base = f"`{model.base}`" if model.base else "the built-in pipeline"
    yield f"# {model.name}"
    yield ""
    yield (
        f"spaCy pipelines for {', '.join(model.languages)}, which suggest "
        f"{', '.join(model.labels)} and {', '.join(model.relations) or 'no relations'}. "
        f"Trained on {model.made:%d %B %Y} with `annotate train`, from {base}, seed {model.seed}."
    )
    yield ""
    yield from _use(model)
    yield from _data(model)
    yield from _scores(model.scores)
    yield from _gate(cells, promoted)
    yield "## Made with"
    yield ""
    yield f"* {', '.join(f'{name} {version}' for name, version in model.versions.items())}"
    yield f"* label config, SHA-256: `{model.scheme}`"
    yield f"* gold, SHA-256: `{model.data.sha256}`"


def _use(model: Model) -> Iterator[str]:
    yield "```python"
    yield "import spacy"
    yield ""
    yield f'nlp = spacy.load("models/{model.name}/{model.languages[0]}")'
    yield "doc = nlp(text)"
    yield "print(doc.ents, doc._.relations)"
    yield "```"
    yield ""


def _data(model: Model) -> Iterator[str]:
    data = model.data
    yield "## Data"
    yield ""
    languages = {one for part in data.documents.values() for one in part} | {*data.rehearsed}
    rows: list[tuple[str, ...]] = [("language", *_PARTS, "rehearsed")]
    for language in sorted(languages):
        counts = (data.documents[part].get(language, 0) for part in _PARTS)
        others = data.rehearsed.get(language, 0)
        rows.append((language, *(f"{count:,}" for count in (*counts, others))))
    yield from table(rows)
    yield ""
    if data.rehearsed:
        yield (
            "Rehearsed are texts of the project's own corpus (synthetic news, CC0), so that "
            "what the built-in pipeline knew is not lost."
        )
    elif rehearsed(model.labels):
        yield "Nothing was rehearsed: the project's corpus has no text in these languages."
    else:
        yield "Nothing was rehearsed: the label set has labels that the project's corpus lacks."
    if data.sources:
        yield ""
        yield f"The gold came from: {', '.join(f'`{one}`' for one in data.sources)}."
    yield ""


def _scores(scores: Mapping[str, Any]) -> Iterator[str]:
    yield "## Scores"
    yield ""
    if not scores:
        yield "None: there was no document to test on."
        yield ""
        return
    number = scores["everything"]["documents"]
    yield (
        f"On {number} documents that the model never saw: the test part of the gold, and the "
        "unseen texts of the project's corpus. Strict: span and label exact; F1 in per cent, "
        "in brackets its 95 % interval over documents."
    )
    yield ""
    named = dict(scores["languages"])
    columns = {**named, "all": scores["everything"]} if len(named) > 1 else named
    yield from table([("", *columns), *_score_rows(columns)])
    yield ""


def _score_rows(columns: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    figures = list(columns.values())
    labels = sorted({one for own in figures for one in own["entities"]["strict"]["labels"]})
    kinds = sorted({one for own in figures for one in own["relations"]["end_to_end"]["labels"]})
    yield ("documents", *(f"{own['documents']:,}" for own in figures))
    yield ("**entities**", *(_f1(own["entities"]["strict"]) for own in figures))
    for label in labels:
        yield (label, *(_f1(own["entities"]["strict"]["labels"].get(label)) for own in figures))
    ceilings = (own["relations"]["ceiling"] for own in figures)
    yield (
        "**relations**: candidate ceiling",
        *(f"{it['part']} of {it['whole']}" for it in ceilings),
    )
    gold = (own["relations"]["with_gold_entities"] for own in figures)
    yield ("**relations**: with gold entities", *(_f1(own) for own in gold))
    yield ("**relations**: end to end", *(_f1(own["relations"]["end_to_end"]) for own in figures))
    for kind in kinds:
        found = (own["relations"]["end_to_end"]["labels"].get(kind) for own in figures)
        yield (kind, *(_f1(one) for one in found))
    saved = (own["edits"] for own in figures)
    yield ("edits saved", *(f"{100 * one['saved']:.1f} %" for one in saved))


def _f1(score: Mapping[str, Any] | None) -> str:
    if not score or not score["suggested"] + score["wanted"]:
        return "–"
    spread = score["interval"]
    between = f" ({100 * spread[0]:.1f}–{100 * spread[1]:.1f})" if spread else ""
    return f"{100 * score['f1']:.1f}{between}"


def _gate(cells: Sequence[Cell], promoted: str | None) -> Iterator[str]:
    yield "## Against what served then"
    yield ""
    if promoted:
        yield f"**{promoted}**"
        yield ""
    if not cells:
        yield "Not compared: there was no document to test on."
        yield ""
        return
    fit = passing(cells)
    left = sorted({cell.language for cell in cells} - set(fit))
    entities, relations = (f"{100 * margin:.0f}" for margin in MARGINS.values())
    yield (
        f"It passes for {', '.join(fit) or 'no language'}"
        f"{f', not for {chr(44).join(left)}' if left else ''}. A paired bootstrap over the "
        "documents asks for each language and label whether F1 falls, by "
        f"{entities} points for entities or {relations} for relations. *At least* is what 95 % "
        "of the draws exceed."
    )
    yield ""
    yield from table([("", "before", "now", "change, at least", "verdict"), *map(cell_row, cells)])
    yield ""


def cell_row(cell: Cell) -> tuple[str, str, str, str, str]:
    """A cell as cells of a table; F1 in per cent."""
    label = cell.label or f"all {cell.kind}{' of your gold' if cell.own else ''}"
    least = "–" if cell.least is None else f"{100 * cell.least:+.1f}"
    verdict = f"{cell.verdict}{' (stops it)' if cell.stops else ''}"
    return (
        f"{cell.language} {label}",
        f"{100 * cell.before:.1f}",
        f"{100 * cell.after:.1f}",
        least,
        verdict,
    )
