"""Suspicious documents → a Label Studio project in which a reviewer sees both versions.

Each task has two predictions, of the model versions ``gold`` and ``audit``: 1.23.2 shows
them as two tabs when a task is opened from the project's list. The label stream shows one
version only, which is then the gold. What the audit suspects stands above the text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from lxml import etree

from annotate.audit.mark import Finding
from annotate.audit.proposal import proposal
from annotate.config import Settings
from annotate.corpus.cut import cut
from annotate.document import Document
from annotate.ledger import Ledger
from annotate.schema import Schema
from annotate.studio.checks import sendable
from annotate.studio.client import Json, Project, Studio
from annotate.studio.project import ensure_project
from annotate.studio.push import BATCH_TASKS
from annotate.studio.tasks import to_prediction, to_tasks

GOLD, AUDIT = "gold", "audit"
# The field of a task's data that says what the audit suspects there.
FIELD = "audit"
_QUOTED = re.compile("«.*?»", re.DOTALL)
# First strong isolate and its end: a Persian name inside an English line keeps its place.
_ISOLATE = "\u2068{}\u2069"


def recheck(
    documents: Sequence[Document],
    findings: Sequence[Finding],
    studio: Studio,
    title: str,
    settings: Settings,
    ledger: Ledger,
    *,
    folder: Path | None = None,
) -> Project:
    """Bring the documents with findings into the project of that title, made if missing.

    The most suspicious document first. Tasks that are there already are left alone, and
    ``annotate pull`` gives what reviewers submit under the documents' own ids. The ledger
    counts tasks and refuses by name what Label Studio can't show.
    """
    schema = settings.schema_in_force()
    project = ensure_project(studio, title, with_field(schema), folder or Path.cwd(), ledger)
    present = {
        own["key"] for head in studio.tasks(project.id) if (own := head.meta.get("annotate"))
    }
    new: list[Json] = []
    for task in _tasks(documents, findings, schema, settings, ledger):
        if task["meta"]["annotate"]["key"] in present:
            ledger.counts["tasks already there"] += 1
        else:
            new.append(task)
    for start in range(0, len(new), BATCH_TASKS):
        studio.import_tasks(project.id, new[start : start + BATCH_TASKS])
    if new:
        studio.update_project(project.id, model_version=GOLD)
        ledger.counts["tasks added"] += len(new)
    return project


def with_field(schema: Schema) -> Schema:
    """The label set with a heading above the text that shows what is suspected."""
    root = etree.fromstring(schema.xml.encode("utf-8"))
    root.insert(0, etree.Element("Header", value=f"${FIELD}", size="5"))
    return schema.model_copy(update={"xml": etree.tostring(root, encoding="unicode")})


def _tasks(
    documents: Sequence[Document],
    findings: Sequence[Finding],
    schema: Schema,
    settings: Settings,
    ledger: Ledger,
) -> Iterator[Json]:
    by_id = {document.id: document for document in documents}
    own: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        own[finding.mark.document].append(finding)
    # Findings come by suspicion, and so do their documents.
    for name, found in own.items():
        yield from _both(by_id[name], found, schema, settings, ledger)


def _both(
    document: Document,
    findings: Sequence[Finding],
    schema: Schema,
    settings: Settings,
    ledger: Ledger,
) -> Iterator[Json]:
    """The tasks of a document, each with the gold and the audit's version of its text."""
    gold = sendable(_of_version(document, GOLD), schema, ledger)
    pieces = cut(gold, settings.max_chars, ledger)
    changes = [finding.mark.change for finding in findings]
    other = sendable(_of_version(proposal(gold, changes, schema), AUDIT), schema, ledger)
    ends = list(accumulate(len(piece.text) for piece in pieces))
    others = cut(other, settings.max_chars, ledger, ends)
    tasks = to_tasks(gold, pieces, schema)
    for task, piece, end in zip(tasks, others, ends, strict=True):
        start = end - len(piece.text)
        here = [one for one in findings if start <= one.mark.start < end]
        task["predictions"].append(to_prediction(piece, schema, AUDIT))
        task["data"][FIELD] = said(here)
        # The gold's own, not the version's name, comes back with a pull.
        task["meta"]["annotate"]["meta"] = document.meta
        yield task


def _of_version(document: Document, version: str) -> Document:
    return document.model_copy(update={"meta": document.meta | {"model_version": version}})


def said(findings: Sequence[Finding]) -> str:
    """What is suspected in a task, a sentence each."""
    if not findings:
        return "The audit suspects nothing in this part."
    return " ".join(f"{number}. {sentence(one)}" for number, one in enumerate(findings, start=1))


def sentence(finding: Finding) -> str:
    """What gold says, what the audit proposes, and how sure it is."""
    mark = finding.mark
    words = _ISOLATE.format(mark.words)
    gold = mark.gold or "unmarked"
    other = _QUOTED.sub(_ISOLATE.format(r"\g<0>"), mark.proposed) or "unmarked"
    said = f"{gold} → {other}" if gold != other else f"{gold}, unsure"
    return f"{words}: {said} ({100 * finding.score:.0f} %)."
