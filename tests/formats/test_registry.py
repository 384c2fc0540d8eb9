import json
import subprocess
import sys
from pathlib import Path

import pytest

from annotate import formats
from annotate.document import Document, Entity
from annotate.errors import CallError, FormatError
from annotate.ledger import Ledger


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(CallError, match=r"'xml'.*gold, jsonl, spacy, spancat, conll"):
        formats.get("xml")


@pytest.mark.parametrize("name", formats.FORMATS)
def test_every_format_has_a_module_that_writes_and_reads(name: str) -> None:
    module, suffix = formats.get(name)
    assert callable(module.write)
    assert callable(module.read)
    assert suffix == formats.FORMATS[name].suffix


@pytest.mark.parametrize("name", formats.FORMATS)
def test_an_entity_inside_another_is_a_loss_where_the_format_says_so(
    name: str, tmp_path: Path
) -> None:
    text = "University of Nairobi"
    outer = Entity(id="e1", start=0, end=21, label="ORG", text=text)
    inner = Entity(id="e2", start=14, end=21, label="CITY", text="Nairobi")
    ledger = Ledger("export")
    module, suffix = formats.get(name)
    document = Document(id="d", text=text, entities=(outer, inner))
    module.write([document], tmp_path / f"gold{suffix}", ledger)
    said = [each for each in formats.FORMATS[name].partly if each.startswith("overlaps in ")]
    lost = [each.replace("overlaps", "entity") for each in said]
    assert [loss.kind for loss in ledger.losses] == lost
    assert all("CITY 'Nairobi'" in loss.what for loss in ledger.losses)


def test_listing_formats_imports_no_format() -> None:
    code = (
        "import sys; from annotate import formats\n"
        "import json; print(json.dumps([each.suffix for each in formats.FORMATS.values()]))\n"
        "assert not {'spacy', 'ijson', 'pydantic'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert len(set(json.loads(done.stdout))) == len(formats.FORMATS) == 17


@pytest.mark.parametrize(
    "name", [name for name, one in formats.FORMATS.items() if "." in one.suffix]
)
def test_a_folder_in_place_of_a_file_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=f"is a folder, but {name} is one file"):
        formats.read(name, tmp_path, Ledger("read"))
