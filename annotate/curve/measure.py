"""Gold → a curve: split, train on growing parts, score on the test part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from annotate.config import Settings
from annotate.curve.parts import Part, parts
from annotate.curve.points import Run
from annotate.document import Document
from annotate.errors import InputError
from annotate.evaluate.entities import strict
from annotate.evaluate.pairs import Pair, in_one_form
from annotate.evaluate.relations import end_to_end
from annotate.evaluate.scores import Score
from annotate.ledger import Ledger
from annotate.prelabel.suggest import prelabel
from annotate.schema import Schema
from annotate.split import record
from annotate.split.placing import Shares
from annotate.split.split import split
from annotate.train.fit import fit
from annotate.train.rehearsal import rehearsed

Watch = Callable[[Iterable[Any]], Iterable[Any]]

# One in five tests: an interval needs documents. The rest trains; nothing is chosen by
# a dev part here. Where the trainer has locked a test part, that one stays.
SHARES = Shares(dev=0, test=0.2)


def halves(
    documents: Iterable[Document], settings: Settings, ledger: Ledger
) -> tuple[list[Document], list[Document]]:
    """Documents to train on and to test on; near-duplicates are on one side.

    What ``splits.json`` of the models folder has placed stays there; nothing is written.
    Raises InputError when a side is empty, FormatError when the record is none.
    """
    before = record.read(settings.models / record.NAME)
    found = split(documents, before, ledger, SHARES).parts
    train, test = [*found["train"], *found["dev"]], found["test"]
    if not train or not test:
        side = "test on" if train else "train on"
        raise InputError(
            f"the gold has {len(train) + len(test)} documents, and none to {side}. "
            "A curve needs some tens of documents: add more gold files."
        )
    ledger.counts["train"], ledger.counts["test"] = len(train), len(test)
    return train, test


def runs(
    train: Sequence[Document],
    test: Sequence[Document],
    settings: Settings,
    *,
    seeds: int,
    rehearse: bool = True,
    watch: Watch = iter,
) -> list[Run]:
    """Every training of the curve, scored on ``test``.

    With the project's own corpus learnt besides, the curve begins without documents: at
    the built-in pipeline, whatever the settings name. A memory isn't used: it may have
    learnt from the test documents.
    """
    schema = settings.schema_in_force()
    bare = settings.model_copy(update={"pipelines": {}, "memory": None})
    rehearse = rehearse and rehearsed(schema.labels)
    planned = parts(train, seeds, from_none=rehearse)
    related = any(document.relations for document in [*train, *test])
    return [
        _run(part, test, bare, schema, rehearse=rehearse, entities_only=not related)
        for part in watch(planned)
    ]


def _run(
    part: Part, test: Sequence[Document], settings: Settings, schema: Schema, **how: bool
) -> Run:
    """``how`` are ``rehearse`` and ``entities_only``, as the trainer takes them."""
    # A language without an entity in a small part can't learn: it stays built-in.
    named = {document.language for document in part.documents if document.entities}
    learnt = [document for document in part.documents if document.language in named]
    with TemporaryDirectory() as folder:
        pipelines = fit(learnt, Path(folder), schema, **how) if learnt else {}
        fitted = settings.model_copy(update={"pipelines": pipelines})
        suggested = list(prelabel(map(_bare, test), fitted, schema, Ledger("curve")))
    symmetric = [kind.label for kind in schema.relations if kind.symmetric]
    pairs = [
        Pair(*(in_one_form(side, symmetric) for side in sides))
        for sides in zip(suggested, test, strict=True)
    ]
    return Run(
        part.seed,
        dict(Counter(document.language for document in part.documents)),
        [strict(pair) for pair in pairs],
        # Gold without relations doesn't say that there are none.
        [Score(0, 0, 0) if how["entities_only"] else end_to_end(pair) for pair in pairs],
    )


def _bare(document: Document) -> Document:
    """The document as it was before anyone labelled it."""
    return document.model_copy(update={"entities": (), "relations": (), "meta": {}})
