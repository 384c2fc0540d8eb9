"""Neither an export nor a conversion writes over gold or over what it reads."""

from pathlib import Path

import pytest

from annotate import api
from annotate.config import load_settings
from annotate.document import Document
from annotate.errors import CallError, FormatError
from annotate.formats import gold as gold_file
from annotate.formats import jsonl
from annotate.ledger import Ledger
from tests.export.test_export import exported
from tests.formats.test_round_trip import bytes_of


def export(gold: list[Path] | list[Document], folder: Path, *names: str) -> api.Exports:
    return api.export(gold, names, folder, settings=load_settings(folder))


def convert(source: Path, target: Path, from_: str, to: str) -> Ledger:
    return api.convert(source, target, from_=from_, to=to, settings=load_settings(source.parent))


def test_an_export_never_takes_the_place_of_its_gold(gold: Path) -> None:
    before = gold.read_bytes()
    with pytest.raises(CallError, match=r"gold\.json is gold"):
        api.export(gold, ["jsonl", "gold"], gold.parent, settings=load_settings(gold.parent))
    assert gold.read_bytes() == before
    assert [path.name for path in gold.parent.iterdir()] == ["gold.json"]


@pytest.mark.parametrize(
    ("name", "wanted"), [("gold.documents.jsonl", "conll"), ("gold.spert_types.json", "spert")]
)
def test_nor_do_the_files_beside_it(
    tmp_path: Path, documents: list[Document], name: str, wanted: str
) -> None:
    first, second = tmp_path / "gold.json", tmp_path / name
    for path in (first, second):
        (gold_file if path.suffix == ".json" else jsonl).write(documents, path, Ledger("write"))
    before = bytes_of(tmp_path)
    with pytest.raises(CallError, match="is gold, which the export would replace"):
        export([first, second], tmp_path, wanted)
    assert bytes_of(tmp_path) == before


def test_a_file_that_may_be_gold_is_not_replaced_but_an_earlier_export_is(
    gold: Path, documents: list[Document]
) -> None:
    lines = gold.with_suffix(".jsonl")
    jsonl.write(documents[:1], lines, Ledger("write"))
    before = gold.read_bytes()
    for source in ([lines], documents):
        with pytest.raises(CallError, match=r"gold\.json may be gold.*give another -o"):
            export(source, gold.parent, "gold")
    assert gold.read_bytes() == before
    out = gold.parent / "out"
    for _ in range(2):
        export([lines], out, "gold")
    export([gold], out, "gold")
    export([gold], out, "spacy")
    export([gold], out, "csv")
    export([gold], out, "gold")
    assert len(list(gold_file.read(out / "gold.json"))) == 3
    (out / "gold.json").write_text("[]")
    with pytest.raises(CallError, match="may be gold"):
        export([gold], out, "gold")


def test_two_exports_of_one_path_are_refused_before_anything_is_written(
    tmp_path: Path, documents: list[Document]
) -> None:
    paths = [tmp_path / "a.json", tmp_path / "a.spancat.json"]
    for path in paths:
        gold_file.write(documents, path, Ledger("write"))
    out = tmp_path / "out"
    with pytest.raises(CallError, match=r"a as spancat and a\.spancat as spacy would both be"):
        export(paths, out, "jsonl", "spacy", "spancat")
    assert not out.exists()
    assert export(paths[:1], out, "spacy", "spacy").written


def test_a_folder_that_people_changed_stops_the_export_at_its_beginning(gold: Path) -> None:
    exported(gold, "brat")
    out = gold.parent / "out"
    (out / "gold-brat" / "0001.ann").write_text("")
    before = bytes_of(out)
    with pytest.raises(FormatError, match=r"gold-brat/0001\.ann was changed"):
        exported(gold, "jsonl", "brat")
    assert bytes_of(out) == before


@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_a_file_is_not_converted_into_itself(gold: Path, link: str) -> None:
    other = gold.with_name("link.json")
    getattr(other, link)(gold)
    before = gold.read_bytes()
    for target in (gold, other):
        with pytest.raises(CallError, match="written over what is read"):
            convert(gold, target, "gold", "jsonl")
    assert gold.read_bytes() == other.read_bytes() == before


def test_nor_into_what_is_beside_it(gold: Path, documents: list[Document]) -> None:
    lines = gold.with_name("x.documents.jsonl")
    jsonl.write(documents, lines, Ledger("write"))
    with pytest.raises(CallError, match=r"x\.documents\.jsonl would be written over"):
        convert(lines, gold.with_name("x.txt"), "jsonl", "conll")
    columns = gold.with_name("y.conll")
    convert(gold, columns, "gold", "conll")
    with pytest.raises(CallError, match=r"y\.documents\.jsonl would be written over"):
        convert(columns, gold.with_name("y.documents.jsonl"), "conll", "jsonl")
    assert len(list(jsonl.read(lines))) == 3
    assert not gold.with_name("x.txt").exists()


def test_nor_a_folder_into_its_own_file_or_round_it(gold: Path) -> None:
    folder = gold.with_name("g-docred")
    convert(gold, folder, "gold", "docred")
    before = bytes_of(folder)
    with pytest.raises(CallError, match="written over what is read"):
        convert(folder, folder / "documents.json", "docred", "gold")
    with pytest.raises(CallError, match="written over what is read"):
        convert(folder / "documents.json", folder, "docred", "docred")
    assert bytes_of(folder) == before


def test_a_folder_that_cannot_be_made_is_named(gold: Path) -> None:
    with pytest.raises(FormatError, match=r"gold\.json/x can't be made"):
        export([gold], gold / "x", "jsonl")
    with pytest.raises(FormatError, match=r"gold\.json/x can't be made"):
        convert(gold, gold / "x" / "y.jsonl", "gold", "jsonl")
