"""A model file of CRFsuite, opened with care: it may be damaged, or come from someone else.

CRFsuite reads a file by the offsets that stand in it and doesn't look whether they are
inside (crf1d_model.c of CRFsuite 0.12), so a cut or forged file ends or hangs the process.
"""

from __future__ import annotations

import struct
from pathlib import Path

import pycrfsuite

from annotate.prelabel.crf_tables import (
    STATE,
    TRANSITION,
    check_names,
    check_references,
    chunk,
    features_of,
)

# Magic, size, type, version, numbers of features, labels and attributes, then the
# offsets of five tables: features, labels, attributes, and what refers to the two.
# CRFsuite leaves the number of features at 0; the one before the features counts.
_HEADER = struct.Struct("<4sI4sIIIIIIIII")
_VERSION = 100
# Three matrices of labels by labels are made when a model is opened (crf1d_context.c):
# 24 MB here. A few bytes a label in a forged file would take all memory.
_MOST_LABELS = 1000


def opened(path: Path) -> pycrfsuite.Tagger:
    """A tagger with the model of a file. Raises ValueError when the file is no whole model."""
    tagger = pycrfsuite.Tagger()
    try:
        _check(_content(path))
        # Not open_inmemory: it doesn't keep the bytes alive (segfault with 0.9.12).
        tagger.open(str(path))
        _check_labels(tagger)
    except ValueError as error:
        raise ValueError(f"{path}: {error}; train it again or bring back a copy.") from None
    return tagger


def _content(path: Path) -> bytes:
    """All bytes of a file that is as long as it says; of others no more than the header."""
    with path.open("rb") as file:
        head = file.read(_HEADER.size)
        if len(head) < _HEADER.size:
            raise ValueError("is no model of CRFsuite")
        magic, size, kind, version, *_ = _HEADER.unpack(head)
        if (magic, kind, version) != (b"lCRF", b"FOMC", _VERSION):
            raise ValueError("is no model of CRFsuite")
        length = path.stat().st_size
        if size != length:
            raise ValueError(f"is {length} bytes long and says that it has {size}")
        return head + file.read()


def _check(content: bytes) -> None:
    *_, labels, attributes, by_feature, by_label, by_attribute, of_labels, of_attributes = (
        _HEADER.unpack_from(content)
    )
    if not 0 < labels <= _MOST_LABELS:
        raise ValueError(f"says that it has {labels} labels")
    features = features_of(chunk(content, by_feature, b"FEAT"), labels, attributes)
    check_names(chunk(content, by_label, b"CQDB"), labels, "labels")
    check_names(chunk(content, by_attribute, b"CQDB"), attributes, "attributes")
    label_refs = chunk(content, of_labels, b"LFRF")
    check_references(label_refs, of_labels, labels, features, TRANSITION)
    attribute_refs = chunk(content, of_attributes, b"AFRF")
    check_references(attribute_refs, of_attributes, attributes, features, STATE)


def _check_labels(tagger: pycrfsuite.Tagger) -> None:
    """Each label is found again by its name: hash values in the file may be wrong."""
    tagger.set([[]])
    for label in tagger.labels():
        try:
            tagger.marginal(label, 0)
        except RuntimeError:
            raise ValueError(f"doesn't find its label {label!r}") from None
        if not label:
            raise ValueError("has a label without a name")
