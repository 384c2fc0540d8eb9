"""The re-check: both versions in one task, and back under the document's own id."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from annotate.audit.entities import said
from annotate.audit.mark import Change, Finding, Mark
from annotate.audit.recheck import recheck
from annotate.config import load_settings
from annotate.document import Document, Entity
from annotate.ledger import Ledger
from annotate.studio import server
from annotate.studio.client import Client
from annotate.studio.pull import pull
from annotate.studio.twin import Twin
from tests.samples import bare, english, entity, persian
from tests.studio.reviewers import sdk_of, submit

SETTINGS = load_settings()
PERSIAN = persian()
# The name without its joiner's second half, as an annotator may have dragged it.
SHORT = entity(PERSIAN.text, "محمد", "PERSON", id="p")
WHOLE = entity(PERSIAN.text, "محمد زارع‌پور", "PERSON", id="p")
GOLD = PERSIAN.model_copy(update={"entities": (PERSIAN.entities[0], SHORT)})


def finding(document: Document, old: Entity, new: Entity, score: float) -> Finding:
    mark = Mark(
        "entity",
        document.id,
        document.language,
        old.start,
        old.end,
        old.text,
        old.label,
        said(old, [new]),
        Change((old.id,), (new,)),
    )
    return Finding(mark, score, "")


def wrong_label() -> tuple[Document, Finding]:
    gold = english()
    li_na = gold.entity("p2")
    return gold, finding(gold, li_na, li_na.model_copy(update={"label": "ORG"}), 0.6)


def send(studio: Client | Twin, title: str) -> Ledger:
    ledger = Ledger("audit")
    gold, less = wrong_label()
    more = finding(GOLD, SHORT, WHOLE, 0.9)
    recheck([gold, GOLD], [more, less], studio, title, SETTINGS, ledger)
    return ledger


def versions(studio: Client | Twin, project: int) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for item in studio.predictions(project):
        found.setdefault(item.task, {})[item.model_version] = item.id
    return found


def test_the_most_suspicious_document_comes_first_with_both_versions(
    studio: Client | Twin,
) -> None:
    title = f"audit {secrets.token_hex(4)}"
    assert send(studio, title).counts["tasks added"] == 2
    (project,) = studio.find_projects(title)
    heads = sorted(studio.tasks(project.id))
    assert [head.meta["annotate"]["document"] for head in heads] == ["fa-1", "en-1"]
    assert all(set(one) == {"gold", "audit"} for one in versions(studio, project.id).values())
    assert project.model_version == "gold"


def test_sending_it_again_adds_nothing(studio: Client | Twin) -> None:
    title = f"audit {secrets.token_hex(4)}"
    send(studio, title)
    assert send(studio, title).counts["tasks already there"] == 2
    (project,) = studio.find_projects(title)
    assert len(list(studio.tasks(project.id))) == 2


def test_a_pull_gives_what_the_reviewer_chose_under_the_documents_own_ids(
    studio: Client | Twin,
) -> None:
    title = f"audit {secrets.token_hex(4)}"
    send(studio, title)
    (project,) = studio.find_projects(title)
    first, second = sorted(head.id for head in studio.tasks(project.id))
    other = versions(studio, project.id)[first]["audit"]
    if isinstance(studio, Twin):
        shown = studio._predictions[other]
    else:
        shown = sdk_of(studio).predictions.get(other).model_dump()
    result = [item | {"origin": "prediction"} for item in shown["result"]]
    submit(studio, first, result, parent_prediction=other)
    submit(studio, second)
    gold, less = Ledger("pull"), wrong_label()[0]
    pulled = {one.id: one for one in pull(studio, title, SETTINGS, gold)}
    assert [one.text for one in pulled["fa-1"].entities] == ["ایران", "محمد زارع‌پور"]
    assert bare(pulled["en-1"]) == bare(less)
    assert pulled["fa-1"].meta == GOLD.meta


@pytest.mark.server
def test_the_browser_shows_both_versions_and_what_is_suspected(
    real_studio: Client, studio_server: server.Server, tmp_path: Path
) -> None:
    from tests.browser import open_task, screenshot, signed_in
    from tests.browser import submit as submit_in_browser

    title = f"audit {secrets.token_hex(4)}"
    send(real_studio, title)
    (project,) = real_studio.find_projects(title)
    first = min(head.id for head in real_studio.tasks(project.id))
    with signed_in(studio_server) as page:
        open_task(page, studio_server, project.id, first)
        screenshot(page, tmp_path / "recheck.png")
        shown = page.inner_text("body")
        assert "محمد" in page.inner_text(".lsf-htx-richtext")
        assert {"gold", "audit"} <= set(shown.split())
        assert "90 %" in shown
        tab = page.locator(".lsf-annotation-button").filter(has_text="audit")
        tab.click()
        tab.locator(".lsf-annotation-button__trigger").click()
        page.wait_for_timeout(800)
        screenshot(page, tmp_path / "menu.png")
        page.get_by_text("Duplicate Annotation").click()
        page.wait_for_timeout(1500)
        screenshot(page, tmp_path / "audit.png")
        submit_in_browser(page)
    (gold,) = pull(real_studio, title, SETTINGS, Ledger("pull"))
    assert [one.text for one in gold.entities] == ["ایران", "محمد زارع‌پور"]
