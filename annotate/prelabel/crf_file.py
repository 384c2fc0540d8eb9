"""A model file of CRFsuite, opened with care: it may be damaged, or come from someone else.

CRFsuite reads a file by the offsets that stand in it and doesn't look whether they are
inside (crf1d_model.c of CRFsuite 0.12), so a cut or forged file ends the process.
"""

from __future__ import annotations

import struct
from pathlib import Path

import pycrfsuite

# Magic, size, type, version, numbers of features, labels and attributes, then the
# offsets of five tables: features, labels, attributes, and what refers to the two.
_HEADER = struct.Struct("<4sI4sIIIIIIIII")


def opened(path: Path) -> pycrfsuite.Tagger:
    """A tagger with the model of a file. Raises ValueError when the file is no whole model."""
    problem = _problem(path)
    if problem:
        raise ValueError(f"{path}: {problem}; train it again or bring back a copy.")
    tagger = pycrfsuite.Tagger()
    # Not open_inmemory: it doesn't keep the bytes alive (segfault with 0.9.12).
    tagger.open(str(path))
    return tagger


def _problem(path: Path) -> str | None:
    with path.open("rb") as file:
        head = file.read(_HEADER.size)
    if len(head) < _HEADER.size:
        return "is no model of CRFsuite"
    magic, size, kind, *_, features, labels, attributes, label_refs, attribute_refs = (
        _HEADER.unpack(head)
    )
    if magic != b"lCRF" or kind != b"FOMC":
        return "is no model of CRFsuite"
    length = path.stat().st_size
    if size != length:
        return f"is {length} bytes long and says that it has {size}"
    tables = (features, labels, attributes, label_refs, attribute_refs)
    if not all(_HEADER.size <= place < length for place in tables):
        return "points outside of itself"
    return None
