"""Exported tasks → reviewed documents: what each person was shown, and what they made of it.

Each person's newest annotation of a task counts: where several people review a task,
each of them did the work. A document counts once every task of it was reviewed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from statistics import fmean
from typing import NamedTuple

from annotate.document import Document, Marks, text_hash
from annotate.ledger import Ledger
from annotate.review.adjudicate import annotator, choose, state_of
from annotate.schema import Schema
from annotate.studio.bookkeeping import Json, bookkeeping
from annotate.studio.results import from_result


class Judgement(NamedTuple):
    """One person's review of one task; ``shown`` is None where it was blind."""

    annotator: str
    shown: Marks | None
    version: str | None
    final: Marks
    seconds: float | None


class Piece(NamedTuple):
    """One task: its part of the text, and its reviews."""

    text: str
    judgements: list[Judgement]


class Reviewed(NamedTuple):
    """A document of which every task was reviewed, all of them with suggestions or all blind."""

    id: str
    language: str
    blind: bool
    pieces: list[Piece]

    @property
    def bare(self) -> Document:
        """The document without marks and meta: as if no model had ever seen it."""
        text = "".join(piece.text for piece in self.pieces)
        return Document(id=self.id, text=text, language=self.language)

    @property
    def ends(self) -> list[int]:
        """The offset behind each piece."""
        return list(accumulate(len(piece.text) for piece in self.pieces))

    @property
    def words(self) -> int:
        """What stands between white space; at least one."""
        return max(1, sum(len(piece.text.split()) for piece in self.pieces))

    @property
    def seconds(self) -> float | None:
        """Of one person: the mean of a task's reviewers, summed. None where one is unknown."""
        total = 0.0
        for piece in self.pieces:
            known = [one.seconds for one in piece.judgements if one.seconds and one.seconds > 0]
            if not known:
                return None
            total += fmean(known)
        return total

    @property
    def version(self) -> str | None:
        """The model whose suggestions were shown; None where blind, or where there were several."""
        versions = {one.version for piece in self.pieces for one in piece.judgements}
        return versions.pop() if len(versions) == 1 else None


def reviewed(
    tasks: Iterable[Json], schema: Schema, people: Mapping[int, str], ledger: Ledger
) -> Iterator[Reviewed]:
    """The documents of which every task was reviewed, each where its last task stands.

    ``people`` are e-mail addresses by user id. The ledger counts tasks by state, and
    what was left out by reason.
    """
    for name, parts in _whole(tasks, ledger):
        parts.sort(key=lambda task: int(bookkeeping(task)["piece"]))
        own = bookkeeping(parts[0])
        blind = own.get("blind") is True
        texts = [task["data"].get(schema.text_field) for task in parts]
        if not all(isinstance(text, str) and text for text in texts):
            ledger.refuse(name, f"a task's data has no {schema.text_field!r}; left out")
        elif own.get("sha256") not in (None, text_hash("".join(texts))):
            ledger.refuse(name, "its text in Label Studio is not the one that was pushed; left out")
        else:
            pieces = [
                Piece(text, list(_judgements(task, text, blind, schema, people, ledger)))
                for task, text in zip(parts, texts, strict=True)
            ]
            if all(piece.judgements for piece in pieces):
                ledger.given += 1
                yield Reviewed(name, own["language"], blind, pieces)
            else:
                ledger.counts["documents with a task that has no such review, left out"] += 1


def _whole(tasks: Iterable[Json], ledger: Ledger) -> Iterator[tuple[str, list[Json]]]:
    """Documents with all their tasks, where all of these were submitted."""
    waiting: dict[str, dict[str, Json]] = {}
    done: set[str] = set()
    for task in tasks:
        ledger.counts[f"tasks {state_of(task)}"] += 1
        own = bookkeeping(task)
        name = own["document"]
        parts = {} if name in done else waiting.setdefault(name, {})
        if name in done or own["key"] in parts:
            ledger.counts["tasks that a push doubled, left out"] += 1
            continue
        parts[own["key"]] = task
        if len(parts) == own["pieces"]:
            done.add(name)
            ledger.taken += 1
            if _all_submitted(parts.values(), ledger):
                yield name, list(parts.values())
            del waiting[name]
    ledger.taken += len(waiting)
    ledger.counts["documents with tasks missing, left out"] += len(waiting)


def _all_submitted(tasks: Iterable[Json], ledger: Ledger) -> bool:
    submitted = [state_of(task) == "submitted" for task in tasks]
    if any(submitted) and not all(submitted):
        ledger.counts["documents reviewed in part, left out"] += 1
    return all(submitted)


def _judgements(
    task: Json, text: str, blind: bool, schema: Schema, people: Mapping[int, str], ledger: Ledger
) -> Iterator[Judgement]:
    # The policy's name means what it is for elsewhere: the newest one of each person.
    chosen = choose(task["annotations"], "agreed")
    others = len(task["annotations"]) - len(chosen)
    ledger.counts["earlier, skipped or bulk-made annotations beside those, left out"] += others
    for item in chosen:
        prediction = item.get("prediction") or {}
        shown = prediction.get("result")
        if blind and shown is not None:
            ledger.counts["reviews of a blind task that got suggestions later, left out"] += 1
        elif not blind and shown is None:
            ledger.counts["reviews without a suggestion, of tasks not blind, left out"] += 1
        else:
            yield Judgement(
                annotator=_who(item, people),
                shown=None if shown is None else _marks(text, shown, schema, Ledger("shown")),
                version=prediction.get("model_version"),
                final=_marks(text, item["result"], schema, ledger),
                seconds=item.get("lead_time"),
            )


def _marks(text: str, result: list[Json], schema: Schema, ledger: Ledger) -> Marks:
    # Each flaw is named by a pull; here they are counted.
    reading = Ledger("reading")
    marks = from_result(text, result, schema, reading, "")
    ledger.counts["marks that pull refuses, left out"] += len(reading.refused)
    return marks


def _who(annotation: Json, people: Mapping[int, str]) -> str:
    number = annotator(annotation)
    who = annotation.get("completed_by")
    email = who.get("email") if isinstance(who, dict) else None
    return people.get(number) or email or f"user {number}"
