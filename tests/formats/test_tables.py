import csv
from pathlib import Path

import pandas
import pytest
from hypothesis import given

from annotate.document import Document, Entity, Relation
from annotate.errors import FormatError
from annotate.formats import tables
from annotate.ledger import Ledger
from tests.strategies import collections

# What begins a formula in Excel or LibreOffice.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cells_of(folder: Path) -> list[str]:
    found: list[str] = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            found += [cell for row in csv.reader(file) for cell in row]
    return found


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@given(documents=collections(overlapping=True, provenance=True))
def test_no_cell_is_a_formula(folder: Path, documents: list[Document]) -> None:
    path = folder / "gold-csv"
    tables.write(documents, path, Ledger("export"))
    assert not [cell for cell in cells_of(path) if cell.startswith(FORMULA)]


@pytest.mark.parametrize("evil", ['=HYPERLINK("x")', "+1", "-0.5", "@SUM(A1)", "\t=1", "'tis", "="])
def test_what_looks_like_a_formula_comes_back_as_it_was(
    evil: str, tmp_path: Path, ledger: Ledger
) -> None:
    entity = Entity(id=evil, start=0, end=len(evil), label=evil, text=evil, note=evil)
    link = Relation(head=evil, tail=evil, label=evil)
    document = Document(id=evil, text=evil, entities=(entity,), relations=(link,))
    tables.write([document], tmp_path / "x-csv", ledger)
    (row,) = table(tmp_path / "x-csv", "entities.csv")
    assert row["text"] == row["note"] == f"'{evil}"
    assert list(tables.read(tmp_path / "x-csv")) == [document]


def test_an_empty_note_is_not_an_absent_one(tmp_path: Path, ledger: Ledger) -> None:
    notes = ("", None, "'", "''")
    entities = tuple(
        Entity(id=f"e{number}", start=number, end=number + 1, label="X", text="a", note=note)
        for number, note in enumerate(notes)
    )
    documents = [Document(id="d", text="aaaa", entities=entities)]
    tables.write(documents, tmp_path / "x-csv", ledger)
    written = [row["note"] for row in table(tmp_path / "x-csv", "entities.csv")]
    assert written == ["'", "", "''", "'''"]
    assert list(tables.read(tmp_path / "x-csv")) == documents


def test_tables_of_a_full_document(tmp_path: Path, gold: list[Document], ledger: Ledger) -> None:
    folder = tmp_path / "gold-csv"
    tables.write(gold, folder, ledger)
    for name in tables.TABLES:
        assert (folder / name).read_bytes().startswith(b"\xef\xbb\xbf")
    first, second, _ = table(folder, "entities.csv")
    assert first == {
        **{"document": "news/1", "id": "p1", "label": "PERSON", "before": "Ms"},
        **{"text": "Amina Yusuf", "after": "met Việt Nam’s envoy. Li Na left."},
        **{"start": "3", "end": "14", "country_code": "", "note": "sic", "score": "0.1"},
        **{"status": "accepted", "annotator": "ann", "annotated_at": "2024-05-01T10:00:00Z"},
        **{"annotation": "7", "model_version": ""},
    }
    assert (second["text"], second["country_code"], second["status"]) == ("Việt Nam", "VN", "")
    link, _ = table(folder, "relations.csv")
    shown = ("head", "head_text", "label", "tail", "tail_text", "score")
    assert [link[column] for column in shown] == [
        *("p1", "Amina Yusuf", "represents", "c1", "Việt Nam", repr(1 / 3)),
    ]
    assert [row["id"] for row in table(folder, "documents.csv")] == ["news/1", "empty"]


def test_pandas_finds_every_entity_and_relation(
    tmp_path: Path, corpus: list[Document], ledger: Ledger
) -> None:
    folder = tmp_path / "corpus-csv"
    tables.write(corpus, folder, ledger)
    entities = pandas.read_csv(folder / "entities.csv", keep_default_na=False)
    assert list(entities.columns) == tables.ENTITIES
    assert list(
        zip(entities.document, entities.start, entities.end, entities.text, strict=True)
    ) == [
        (document.id, one.start, one.end, one.text)
        for document in corpus
        for one in document.entities
    ]
    relations = pandas.read_csv(folder / "relations.csv", keep_default_na=False)
    assert list(zip(relations["head"], relations["tail"], relations["label"], strict=True)) == [
        (link.head, link.tail, link.label) for document in corpus for link in document.relations
    ]


def test_a_text_longer_than_the_csv_module_takes_by_itself(tmp_path: Path, ledger: Ledger) -> None:
    documents = [Document(id="long", text="ঢাকা।\n" * 50_000)]
    tables.write(documents, tmp_path / "x-csv", ledger)
    assert list(tables.read(tmp_path / "x-csv")) == documents


def test_rows_sorted_by_a_person_are_read(
    tmp_path: Path, gold: list[Document], ledger: Ledger
) -> None:
    folder = tmp_path / "gold-csv"
    tables.write(gold, folder, ledger)
    for name, columns in tables.TABLES.items():
        rows = table(folder, name)
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(reversed(rows))
    empty, first = tables.read(folder)
    assert empty == gold[1]
    assert first.entities == gold[0].entities[::-1]
    assert first.relations == gold[0].relations[::-1]


def test_a_second_document_of_one_id_is_refused(tmp_path: Path, ledger: Ledger) -> None:
    documents = [Document(id="d", text="one"), Document(id="d", text="two")]
    tables.write(documents, tmp_path / "x-csv", ledger)
    assert list(tables.read(tmp_path / "x-csv")) == documents[:1]
    assert (ledger.taken, ledger.given) == (2, 1)
    assert [note.where for note in ledger.refused] == ["d"]


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("entities.csv", ",3,14,", ",4,14,", "'news/1'.*p1: text is 'Amina Yusuf'"),
        ("entities.csv", ",3,14,", ",,14,", r"entities\.csv, line 2: start is '', no whole"),
        ("entities.csv", ",0.1,", ',"0,1",', r"entities\.csv, line 2: score is '0,1'"),
        ("entities.csv", "Z,7,", "Z,,", r"entities\.csv, line 2: annotation is ''"),
        ("entities.csv", "accepted,", "fine,", r"documents\.csv, line 3 .*provenance\.status"),
        ("entities.csv", "news/1,c1", "news/2,c1", "there is no entity c1"),
        ("entities.csv", "document,", "Document,", r"entities\.csv, line 1: the header is not"),
        ("entities.csv", "news/1,c1,", "news/1,c1,more,", "line 3: there are not 16 fields"),
        ("relations.csv", "news/1,p1", "news/1,p9", "there is no entity p9"),
        ("relations.csv", "news/1,p1", "news/2,p1", r"relations\.csv, line 2: .*'news/2'"),
        (
            "documents.csv",
            '""b"": []}]',
            '""b"": []',
            r"documents\.csv, line 3: meta or review is no JSON",
        ),
        ("documents.csv", "envoy.", 'envoy".', r"documents\.csv can't be read: .*expected after"),
    ],
)
def test_a_table_that_was_spoilt_is_refused_by_its_place(
    name: str,
    old: str,
    new: str,
    says: str,
    tmp_path: Path,
    gold: list[Document],
    ledger: Ledger,
) -> None:
    folder = tmp_path / "gold-csv"
    tables.write(gold, folder, ledger)
    content = (folder / name).read_bytes().decode("utf-8")
    assert old in content
    (folder / name).write_bytes(content.replace(old, new, 1).encode("utf-8"))
    with pytest.raises(FormatError, match=says):
        list(tables.read(folder))


@pytest.mark.parametrize("name", tables.TABLES)
def test_a_table_that_is_missing_is_named(
    name: str, tmp_path: Path, gold: list[Document], ledger: Ledger
) -> None:
    tables.write(gold, tmp_path / "gold-csv", ledger)
    (tmp_path / "gold-csv" / name).unlink()
    with pytest.raises(FormatError, match=name):
        list(tables.read(tmp_path / "gold-csv"))


def test_what_is_no_folder_of_tables_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("id,text")
    for path in (tmp_path, tmp_path / "x.csv"):
        with pytest.raises(
            FormatError, match=r"is no folder of tables: there is no documents\.csv"
        ):
            list(tables.read(path))
