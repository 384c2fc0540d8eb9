"""Renames the entity labels of another pipeline to those of the label set."""

from __future__ import annotations

from collections.abc import Callable

from spacy.language import Language
from spacy.tokens import Doc, Span


@Language.factory(
    "annotate_labels", requires=["doc.ents"], assigns=["doc.ents"], default_config={"labels": {}}
)
def make_labels(nlp: Language, name: str, labels: dict[str, str]) -> Callable[[Doc], Doc]:
    """Make the component; ``labels`` is old name → new name, others stay."""

    def rename(doc: Doc) -> Doc:
        doc.ents = [_renamed(ent, labels) for ent in doc.ents]
        return doc

    return rename


def _renamed(ent: Span, labels: dict[str, str]) -> Span:
    label = labels.get(ent.label_, ent.label_)
    if label == ent.label_:
        return ent
    renamed = Span(ent.doc, ent.start, ent.end, label, kb_id=ent.kb_id_)
    renamed._.score = ent._.score
    return renamed
