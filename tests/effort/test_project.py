"""The verb on projects: the twin's, and one of a real server."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

from annotate.cli.effort import effort as verb
from annotate.corpus.cut import cut
from annotate.document import Document
from annotate.effort.lines import sections
from annotate.effort.project import project_effort
from annotate.effort.report import Effort
from annotate.formats import jsonl
from annotate.ledger import Ledger
from annotate.prelabel.pipeline import model_version
from annotate.prelabel.suggest import prelabel
from annotate.studio.client import Client
from annotate.studio.push import push
from annotate.studio.tasks import blinded, to_tasks
from annotate.studio.twin import Twin
from tests.effort import made
from tests.effort.made import SCHEMA, SETTINGS, document, project, regions, task_of
from tests.effort.simulated import Reviewer, Seen, review, truth
from tests.samples import ENGLISH, english
from tests.studio.reviewers import convert_in_bulk
from tests.studio.test_push_pull import long_document

TITLES = iter(f"effort {secrets.token_hex(4)}" for _ in range(1000))


def measure(
    studio: Client | Twin, title: str, suggestions: Sequence[Document] | None = None, **more: Any
) -> tuple[Effort, Ledger]:
    ledger = Ledger("effort")
    found = project_effort(studio, title, SETTINGS, ledger, suggestions=suggestions, **more)
    return found, ledger


def simulated(
    reviewer: Reviewer, shown: int, blind: int
) -> tuple[list[Seen], list[Seen], list[Document]]:
    """Reviews with and without suggestions, and what was suggested for all of them."""
    chance = Random(str(reviewer))
    arms = [
        [review(chance, reviewer, blind=is_blind) for _ in range(number)]
        for number, is_blind in ((shown, False), (blind, True))
    ]
    suggested = [
        document(made.name_of(place), seen.suggested)
        for place, seen in enumerate(arms[0] + arms[1])
    ]
    return arms[0], arms[1], suggested


def text_of(found: Effort) -> str:
    return "\n".join(
        line
        for section in sections(found)
        for line in [*map(" ".join, section.rows), *section.notes]
    )


def test_a_known_reviewer_is_found_through_tasks_and_exports() -> None:
    reviewer = Reviewer(bias=0.5)
    shown, blind, suggested = simulated(reviewer, 200, 60)
    studio = Twin()
    project(studio, "Simulated", shown, blind)
    found, ledger = measure(studio, "Simulated", suggested)
    known = truth(reviewer)
    assert found.times.ratio
    assert found.times.ratio.interval
    low, high = found.times.ratio.interval
    assert low <= known.ratio <= high
    pull = found.pulls["entities"].f1
    assert pull
    assert pull.interval
    assert pull.interval[0] <= known.pull <= pull.interval[1]
    assert found.version == made.VERSION
    # No relations, no word on them.
    assert "can't tell" in found.pulls["relations"].why
    outcomes: Counter[str] = Counter()
    for (_, change), count in found.changes.items():
        outcomes[change.outcome] += count
    assert outcomes["accepted"] == sum(seen.score.right for seen in shown)
    assert outcomes["added"] == sum(
        after is not None and before is None
        for seen in shown
        for before, after in zip(seen.suggested, seen.final, strict=True)
    )
    assert ledger.given == 260
    assert ledger.counts["documents blind"] == 60
    assert "reviewers agree with suggestions more when they see them" in text_of(found)


def test_a_push_with_blind_documents_is_what_is_measured() -> None:
    shown, _, suggested = simulated(Reviewer(bias=0), 100, 0)
    pushed, studio = Ledger("push"), Twin()
    number = push(suggested, studio, "Half blind", SETTINGS, pushed, blind=0.5).id
    finals = {made.name_of(place): seen.final for place, seen in enumerate(shown)}
    for task in list(studio.tasks(number)):
        name = task.meta["annotate"]["document"]
        studio.submit(task.id, regions(document(name, finals[name])), lead_time=20.0)
    found, ledger = measure(studio, "Half blind", suggested)
    blind = pushed.counts["blind documents, without suggestions"]
    assert 20 < blind < 80
    assert ledger.counts["documents blind"] == blind
    assert ledger.counts["documents with suggestions"] == 100 - blind
    # Whatever was shown, these reviews agree with the suggestions alike but for chance.
    pull = found.pulls["entities"].f1
    assert pull
    assert pull.interval
    assert pull.interval[0] < 0 < pull.interval[1]
    assert found.times.ratio
    assert found.times.ratio.value == pytest.approx(1)


@pytest.mark.server
def test_a_real_server_gives_the_same_figures_as_the_twin(real_studio: Client) -> None:
    shown, blind, suggested = simulated(Reviewer(bias=0.5), 24, 20)
    title = next(TITLES)
    twin = Twin()
    for studio in (twin, real_studio):
        project(studio, title, shown, blind)
    there, real = measure(real_studio, title, suggested)
    here, made_up = measure(twin, title, suggested)
    assert there.as_dict() == here.as_dict()
    assert real.counts == made_up.counts
    assert there.times.ratio


@pytest.mark.server
def test_the_command_shows_tables_or_json(
    real_studio: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, blind, suggested = simulated(Reviewer(bias=0.5), 3, 2)
    title = next(TITLES)
    project(real_studio, title, shown, blind)
    monkeypatch.chdir(tmp_path)
    jsonl.write(suggested, tmp_path / "docs.jsonl", Ledger("write"))
    call = ["--project", title, "--url", real_studio.url, "--api-key", real_studio._key]
    call += ["--suggestions", "docs.jsonl"]
    table = CliRunner().invoke(verb, call)
    assert table.exit_code == 0, table.output
    assert "5 of 5 documents measured" in table.stdout
    assert "2 blind, 20 of each are needed" in table.stdout
    answer = json.loads(CliRunner().invoke(verb, [*call, "--json"]).stdout)
    assert answer["seconds"]["blind"]["documents"] == 2
    assert answer["pull"]["model_version"] == made.VERSION
    assert answer["counts"]["tasks submitted"] == 5


def test_blind_documents_get_what_the_same_pipeline_suggests_now() -> None:
    bare = [Document(id=f"d{n}", text=ENGLISH, language="en") for n in range(2)]
    (suggested, other) = prelabel(bare, SETTINGS, SCHEMA, Ledger("prelabel"))
    studio = Twin()
    number = studio.create_project("Pipeline", SCHEMA.xml, "").id
    tasks = studio.import_tasks(number, [task_of(suggested), task_of(other, blind=True)])
    for task, final in zip(tasks, (suggested, other), strict=True):
        studio.submit(task, regions(final), lead_time=10.0)
    found, _ = measure(studio, "Pipeline")
    assert found.version == model_version(SETTINGS, SCHEMA)
    for kind in ("entities", "relations"):
        assert found.pulls[kind].blind.suggested
        assert found.pulls[kind].blind.f1 == 1
    assert found.pulls["entities"].why == "can't tell: 1 documents with marks blind, 20 are needed"


def test_a_blind_document_of_several_tasks_is_cut_as_it_was_then() -> None:
    long = long_document()
    pieces = cut(long, 500, Ledger("cut"))
    assert len(pieces) > 1
    tasks = to_tasks(long, pieces, SCHEMA)
    shown = [item["predictions"][0]["result"] for item in tasks]
    studio = Twin()
    number = studio.create_project("Long", SCHEMA.xml, "").id
    ids = studio.import_tasks(number, [blinded(task) for task in tasks[::-1]])[::-1]
    for place, result in zip(ids, shown, strict=True):
        studio.submit(place, [item | {"origin": "manual"} for item in result], lead_time=5.0)
    found, ledger = measure(studio, "Long", [long])
    assert ledger.given == 1
    assert found.times.blind
    assert found.times.blind.median == 5 * len(pieces)
    everything = len(long.entities)
    assert found.pulls["entities"].blind[:3] == (everything, everything, everything)
    assert found.pulls["relations"].blind.f1 == 1


def test_suggestions_of_another_model_are_not_compared_and_the_answer_says_what_to_do() -> None:
    shown, blind, _ = simulated(Reviewer(bias=0), 3, 3)
    studio = Twin()
    project(studio, "Other model", shown, blind)
    found, ledger = measure(studio, "Other model")
    assert found.pulls == {}
    assert made.VERSION in found.why
    assert "--suggestions FILE" in found.why
    assert ledger.counts["documents blind"] == 3
    assert found.times.blind


def test_without_blind_documents_it_says_how_to_get_some() -> None:
    shown, _, suggested = simulated(Reviewer(bias=0), 30, 0)
    studio = Twin()
    project(studio, "All shown", shown, [])
    found, _ = measure(studio, "All shown", suggested)
    assert text_of(found).count("push with --blind 0.1") == 2
    assert found.times.suggested
    assert found.times.blind is None


def test_what_is_not_measured_is_counted_by_reason() -> None:
    studio = Twin()
    number = studio.create_project("Odd ones", SCHEMA.xml, "").id
    ready = english("ready")
    names = ["ready", "skipped", "waiting", "bulk", "untimed", "bare", "shown-later"]
    odd = [task_of(english(name), blind=name in ("bare", "shown-later")) for name in names]
    halves = [task_of(english("halves")), task_of(english("halves"))]
    for piece, task in enumerate(halves):
        task["meta"]["annotate"] |= {"pieces": 2, "piece": piece, "key": f"half-{piece}"}
    ids = studio.import_tasks(number, [*odd, *halves])
    at = dict(zip([*names, "first half"], ids, strict=False))
    studio.submit(at["ready"], lead_time=30.0)
    studio.skip(at["ready"])
    studio.skip(at["skipped"])
    convert_in_bulk(studio, number, at["bulk"])
    studio.submit(at["untimed"], regions(ready), lead_time=None)
    studio.submit(at["bare"], regions(ready), lead_time=50.0)
    studio.submit(at["shown-later"], prediction={"result": [], "model_version": "v2"})
    studio.submit(at["first half"], lead_time=10.0)
    found, ledger = measure(studio, "Odd ones", [ready])
    assert found.times.suggested
    assert found.times.suggested.documents == 1
    kept = {what: count for what, count in ledger.counts.items() if count}
    assert kept == {
        "tasks submitted": 5,
        "tasks skipped": 1,
        "tasks un-reviewed": 2,
        "tasks bulk-converted": 1,
        "documents reviewed in part, left out": 1,
        "earlier, skipped or bulk-made annotations beside those, left out": 1,
        "reviews of a blind task that got suggestions later, left out": 1,
        "documents with a task that has no such review, left out": 1,
        "documents with suggestions": 2,
        "documents blind": 1,
        "documents without a lead time, not in the seconds": 1,
    }
    assert ledger.taken == 8
    assert ledger.given == 3


def test_annotators_have_pseudonyms_unless_asked() -> None:
    studio = Twin("rahman@example.com")
    shown, _, _ = simulated(Reviewer(bias=0), 3, 0)
    project(studio, "Who", shown, [])
    hidden, named = (measure(studio, "Who", [], names=names)[0] for names in (False, True))
    assert {source.annotator for source, _ in hidden.changes} == {"annotator-1"}
    assert {source.annotator for source, _ in named.changes} == {"rahman@example.com"}
    assert hidden.changes.total() == named.changes.total()


def test_each_of_several_reviewers_counts_and_a_task_takes_their_mean_time() -> None:
    studio = Twin()
    number = studio.create_project("Two people", SCHEMA.xml, "").id
    (task,) = studio.import_tasks(number, [task_of(english())])
    studio.submit(task, lead_time=20.0)
    studio.submit(task, [], lead_time=40.0, completed_by=2)
    found, _ = measure(studio, "Two people", [])
    by_person: dict[str, Counter[str]] = {}
    for (source, change), count in found.changes.items():
        by_person.setdefault(source.annotator, Counter())[change.outcome] += count
    assert sorted(by_person.values(), key=str) == [{"accepted": 8}, {"deleted": 8}]
    assert found.times.suggested
    assert found.times.suggested.a_document.value == pytest.approx(30)
