"""What is learnt is never tested on, whatever gold comes after which."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from annotate.document import Document
from annotate.ledger import Ledger
from annotate.split import record
from annotate.split.duplicates import near_duplicates
from annotate.train.material import Material, kept_test, material
from annotate.train.rehearsal import corpus, is_unseen
from tests.split.made import edited
from tests.train.conftest import campaign
from tests.train.test_rehearsal import shipped_schema

SCHEMA = shipped_schema()


def in_english(part: str) -> list[Document]:
    found = corpus("train" if part == "train" else "unseen", SCHEMA)
    return [one for one in found if one.language == "en"]


def renamed(documents: list[Document], prefix: str, **update: object) -> list[Document]:
    return [one.model_copy(update={"id": prefix + one.id} | update) for one in documents]


def copies(documents: list[Document], prefix: str) -> list[Document]:
    """The documents with a line of their own at the end, under other ids."""
    return [
        one.model_copy(update={"id": prefix + one.id, "text": f"{one.text}\nUpdated at noon."})
        for one in documents
    ]


def leaks(found: Material) -> list[tuple[str, str]]:
    """Learnt and tested documents that are nearly the same."""
    learnt = found.everything()
    both = [*learnt, *found.tested]
    return [
        (both[pair.first].id, both[pair.second].id)
        for pair in near_duplicates([one.text for one in both])
        if pair.first < len(learnt) <= pair.second
    ]


@pytest.mark.parametrize("change", [renamed, copies])
def test_unseen_texts_in_the_gold_are_not_tested_on(change: object, tmp_path: Path) -> None:
    gold = change(in_english("unseen"), "own-")  # type: ignore[operator]
    found = material(gold, tmp_path, SCHEMA, Ledger("train"))
    assert leaks(found) == []
    assert len(found.train) + len(found.dev) + len(found.test) == len(gold)


@pytest.mark.parametrize("change", [renamed, copies])
def test_corpus_texts_in_the_gold_are_not_rehearsed_where_tested(
    change: object, tmp_path: Path
) -> None:
    gold = change(in_english("train")[:20], "own-")  # type: ignore[operator]
    found = material(gold, tmp_path, SCHEMA, Ledger("train"))
    assert found.test
    assert leaks(found) == []


def test_a_later_copy_of_a_test_document_is_not_learnt(tmp_path: Path) -> None:
    first = material(campaign(1, 30), tmp_path, SCHEMA, Ledger("train"))
    ledger = Ledger("train")
    later = [*copies(first.test, "later-"), *campaign(31, 50)]
    found = material(later, tmp_path, SCHEMA, ledger)
    assert leaks(found) == []
    learnt = {one.id for one in found.everything()}
    named = {note.where for note in ledger.refused}
    placed = {one.id for one in found.test}
    for one in first.test:
        assert f"later-{one.id}" in named | placed
        assert f"later-{one.id}" not in learnt


def test_an_id_with_another_text_loses_no_test_document(tmp_path: Path) -> None:
    first = material(campaign(1, 20), tmp_path, SCHEMA, Ledger("train")).test
    others = [
        one.model_copy(update={"id": campaign(at, at)[0].id})
        for at, one in enumerate(campaign(21, 40), start=1)
    ]
    found = material(others, tmp_path, SCHEMA, Ledger("train"))
    kept = kept_test(tmp_path)
    assert {one.text for one in (*first, *found.test)} == {one.text for one in kept}
    assert len({one.id for one in kept}) == len(kept)
    again = material(renamed(first, "x-") + campaign(41, 50), tmp_path, SCHEMA, Ledger("train"))
    assert leaks(again) == []


def test_newer_gold_of_a_test_document_counts(tmp_path: Path) -> None:
    (test, *_) = material(campaign(1, 20), tmp_path, SCHEMA, Ledger("train")).test
    changed = [
        one.model_copy(update={"entities": (), "relations": ()}) if one.id == test.id else one
        for one in campaign(1, 20)
    ]
    material(changed, tmp_path, SCHEMA, Ledger("train"))
    assert not next(one for one in kept_test(tmp_path) if one.id == test.id).entities


def test_trainings_at_once_keep_one_record(tmp_path: Path) -> None:
    def begin(at: int) -> Material:
        return material(campaign(at, at + 9), tmp_path, SCHEMA, Ledger("train"))

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(begin, (1, 11, 21, 31)))
    assert len(record.read(tmp_path / record.NAME).documents) == 40
    assert len(kept_test(tmp_path)) == sum(len(one.test) for one in found)


def test_a_language_without_an_entity_is_named(tmp_path: Path) -> None:
    bare = renamed(campaign(21, 24), "ms-", language="ms", entities=(), relations=())
    ledger = Ledger("train")
    found = material([*campaign(1, 10), *bare], tmp_path, SCHEMA, ledger)
    assert found.languages == ["id"]
    assert "ms" in {note.where for note in ledger.refused}


def test_the_unseen_texts_are_known_by_their_text() -> None:
    first = in_english("unseen")[0]
    assert is_unseen(first.model_copy(update={"id": "other"}))
    assert not is_unseen(first.model_copy(update={"text": edited(first.text, 0.1)}))
