"""What is written is read back, the same bytes each time, with a true account."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate import formats
from annotate.document import Document
from annotate.errors import FormatError
from annotate.formats.records import without_provenance
from annotate.ledger import Ledger
from tests.strategies import collections

WHOLE = ("gold", "jsonl")
TRAINING = ("spacy", "conll")
FLAT_OR_NOT = st.booleans().flatmap(lambda any_: collections(overlapping=any_))


def bare(documents: list[Document]) -> list[Document]:
    return [without_provenance(document, Ledger("")) for document in documents]


def codec(name: str) -> formats.Codec:
    return formats.get(name)[0]


def file_in(folder: Path, name: str) -> Path:
    return folder / f"file{formats.get(name)[1]}"


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("name", WHOLE)
@settings(deadline=None, max_examples=80)
@given(documents=collections(overlapping=True, provenance=True))
def test_gold_and_jsonl_hold_everything(name: str, folder: Path, documents: list[Document]) -> None:
    path = file_in(folder, name)
    ledger = Ledger("export")
    codec(name).write(documents, path, ledger)
    back = list(codec(name).read(path))
    assert back == documents
    # Equality takes 1 for 1.0 and True; the JSON does not.
    assert [document.to_json() for document in back] == [each.to_json() for each in documents]
    assert not ledger.refused
    assert not ledger.repaired


@pytest.mark.parametrize("name", TRAINING)
@settings(deadline=None, max_examples=80)
@given(documents=FLAT_OR_NOT)
def test_training_formats_hold_all_but_provenance(
    name: str, folder: Path, documents: list[Document]
) -> None:
    path = file_in(folder, name)
    ledger = Ledger("export")
    codec(name).write(documents, path, ledger)
    back = list(codec(name).read(path))
    assert back == documents
    assert [document.to_json() for document in back] == [each.to_json() for each in documents]
    assert not ledger.refused


@pytest.mark.parametrize("name", TRAINING)
@settings(deadline=None, max_examples=25)
@given(documents=collections(provenance=True))
def test_lost_provenance_is_counted(name: str, folder: Path, documents: list[Document]) -> None:
    path = file_in(folder, name)
    ledger = Ledger("export")
    codec(name).write(documents, path, ledger)
    assert list(codec(name).read(path)) == bare(documents)
    records = sum(document.to_json().count('"annotated_at"') for document in documents)
    inside_reviews = sum(
        document.provenance.model_dump_json().count('"annotated_at"') - 1
        for document in documents
        if document.provenance
    )
    assert ledger.counts["provenance not held"] == records - inside_reviews
    notes = [note for note in ledger.repaired if "provenance" in note.what]
    assert len(notes) == bool(records)


@pytest.mark.parametrize("name", formats.FORMATS)
def test_a_full_document_and_an_empty_one(
    name: str, folder: Path, gold: list[Document], ledger: Ledger
) -> None:
    path = file_in(folder, name)
    codec(name).write(iter(gold), path, ledger)
    back = list(codec(name).read(path))
    assert back == (gold if name in WHOLE else bare(gold))
    assert (ledger.taken, ledger.given) == (2, 2)
    assert ledger.counts["entities"] == 3
    assert ledger.counts["relations"] == 2


@pytest.mark.parametrize("name", formats.FORMATS)
def test_no_documents_at_all(name: str, folder: Path, ledger: Ledger) -> None:
    path = file_in(folder, name)
    codec(name).write([], path, ledger)
    assert list(codec(name).read(path)) == []


@pytest.mark.parametrize("name", formats.FORMATS)
def test_the_same_documents_give_the_same_bytes(
    name: str, tmp_path: Path, gold: list[Document]
) -> None:
    written = []
    for _ in range(2):
        codec(name).write(gold, file_in(tmp_path, name), Ledger("export"))
        written.append(bytes_of(tmp_path))
    assert written[0] == written[1]


@pytest.mark.parametrize("name", formats.FORMATS)
def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    name: str, tmp_path: Path, gold: list[Document]
) -> None:
    path = file_in(tmp_path, name)
    codec(name).write(gold, path, Ledger("export"))
    before = bytes_of(tmp_path)

    def breaks():
        yield gold[0]
        raise RuntimeError("the source broke off")

    with pytest.raises(RuntimeError, match="broke off"):
        codec(name).write(breaks(), path, Ledger("export"))
    assert bytes_of(tmp_path) == before


@pytest.mark.parametrize("name", formats.FORMATS)
def test_a_text_that_is_no_unicode_is_an_error_of_ours(name: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError):
        codec(name).write([Document(id="odd", text="\ud800")], file_in(tmp_path, name), Ledger(""))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", formats.FORMATS)
def test_a_file_is_rewritten_from_itself(name: str, tmp_path: Path, gold: list[Document]) -> None:
    path = file_in(tmp_path, name)
    one = codec(name)
    one.write(gold, path, Ledger("export"))
    before = bytes_of(tmp_path)
    one.write(one.read(path), path, Ledger("export"))
    assert bytes_of(tmp_path) == before


@pytest.mark.parametrize("name", formats.FORMATS)
def test_shared_corpus(name: str, folder: Path, corpus: list[Document], ledger: Ledger) -> None:
    path = file_in(folder, name)
    codec(name).write(corpus, path, ledger)
    assert list(codec(name).read(path)) == corpus
    assert ledger.counts["entities"] == sum(len(each.entities) for each in corpus)
    assert not ledger.refused
    assert not ledger.repaired
