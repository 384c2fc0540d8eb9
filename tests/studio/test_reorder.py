"""Which task comes next: the order that is written, and the one that a server serves."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from annotate.config import load_settings
from annotate.document import Document, Entity
from annotate.ledger import Ledger
from annotate.schema import Schema
from annotate.studio.client import Client
from annotate.studio.project import find_project
from annotate.studio.push import push
from annotate.studio.reorder import Order, reorder
from annotate.studio.twin import Twin
from tests.studio.reviewers import another_person, asked, sdk_of, submit

SETTINGS = load_settings()
SCHEMA: Schema = SETTINGS.schema_in_force()
RAIN = "Rain fell for nine days in the north and the harvest of maize was lost."
GAMES = "A new stadium opens next spring, said the mayor, who loves football."
VISIT = "Peru sent ministers to Kenya, and they spoke of fish."


def document(name: str, text: str, score: float) -> Document:
    """A text whose first word is suggested with that score; sure is (score + 1) / 2."""
    word = text.split()[0]
    first = Entity(id="e1", start=0, end=len(word), label="ORG", text=word, score=score)
    return Document(
        id=name, text=text, language="en", entities=(first,), meta={"model_version": "test-1"}
    )


# In this order they are pushed.
DOCUMENTS = [
    document("sure", VISIT, 0.9),
    document("rain", RAIN, 0.1),
    document("rain again", f"{RAIN} Reprint.", 0.12),
    document("rain once more", f"{RAIN} By our reporter.", 0.14),
    document("games", GAMES, 0.5),
]
WANTED: dict[Order, list[str]] = {
    "added": ["sure", "rain", "rain again", "rain once more", "games"],
    "uncertain": ["rain", "rain again", "rain once more", "games", "sure"],
    "both": ["rain", "games", "sure", "rain once more", "rain again"],
}


def send(studio: Any, order: Order | None, documents: list[Document] = DOCUMENTS) -> str:
    title = f"order {secrets.token_hex(4)}"
    push(documents, studio, title, SETTINGS, Ledger("push"), order=order)
    return title


def put(studio: Any, title: str, order: Order) -> Ledger:
    ledger = Ledger("reorder")
    reorder(studio, find_project(studio, title), SCHEMA.text_field, order, ledger)
    return ledger


def by_score(studio: Client | Twin, title: str) -> list[str]:
    """Names of documents, those with the lowest score first."""
    (project,) = studio.find_projects(title)
    names = {head.id: head.meta["annotate"]["document"] for head in studio.tasks(project.id)}
    heads = sorted(studio.predictions(project.id), key=lambda one: one.score or 0)
    return [names[one.task] for one in heads]


@pytest.mark.parametrize("order", ["uncertain", "both"])
def test_scores_rise_in_the_order_wanted(studio: Client | Twin, order: Order) -> None:
    title = send(studio, order)
    assert by_score(studio, title) == WANTED[order]


def test_diverse_does_not_ask_how_sure_suggestions_are() -> None:
    studio = Twin()
    found = by_score(studio, send(studio, "diverse"))
    assert sum("rain" in name for name in found[:3]) == 1


def test_one_order_gives_way_to_another_and_scores_come_back(studio: Client | Twin) -> None:
    title = send(studio, "uncertain")
    (project,) = studio.find_projects(title)
    before = {one.task: one.score for one in studio.predictions(project.id)}
    for order in ("both", "diverse", "both"):
        put(studio, title, order)
    assert by_score(studio, title) == WANTED["both"]
    put(studio, title, "uncertain")
    after = {one.task: one.score for one in studio.predictions(project.id)}
    assert after == pytest.approx(before)


def test_the_score_of_a_text_like_no_other_stays_its_share() -> None:
    studio = Twin()
    title = send(studio, "both", [DOCUMENTS[1]])
    (project,) = studio.find_projects(title)
    (head,) = studio.predictions(project.id)
    assert head.score == pytest.approx(0.55)


def test_texts_like_a_reviewed_one_move_back(studio: Client | Twin) -> None:
    title = send(studio, "both")
    (project,) = studio.find_projects(title)
    names = {head.meta["annotate"]["document"]: head.id for head in studio.tasks(project.id)}
    submit(studio, names["rain again"])
    ledger = put(studio, title, "both")
    assert ledger.counts == {"tasks put in order": 4, "tasks reviewed": 1}
    left = [name for name in by_score(studio, title) if name != "rain again"]
    assert left[:2] == ["games", "sure"]


def test_the_same_order_again_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    studio = Twin()
    title = send(studio, "both")
    written: list[int] = []
    monkeypatch.setattr(studio, "update_prediction", lambda number, **_: written.append(number))
    put(studio, title, "both")
    assert written == []


def test_a_later_push_does_not_disturb_the_order_of_what_is_there() -> None:
    studio = Twin()
    title = send(studio, "both")
    push(DOCUMENTS, studio, title, SETTINGS, Ledger("push"))
    assert by_score(studio, title) == WANTED["both"]


def served(studio: Client, title: str) -> list[str]:
    """The documents that the label stream gives one person, who submits each."""
    (project,) = studio.find_projects(title)
    found = []
    for _ in range(20):
        answer = asked(studio, f"/api/projects/{project.id}/next/")
        if answer.status_code == 404:
            break
        task = answer.json()
        found.append(task["data"]["document"])
        sdk_of(studio).annotations.create(task["id"], result=[], lead_time=1.0)
    return found


@pytest.mark.server
@pytest.mark.parametrize("order", ["added", "uncertain", "both"])
def test_the_label_stream_serves_the_order(real_studio: Client, order: Order) -> None:
    assert served(real_studio, send(real_studio, order)) == WANTED[order]


@pytest.mark.server
def test_the_label_stream_serves_the_new_order(real_studio: Client) -> None:
    title = send(real_studio, "uncertain")
    older = [one.model_copy(update={"meta": {"model_version": "test-0"}}) for one in DOCUMENTS]
    # Predictions of another version, with other scores, do not count.
    for one in older[:2]:
        push([one], real_studio, title, SETTINGS, Ledger("push"))
    push(DOCUMENTS, real_studio, title, SETTINGS, Ledger("push"))
    put(real_studio, title, "both")
    assert served(real_studio, title) == WANTED["both"]


@pytest.mark.server
def test_blind_tasks_come_after_all_others_of_an_order(real_studio: Client) -> None:
    title = send(real_studio, None, DOCUMENTS[3:])
    push(DOCUMENTS[:3], real_studio, title, SETTINGS, Ledger("push"), blind=1.0)
    ledger = put(real_studio, title, "both")
    assert ledger.counts["tasks without suggestions, which come last"] == 3
    found = served(real_studio, title)
    assert found[:2] == ["rain once more", "games"]
    assert sorted(found[2:]) == ["rain", "rain again", "sure"]


@pytest.mark.server
def test_two_people_are_served_from_one_order(real_studio: Client) -> None:
    """Also with several people, whom other samplings of Label Studio's serve by lot."""
    title = send(real_studio, "both")
    (project,) = real_studio.find_projects(title)
    path = f"/api/projects/{project.id}/next/"
    with another_person(real_studio) as other:
        first, second = asked(real_studio, path), other.get(path)
    found = [answer.json()["data"]["document"] for answer in (first, second)]
    assert found == WANTED["both"][:2]
