"""Growing parts of the training documents: what each point of a curve is trained on."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from annotate.document import Document
from annotate.split.groups import key_of

# Doubling, since errors fall with a power of the documents; 3/4 looks at the end of the
# curve. Half and all are there, so that a forecast from the half can be checked.
SHARES = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 3 / 4)


class Part(NamedTuple):
    """Documents to train on; ``seed`` is None where there was nothing to draw: none, or all."""

    seed: int | None
    documents: list[Document]


def parts(documents: Sequence[Document], seeds: int, *, from_none: bool = True) -> list[Part]:
    """No documents unless ``from_none`` is false, growing parts for each seed, all of them.

    Of one seed, each part holds the one before it. Every language has its share of a
    part, and one document at least. Which documents are drawn depends on their ids and
    the seed alone. Parts have the order of ``documents``, and none comes twice.
    """
    shares = [
        Part(seed, _first(documents, share, seed)) for share in SHARES for seed in range(seeds)
    ]
    found: dict[tuple[int | None, int], Part] = {}
    for part in shares:
        if len(part.documents) < len(documents):
            found.setdefault((part.seed, len(part.documents)), part)
    nothing = [Part(None, [])] if from_none else []
    return [*nothing, *found.values(), Part(None, list(documents))]


def _first(documents: Sequence[Document], share: float, seed: int) -> list[Document]:
    """The first documents of each language in an order as good as drawn by lot."""
    languages: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        languages[document.language].append(key_of(document))
    drawn: set[str] = set()
    for keys in languages.values():
        count = max(1, int(share * len(keys) + 0.5))
        drawn.update(sorted(keys, key=lambda key: _rank(key, seed))[:count])
    return [document for document in documents if key_of(document) in drawn]


def _rank(key: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}\0{key}".encode()).hexdigest()
