"""Gold in parts, each of which a model is asked about that was trained on the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from annotate.document import Document, text_hash
from annotate.split.groups import Group, groups

FOLDS = 5


def folds(documents: Sequence[Document]) -> list[list[int]]:
    """The documents' places, dealt out by language; near-duplicates stay together.

    At most ``FOLDS`` parts, none of them empty; the same whatever the order of the
    documents.
    """
    by_language: dict[str, list[Group]] = defaultdict(list)
    for group in groups(documents):
        by_language[documents[group.members[0]].language].append(group)
    parts: list[list[int]] = [[] for _ in range(FOLDS)]
    for language in sorted(by_language):
        # The largest first, each to the part that has the least of this language.
        sizes = [0] * FOLDS
        for group in sorted(by_language[language], key=lambda one: _order(one, documents)):
            part = min(range(FOLDS), key=lambda at: (sizes[at], len(parts[at]), at))
            parts[part].extend(group.members)
            sizes[part] += len(group.members)
    return [sorted(part) for part in parts if part]


def _order(group: Group, documents: Sequence[Document]) -> tuple[int, str]:
    first = min(documents[at].id for at in group.members)
    return -len(group.members), text_hash(first)
