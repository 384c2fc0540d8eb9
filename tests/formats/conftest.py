import json
from pathlib import Path

import pytest

from annotate.document import Document, Entity, Provenance, Relation, Review
from annotate.ledger import Ledger

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


@pytest.fixture
def ledger() -> Ledger:
    return Ledger("export")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder a module, since hypothesis runs a test many times."""
    return tmp_path_factory.mktemp("formats")


@pytest.fixture
def gold() -> list[Document]:
    """Two documents with everything a document may have."""
    text = "Ms Amina Yusuf met Việt Nam’s envoy.\r\n\u00a0Li Na\u2028left. "
    provenance = Provenance(
        status="accepted", annotator="ann", annotated_at="2024-05-01T10:00:00Z", annotation=7
    )

    def entity(name: str, found: str, label: str, **more: object) -> Entity:
        start = text.index(found)
        return Entity(id=name, start=start, end=start + len(found), label=label, text=found, **more)

    first = Document(
        id="news/1",
        text=text,
        language="en",
        entities=(
            entity("p1", "Amina Yusuf", "PERSON", score=0.1, note="sic", provenance=provenance),
            entity("c1", "Việt Nam", "COUNTRY", country_code="VN"),
            entity("p2", "Li Na", "PERSON"),
        ),
        relations=(
            Relation(head="p1", tail="c1", label="represents", score=1 / 3, provenance=provenance),
            Relation(head="p1", tail="p2", label="met_with"),
        ),
        meta={"source": None, "views": 10**30, "ratio": 1e-7, "tags": ["a", {"b": []}]},
        provenance=Review(
            status="changed",
            annotators=("ann",),
            annotated_at="2024-05-01T10:00:00Z",
            tasks=(1,),
            annotations=(7,),
            policy="latest",
            label_config="0" * 64,
            lead_time=12.5,
            removed_entities=(entity("x", "envoy", "PERSON"),),
        ),
    )
    return [first, Document(id="empty", text="")]


@pytest.fixture
def crowded() -> Document:
    """200 entities, each touching the next, and a relation between every two neighbours."""
    names = ("Anna ", "ঢাকা।", "«ایران»", "Việt Nam\r\n", "👩🏽‍🚀")
    text = "".join(names[number % len(names)] for number in range(200))
    entities, start = [], 0
    for number in range(200):
        name = names[number % len(names)]
        entities.append(
            Entity(id=f"e{number}", start=start, end=start + len(name), label="ORG", text=name)
        )
        start += len(name)
    relations = tuple(
        Relation(head=f"e{number}", tail=f"e{number + 1}", label="cooperates_with")
        for number in range(199)
    )
    return Document(id="crowded", text=text, entities=tuple(entities), relations=relations)


@pytest.fixture(scope="session")
def corpus() -> list[Document]:
    """The documents of the shared corpus, their texts in files beside."""
    found = []
    for path in sorted(CORPUS.glob("*.json")):
        value = json.loads(path.read_text("utf-8"))
        del value["text_sha256"]
        text = path.with_suffix(".txt").read_bytes().decode("utf-8")
        found.append(Document.model_validate(value | {"text": text}))
    if not found:
        pytest.skip("../shared/corpus is not here")
    return found
