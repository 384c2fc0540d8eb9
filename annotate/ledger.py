"""What went into a stage, what came out, and what was refused or repaired.

Every stage takes a :class:`Ledger` and fills it while documents stream through,
so that a caller can always account for each item: nothing is lost in silence.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Note(NamedTuple):
    """One thing that happened, and where (file, line, document id, span)."""

    where: str
    what: str


@dataclass(slots=True)
class Ledger:
    """The account of one stage.

    ``taken`` and ``given`` count documents in and out; ``refused`` names every
    item left out, ``repaired`` every item changed, and ``counts`` holds what a
    stage wants counted besides (``ledger.counts["skipped"]``).
    """

    stage: str
    taken: int = 0
    given: int = 0
    refused: list[Note] = field(default_factory=list)
    repaired: list[Note] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def refuse(self, where: str, why: str) -> None:
        """Note an item that is left out."""
        self.refused.append(Note(where, why))

    def repair(self, where: str, what: str) -> None:
        """Note an item that was changed so that it could be kept."""
        self.repaired.append(Note(where, what))

    @property
    def clean(self) -> bool:
        """True when nothing was refused."""
        return not self.refused

    def as_dict(self) -> dict[str, Any]:
        """The account as JSON-ready data."""
        return {
            "stage": self.stage,
            "in": self.taken,
            "out": self.given,
            "counts": dict(sorted(self.counts.items())),
            "refused": [note._asdict() for note in self.refused],
            "repaired": [note._asdict() for note in self.repaired],
        }
