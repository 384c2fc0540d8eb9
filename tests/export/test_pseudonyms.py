from annotate.document import Document
from annotate.export.pseudonyms import pseudonymous


def test_annotators_are_numbered_as_they_come(documents: list[Document]) -> None:
    names: dict[str, str] = {}
    found = list(pseudonymous(documents, names))
    assert [one.provenance.annotators for one in found if one.provenance] == [
        ("annotator-1",),
        ("annotator-2",),
        ("annotator-1",),
    ]
    assert names == {"zoe@example.org": "annotator-1", "ann@example.org": "annotator-2"}


def test_no_trace_of_a_name_is_left_and_nothing_else_changes(documents: list[Document]) -> None:
    (first, *_), names = documents, {}
    (hidden,) = pseudonymous([first], names)
    assert "zoe" not in hidden.to_json()
    assert hidden.to_json().replace("annotator-1", "zoe@example.org") == first.to_json()


def test_documents_that_nobody_reviewed_pass_as_they_are() -> None:
    document = Document(id="d", text="nothing")
    assert list(pseudonymous([document], {})) == [document]
