"""Exported tasks to gold, in whatever order they stand."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from annotate.config import load_settings
from annotate.corpus.cut import cut
from annotate.document import Document
from annotate.ledger import Ledger
from annotate.review.adjudicate import Policy
from annotate.studio.bookkeeping import bookkeeping
from annotate.studio.gold import gold
from annotate.studio.piece import Reading
from annotate.studio.tasks import to_tasks
from tests.samples import bare, english, persian
from tests.studio.test_push_pull import long_document

SCHEMA = load_settings().schema_in_force()
Json = dict[str, Any]


def reviewed(document: Document, first: int, max_chars: int = 10_000) -> list[Json]:
    """The document's tasks, numbered from ``first``, each submitted as it was suggested."""
    tasks = to_tasks(document, cut(document, max_chars, Ledger("cut")), SCHEMA)
    return [_submitted(task, number) for number, task in enumerate(tasks, start=first)]


def _submitted(task: Json, number: int) -> Json:
    (prediction,) = task["predictions"]
    annotation = {
        "id": 1000 + number,
        "completed_by": 1,
        "result": prediction["result"],
        "prediction": prediction,
        "parent_prediction": 7,
        "was_cancelled": False,
        "created_at": f"2026-01-01T00:00:{number % 60:02}Z",
        "lead_time": 1.0,
    }
    return task | {"id": number, "annotations": [annotation]}


def read(*tasks: Json) -> tuple[list[Document], Ledger]:
    ledger = Ledger("read")
    names = [bookkeeping(task)["document"] for task in tasks]
    return list(gold(names, tasks, Reading(SCHEMA, ledger))), ledger


def test_pieces_may_stand_apart_and_in_any_order() -> None:
    long, other = reviewed(long_document(), 1, 500), reviewed(english(), 90)
    together, _ = read(*long, *other)
    first, *rest = reversed(long)
    apart, ledger = read(first, *other, *rest)
    assert {one.id: bare(one) for one in apart} == {one.id: bare(one) for one in together}
    assert [one.id for one in apart] == ["en-1", "long"]
    assert ledger.clean


def test_one_piece_that_is_not_reviewed_leaves_the_document_out() -> None:
    *long, last = reviewed(long_document(), 1, 500)
    found, ledger = read(*long, last | {"annotations": []}, *reviewed(persian(), 90))
    assert [one.id for one in found] == ["fa-1"]
    assert ledger.counts["documents reviewed in part, left out"] == 1
    assert (ledger.taken, ledger.given) == (2, 1)


def test_a_task_that_came_twice_is_one_document_and_its_latest_review_counts() -> None:
    (early,), (late,) = reviewed(english(), 1), reviewed(english(), 2)
    late["annotations"][0]["result"] = []
    (document,), ledger = read(early, late)
    assert document.entities == ()
    assert document.provenance
    assert document.provenance.tasks == (1, 2)
    assert ledger.taken == 1


@pytest.mark.parametrize("policy", ["latest", "agreed"])
def test_how_far_two_people_agree_is_kept_whichever_of_them_counts(policy: Policy) -> None:
    (task,) = reviewed(english(), 1)
    (first,) = task["annotations"]
    regions = [item for item in first["result"] if item["type"] != "relation"]
    second = first | {"id": 2, "completed_by": 2, "result": regions[1:]}
    task["annotations"].append(second)
    ledger = Ledger("read")
    (document,) = gold(["en-1"], [task], Reading(SCHEMA, ledger, policy))
    assert document.provenance
    assert document.provenance.agreement is not None
    assert {(one.label, one.shared, one.single) for one in document.provenance.agreement} == {
        ("PERSON", 1, 1),
        ("COUNTRY", 3, 0),
        ("represents", 0, 1),
        ("met_with", 0, 1),
        ("cooperates_with", 0, 1),
    }
    assert ledger.counts["documents that several people reviewed"] == 1


def test_the_agreement_of_a_document_is_that_of_all_its_pieces() -> None:
    pieces = reviewed(long_document(), 1, 500)
    for task in pieces[:2]:
        task["annotations"].append(task["annotations"][0] | {"id": 2, "completed_by": 2})
    (document,), _ = read(*pieces)
    assert document.provenance
    assert document.provenance.agreement
    shared = sum(one.shared for one in document.provenance.agreement if one.kind == "entity")
    regions = [
        item
        for task in pieces[:2]
        for item in task["annotations"][0]["result"]
        if item["type"] != "relation"
    ]
    assert shared == len(regions) > 0


def test_the_review_of_one_person_says_nothing_of_agreement() -> None:
    (task,) = reviewed(english(), 1)
    # The same person, changed and submitted again.
    task["annotations"].append(task["annotations"][0] | {"id": 2})
    (document,), ledger = read(task)
    assert document.provenance
    assert document.provenance.agreement is None
    assert '"agreement":' not in document.to_json()
    assert not ledger.counts["documents that several people reviewed"]


def test_a_text_that_was_changed_on_the_server_is_refused() -> None:
    (task,) = reviewed(english(), 1)
    task["data"] = task["data"] | {"text": task["data"]["text"].replace("Peru", "Cuba")}
    found, ledger = read(task)
    assert found == []
    assert "not the one that was pushed" in ledger.refused[-1].what


@pytest.mark.parametrize(
    "own", [None, 7, {}, {"document": 5}, {"document": "d", "key": "k", "pieces": "1"}]
)
def test_bookkeeping_that_is_not_ours_makes_a_document_of_its_own(own: object) -> None:
    (task,) = reviewed(english(), 3)
    foreign = copy.deepcopy(task) | {"meta": {"annotate": own}}
    (document,), _ = read(foreign)
    assert (document.id, document.language) == ("label-studio/task-3", "en")
    assert document.meta == {}


def test_bookkeeping_that_no_document_can_have_is_refused_by_name() -> None:
    (task,) = reviewed(english(), 3)
    task["meta"]["annotate"]["language"] = "no language"
    found, ledger = read(task)
    assert found == []
    assert ledger.refused[-1].where == "en-1"
