"""What went into a stage, what came out, and what was refused, repaired or lost.

Every stage takes a :class:`Ledger` and fills it while documents stream through,
so that a caller can always account for each item: nothing is lost in silence.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol


class Note(NamedTuple):
    """One thing that happened, and where (file, line, document id, span)."""

    where: str
    what: str


class Loss(NamedTuple):
    """One thing that a format can't hold: where it is, of which kind, and what it says.

    The kind is ``entity`` where the file has it no more, ``entity in doc.ents`` where only
    that part of the file lacks it.
    """

    where: str
    kind: str
    what: str


class Losses(Protocol):
    """Where losses are kept one by one: a list, or a file where there may be many."""

    def append(self, loss: Loss, /) -> object:
        """Keep one more."""


@dataclass(slots=True)
class Ledger:
    """The account of one stage.

    ``taken`` and ``given`` count documents in and out; ``refused`` names every
    item left out, ``repaired`` every item changed, ``losses`` everything that a format
    had no place for (``lost`` counts it by kind), and ``counts`` holds what a
    stage wants counted besides (``ledger.counts["skipped"]``).
    """

    stage: str
    taken: int = 0
    given: int = 0
    refused: list[Note] = field(default_factory=list)
    repaired: list[Note] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    losses: Losses = field(default_factory=list[Loss])
    counts: Counter[str] = field(default_factory=Counter)

    def refuse(self, where: str, why: str) -> None:
        """Note an item that is left out."""
        self.refused.append(Note(where, why))

    def repair(self, where: str, what: str) -> None:
        """Note an item that was changed so that it could be kept."""
        self.repaired.append(Note(where, what))

    def lose(self, where: str, kind: str, what: str) -> None:
        """Note what a format has no place for, of a kind such as ``relation`` or ``note``."""
        self.lost[kind] += 1
        self.losses.append(Loss(where, kind, what))

    @property
    def clean(self) -> bool:
        """True when nothing was refused."""
        return not self.refused

    def as_dict(self) -> dict[str, Any]:
        """The account as JSON-ready data."""
        account = {
            "stage": self.stage,
            "in": self.taken,
            "out": self.given,
            "counts": dict(sorted(self.counts.items())),
            "refused": [note._asdict() for note in self.refused],
            "repaired": [note._asdict() for note in self.repaired],
        }
        if self.lost:
            account["lost"] = dict(sorted(self.lost.items()))
            if isinstance(self.losses, list):
                account["losses"] = [loss._asdict() for loss in self.losses]
        return account
