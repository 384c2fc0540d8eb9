"""Blind tasks: chosen for good, never with suggestions."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.config import load_settings
from annotate.document import Document
from annotate.errors import CallError
from annotate.ledger import Ledger
from annotate.studio.blind import is_blind
from annotate.studio.client import Client
from annotate.studio.pull import pull
from annotate.studio.push import push
from annotate.studio.twin import Twin
from tests.samples import bare, english
from tests.studio.reviewers import sdk_of, shown

SETTINGS = load_settings()
DOCUMENTS = [english(f"en-{number}") for number in range(12)]
CHOSEN = {one.id for one in DOCUMENTS if is_blind(one.id, 0.4)}


def send(studio: Client | Twin, title: str, documents: list[Document], **more: object) -> Ledger:
    ledger = Ledger("push")
    push(documents, studio, title, SETTINGS, ledger, **more)  # type: ignore[arg-type]
    return ledger


def blind_and_others(studio: Client | Twin, title: str) -> tuple[set[str], set[str]]:
    """Documents marked blind, and documents without a prediction."""
    (project,) = studio.find_projects(title)
    heads = {head.id: head.meta["annotate"] for head in studio.tasks(project.id)}
    suggested = {one.task for one in studio.predictions(project.id)}
    return (
        {own["document"] for own in heads.values() if own.get("blind")},
        {own["document"] for number, own in heads.items() if number not in suggested},
    )


@given(st.text(), st.floats(0, 1), st.floats(0, 1))
def test_who_is_blind_stays_so_when_the_share_grows(name: str, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert is_blind(name, high) or not is_blind(name, low)
    assert not is_blind(name, 0)
    assert is_blind(name, 1)


def test_the_choice_is_the_same_on_every_machine() -> None:
    assert [number for number in range(20) if is_blind(f"doc-{number}", 0.25)] == [2, 4, 9]


def test_about_that_share_is_chosen() -> None:
    assert 900 < sum(is_blind(f"news/{number}", 0.1) for number in range(10_000)) < 1100


def test_blind_documents_have_no_suggestions_and_say_so(studio: Client | Twin) -> None:
    title = f"blind {secrets.token_hex(4)}"
    ledger = send(studio, title, DOCUMENTS, blind=0.4)
    assert 0 < len(CHOSEN) < len(DOCUMENTS)
    assert blind_and_others(studio, title) == (CHOSEN, CHOSEN)
    assert ledger.counts["blind documents, without suggestions"] == len(CHOSEN)
    assert ledger.counts["tasks added"] == len(DOCUMENTS)


def test_no_later_push_gives_a_blind_task_suggestions(studio: Client | Twin) -> None:
    title = f"blind {secrets.token_hex(4)}"
    send(studio, title, DOCUMENTS, blind=0.4)
    newer = [
        one.model_copy(update={"meta": one.meta | {"model_version": "test-2"}}) for one in DOCUMENTS
    ]
    for more in ({}, {"blind": 1.0}, {"refresh": True}):
        ledger = send(studio, title, newer, **more)
        assert blind_and_others(studio, title) == (CHOSEN, CHOSEN)
        assert ledger.counts["blind tasks, left without suggestions"] == len(CHOSEN)
        assert not any("another model" in what for what in ledger.counts)


def test_a_push_of_blind_documents_alone_is_whole(studio: Client | Twin) -> None:
    title = f"blind {secrets.token_hex(4)}"
    send(studio, title, DOCUMENTS, blind=1.0)
    assert len(blind_and_others(studio, title)[1]) == len(DOCUMENTS)


def test_what_a_person_marks_in_a_blind_task_is_gold(studio: Client | Twin) -> None:
    title = f"blind {secrets.token_hex(4)}"
    send(studio, title, [english("other")])
    (project,) = studio.find_projects(title)
    (first,) = [head.id for head in studio.tasks(project.id)]
    send(studio, title, [english("blind")], blind=1.0)
    number = max(head.id for head in studio.tasks(project.id))
    result = [dict(item) for item in shown(studio, first)["result"]]
    if isinstance(studio, Twin):
        studio.submit(number, result)
    else:
        sdk_of(studio).annotations.create(number, result=result, lead_time=2.0)
    (gold,) = pull(studio, title, SETTINGS, Ledger("pull"))
    assert [one.text for one in bare(gold).entities] == [one.text for one in english().entities]
    assert {one.provenance.status for one in gold.entities if one.provenance} == {"added"}


def test_blind_documents_cannot_count_as_annotated() -> None:
    with pytest.raises(CallError, match="blind"):
        send(Twin(), "blind and done", DOCUMENTS, blind=0.4, as_annotations=True)
