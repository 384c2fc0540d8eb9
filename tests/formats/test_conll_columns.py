import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import nltk
import pytest
from hypothesis import given, settings
from nltk.corpus.reader import ConllCorpusReader
from nltk.tree import Tree
from seqeval.metrics.sequence_labeling import get_entities
from spacy.training.converters import conll_ner_to_docs

from annotate.document import Document, Entity
from annotate.errors import FormatError
from annotate.formats import conll
from annotate.ledger import Ledger
from tests.strategies import collections


@pytest.fixture(scope="module", autouse=True)
def allow_nltk_to_read(folder: Path) -> Iterator[None]:
    """nltk opens nothing outside the folders that it was told of."""
    nltk.data.path.append(str(folder))
    yield
    nltk.data.path.remove(str(folder))


def printable(documents: list[Document]) -> list[Counter[str]]:
    """Labels as the columns hold them, a document each, without documents of no token."""
    return [
        Counter("_".join(e.label.split()) for e in document.entities if e.text.strip())
        for document in documents
        if document.text.strip()
    ]


def by_spacy(path: Path) -> list[Counter[str]]:
    docs = conll_ner_to_docs(path.read_text("utf-8"), no_print=True)
    return [Counter(span.label_ for span in doc.ents) for doc in docs]


def by_nltk(path: Path) -> Counter[str]:
    columns = ("words", "pos", "ignore", "chunk")
    reader = ConllCorpusReader(str(path.parent), [path.name], columns)
    chunks = (chunk for sentence in reader.chunked_sents() for chunk in sentence)
    return Counter(chunk.label() for chunk in chunks if isinstance(chunk, Tree))


@settings(deadline=None, max_examples=60)
@given(documents=collections())
def test_spacy_and_nltk_find_every_entity(folder: Path, documents: list[Document]) -> None:
    path = folder / "gold.conll"
    conll.write(documents, path, Ledger("export"))
    expected = printable(documents)
    assert by_spacy(path) == expected
    assert by_nltk(path) == sum(expected, Counter())


@settings(deadline=None, max_examples=60)
@given(documents=collections())
def test_seqeval_finds_every_entity(folder: Path, documents: list[Document]) -> None:
    path = folder / "gold.conll"
    conll.write(documents, path, Ledger("export"))
    sentences = path.read_text("utf-8").split("\n\n")
    tags = [[line.split(" ")[3] for line in each.splitlines()] for each in sentences]
    found = Counter(label for label, _, _ in get_entities(tags))
    assert found == sum(printable(documents), Counter())


@settings(deadline=None, max_examples=60)
@given(documents=collections())
def test_every_line_is_one_token_to_every_reader(folder: Path, documents: list[Document]) -> None:
    path = folder / "gold.conll"
    conll.write(documents, path, Ledger("export"))
    content = path.read_bytes().decode("utf-8")
    assert content.splitlines() == content.split("\n")[:-1]
    rows = [line.split() for line in content.splitlines() if line]
    assert all(len(row) == 4 and row[1:3] in (["_", "_"], ["-X-", "O"]) for row in rows)
    tokens = [row[0] for row in rows if row[1] == "_"]
    assert "".join(tokens) == "".join("".join(each.text.split()) for each in documents)


def test_corpus_as_spacy_and_nltk_read_it(
    folder: Path, corpus: list[Document], ledger: Ledger
) -> None:
    path = folder / "corpus.conll"
    conll.write(corpus, path, ledger)
    expected = printable(corpus)
    assert by_spacy(path) == expected
    assert by_nltk(path) == sum(expected, Counter())


def test_columns_of_a_full_document(tmp_path: Path, gold: list[Document], ledger: Ledger) -> None:
    path = tmp_path / "gold.conll"
    conll.write(gold, path, ledger)
    assert path.read_text("utf-8") == (
        "-DOCSTART- -X- O O\n\n"
        "Ms _ _ O\nAmina _ _ B-PERSON\nYusuf _ _ I-PERSON\nmet _ _ O\n"
        "Việt _ _ B-COUNTRY\nNam _ _ I-COUNTRY\n’s _ _ O\nenvoy _ _ O\n. _ _ O\n\n"
        "Li _ _ B-PERSON\nNa _ _ I-PERSON\n\n"
        "left _ _ O\n. _ _ O\n\n"
        "-DOCSTART- -X- O O\n\n"
    )
    with (tmp_path / "gold.relations.tsv").open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file, dialect="excel-tab")
    assert list(first.values()) == [
        *("news/1", "p1", "3", "14", "PERSON", "Amina Yusuf"),
        *("c1", "19", "27", "COUNTRY", "Việt Nam", "represents", repr(1 / 3)),
    ]
    assert (second["tail_text"], second["score"]) == ("Li Na", "")


def test_a_sentence_end_inside_an_entity_does_not_split_it(tmp_path: Path, ledger: Ledger) -> None:
    text = "He saw Who?\nWhat? today."
    entity = Entity(id="e", start=7, end=17, label="ORG", text="Who?\nWhat?")
    path = tmp_path / "gold.conll"
    conll.write([Document(id="d", text=text, entities=(entity,))], path, ledger)
    inside = [line for line in path.read_text("utf-8").split("\n\n") if "ORG" in line]
    assert len(inside) == 1
    assert inside[0].count("-ORG") == 4


def test_what_columns_cannot_hold_is_named_and_comes_back(tmp_path: Path, ledger: Ledger) -> None:
    text = "Bank of Kenya \n Lima"
    found = (
        Entity(id="o", start=0, end=13, label="ORG", text="Bank of Kenya"),
        Entity(id="c", start=8, end=13, label="COUNTRY", text="Kenya"),
        Entity(id="w", start=13, end=15, label="ORG", text=" \n"),
        Entity(id="l", start=16, end=20, label="Big city", text="Lima"),
    )
    documents = [Document(id="d", text=text, entities=found)]
    path = tmp_path / "gold.conll"
    conll.write(documents, path, ledger)
    assert [(loss.where, loss.kind) for loss in ledger.losses] == [
        ("d 8:13", "entity in the columns"),
        ("d 13:15", "entity in the columns"),
        ("d 16:20", "label in the columns"),
    ]
    assert list(conll.read(path)) == documents


def test_a_second_document_of_one_id_is_refused(tmp_path: Path, ledger: Ledger) -> None:
    documents = [Document(id="d", text="one"), Document(id="d", text="two")]
    path = tmp_path / "gold.conll"
    conll.write(documents, path, ledger)
    assert list(conll.read(path)) == documents[:1]
    assert (ledger.taken, ledger.given) == (2, 1)
    assert [note.where for note in ledger.refused] == ["d"]


@pytest.mark.parametrize(
    ("suffix", "old", "new", "says"),
    [
        (".conll", "Amina _ _ B-PERSON", "Amina _ _ B-ORG", "PERSON at 3:14|ORG at 3:8"),
        (".conll", "Yusuf _ _ I-PERSON", "Yusuf _ _ O", "PERSON at 3:"),
        (".conll", "met _ _ O", "meets _ _ O", "line 6: 'meets'"),
        (".conll", "met _ _ O\n", "", "line 6: 'Việt'"),
        (".conll", "met _ _ O", "met O", "line 6: this is no"),
        (".conll", "left _ _ O\n. _ _ O\n", "", "end before its text"),
        (".conll", "-DOCSTART- -X- O O\n\nMs", "Ms", "line 1: this is no"),
        (".conll", ". _ _ O\n\n-DOCSTART- -X- O O\n\n", ". _ _ O\n", "different numbers"),
        (".relations.tsv", "news/1\tp1\t3", "news/1\tp1\t5", "has 'p1 5 14 PERSON"),
        (".relations.tsv", "news/1\tp1\t3", "news/1\tp9\t3", "has 'p9 3 14"),
        (".relations.tsv", "news/1\tp1\t3", "news/2\tp1\t3", "lacks a relation .* of 'news/1'"),
        (".relations.tsv", "news/1\tp1\t3", "news/1\tp1", "line 2: there are not 13"),
        (".relations.tsv", "document\t", "doc\t", "line 1: the header"),
        (".documents.jsonl", '"id":"empty"', '"ID":"empty"', "line 2: id: Field required"),
    ],
)
def test_files_that_disagree_are_refused(
    suffix: str,
    old: str,
    new: str,
    says: str,
    tmp_path: Path,
    gold: list[Document],
    ledger: Ledger,
) -> None:
    path = tmp_path / "gold.conll"
    conll.write(gold, path, ledger)
    changed = path.with_suffix(suffix)
    content = changed.read_bytes().decode("utf-8")
    assert old in content
    changed.write_bytes(content.replace(old, new, 1).encode("utf-8"))
    with pytest.raises(FormatError, match=says):
        list(conll.read(path))


def test_columns_with_the_line_ends_of_windows_are_read(
    tmp_path: Path, gold: list[Document], ledger: Ledger
) -> None:
    path = tmp_path / "gold.conll"
    conll.write(gold, path, ledger)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert [document.id for document in conll.read(path)] == ["news/1", "empty"]
