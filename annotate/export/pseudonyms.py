"""Annotators under pseudonyms: gold that is sent along need not say who made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from annotate.document import Document, Entity, Relation

Marked = TypeVar("Marked", Entity, Relation)


def pseudonymous(documents: Iterable[Document], names: dict[str, str]) -> Iterator[Document]:
    """The documents with annotator-1, annotator-2, … in place of the annotators.

    Numbered as they first come, so that the same gold gives the same names. ``names``
    is filled with who became whom, for those who may know it.
    """
    for document in documents:
        yield document.model_copy(update=_changes(document, names))


def _changes(document: Document, names: dict[str, str]) -> dict[str, object]:
    review = document.provenance
    changes: dict[str, object] = {}
    if review:
        annotators = tuple(_name(one, names) for one in review.annotators)
        changes["provenance"] = review.model_copy(
            update={
                "annotators": annotators,
                "removed_entities": _renamed(review.removed_entities, names),
                "removed_relations": _renamed(review.removed_relations, names),
            }
        )
    changes["entities"] = _renamed(document.entities, names)
    changes["relations"] = _renamed(document.relations, names)
    return changes


def _renamed(marks: tuple[Marked, ...], names: dict[str, str]) -> tuple[Marked, ...]:
    if all(mark.provenance is None for mark in marks):
        return marks
    return tuple(
        mark.model_copy(
            update={
                "provenance": mark.provenance.model_copy(
                    update={"annotator": _name(mark.provenance.annotator, names)}
                )
            }
        )
        if mark.provenance
        else mark
        for mark in marks
    )


def _name(annotator: str, names: dict[str, str]) -> str:
    return names.setdefault(annotator, f"annotator-{len(names) + 1}")
