"""Tags of tokens in the schemes IOB1, IOB2, IOBES and BILOU, read as one.

A span begins at ``B``, ``S`` or ``U``, or where the label before was another one or none;
it ends at ``E``, ``S``, ``L`` or ``U``, or where the next one begins or ``O`` stands. So the
tags of any of the schemes give its spans, as conlleval takes them.
"""

from __future__ import annotations

from collections.abc import Sequence

_PLACES = frozenset("BIESLU")


def odd(tags: Sequence[str]) -> int | None:
    """The place of the first that is no tag of these schemes; None if all are."""
    return next((place for place, tag in enumerate(tags) if not is_tag(tag)), None)


def is_tag(tag: str) -> bool:
    """Whether it is ``O``, or a place, a hyphen and a label."""
    place, _, label = tag.partition("-")
    return tag == "O" or (place in _PLACES and bool(label))


def spans(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """First token, the token after the last, and label of each span of one sentence."""
    found: list[tuple[int, int, str]] = []
    open_label = None
    for number, tag in enumerate(tags):
        place, _, label = tag.partition("-")
        if tag == "O":
            open_label = None
            continue
        if place in "BSU" or label != open_label:
            found.append((number, number + 1, label))
        else:
            found[-1] = (found[-1][0], number + 1, label)
        open_label = None if place in "ESLU" else label
    return found
