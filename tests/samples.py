"""Small documents that several tests use; the sentences are our own."""

from typing import Any

from annotate.document import Document, Entity, Relation, Span, links_in_order

ENGLISH = "Amina Yusuf of Kenya met Li Na.\nKenya and Peru signed an agreement."
PERSIAN = "وزیر خارجهٔ ایران با آقای محمد زارع‌پور دیدار کرد."


def entity(text: str, mention: str, label: str, number: int = 1, **fields: object) -> Entity:
    """The ``number``-th occurrence of ``mention`` in ``text`` as an entity."""
    start = -1
    for _ in range(number):
        start = text.index(mention, start + 1)
    given = {"id": f"{label.lower()}-{start}"} | fields
    return Entity(
        start=start,
        end=start + len(mention),
        label=label,
        text=mention,
        **given,  # type: ignore[arg-type]
    )


def span(text: str, mention: str, label: str, **fields: Any) -> Span:
    """The mention in the text, unchecked."""
    return Span(**entity(text, mention, label, **fields).model_dump(exclude_none=True))


def english(document_id: str = "en-1") -> Document:
    """A document with all three kinds of things that a suggestion can hold."""
    amina = entity(ENGLISH, "Amina Yusuf", "PERSON", id="p1", score=0.8)
    kenya = entity(ENGLISH, "Kenya", "COUNTRY", id="c1", score=0.9, country_code="KE")
    li_na = entity(ENGLISH, "Li Na", "PERSON", id="p2", score=0.7)
    again = entity(ENGLISH, "Kenya", "COUNTRY", 2, id="c2", score=0.9, country_code="KE")
    peru = entity(ENGLISH, "Peru", "COUNTRY", id="c3", score=0.6, country_code="PE")
    return Document(
        id=document_id,
        text=ENGLISH,
        language="en",
        entities=(amina, kenya, li_na, again, peru),
        relations=(
            Relation(head="p1", tail="c1", label="represents", score=0.5),
            Relation(head="p1", tail="p2", label="met_with", score=0.5),
            Relation(head="c2", tail="c3", label="cooperates_with", score=0.75),
        ),
        meta={"model_version": "test-1", "source": "own"},
    )


def persian(document_id: str = "fa-1") -> Document:
    """A right-to-left document with a ZWNJ inside a name."""
    return Document(
        id=document_id,
        text=PERSIAN,
        language="fa",
        entities=(
            entity(PERSIAN, "ایران", "COUNTRY", country_code="IR"),
            entity(PERSIAN, "محمد زارع‌پور", "PERSON"),
        ),
        meta={"model_version": "test-1"},
    )


def bare(document: Document) -> Document:
    """Without what a review adds."""
    return document.model_copy(
        update={
            "provenance": None,
            "entities": tuple(
                item.model_copy(update={"provenance": None}) for item in document.entities
            ),
            "relations": tuple(
                item.model_copy(update={"provenance": None})
                for item in links_in_order(document.relations, document.entities)
            ),
        }
    )
