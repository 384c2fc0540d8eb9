"""What is wrong with the suggestions that a review says it removed."""

from __future__ import annotations

from collections.abc import Iterator

from annotate.validate.entities import Fault
from annotate.validate.raw import Json, marks_of, text_of


def faults(document: Json) -> Iterator[Fault]:
    """Removed entities that are at no place in the text, or at one where others words are."""
    review = document.get("provenance")
    if not isinstance(review, dict):
        return
    text = text_of(document)
    for mark in marks_of({"text": text, "entities": review.get("removed_entities")}):
        if not mark.inside:
            what = f"{mark.start}:{mark.end} is no place in a text of {len(text)} characters"
            yield Fault("removed", what, mark.span, mark.text)
        elif not mark.fits:
            what = f"there stands {text[mark.start : mark.end]!r}"
            yield Fault("removed", what, mark.span, mark.text)
