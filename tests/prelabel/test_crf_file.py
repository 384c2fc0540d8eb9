"""Model files that are damaged or forged end in an error, not in the end of the process."""

from __future__ import annotations

import json
import math
import random
import re
import struct
from collections import Counter
from collections.abc import Callable, Iterable
from multiprocessing import get_context
from pathlib import Path

import pycrfsuite
import pytest

from annotate.prelabel.crf import MODELS, weighted
from annotate.prelabel.crf_file import opened

WHOLE = (MODELS / "en.crf").read_bytes()
RELATIONS = (MODELS / "bn-en-fa-vi.relations.crf").read_bytes()
# Where the tables of the header begin, by the field that says so.
FEATURES, LABELS, ATTRIBUTES, OF_LABELS, OF_ATTRIBUTES = range(28, 48, 4)
RECORDS = 24 + 8 * 256
Content = bytes | bytearray
REFUSAL = re.compile(
    r".*\.crf: (is \d+ bytes long and says that it has \d+|is no model of CRFsuite"
    r"|points outside of itself|says that it has \d+ labels|has .+|refers to .+"
    r"|doesn't find its label .+); train it again or bring back a copy\."
)
SEQUENCE = [["w=a", "w=b"], ["w=ক", "w=b"], ["w=c"]]
TAGS = ["B-ব্যক্তি", "O", "O"]


def word(content: Content, place: int) -> int:
    return int.from_bytes(content[place : place + 4], "little")


def put(content: bytearray, place: int, *words: int) -> None:
    struct.pack_into(f"<{len(words)}I", content, place, *words)


def table(content: Content, field: int) -> tuple[int, int]:
    """Begin and end of a table in the file."""
    begin = word(content, field)
    return begin, begin + word(content, begin + 4)


def buckets(content: Content, field: int) -> Iterable[int]:
    """Where the buckets of the hash tables lie."""
    begin, _ = table(content, field)
    for ref in range(begin + 24, begin + RECORDS, 8):
        for index in range(word(content, ref + 4)):
            yield begin + word(content, ref) + 8 * index


def overwrite(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 4, 64))):
        content[chance.randrange(48, len(content))] = chance.randrange(256)


def overwrite_block(content: bytearray, chance: random.Random) -> None:
    begin = chance.randrange(48, len(content) - 200)
    content[begin : begin + 100] = chance.randbytes(100)


def forge_number(content: bytearray, chance: random.Random) -> None:
    """A number at the front of a table, where sizes, places and counts stand."""
    begin, _ = table(content, chance.choice(range(FEATURES, 48, 4)))
    place = chance.choice((chance.randrange(12, 48, 4), begin + chance.randrange(4, 64, 4)))
    near = word(content, place) + chance.choice((-4, -1, 1, 4))
    put(content, place, chance.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, near & 0xFFFFFFFF)))


def forge_end(content: bytearray, chance: random.Random) -> None:
    """A number at the end of a table: the ways back, the last references."""
    _, end = table(content, chance.choice(range(LABELS, 48, 4)))
    put(content, end - chance.randrange(4, 64, 4), chance.choice((0, 7, len(content), 2**32 - 1)))


def forge_feature(content: bytearray, chance: random.Random) -> None:
    begin, end = table(content, FEATURES)
    place = chance.randrange(begin + 12, end, 20)
    value = chance.choice((math.nan, math.inf, 1e308, -1e308, 1e-300, 3.0))
    struct.pack_into("<d", content, place + 12, value)
    if chance.random() < 0.5:
        put(
            content, place + chance.choice((0, 4, 8)), chance.choice((0, 1, 6, 7, 2**31, 2**32 - 1))
        )


def cut(content: bytearray, chance: random.Random) -> None:
    """Shorter, with the size in the header repaired."""
    del content[chance.randrange(48, len(content)) :]
    put(content, 4, len(content))


def cut_slightly(content: bytearray, chance: random.Random) -> None:
    del content[-chance.randrange(1, 64) :]
    put(content, 4, len(content))


def clear_table(content: bytearray, chance: random.Random) -> None:
    begin, end = table(content, chance.choice(range(FEATURES, 48, 4)))
    first = chance.choice((begin, begin + 12, begin + 24, (begin + end) // 2))
    content[first:end] = bytes(end - first)


def fill_buckets(content: bytearray, chance: random.Random) -> None:
    """No hash table has an empty bucket: a search for what isn't there would not end."""
    field = chance.choice((LABELS, ATTRIBUTES))
    for place in buckets(content, field):
        if not word(content, place + 4):
            put(content, place + 4, RECORDS)


def exchange_buckets(content: bytearray, chance: random.Random) -> None:
    """As many full buckets as before, in other hash tables."""
    places = list(buckets(content, ATTRIBUTES))
    one, other = (chance.choice(places) for _ in range(2))
    content[one : one + 8], content[other : other + 8] = (
        content[other : other + 8],
        content[one : one + 8],
    )


def rename(content: bytearray, chance: random.Random) -> None:
    """A letter of a name becomes another, or a byte that is no letter."""
    begin, _ = table(content, chance.choice((LABELS, ATTRIBUTES)))
    names = begin + RECORDS + 8
    content[names + chance.randrange(word(content, names - 4))] = chance.choice((0, 65, 10, 255))


MUTATIONS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    overwrite,
    overwrite_block,
    forge_number,
    forge_end,
    forge_feature,
    cut,
    cut_slightly,
    clear_table,
    fill_buckets,
    exchange_buckets,
    rename,
)


def mutated(seed: int) -> tuple[str, bytes]:
    """Name of the mutation and what it makes of a shipped model."""
    content = bytearray(RELATIONS if seed % 5 == 0 else WHOLE)
    mutate = MUTATIONS[seed % len(MUTATIONS)]
    mutate(content, random.Random(seed))
    return mutate.__name__, bytes(content)


def use(path: Path, items: list[list[str]]) -> str:
    """Do with a model whatever the project does with one."""
    try:
        tagger = opened(path)
    except ValueError as error:
        # Our own words, not those of a library that met what we didn't look at.
        if REFUSAL.fullmatch(str(error)):
            return "refused"
        raise
    tagger.set(items)
    for at, tag in enumerate(tagger.tag()):
        tagger.marginal(tag, at)
    weighted(tagger)
    return "works"


def use_all(seeds: Iterable[int], folder: Path) -> None:
    """The child process. Leaves the last seed behind, if it doesn't come to its end."""
    path = folder / "mutated.crf"
    known = sorted(weighted(opened(MODELS / "en.crf")) or ())
    items = [[*known[at::50], *(f"unknown {at} {more}" for more in range(40))] for at in range(50)]
    counts: Counter[str] = Counter()
    for seed in seeds:
        (folder / "seed").write_text(str(seed))
        name, content = mutated(seed)
        path.write_bytes(content)
        counts[f"{name} {use(path, items)}"] += 1
    (folder / "counts").write_text(json.dumps(counts))


def campaign(seeds: Iterable[int], folder: Path) -> Counter[str]:
    """How many were refused and how many work, in a process that may die or hang."""
    child = get_context("spawn").Process(target=use_all, args=(seeds, folder))
    child.start()
    child.join(300)
    if child.exitcode is None:
        child.kill()
        child.join()
    assert child.exitcode == 0, f"at the seed {(folder / 'seed').read_text()}"
    return Counter(json.loads((folder / "counts").read_text()))


def trained(path: Path, tags: list[str] = TAGS, **params: float) -> Path:
    trainer = pycrfsuite.Trainer(verbose=False, params=params)
    trainer.append(SEQUENCE, tags)
    trainer.train(str(path))
    return path


def refused(content: Content, folder: Path, match: str) -> None:
    path = folder / "forged.crf"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=match) as caught:
        opened(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", sorted(MODELS.glob("*.crf")), ids=lambda path: path.stem)
def test_a_shipped_model_is_opened(path: Path) -> None:
    assert len(opened(path).labels()) >= 6


def test_a_model_just_trained_is_opened_and_knows_what_it_learnt(tmp_path: Path) -> None:
    assert opened(trained(tmp_path / "tiny.crf")).tag(SEQUENCE) == TAGS


def test_a_model_that_learnt_no_feature_at_all_is_opened(tmp_path: Path) -> None:
    path = trained(tmp_path / "empty.crf", c1=1e6)
    assert word(path.read_bytes(), 24) == 0
    assert len(opened(path).tag(SEQUENCE)) == 3


@pytest.mark.parametrize("length", [0, 3, 47, 48, 1000, len(WHOLE) - 1])
def test_a_cut_model_is_refused(length: int, tmp_path: Path) -> None:
    path = tmp_path / "cut.crf"
    path.write_bytes(WHOLE[:length])
    with pytest.raises(ValueError, match=r"cut\.crf: "):
        opened(path)


@pytest.mark.parametrize("field", range(7, 12))
def test_a_table_outside_of_the_file_is_refused(field: int, tmp_path: Path) -> None:
    content = bytearray(WHOLE)
    put(content, 4 * field, len(WHOLE) + 8)
    refused(content, tmp_path, "points outside of itself")


def test_noise_is_refused(tmp_path: Path) -> None:
    refused(random.Random(0).randbytes(5000), tmp_path, "is no model of CRFsuite")


@pytest.mark.parametrize("field", [LABELS, ATTRIBUTES])
def test_a_hash_table_without_an_empty_bucket_is_refused(field: int, tmp_path: Path) -> None:
    content = bytearray(WHOLE)
    ref = next(at for at in range(word(content, field) + 24, len(WHOLE), 8) if word(content, at))
    first = word(content, field) + word(content, ref)
    places = [first + 8 * index + 4 for index in range(word(content, ref + 4))]
    full = next(word(content, place) for place in places if word(content, place))
    for place in places:
        put(content, place, full)
    refused(content, tmp_path, "has a damaged table of")


@pytest.mark.parametrize("weight", [math.nan, math.inf, -math.inf, 1e308])
def test_a_weight_that_makes_no_finite_sum_is_refused(weight: float, tmp_path: Path) -> None:
    content = bytearray(WHOLE)
    struct.pack_into("<d", content, word(WHOLE, FEATURES) + 12 + 12, weight)
    refused(content, tmp_path, "has a weight that is no number or a huge one")


@pytest.mark.parametrize(("part", "value"), [(0, 2), (4, 4666), (8, 7), (8, 2**32 - 1)])
def test_a_feature_of_what_is_not_there_is_refused(part: int, value: int, tmp_path: Path) -> None:
    content = bytearray(WHOLE)
    put(content, word(WHOLE, FEATURES) + 12 + part, value)
    refused(content, tmp_path, "has a feature of unknown kind, label or attribute")


@pytest.mark.parametrize("field", [OF_LABELS, OF_ATTRIBUTES])
@pytest.mark.parametrize("value", [0, 2**32 - 1])
def test_a_reference_to_another_feature_is_refused(field: int, value: int, tmp_path: Path) -> None:
    # Feature 0 belongs to the first attribute: not to a label, not to the last attribute.
    content = bytearray(WHOLE)
    put(content, table(WHOLE, field)[1] - 4, value)
    refused(content, tmp_path, "refers to features that it doesn't have")


def test_lists_of_references_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    # Few bytes would stand for thousands of long lists, and a dump would not end.
    content = bytearray(WHOLE)
    begin = word(WHOLE, OF_ATTRIBUTES)
    put(content, begin + 12, *[word(WHOLE, begin + 12)] * word(WHOLE, begin + 8))
    refused(content, tmp_path, "refers to features that it doesn't have")


@pytest.mark.parametrize("field", [OF_LABELS, OF_ATTRIBUTES])
def test_a_table_without_references_is_refused(field: int, tmp_path: Path) -> None:
    content = bytearray(WHOLE)
    put(content, word(WHOLE, field) + 4, 12, 0)
    refused(content, tmp_path, "refers to features that it doesn't have")


@pytest.mark.parametrize("labels", [0, 1001, 2**32 - 1])
def test_a_number_of_labels_that_takes_all_memory_is_refused(labels: int, tmp_path: Path) -> None:
    content = bytearray(WHOLE)
    put(content, 20, labels)
    refused(content, tmp_path, f"says that it has {labels} labels")


@pytest.mark.parametrize("byte", [0, 0xFF, 0xD9])
def test_a_name_that_ends_early_or_is_no_utf8_is_refused(byte: int, tmp_path: Path) -> None:
    content = bytearray(WHOLE)
    content[word(WHOLE, ATTRIBUTES) + RECORDS + 8] = byte
    refused(content, tmp_path, "has a damaged table of attributes")


def test_a_name_without_its_end_is_refused(tmp_path: Path) -> None:
    content = bytearray(WHOLE)
    first = word(WHOLE, ATTRIBUTES) + RECORDS
    content[first + 8 + word(WHOLE, first + 4) - 1] = ord("x")
    refused(content, tmp_path, "has a damaged table of attributes")


def test_a_record_that_reaches_over_the_next_one_is_refused(tmp_path: Path) -> None:
    content = bytearray(WHOLE)
    first = word(WHOLE, ATTRIBUTES) + RECORDS
    size = word(WHOLE, first + 4)
    put(content, first + 4, size + 8 + word(WHOLE, first + 8 + size + 4))
    refused(content, tmp_path, "has a damaged table of attributes")


def test_a_full_hash_table_is_refused_though_every_record_has_its_bucket(tmp_path: Path) -> None:
    content = bytearray(WHOLE)
    places = list(buckets(WHOLE, ATTRIBUTES))
    size = word(WHOLE, word(WHOLE, ATTRIBUTES) + 28)
    empty = [place for place in places[:size] if not word(WHOLE, place + 4)]
    full = [place for place in places[size:] if word(WHOLE, place + 4)]
    for place, other in zip(empty, full, strict=False):
        put(content, place, word(WHOLE, other), word(WHOLE, other + 4))
        put(content, other, 0, 0)
    refused(content, tmp_path, "has a damaged table of attributes")


@pytest.mark.parametrize(
    ("field", "at", "by", "match"),
    [
        (FEATURES, 8, 1, "has too few or too many features"),
        (FEATURES, 8, -1, "has too few or too many features"),
        (LABELS, 4, 10**6, "has no whole table CQDB"),
        (LABELS, 0, 1, "has no whole table CQDB"),
        (OF_LABELS, 8, -3, "refers to features that it doesn't have"),
        (OF_LABELS, 8, 10**6, "refers to features that it doesn't have"),
        (OF_ATTRIBUTES, 4, -1, "refers to features that it doesn't have"),
        (OF_ATTRIBUTES, 12, 1, "refers to features that it doesn't have"),
        (ATTRIBUTES, 4, -4, "has a damaged table of attributes"),
        (ATTRIBUTES, 4, -180_638, "has a damaged table of attributes"),
        (ATTRIBUTES, 12, 1, "has a damaged table of attributes"),
        (ATTRIBUTES, 16, -1, "has a damaged table of attributes"),
        (ATTRIBUTES, 20, -4, "has a damaged table of attributes"),
        (ATTRIBUTES, 24, 8, "has a damaged table of attributes"),
        (ATTRIBUTES, RECORDS - 4, 2, "has a damaged table of attributes"),
        (ATTRIBUTES, RECORDS, 1, "has a damaged table of attributes"),
    ],
)
def test_a_forged_number_in_a_table_is_refused(
    field: int, at: int, by: int, match: str, tmp_path: Path
) -> None:
    content = bytearray(WHOLE)
    place = word(WHOLE, field) + at
    put(content, place, word(WHOLE, place) + by)
    refused(content, tmp_path, match)


@pytest.mark.parametrize(("field", "what"), [(20, "labels"), (24, "attributes")])
def test_a_model_with_fewer_names_than_it_says_is_refused(
    field: int, what: str, tmp_path: Path
) -> None:
    content = bytearray(WHOLE)
    put(content, field, word(WHOLE, field) + 1)
    refused(content, tmp_path, f"has a damaged table of {what}")


def test_a_label_that_cannot_be_looked_up_is_refused(tmp_path: Path) -> None:
    content = bytearray(WHOLE)
    content[word(WHOLE, LABELS) + RECORDS + 8] = ord("X")
    refused(content, tmp_path, "doesn't find its label 'X")


def test_a_label_without_a_name_is_refused(tmp_path: Path) -> None:
    path = trained(tmp_path / "empty.crf", ["", "O", "O"])
    refused(path.read_bytes(), tmp_path, "has a label without a name")


def test_no_mutation_of_a_model_ends_or_hangs_the_process(tmp_path: Path) -> None:
    counts = campaign(range(1100), tmp_path)
    assert counts.total() == 1100
    # Both ends are met: what is refused, and what is used to the end.
    for name in ("cut", "cut_slightly", "clear_table", "fill_buckets"):
        assert not counts[f"{name} works"]
    assert counts["overwrite works"]
    assert counts["forge_feature works"]
    assert counts["forge_feature refused"]
