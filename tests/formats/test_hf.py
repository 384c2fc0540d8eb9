import json
from collections.abc import Iterable
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings

from annotate.document import Document, Entity, flat
from annotate.errors import FormatError
from annotate.formats import hf
from annotate.ledger import Ledger
from tests.strategies import collections


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)


def loaded(path: Path, cache: Path) -> datasets.Dataset:
    return datasets.load_dataset(str(path), cache_dir=str(cache), split="train")


def tagged(row: dict, names: list[str]) -> list[tuple[int, int, str]]:
    """Start, end and label of each span that the tags of a row mark."""
    found: list[tuple[int, int, str]] = []
    places = zip(row["ner_tags"], row["token_starts"], row["token_ends"], strict=True)
    for tag, start, end in places:
        name = names[tag]
        if name.startswith("B-"):
            found.append((start, end, name[2:]))
        elif name != "O":
            assert found[-1][2] == name[2:]
            found[-1] = (found[-1][0], end, name[2:])
    return found


def test_datasets_loads_every_column_with_its_features(
    tmp_path: Path, gold: list[Document], ledger: Ledger
) -> None:
    hf.write(gold, tmp_path / "gold-hf", ledger)
    rows = loaded(tmp_path / "gold-hf", tmp_path / "cache")
    names = ["O", "B-COUNTRY", "I-COUNTRY", "B-PERSON", "I-PERSON"]
    assert rows.features["ner_tags"] == datasets.List(datasets.ClassLabel(names=names))
    assert rows["id"][:] == ["news/1", "empty"]
    first, empty = rows
    assert (first["text"], first["language"]) == (gold[0].text, "en")
    assert first["tokens"][:3] == ["Ms", "Amina", "Yusuf"]
    assert [names[tag] for tag in first["ner_tags"][:3]] == ["O", "B-PERSON", "I-PERSON"]
    person = first["entities"][0]
    assert json.loads(person.pop("provenance"))["annotator"] == "ann"
    assert person == {
        **{"id": "p1", "start": 3, "end": 14, "label": "PERSON", "text": "Amina Yusuf"},
        **{"country_code": None, "note": "sic", "score": 0.1},
    }
    assert first["entities"][1]["country_code"] == "VN"
    link = {"head": "p1", "tail": "p2", "label": "met_with", "score": None, "provenance": None}
    assert first["relations"][1] == link
    assert json.loads(first["meta"])["views"] == 10**30
    assert json.loads(first["provenance"])["status"] == "changed"
    assert (empty["tokens"], empty["entities"], empty["provenance"]) == ([], [], None)


@settings(max_examples=15)
# datasets itself refuses to load a set of no rows.
@given(documents=collections(overlapping=True).filter(bool))
def test_the_tags_are_the_longest_entities_and_the_column_has_all(
    tmp_path_factory: pytest.TempPathFactory, documents: list[Document]
) -> None:
    folder = tmp_path_factory.mktemp("hf")
    hf.write(documents, folder / "x-hf", Ledger("export"))
    rows = loaded(folder / "x-hf", folder / "cache")
    assert len(rows) == len(documents)
    names = rows.features["ner_tags"].feature.names
    for document, row in zip(documents, rows, strict=True):
        places = zip(row["token_starts"], row["token_ends"], strict=True)
        assert row["tokens"] == [row["text"][start:end] for start, end in places]
        expected = [(one.start, one.end, one.label) for one in flat(document.entities)]
        assert tagged(row, names) == expected
        assert [one["id"] for one in row["entities"]] == [one.id for one in document.entities]
        assert len(row["relations"]) == len(document.relations)


def test_corpus_as_datasets_loads_it(tmp_path: Path, corpus: list[Document]) -> None:
    hf.write(corpus, tmp_path / "corpus-hf", Ledger("export"))
    rows = loaded(tmp_path / "corpus-hf", tmp_path / "cache")
    for document, row in zip(corpus, rows, strict=True):
        found = [(one["start"], one["end"], one["label"]) for one in row["entities"]]
        assert found == [(one.start, one.end, one.label) for one in document.entities]
        assert [one["text"] for one in row["entities"]] == [one.text for one in document.entities]
        assert len(row["relations"]) == len(document.relations)


def test_an_entity_inside_another_is_in_the_column_and_named(
    tmp_path: Path, ledger: Ledger
) -> None:
    text = "Bank of Kenya"
    inner = Entity(id="c", start=8, end=13, label="COUNTRY", text="Kenya")
    outer = Entity(id="o", start=0, end=13, label="ORG", text=text)
    documents = [Document(id="d", text=text, entities=(inner, outer))]
    hf.write(documents, tmp_path / "x-hf", ledger)
    assert list(hf.read(tmp_path / "x-hf")) == documents
    assert [(loss.where, loss.kind) for loss in ledger.losses] == [("d 8:13", "entity in ner_tags")]


def test_more_documents_than_a_batch_stay_in_order(tmp_path: Path, ledger: Ledger) -> None:
    documents = [Document(id=str(number), text="x") for number in range(2 * hf.BATCH + 1)]
    hf.write(iter(documents), tmp_path / "x-hf", ledger)
    assert pq.ParquetFile(tmp_path / "x-hf" / hf.FILE).num_row_groups == 3
    assert list(hf.read(tmp_path / "x-hf")) == documents
    assert sorted(path.name for path in (tmp_path / "x-hf").iterdir()) == [
        ".annotate-export",
        hf.FILE,
    ]


def test_what_a_person_mapped_and_saved_again_is_read(
    tmp_path: Path, gold: list[Document], ledger: Ledger
) -> None:
    hf.write(gold, tmp_path / "gold-hf", ledger)
    rows = loaded(tmp_path / "gold-hf", tmp_path / "cache")
    rows = rows.add_column("split", ["dev", "test"])
    rows.to_parquet(str(tmp_path / "again.parquet"))
    first, second = hf.read(tmp_path / "again.parquet")
    assert first.meta == gold[0].meta | {"split": "dev"}
    assert (first.entities, first.relations) == (gold[0].entities, gold[0].relations)
    assert second.id == "empty"


def foreign(path: Path, rows: Iterable[dict], features: datasets.Features | None = None) -> Path:
    path.mkdir(exist_ok=True)
    made = datasets.Dataset.from_list(list(rows), features=features)
    made.to_parquet(str(path / "train-00000-of-00001.parquet"))
    return path


CONLL = datasets.Features(
    {
        "id": datasets.Value("string"),
        "tokens": datasets.List(datasets.Value("string")),
        "pos_tags": datasets.List(datasets.ClassLabel(names=["NNP", "VB"])),
        "ner_tags": datasets.List(datasets.ClassLabel(names=["O", "B-PER", "I-PER", "I-LOC"])),
    }
)


def test_a_set_of_tokens_and_tags_becomes_documents(tmp_path: Path) -> None:
    row = {
        "id": "0",
        "tokens": ["Ana", "Li", "saw", "Peru", "Bo"],
        "pos_tags": [0, 0, 1, 0, 0],
        "ner_tags": [1, 2, 0, 3, 1],
    }
    (document,) = hf.read(foreign(tmp_path / "conll", [row], CONLL))
    assert document.id == "train-00000-of-00001-0"
    assert document.text == "Ana Li saw Peru Bo"
    assert [(one.text, one.label) for one in document.entities] == [
        ("Ana Li", "PER"),
        ("Peru", "LOC"),
        ("Bo", "PER"),
    ]
    assert document.meta == {"pos_tags": ["NNP", "NNP", "VB", "NNP", "NNP"]}


def test_tags_of_iobes_are_read(tmp_path: Path) -> None:
    tags = ["S-PER", "S-PER", "O", "B-LOC", "E-LOC", "I-LOC"]
    row = {"tokens": ["A", "B", "in", "New", "York", "Z"], "ner_tags": tags}
    (document,) = hf.read(foreign(tmp_path / "x", [row]))
    assert [one.text for one in document.entities] == ["A", "B", "New York", "Z"]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"tokens": ["A"], "ner_tags": [1]}, "row 1: there is not a token and a named tag"),
        ({"tokens": ["A"], "ner_tags": ["O", "O"]}, "row 1: there is not a token"),
        ({"tokens": 1, "ner_tags": ["O"]}, "row 1: tokens and ner_tags are no lists"),
        ({"tokens": ["A"], "ner_tags": 1}, "row 1: tokens and ner_tags are no lists"),
        ({"tokens": ["A"], "ner_tags": ["person"]}, "row 1: 'person' is no IOB"),
        ({"sentence": "A"}, "has the columns sentence"),
    ],
)
def test_columns_that_mean_nothing_to_us_are_named(tmp_path: Path, row: dict, says: str) -> None:
    with pytest.raises(FormatError, match=says):
        list(hf.read(foreign(tmp_path / "x", [row])))


def test_a_tag_without_a_name_is_an_error_of_ours(tmp_path: Path) -> None:
    row = {"id": "0", "tokens": ["A"], "pos_tags": [0], "ner_tags": [-1]}
    with pytest.raises(FormatError, match="row 1"):
        list(hf.read(foreign(tmp_path / "x", [row], CONLL)))


@pytest.mark.parametrize(
    ("column", "cell"), [("meta", "{"), ("provenance", "{"), ("meta", "[]"), ("entities", 7)]
)
def test_a_column_of_another_kind_names_the_row(
    column: str, cell: object, tmp_path: Path, gold: list[Document], ledger: Ledger
) -> None:
    hf.write(gold, tmp_path / "x-hf", ledger)
    path = tmp_path / "x-hf" / hf.FILE
    table = pq.read_table(path)
    place = table.schema.get_field_index(column)
    broken = table.set_column(place, column, pa.array([cell, None]))
    pq.write_table(broken, path)
    with pytest.raises(FormatError, match=r"data\.parquet, row 1: "):
        list(hf.read(tmp_path / "x-hf"))


def test_a_file_that_is_no_parquet_says_so(tmp_path: Path) -> None:
    (tmp_path / "data.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(FormatError, match=r"data\.parquet can't be read"):
        list(hf.read(tmp_path))


@pytest.mark.parametrize(
    "features",
    ["{", '{"info": {"features": 5}}', '{"info": {"features": {"tokens": {"_type": "Nope"}}}}'],
)
def test_features_that_are_damaged_name_the_file(tmp_path: Path, features: str) -> None:
    table = pa.table({"tokens": [["A"]], "ner_tags": [["O"]]})
    pq.write_table(
        table.replace_schema_metadata({"huggingface": features}), tmp_path / "data.parquet"
    )
    with pytest.raises(FormatError, match=r"data\.parquet can't be read"):
        list(hf.read(tmp_path))


def test_a_file_whose_bytes_were_changed_names_itself(
    tmp_path: Path, gold: list[Document], ledger: Ledger
) -> None:
    hf.write(gold, tmp_path / "x-hf", ledger)
    path = tmp_path / "x-hf" / hf.FILE
    path.write_bytes(path.read_bytes().replace(b"token_ends", b"token_\xeands"))
    with pytest.raises(FormatError, match=r"data\.parquet can't be read"):
        list(hf.read(path))
