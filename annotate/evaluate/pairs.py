"""Suggested and gold documents brought together, so that they can be compared.

Relations are put in one form on both sides: the ends of a symmetric relation stand
in the order of the text, and of two equal relations one is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from annotate.document import Document, Relation
from annotate.ledger import Ledger


class Pair(NamedTuple):
    """One text as it was suggested and as it should be."""

    predicted: Document
    gold: Document


def pair(
    predicted: Iterable[Document],
    gold: Iterable[Document],
    ledger: Ledger,
    symmetric: Collection[str] = (),
) -> list[Pair]:
    """The documents of both sides by id, in the order of ``gold``.

    ``symmetric`` names the relation types without a direction. A document that one
    side lacks, has twice, or has with another text is refused by name in the ledger.
    """
    suggested = _by_id(predicted, "the predictions", ledger)
    wanted = _by_id(gold, "the gold file", ledger)
    pairs = []
    for name in [*wanted, *(name for name in suggested if name not in wanted)]:
        ledger.taken += 1
        if name not in suggested or name not in wanted:
            side = "gold file" if name in suggested else "predictions"
            ledger.refuse(name, f"not in the {side}")
        elif suggested[name].text != wanted[name].text:
            ledger.refuse(name, "the two texts differ, so their offsets can't be compared")
        else:
            sides = (in_one_form(side[name], symmetric) for side in (suggested, wanted))
            pairs.append(Pair(*sides))
            ledger.given += 1
    return pairs


def in_one_form(document: Document, symmetric: Collection[str]) -> Document:
    """The document with its relations turned and single, as said above."""
    places = {item.id: (item.start, item.end, item.id) for item in document.entities}
    kept: dict[tuple[str, str, str], Relation] = {}
    for link in document.relations:
        head, tail = link.head, link.tail
        if link.label in symmetric:
            head, tail = sorted((head, tail), key=places.__getitem__)
        turned = link.model_copy(update={"head": head, "tail": tail})
        kept.setdefault((link.label, head, tail), turned)
    return document.model_copy(update={"relations": tuple(kept.values())})


def _by_id(documents: Iterable[Document], side: str, ledger: Ledger) -> dict[str, Document]:
    found: dict[str, Document] = {}
    for document in documents:
        if document.id in found:
            ledger.refuse(document.id, f"stands twice in {side}; the first one counts")
        else:
            found[document.id] = document
    return found
