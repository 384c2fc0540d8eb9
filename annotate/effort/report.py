"""All figures of a project's reviews: changes, times, and the pull of suggestions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from annotate.corpus.cut import cut
from annotate.document import Document, marks_of
from annotate.effort.anchoring import Pull, pull, summed
from annotate.effort.changes import OUTCOMES, Change, Kind, agreement, changes
from annotate.effort.reviews import Reviewed, reviewed
from annotate.effort.seconds import Timed, Times, times
from annotate.evaluate.scores import Score
from annotate.ledger import Ledger
from annotate.schema import Schema
from annotate.studio.bookkeeping import Json
from annotate.studio.checks import sendable
from annotate.studio.tasks import model_version

# Documents → the same with the suggestions of a model; those that it has none for stay out.
Suggest = Callable[[Iterable[Document]], Iterator[Document]]


class Source(NamedTuple):
    """Who made a change, and of what: annotator, language, and the model that suggested."""

    annotator: str
    language: str
    version: str


class Effort(NamedTuple):
    """The figures; ``version`` is the model of the pull, ``why`` why there is none."""

    changes: Counter[tuple[Source, Change]]
    times: Times
    languages: dict[str, Times]
    pulls: dict[Kind, Pull]
    version: str | None
    why: str

    def as_dict(self) -> dict[str, Any]:
        """All figures as JSON-ready data."""
        return {
            "changes": [
                {**source._asdict(), **change._asdict(), "count": count}
                for (source, change), count in sorted(self.changes.items())
            ],
            "seconds": self.times.as_dict(),
            "seconds_by_language": {name: one.as_dict() for name, one in self.languages.items()},
            "pull": {
                "model_version": self.version,
                "why_not": self.why,
                **{kind: one.as_dict() for kind, one in self.pulls.items()},
            },
        }


class _Row(NamedTuple):
    """One document, as counts."""

    language: str
    blind: bool
    version: str | None
    timed: Timed | None
    agreement: dict[Kind, Score] | None


def effort(
    tasks: Iterable[Json],
    schema: Schema,
    ledger: Ledger,
    *,
    people: Mapping[int, str],
    suggest: Suggest | None,
    why: str = "",
) -> Effort:
    """The figures of exported tasks.

    ``people`` are names by user id. ``suggest`` gives blind documents what would have
    been suggested, with ``model_version`` in ``meta``, in any order; where it is None,
    ``why`` says why. Memory grows with documents by a few counts each. The ledger counts documents.
    """
    counted: Counter[tuple[Source, Change]] = Counter()
    rows: list[_Row] = []
    held: dict[str, Reviewed] = {}

    def blind() -> Iterator[Document]:
        for document in reviewed(tasks, schema, people, ledger):
            if document.blind and suggest is None:
                rows.append(_row(document, None, None))
            elif document.blind:
                held[document.id] = document
                yield document.bare
            else:
                counted.update(_changes(document))
                rows.append(_row(document, document.version, _agreement(document)))

    for document in (suggest or iter)(blind()):
        review = held.pop(document.id)
        rows.append(_row(review, model_version(document), _unseen(review, document, schema)))
    rows += [_row(review, None, None) for review in held.values()]
    _account(rows, ledger)
    languages = sorted({row.language for row in rows})
    version, why = _compared(rows, why)
    alike = [row for row in rows if row.version == version and row.agreement]
    if not why:
        others = "documents without suggestions of that model, not in the pull"
        ledger.counts[others] += len(rows) - len(alike)
    return Effort(
        changes=counted,
        times=_times(rows),
        languages={
            name: _times([row for row in rows if row.language == name]) for name in languages
        },
        pulls={} if why else {kind: _pull(alike, kind) for kind in OUTCOMES},
        version=version,
        why=why,
    )


def _changes(document: Reviewed) -> Counter[tuple[Source, Change]]:
    found: Counter[tuple[Source, Change]] = Counter()
    for piece in document.pieces:
        for one in piece.judgements:
            if one.shown is not None:
                source = Source(one.annotator, document.language, one.version or "unnamed")
                for change, count in changes(one.shown, one.final).items():
                    found[source, change] += count
    return found


def _agreement(document: Reviewed) -> dict[Kind, Score]:
    return _summed(
        agreement(one.shown, one.final)
        for piece in document.pieces
        for one in piece.judgements
        if one.shown is not None
    )


def _unseen(review: Reviewed, suggested: Document, schema: Schema) -> dict[Kind, Score]:
    """Agreement of a blind review with what a push would have shown."""
    quiet = Ledger("unseen")
    parts = cut(sendable(suggested, schema, quiet), 0, quiet, review.ends)
    return _summed(
        agreement(marks_of(part), one.final)
        for part, piece in zip(parts, review.pieces, strict=True)
        for one in piece.judgements
    )


def _summed(scores: Iterable[dict[Kind, Score]]) -> dict[Kind, Score]:
    parts = list(scores)
    return {kind: summed([part[kind] for part in parts]) for kind in OUTCOMES}


def _row(document: Reviewed, version: str | None, found: dict[Kind, Score] | None) -> _Row:
    seconds = document.seconds
    timed = Timed(seconds, document.words) if seconds else None
    return _Row(document.language, document.blind, version, timed, found)


def _account(rows: Sequence[_Row], ledger: Ledger) -> None:
    for row in rows:
        ledger.counts["documents blind" if row.blind else "documents with suggestions"] += 1
        if row.timed is None:
            ledger.counts["documents without a lead time, not in the seconds"] += 1


def _times(rows: Sequence[_Row]) -> Times:
    arms: dict[bool, list[Timed]] = defaultdict(list)
    for row in rows:
        if row.timed:
            arms[row.blind].append(row.timed)
    return times(arms[False], arms[True])


def _compared(rows: Sequence[_Row], why: str) -> tuple[str | None, str]:
    """The model of most blind documents' suggestions, or why nothing can be compared."""
    blind = Counter(row.version for row in rows if row.blind and row.agreement)
    if not any(row.blind for row in rows):
        return None, "no document was reviewed blind; push with --blind 0.1 to have some"
    if why or not blind:
        return None, why or "what would have been suggested for blind documents isn't known"
    return blind.most_common(1)[0][0], ""


def _pull(rows: Sequence[_Row], kind: Kind) -> Pull:
    arms: dict[bool, list[Score]] = defaultdict(list)
    for row in rows:
        if row.agreement:
            arms[row.blind].append(row.agreement[kind])
    return pull(arms[False], arms[True])
