"""Model files that are damaged or forged end in an error, not in the end of the process."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest

from annotate.prelabel.crf import MODELS
from annotate.prelabel.crf_file import opened

WHOLE = (MODELS / "en.crf").read_bytes()


def test_a_whole_model_is_opened() -> None:
    assert "B-PERSON" in opened(MODELS / "en.crf").labels()


@pytest.mark.parametrize("length", [0, 3, 47, 48, 1000, len(WHOLE) - 1])
def test_a_cut_model_is_refused(length: int, tmp_path: Path) -> None:
    path = tmp_path / "cut.crf"
    path.write_bytes(WHOLE[:length])
    with pytest.raises(ValueError, match=r"cut\.crf: "):
        opened(path)


@pytest.mark.parametrize("field", range(7, 12))
def test_a_table_outside_of_the_file_is_refused(field: int, tmp_path: Path) -> None:
    path = tmp_path / "forged.crf"
    content = bytearray(WHOLE)
    struct.pack_into("<I", content, 4 * field, len(WHOLE) + 8)
    path.write_bytes(content)
    with pytest.raises(ValueError, match="points outside of itself"):
        opened(path)


def test_noise_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "noise.crf"
    path.write_bytes(random.Random(0).randbytes(5000))
    with pytest.raises(ValueError, match="is no model of CRFsuite"):
        opened(path)
