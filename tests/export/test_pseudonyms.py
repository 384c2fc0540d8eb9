import json

from annotate.document import Document
from annotate.export.pseudonyms import pseudonymous, pseudonyms, without_names


def hidden(*documents: Document) -> list[Document]:
    return list(pseudonymous(documents, pseudonyms(documents)))


def test_annotators_are_numbered_as_they_come(documents: list[Document]) -> None:
    assert [one.provenance.annotators for one in hidden(*documents) if one.provenance] == [
        ("annotator-1",),
        ("annotator-2",),
        ("annotator-1",),
    ]
    assert pseudonyms(documents) == {
        "zoe@example.org": "annotator-1",
        "ann@example.org": "annotator-2",
    }


def test_no_trace_of_a_name_is_left_and_nothing_else_changes(documents: list[Document]) -> None:
    first = documents[0].model_copy(update={"meta": {"source": "wire", "": [None, 1, {"a": ""}]}})
    (found,) = hidden(first)
    assert "zoe" not in found.to_json()
    assert found.to_json().replace("annotator-1", "zoe@example.org") == first.to_json()


def test_documents_that_nobody_reviewed_pass_as_they_are() -> None:
    document = Document(id="d", text="nothing", meta={"mail": "desk@example.org"})
    assert hidden(document) == [document]


def test_meta_does_not_name_the_annotator_of_a_later_document(documents: list[Document]) -> None:
    meta = {
        "by": ["ann@example.org", {"zoe@example.org": 3}],
        "told": "Zoe@Example.org，问ann@example.org. Not joann@example.org, nor desk@example.org",
    }
    found, *_ = hidden(documents[0].model_copy(update={"meta": meta}), *documents[1:])
    assert found.meta == {
        "by": ["annotator-2", {"annotator-1": 3}],
        "told": "annotator-1，问annotator-2. Not joann@example.org, nor desk@example.org",
    }


def test_a_name_that_is_no_address_goes_from_notes_and_whole_values_of_meta(
    documents: list[Document],
) -> None:
    first = json.loads(documents[0].to_json().replace("zoe@example.org", "May"))
    first["entities"][1]["note"] = "says May, (may be), Mayor"
    first["meta"] = {"by": "May", "month": "of May"}
    (found,) = hidden(Document.model_validate(first))
    assert found.entities[1].note == "says annotator-1, (may be), Mayor"
    assert found.meta == {"by": "annotator-1", "month": "of May"}


def test_what_prodigy_says_of_annotators_is_a_name() -> None:
    session = {"_annotator_id": "news-mira", "_session_id": "news-mira", "_timestamp": 1}
    task = Document(id="d", text="news-mira", meta={"prodigy": session | {"spans": [session]}})
    (found,) = hidden(task)
    assert found.text == "news-mira"
    new = {"_annotator_id": "annotator-1", "_session_id": "annotator-1", "_timestamp": 1}
    assert found.meta == {"prodigy": new | {"spans": [new]}}


def test_accounts_of_pulls_do_not_name_annotators() -> None:
    refused = [{"where": "d9, zoe@example.org", "what": "label zoe@example.org"}]
    accounts = {"zoe@example.org": {"counts": {"tasks": 2}, "refused": refused}}
    assert without_names(accounts, {"zoe@example.org": "annotator-1"}) == {
        "zoe@example.org": {
            "counts": {"tasks": 2},
            "refused": [{"where": "d9, annotator-1", "what": "label annotator-1"}],
        }
    }


def test_figures_are_no_name_outside_provenance(documents: list[Document]) -> None:
    first = json.loads(documents[0].to_json().replace("zoe@example.org", "12"))
    first["entities"][1]["note"] = "see page 12"
    first["meta"] = {"page": "12"}
    (found,) = hidden(Document.model_validate(first))
    assert (found.entities[1].note, found.meta) == ("see page 12", {"page": "12"})
    assert found.provenance
    assert found.provenance.annotators == ("annotator-1",)
