"""What several components read of one doc, computed once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, TypeVarTuple
from weakref import WeakKeyDictionary

from spacy.tokens import Doc

# Where these are the same, so are the tokens, the text and the sentences of a doc.
_STATE: list[int | str] = ["ORTH", "SPACY", "SENT_START"]

Given = TypeVarTuple("Given")
Answer = TypeVar("Answer")


def once_a_doc(compute: Callable[[Doc, *Given], Answer]) -> Callable[[Doc, *Given], Answer]:
    """``compute``, which reads tokens and sentence starts alone, once for each state of a doc.

    The answer lives as long as the doc does. It is not in ``doc.user_data``, which
    spaCy writes to disk and sends to other processes.
    """
    kept: WeakKeyDictionary[Doc, dict[object, tuple[bytes, Answer]]] = WeakKeyDictionary()

    @wraps(compute)
    def ask(doc: Doc, *given: *Given) -> Answer:
        state = doc.to_array(_STATE).tobytes()
        answers = kept.setdefault(doc, {})
        known = answers.get(given)
        if known is None or known[0] != state:
            known = answers[given] = (state, compute(doc, *given))
        return known[1]

    return ask
