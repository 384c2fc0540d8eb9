"""The data card: what a gold set holds, for people whom it is sent to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from annotate.export.plots import agreement, label_counts, review_outcomes, shown, span_lengths
from annotate.export.tally import Tally, joined
from annotate.export.write import Written
from annotate.formats import FORMATS
from annotate.formats.records import replacing

# What a pull counts that is in the gold.
_KEPT = ("tasks submitted", "documents that several people reviewed")


def write_card(
    content: Mapping[str, Any],
    written: Sequence[Written],
    tallies: Mapping[str, Tally],
    path: Path,
) -> list[Path]:
    """Write the card, Markdown, and its pictures beside it; the files that there are now.

    ``content`` is the manifest; pictures are named after ``path``. Those of an earlier card
    for which there is nothing to draw any more are removed.
    """
    whole = joined(tallies.values())
    names = shown(whole)
    pictures: dict[Path, str] = {}
    for name, caption, draw, wanted in (
        ("labels", "Entities and relations by label", label_counts, names),
        ("lengths", "Lengths of entities", span_lengths, whole.lengths),
        ("review", "What the review made of the suggestions", review_outcomes, whole.outcomes),
        ("agreement", "How far people marked the same", agreement, whole.agreement),
    ):
        picture = path.with_name(f"{path.name.removesuffix('.card.md')}.{name}.png")
        if wanted:
            draw(whole, names, picture)
            pictures[picture] = caption
        else:
            picture.unlink(missing_ok=True)
    numbered = {label: name for label, name in names.items() if label != name}
    with replacing(path) as part:
        lines = _lines(content, written, pictures, numbered)
        part.write_text("\n".join(lines) + "\n", "utf-8", newline="\n")
    return [path, *pictures]


def _lines(
    content: Mapping[str, Any],
    written: Sequence[Written],
    pictures: Mapping[Path, str],
    numbered: Mapping[str, str],
) -> Iterator[str]:
    everything = content["all"]
    yield "# Data card"
    yield ""
    yield _summary(everything)
    yield ""
    yield from _parts(content["parts"])
    for picture, caption in pictures.items():
        yield f"![{caption}]({quote(picture.name)})"
        yield ""
    if numbered:
        yield "In the pictures these labels are called by a number:"
        yield ""
        for label, name in numbered.items():
            yield f"* {name}: {_cell(label)}"
        yield ""
    yield from _review(everything)
    if content["annotators"] == "pseudonyms":
        yield (
            "Annotators have pseudonyms, also in notes and meta; texts and ids are as they were, "
            "and so are people whom no review names."
        )
        yield ""
    yield from _agreement(everything)
    yield from _left_out(content["left_out"])
    yield from _formats(written)
    yield "## Made by"
    yield ""
    yield f"{content['tool']}."
    for name, digest in content["hashes"].items():
        yield f"* {name}: `{digest}`"
    for part, digest in content["sources"].items():
        yield f"* gold of {_cell(part)}: `{digest}`"
    yield ""
    yield "Sizes and checksums of every file stand in the manifest."


def _summary(whole: Mapping[str, Any]) -> str:
    entities = sum(sum(own.values()) for own in whole["entities"].values())
    relations = sum(sum(own.values()) for own in whole["relations"].values())
    languages = ", ".join(f"{number} in {name}" for name, number in whole["languages"].items())
    return (
        f"{whole['documents']:,} documents ({languages or 'none'}) with {entities:,} entities "
        f"and {relations:,} relations."
    )


def _parts(parts: Mapping[str, Any]) -> Iterator[str]:
    """One row a part, language and label."""
    yield "| part | language | documents | kind | label | number |"
    yield "| --- | --- | ---: | --- | --- | ---: |"
    for part, tally in parts.items():
        for language, documents in tally["languages"].items():
            row = f"| {_cell(part)} | {language} | {documents:,} |"
            counts = [
                f"{row} {kind} | {_cell(label)} | {number:,} |"
                for kind, key in (("entity", "entities"), ("relation", "relations"))
                for label, number in tally[key].get(language, {}).items()
            ]
            yield from counts or [f"{row} none | | 0 |"]
    yield ""


def _review(whole: Mapping[str, Any]) -> Iterator[str]:
    yield "## Review"
    yield ""
    if not whole["reviewed"]:
        yield "None of the documents says that people reviewed it."
        yield ""
        return
    begin, end = whole["reviewed_from"][:10], whole["reviewed_to"][:10]
    yield f"{whole['reviewed']:,} documents were reviewed, from {begin} to {end}, by:"
    yield ""
    for name, number in whole["annotators"].items():
        yield f"* {_cell(name)}: {number:,} documents"
    yield ""


def _agreement(whole: Mapping[str, Any]) -> Iterator[str]:
    yield "## Agreement"
    yield ""
    if not whole["reviewed_by_several"]:
        yield "Not known: no document says that more than one person reviewed it."
        yield ""
        return
    yield (
        f"{whole['reviewed_by_several']:,} documents were reviewed by more than one person. F1 is "
        "that of one person's marks against another's, over each pair: the same span and label, "
        "for relations the same type between the same two. People who were shown the same "
        "suggestions agree more than they would without."
    )
    yield ""
    yield "| mark | label | by both | by one alone | F1 |"
    yield "| --- | --- | ---: | ---: | ---: |"
    for kind, labels in whole["agreement"].items():
        for label, row in labels.items():
            shared, single = row["shared"], row["single"]
            f1 = 100 * row["f1"]
            yield f"| {kind} | {_cell(label)} | {shared:,} | {single:,} | {f1:.1f} |"
    yield ""


def _left_out(accounts: Mapping[str, Any]) -> Iterator[str]:
    if not accounts:
        return
    yield "## Left out"
    yield ""
    for part, account in accounts.items():
        for what, number in account.get("counts", {}).items():
            if what in _KEPT:
                continue
            yield f"* {_cell(part)}: {number:,} {_cell(what)}"
        for note in account.get("refused", []):
            yield f"* {_cell(part)}: refused: {_cell(note['where'])}: {_cell(note['what'])}"
    yield ""


def _formats(written: Sequence[Written]) -> Iterator[str]:
    yield "## Files"
    yield ""
    yield "| file | what it is | documents | lost |"
    yield "| --- | --- | ---: | --- |"
    for one in written:
        about = FORMATS[one.format].about
        yield f"| {_cell(one.path.name)} | {about} | {one.ledger.given:,} | {lost(one)} |"
    yield ""


def lost(one: Written) -> str:
    """What the format could not hold, in words."""
    kinds = sorted(one.ledger.lost.items())
    return ", ".join(f"{kind} {number:,}" for kind, number in kinds) or "nothing"


def _cell(text: str) -> str:
    """Text of the data's inside a table or list: no markup, no line end."""
    plain = " ".join(text.split())
    return "".join(f"\\{sign}" if sign in "\\|`*_[]<>$" else sign for sign in plain)
