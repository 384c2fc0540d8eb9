"""What can be wrong with a gold file: the codes, and one finding."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

Severity = Literal["error", "warning"]
Span = tuple[int, int]

# Code → how grave it is, and what it means. Codes are stable: scripts may filter by them.
CODES: Mapping[str, tuple[Severity, str]] = MappingProxyType(
    {
        # The file.
        "encoding": ("error", "the file is not UTF-8"),
        "json": ("error", "this is no JSON"),
        "layout": ("error", "JSON, but not laid out as an array or as lines"),
        "key-twice": ("error", "an object has one key twice, of which readers take the last"),
        # The document.
        "schema": ("error", "a field is missing, unknown or of the wrong kind"),
        "id-twice": ("error", "two documents have one id"),
        "text-empty": ("error", "the text has nothing but blanks"),
        "text-twice": ("warning", "two documents have the same text"),
        # Entities: offsets and ids.
        "offset": ("error", "start and end are not a place in the text"),
        "text-differs": ("error", "the entity's text is not what stands at its offsets"),
        "entity-id-twice": ("error", "two entities of a document have one id"),
        "entity-twice": ("error", "an entity stands there twice: same place, same label"),
        "removed": ("error", "what the review removed is not what stands at its offsets"),
        # Entities: label config and guidelines.
        "label-unknown": ("error", "the label config has no such label"),
        "overlap": ("error", "two entities overlap; entities are flat"),
        "blank": ("error", "the entity has nothing but blanks"),
        "edge-space": ("error", "a blank at the entity's edge"),
        "inside-word": ("error", "an edge inside a word"),
        "never-entity": ("error", "a link, e-mail address, hashtag or flag is never an entity"),
        "edge-punctuation": ("warning", "punctuation at the entity's edge"),
        "ending-outside": ("warning", "a glued ending is left outside (ইউএই | -র)"),
        # Country codes.
        "code-unknown": ("error", "ISO 3166-1 has no such alpha-2 code"),
        "code-missing": ("warning", "a COUNTRY without its code"),
        "code-differs": ("warning", "the country list has another code for this name"),
        "code-misplaced": ("warning", "a country code on what is no COUNTRY"),
        # Relations.
        "relation-end": ("error", "head or tail is no entity of the document"),
        "relation-self": ("error", "head and tail are one entity"),
        "relation-unknown": ("error", "the label config has no such relation type"),
        "relation-type": ("error", "the relation may not join these labels"),
        "relation-twice": ("error", "a relation stands there twice; a symmetric one, either way"),
        "relation-pair": ("error", "two relation types on one ordered pair"),
        "symmetric-order": ("error", "the later mention is the head of a symmetric relation"),
    }
)


class Finding(NamedTuple):
    """One thing that is wrong.

    ``where`` is the item and line of the file, ``span`` half-open code-point offsets
    (as they are written, where they are wrong), ``words`` what stands there.
    ``repairable`` says that ``--fix`` repairs it.
    """

    code: str
    where: str
    what: str
    document: str = ""
    span: Span | None = None
    words: str = ""
    repairable: bool = False

    @property
    def severity(self) -> Severity:
        """``error`` or ``warning``."""
        return CODES[self.code][0]

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON-ready data."""
        return self._asdict() | {"severity": self.severity}

    def __str__(self) -> str:
        place = f"{self.span[0]}:{self.span[1]}" if self.span else ""
        words = repr(self.words) if self.words else ""
        named = " ".join(filter(None, (self.document, place, words)))
        said = f"{self.severity} {self.code}: {self.what}"
        return ": ".join(filter(None, (self.where, named, said)))
