"""Made documents: stories of known words, and copies with some characters edited."""

from __future__ import annotations

import random

from annotate.document import Document
from tests.samples import entity


def story(number: int, length: int = 60) -> str:
    """A text that shares next to nothing with that of another number."""
    rng = random.Random(number)
    made = ("".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(length))
    return " ".join(made)


def edited(text: str, share: float, seed: int = 0) -> str:
    """The text with that share of its characters replaced, dropped or doubled."""
    rng = random.Random(seed)
    return "".join(
        rng.choice(("", rng.choice(text), character * 2)) if rng.random() < share else character
        for character in text
    )


def document(name: str, text: str, language: str = "en", **meta: str | int) -> Document:
    """A document without entities."""
    return Document(id=name, text=text, language=language, meta=dict(meta))


def with_names(name: str, *names: str) -> Document:
    """A document that mentions these persons."""
    text = f"{story(hash_of(name))}: " + ", ".join(names)
    found = tuple(entity(text, each, "PERSON") for each in names)
    return Document(id=name, text=text, language="en", entities=found)


def hash_of(name: str) -> int:
    """A number of one's own for each name, the same in every run."""
    return int.from_bytes(name.encode(), "big")
