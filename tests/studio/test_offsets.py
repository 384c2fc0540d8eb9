"""Offsets survive the whole way to a real server and back, whatever the text."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from annotate.config import load_settings
from annotate.document import Document, Entity, Relation, in_order, links_in_order
from annotate.ledger import Ledger
from annotate.studio.client import Client
from annotate.studio.pull import pull
from annotate.studio.push import push
from annotate.studio.tasks import to_prediction
from annotate.studio.twin import Twin
from tests.samples import bare
from tests.strategies import spans, texts
from tests.studio.reviewers import sdk_of, submit

SETTINGS = load_settings()
SCHEMA = SETTINGS.schema_in_force()
ENOUGH = 500


@st.composite
def suggested(draw: st.DrawFn) -> Document:
    """A document as the pre-labeller makes them: trimmed flat spans, legal relations."""
    text = draw(texts().filter(lambda text: bool(text.strip()) and "\0" not in text))
    entities = []
    for start, end in draw(spans(text)):
        mention = text[start:end].strip()
        first = text.find(mention, start) if mention else -1
        if first >= 0:
            label = draw(st.sampled_from(SCHEMA.labels))
            entities.append(
                Entity(
                    id=f"e{len(entities) + 1}",
                    start=first,
                    end=first + len(mention),
                    label=label,
                    text=mention,
                    score=draw(st.none() | st.floats(0, 1)),
                    country_code=draw(st.sampled_from(["BD", "VN"]))
                    if label == "COUNTRY"
                    else None,
                )
            )
    pairs = [(head, tail) for head in entities for tail in entities if head.start < tail.start]
    links = {}
    for head, tail in draw(st.lists(st.sampled_from(pairs), max_size=4)) if pairs else []:
        for kind in SCHEMA.relations:
            if kind.joins(head.label, tail.label):
                links[head.id, tail.id] = Relation(head=head.id, tail=tail.id, label=kind.label)
    return Document(
        id="given below",
        text=text,
        language=draw(st.sampled_from(["bn", "vi", "fa", "en"])),
        entities=in_order(entities),
        relations=links_in_order(tuple(links.values()), entities),
        meta={"model_version": "generated-1"},
    )


def generated(number: int) -> list[Document]:
    """At least that many different documents, the same ones in every run."""
    found: dict[str, Document] = {}

    @hypothesis_settings(max_examples=2 * number, phases=[Phase.generate], database=None)
    @given(suggested())
    def collect(document: Document) -> None:
        found.setdefault(document.to_json(), document)

    collect()
    return [
        document.model_copy(update={"id": f"g{place}"})
        for place, document in enumerate(found.values())
    ]


def submit_all(studio: Client | Twin, documents: list[Document], project: int) -> None:
    by_id = {document.id: document for document in documents}
    for head in studio.tasks(project):
        if isinstance(studio, Twin):
            submit(studio, head.id)
            continue
        document = by_id[head.meta["annotate"]["document"]]
        result = to_prediction(document, SCHEMA, "generated-1")["result"]
        sdk_of(studio).annotations.create(head.id, result=result, lead_time=1.0)


def test_generated_documents_come_back_exactly(studio: Client | Twin) -> None:
    documents = generated(ENOUGH)
    assert len(documents) >= ENOUGH
    title = f"offsets {secrets.token_hex(4)}"
    pushed, pulled = Ledger("push"), Ledger("pull")
    project = push(documents, studio, title, SETTINGS, pushed)
    assert pushed.clean
    submit_all(studio, documents, project.id)
    gold = list(pull(studio, title, SETTINGS, pulled))
    assert pulled.clean
    assert not pulled.repaired
    assert [bare(document) for document in gold] == documents
    assert {document.provenance.status for document in gold if document.provenance} == {"accepted"}


@pytest.mark.parametrize("max_chars", [200, 230])
def test_generated_documents_cut_and_stitched_come_back_exactly(max_chars: int) -> None:
    studio = Twin()
    texts_ = [document for document in generated(200) if document.entities]
    joined = []
    for number in range(0, len(texts_) - 20, 20):
        text, entities = "", ()
        for part, document in enumerate(texts_[number : number + 20]):
            entities += tuple(
                entity.model_copy(
                    update={
                        "id": f"{part}.{entity.id}",
                        "start": entity.start + len(text),
                        "end": entity.end + len(text),
                    }
                )
                for entity in document.entities
            )
            text += document.text + "\n\n"
        joined.append(
            texts_[number].model_copy(
                update={"id": f"j{number}", "text": text, "entities": entities, "relations": ()}
            )
        )
    documents = [Document.model_validate(document.model_dump()) for document in joined]
    settings = SETTINGS.model_copy(update={"max_chars": max_chars})
    ledger = Ledger("push")
    project = push(documents, studio, "cut up", settings, ledger)
    assert ledger.clean
    assert len(list(studio.tasks(project.id))) > len(documents)
    submit_all(studio, documents, project.id)
    gold = list(pull(studio, "cut up", settings, Ledger("pull")))
    assert [bare(document) for document in gold] == documents
