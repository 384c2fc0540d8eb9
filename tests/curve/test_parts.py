"""Growing parts of made documents."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from annotate.curve.parts import SHARES, Part, parts
from annotate.document import Document
from tests.split.made import document

SEEDS = 3


def made(**languages: int) -> list[Document]:
    return [
        document(f"{language}-{number}", f"text {number}", language)
        for language, count in languages.items()
        for number in range(count)
    ]


def of(found: list[Part], seed: int) -> list[set[str]]:
    return [{one.id for one in part.documents} for part in found if part.seed == seed]


def test_parts_of_one_seed_hold_one_another_and_seeds_differ() -> None:
    found = parts(made(en=64), SEEDS)
    assert [len(part.documents) for part in found] == [
        *(0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 48, 48, 48, 64)
    ]
    for seed in range(SEEDS):
        drawn = of(found, seed)
        assert all(small < large for small, large in pairwise(drawn))
    assert len({frozenset(of(found, seed)[0]) for seed in range(SEEDS)}) == SEEDS


def test_every_language_has_its_share_and_one_document_at_least() -> None:
    for part in parts(made(en=32, bn=16, fa=1), SEEDS)[1:]:
        counts = Counter(one.language for one in part.documents)
        assert counts["en"] == 2 * counts["bn"]
        assert counts["fa"] == 1


def test_the_order_of_the_documents_changes_no_part() -> None:
    documents = made(en=20, vi=12)
    one, other = parts(documents, SEEDS), parts(documents[::-1], SEEDS)
    for mine, others in zip(one, other, strict=True):
        assert mine.documents == others.documents[::-1]


def test_few_documents_make_few_parts_and_none_twice() -> None:
    found = parts(made(en=2), SEEDS)
    assert [(part.seed, len(part.documents)) for part in found] == [
        *((None, 0), (0, 1), (1, 1), (2, 1), (None, 2))
    ]
    assert [len(part.documents) for part in parts(made(en=1), SEEDS)] == [0, 1]


def test_without_rehearsal_the_curve_begins_with_documents() -> None:
    found = parts(made(en=64), SEEDS, from_none=False)
    assert len(found) == len(SHARES) * SEEDS + 1
    assert len(found[0].documents) == 4
