import json
import subprocess
import sys

import pytest

from annotate import formats
from annotate.errors import CallError


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(CallError, match=r"'xml'.*gold, jsonl, spacy, spancat, conll"):
        formats.get("xml")


@pytest.mark.parametrize("name", formats.FORMATS)
def test_every_format_has_a_module_that_writes_and_reads(name: str) -> None:
    module, suffix = formats.get(name)
    assert callable(module.write)
    assert callable(module.read)
    assert suffix == formats.FORMATS[name].suffix


def test_listing_formats_imports_no_format() -> None:
    code = (
        "import sys; from annotate import formats\n"
        "import json; print(json.dumps([each.suffix for each in formats.FORMATS.values()]))\n"
        "assert not {'spacy', 'ijson', 'pydantic'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert len(set(json.loads(done.stdout))) == len(formats.FORMATS) == 17
