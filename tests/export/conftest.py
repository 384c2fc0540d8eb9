from datetime import UTC, datetime
from pathlib import Path

import pytest

from annotate.document import Document, Entity, Provenance, Relation, Review
from annotate.formats import gold as gold_file
from annotate.ledger import Ledger


def reviewed(number: int, annotator: str, language: str = "en") -> Document:
    """A reviewed document: one entity kept, one added, one removed, one relation changed."""
    text = f"Amina Yusuf met Li Na in Kenya {number}."
    when = datetime(2026, 3, number, 10, tzinfo=UTC)

    def said(status: str) -> Provenance:
        return Provenance(status=status, annotator=annotator, annotated_at=when, annotation=number)

    def entity(name: str, found: str, label: str, status: str | None, **more: object) -> Entity:
        start = text.index(found)
        return Entity(
            id=name,
            start=start,
            end=start + len(found),
            label=label,
            text=found,
            provenance=said(status) if status else None,
            **more,
        )

    return Document(
        id=f"d{number}",
        text=text,
        language=language,
        entities=(
            entity("p", "Amina Yusuf", "PERSON", "accepted", score=0.9),
            entity("q", "Li Na", "PERSON", "added", note="sic"),
        ),
        relations=(Relation(head="p", tail="q", label="met_with", provenance=said("changed")),),
        provenance=Review(
            status="changed",
            annotators=(annotator,),
            annotated_at=when,
            tasks=(number,),
            annotations=(number,),
            policy="latest",
            label_config="0" * 64,
            removed_entities=(entity("c", "Kenya", "COUNTRY", None, country_code="KE"),),
            removed_relations=(Relation(head="p", tail="c", label="works_for"),),
        ),
    )


@pytest.fixture
def documents() -> list[Document]:
    return [
        reviewed(1, "zoe@example.org"),
        reviewed(2, "ann@example.org", "vi"),
        reviewed(3, "zoe@example.org"),
    ]


@pytest.fixture
def gold(tmp_path: Path, documents: list[Document]) -> Path:
    path = tmp_path / "gold.json"
    gold_file.write(documents, path, Ledger("write"))
    return path
