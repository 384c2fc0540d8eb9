"""The tables of a CRFsuite model file, each looked through as a whole before it is used.

CRFsuite follows every number in a file without a look at where it leads
(crf1d_model.c and cqdb.c of CRFsuite 0.12). What it writes itself lies table after table
without a gap, so that is asked for here: what has no gap has no place to lead astray.
All functions raise ValueError, which says in a few words what is wrong.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STATE, TRANSITION = 0, 1
FEATURE = np.dtype([("kind", "<u4"), ("source", "<u4"), ("target", "<u4"), ("weight", "<f8")])
# Name, size and number of items stand before each table of features or references.
_HEAD = 12
# Scores are sums of weights. Where a sum isn't finite the best path has no begin.
_HEAVIEST = 1e100
# A table of names: name, size, flag, byte order, and number and place of the way back from
# id to name; then place and number of buckets of 256 hash tables; then the records.
_HASH_TABLES = 256
_RECORDS = 24 + 8 * _HASH_TABLES
_BYTE_ORDER = 0x62445371

Numbers = NDArray[np.int64]


def chunk(content: bytes, place: int, name: bytes) -> bytes:
    """The table that begins at a place of the file, as long as it says."""
    _expect(place + _HEAD <= len(content), "points outside of itself")
    size = int.from_bytes(content[place + 4 : place + 8], "little")
    known = content[place : place + 4] == name
    _expect(known and _HEAD <= size <= len(content) - place, f"has no whole table {name.decode()}")
    return content[place : place + size]


def features_of(table: bytes, labels: int, attributes: int) -> NDArray[np.void]:
    """The features, whose sources and targets are among so many labels and attributes."""
    number = int.from_bytes(table[8:_HEAD], "little")
    _expect(len(table) == _HEAD + FEATURE.itemsize * number, "has too few or too many features")
    features = np.frombuffer(table, FEATURE, number, _HEAD)
    sources = np.where(features["kind"] == STATE, attributes, labels)
    inside = (features["source"] < sources) & (features["target"] < labels)
    _expect(
        bool(np.all((features["kind"] <= TRANSITION) & inside)),
        "has a feature of unknown kind, label or attribute",
    )
    with np.errstate(invalid="ignore"):
        light = np.abs(features["weight"]) < _HEAVIEST
    _expect(bool(np.all(light)), "has a weight that is no number or a huge one")
    return features


def check_references(
    table: bytes, place: int, owners: int, features: NDArray[np.void], kind: int
) -> None:
    """Each label or attribute refers to features of one kind whose source it is.

    The lists stand one after the other, so none is read twice: a dump takes no longer
    than the file is long. ``place`` is where the table begins in the file.
    """
    what = "refers to features that it doesn't have"
    _expect(len(table) % 4 == 0, what)
    words = np.frombuffer(table, "<u4").astype(np.int64)
    # CRFsuite keeps two more than there are labels and uses neither.
    first = 3 + int(words[2])
    _expect(owners + 3 <= first <= len(words), what)
    starts, odd = np.divmod(words[3 : 3 + owners] - place, 4)
    _expect(bool(np.all((starts >= first) & (starts < len(words)) & (odd == 0))), what)
    counts = words[starts]
    ends = starts + 1 + counts
    _expect(np.array_equal(np.append(first, ends), np.append(starts, len(words))), what)
    is_count = np.zeros(len(words), bool)
    is_count[starts] = True
    referred = words[first:][~is_count[first:]]
    _expect(bool(np.all(referred < len(features))), what)
    found = features[referred]
    owned = found["source"] == np.repeat(np.arange(owners), counts)
    _expect(bool(np.all((found["kind"] == kind) & owned)), what)


def check_names(table: bytes, number: int, what: str) -> None:
    """A table with so many names leads from every name to its id and back.

    ``what`` is said of it: "labels" or "attributes".
    """
    problem = f"has a damaged table of {what}"
    _expect(len(table) >= _RECORDS + 20 * number, problem)
    order, back_size, back_place = np.frombuffer(table, "<u4", 3, 12).tolist()
    # Two buckets of 8 bytes and 4 bytes of the way back a name, at the end of the table.
    back = len(table) - 4 * number
    buckets = back - 16 * number
    _expect(order == _BYTE_ORDER and back_size >= number, problem)
    _expect(back_place == (back if number else 0), problem)
    places = np.frombuffer(table, "<u4", number, back).astype(np.int64)
    _check_records(table[:buckets], places, problem)
    _check_buckets(table, buckets, places, problem)


def _check_records(table: bytes, places: Numbers, problem: str) -> None:
    """The records fill the table up to its end: id, size of the name, name with a NUL.

    ``places`` are those of the ids 0, 1, 2, ....
    """
    _expect(bool(np.all((places >= _RECORDS) & (places <= len(table) - 9))), problem)
    content = np.frombuffer(table, np.uint8)
    heads = places[:, None] + np.arange(8)
    ids, sizes = content[heads].view("<u4").astype(np.int64).T
    _expect(np.array_equal(ids, np.arange(len(places))), problem)
    ends = np.sort(places + 8 + sizes)
    starts = np.append(np.sort(places), len(table))
    _expect(np.array_equal(np.append(_RECORDS, ends), starts), problem)
    is_name = np.ones(len(table), bool)
    is_name[:_RECORDS] = False
    is_name[heads] = False
    names = content[is_name]
    closed = bool(np.all(sizes > 0)) and not content[ends - 1].any()
    _expect(closed and int(np.sum(names == 0)) == len(places), problem)
    try:
        names.tobytes().decode("utf-8")  # no character reaches over a NUL
    except UnicodeDecodeError:
        raise ValueError(problem) from None


def _check_buckets(table: bytes, begin: int, places: Numbers, problem: str) -> None:
    """Half of the buckets of every hash table are empty, the others have a record each.

    A search goes round a hash table until it meets an empty bucket, or for ever.
    """
    offsets, sizes = np.frombuffer(table, "<u4", 2 * _HASH_TABLES, 24).reshape(-1, 2).T
    sizes = sizes.astype(np.int64)
    _expect(int(sizes.sum()) == 2 * len(places), problem)
    begins = begin + 8 * (np.cumsum(sizes) - sizes)
    _expect(np.array_equal(offsets, np.where(sizes > 0, begins, 0)), problem)
    filled = np.frombuffer(table, "<u4", 4 * len(places), begin)[1::2].astype(np.int64)
    in_table = np.repeat(np.arange(_HASH_TABLES), sizes)[filled > 0]
    _expect(np.array_equal(2 * np.bincount(in_table, minlength=_HASH_TABLES), sizes), problem)
    _expect(np.array_equal(np.sort(filled[filled > 0]), np.sort(places)), problem)


def _expect(true: bool, problem: str) -> None:
    if not true:
        raise ValueError(problem)
