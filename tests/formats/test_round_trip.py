"""What is written is read back, the same bytes each time, with a true account."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from annotate import formats
from annotate.document import Document
from annotate.errors import CallError, FormatError
from annotate.formats.holding import held
from annotate.ledger import Ledger
from tests.formats.audit import is_plain, missing
from tests.strategies import collections

# Half of the collections have entities that overlap, half provenance.
ANY = st.tuples(st.booleans(), st.booleans()).flatmap(
    lambda kind: collections(overlapping=kind[0], provenance=kind[1])
)
EXAMPLES = settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def codec(name: str) -> formats.Codec:
    try:
        return formats.get(name)[0]
    except CallError as error:
        pytest.fail(str(error))


def place_in(folder: Path, name: str) -> Path:
    return folder / f"file{formats.FORMATS[name].suffix}"


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def written_and_read(
    name: str, folder: Path, documents: list[Document], ledger: Ledger
) -> list[Document]:
    path = place_in(folder, name)
    codec(name).write(iter(documents), path, ledger)
    return list(codec(name).read(path))


def of_the_file(ledger: Ledger) -> Counter[str]:
    """What the file has no more: not what only a part of it lacks, nor ids, which are anew."""
    lost = {kind: number for kind, number in ledger.lost.items() if " in " not in kind}
    return Counter(lost) - Counter(ids=lost.get("ids", 0))


@pytest.mark.parametrize("name", formats.FORMATS)
@EXAMPLES
@given(documents=ANY)
def test_what_is_read_back_is_what_the_format_says_that_it_holds(
    name: str, folder: Path, documents: list[Document]
) -> None:
    ledger, again = Ledger("export"), Ledger("again")
    back = written_and_read(name, folder, documents, ledger)
    refused = {note.where for note in ledger.refused}
    given_ = [document for document in documents if document.id not in refused]
    holds = formats.FORMATS[name].holds
    expected = [held(document, holds, again) for document in given_]
    assert back == expected
    # Equality takes 1 for 1.0 and True; the JSON does not.
    assert [one.to_json() for one in back] == [one.to_json() for one in expected]
    assert of_the_file(ledger) == of_the_file(again)
    assert (ledger.taken, ledger.given) == (len(documents), len(given_))


@pytest.mark.parametrize("name", formats.FORMATS)
@EXAMPLES
@given(documents=ANY)
def test_the_ledger_names_exactly_what_is_missing(
    name: str, folder: Path, documents: list[Document]
) -> None:
    assume(all(is_plain(document) for document in documents))
    ledger = Ledger("export")
    back = written_and_read(name, folder, documents, ledger)
    refused = {note.where for note in ledger.refused}
    kept = (one for one in documents if one.id not in refused)
    assert missing(kept, back) == of_the_file(ledger)
    assert Counter(loss.kind for loss in ledger.losses) == ledger.lost


@pytest.mark.parametrize("name", formats.FORMATS)
def test_a_full_document_and_an_empty_one(
    name: str, folder: Path, gold: list[Document], ledger: Ledger
) -> None:
    back = written_and_read(name, folder, gold, ledger)
    assert back == [held(one, formats.FORMATS[name].holds, Ledger("")) for one in gold]
    assert (ledger.taken, ledger.given) == (2, 2)
    assert ledger.counts["entities"] == 3
    assert ledger.counts["relations"] == sum(len(one.relations) for one in back)


@pytest.mark.parametrize("name", formats.FORMATS)
def test_no_documents_at_all(name: str, folder: Path, ledger: Ledger) -> None:
    assert written_and_read(name, folder, [], ledger) == []


@pytest.mark.parametrize("name", formats.FORMATS)
def test_two_hundred_entities(name: str, folder: Path, ledger: Ledger, crowded: Document) -> None:
    (back,) = written_and_read(name, folder, [crowded], ledger)
    assert len(back.entities) == 200
    assert missing([crowded], [back]) == of_the_file(ledger)


@pytest.mark.parametrize("name", formats.FORMATS)
def test_the_same_documents_give_the_same_bytes(
    name: str, tmp_path: Path, gold: list[Document]
) -> None:
    written = []
    for _ in range(2):
        codec(name).write(gold, place_in(tmp_path, name), Ledger("export"))
        written.append(bytes_of(tmp_path))
    assert written[0] == written[1]


@pytest.mark.parametrize("name", formats.FORMATS)
def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    name: str, tmp_path: Path, gold: list[Document]
) -> None:
    path = place_in(tmp_path, name)
    codec(name).write(gold, path, Ledger("export"))
    before = bytes_of(tmp_path)

    def breaks() -> Iterator[Document]:
        yield gold[0]
        raise RuntimeError("the source broke off")

    with pytest.raises(RuntimeError, match="broke off"):
        codec(name).write(breaks(), path, Ledger("export"))
    assert bytes_of(tmp_path) == before


@pytest.mark.parametrize("name", formats.FORMATS)
def test_a_text_that_is_no_unicode_is_an_error_of_ours(name: str, tmp_path: Path) -> None:
    ledger = Ledger("export")
    try:
        codec(name).write([Document(id="odd", text="\ud800")], place_in(tmp_path, name), ledger)
    except FormatError:
        assert not list(tmp_path.iterdir())
    else:
        assert [note.where for note in ledger.refused] == ["odd"]


@pytest.mark.parametrize("name", formats.FORMATS)
def test_a_file_is_rewritten_from_itself(name: str, tmp_path: Path, gold: list[Document]) -> None:
    path = place_in(tmp_path, name)
    one = codec(name)
    one.write(gold, path, Ledger("export"))
    before = bytes_of(tmp_path)
    one.write(one.read(path), path, Ledger("export"))
    assert bytes_of(tmp_path) == before


@pytest.mark.parametrize("name", formats.FORMATS)
def test_what_is_not_there_is_an_error_that_names_it(name: str, tmp_path: Path) -> None:
    path = place_in(tmp_path, name)
    with pytest.raises(FormatError, match="file"):
        list(codec(name).read(path))


@pytest.mark.parametrize("name", formats.FORMATS)
def test_a_folder_of_other_making_is_never_replaced(
    name: str, tmp_path: Path, gold: list[Document]
) -> None:
    path = place_in(tmp_path, name)
    path.mkdir()
    (path / "mine.txt").write_text("mine")
    with pytest.raises(FormatError):
        codec(name).write(gold, path, Ledger("export"))
    assert bytes_of(tmp_path) == {f"{path.name}/mine.txt": b"mine"}


@pytest.mark.parametrize("name", formats.FORMATS)
def test_shared_corpus(name: str, folder: Path, corpus: list[Document], ledger: Ledger) -> None:
    back = written_and_read(name, folder, corpus, ledger)
    assert len(back) == len(corpus)
    assert missing(corpus, back) == of_the_file(ledger)
    assert ledger.counts["entities"] == sum(len(each.entities) for each in corpus)
    assert not ledger.refused
