"""Given entities in a doc, where the components behind would else find suggested ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from annotate.document import Entity


def set_entities(doc: Doc, entities: Iterable[Entity]) -> list[Entity]:
    """Set them as ``doc.ents``, and return the entity of each of these, in their order.

    An entity takes whole tokens. spaCy holds no overlapping entities: of two, the longer
    takes part.
    """
    owners: dict[tuple[int, int], Entity] = {}
    spans = []
    for entity in entities:
        # "expand" finds some tokens for any entity.
        span = cast(
            Span, doc.char_span(entity.start, entity.end, entity.label, alignment_mode="expand")
        )
        span.kb_id_ = entity.country_code or ""
        spans.append(span)
        owners.setdefault((span.start, span.end), entity)
    doc.ents = filter_spans(spans)
    return [owners[span.start, span.end] for span in doc.ents]
