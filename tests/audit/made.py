"""Small gold sets for the audit: corpus texts, and errors planted by hand."""

from __future__ import annotations

from pathlib import Path

from annotate.document import Document, Entity, Relation
from annotate.formats import inline

CORPUS = Path(__file__).parents[2] / "corpus" / "train"


def gold(language: str, size: int) -> list[Document]:
    """The first texts of a language of the project's corpus."""
    return list(inline.read(CORPUS / language))[:size]


def without(document: Document, entity: Entity) -> Document:
    """The document less an entity and its relations."""
    return document.model_copy(
        update={
            "entities": tuple(one for one in document.entities if one != entity),
            "relations": tuple(
                link for link in document.relations if entity.id not in (link.head, link.tail)
            ),
        }
    )


def with_entity(document: Document, entity: Entity) -> Document:
    """The document with an entity instead of the one of that id; relations stay."""
    entities = tuple(entity if one.id == entity.id else one for one in document.entities)
    return document.model_copy(update={"entities": entities})


def document(
    document_id: str,
    text: str,
    *marks: tuple[str, str],
    language: str = "en",
    links: tuple[tuple[int, str, int], ...] = (),
) -> Document:
    """A document whose ``marks`` are words and their label, each behind the one before.

    ``links`` are places among the marks, and the type between.
    """
    entities: list[Entity] = []
    at = 0
    for number, (words, label) in enumerate(marks):
        start = text.index(words, at)
        at = start + len(words)
        entities.append(Entity(id=f"e{number}", start=start, end=at, label=label, text=words))
    relations = tuple(
        Relation(head=f"e{head}", tail=f"e{tail}", label=label) for head, label, tail in links
    )
    return Document(
        id=document_id,
        text=text,
        language=language,
        entities=tuple(entities),
        relations=relations,
    )
