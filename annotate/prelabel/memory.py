"""What reviewers confirmed and deleted, learnt from gold documents, for later suggestions.

``annotate learn`` writes a :class:`Memory` as JSON; ``memory`` in annotate.toml makes
``annotate_memory`` use it.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from spacy.language import Language
from spacy.tokens import Doc, Span

from annotate.document import CountryCode, Document, Entity, optional, text_hash
from annotate.errors import ConfigError
from annotate.ledger import Ledger
from annotate.prelabel.endings import inflected
from annotate.prelabel.fold import split
from annotate.prelabel.merge import COUNTRY, PERSON, Mention
from annotate.prelabel.phrases import Phrase, Phrases, overlapping, place
from annotate.prelabel.words import without_glued

# A single word with fewer letters is too often a common one.
_LEAST_LETTERS = 3
# So is a single given name that was confirmed once.
_LEAST_CONFIRMED = 2
# Bengali endings that few names have of their own; র and ই end many (সরকার, ভাই).
_SURE_ENDINGS = ("ের", "কে")


class Remembered(BaseModel):
    """One name under one label; ``name`` is folded and without case endings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    label: str = Field(min_length=1)
    confirmed: int = Field(ge=0)
    deleted: int = Field(ge=0)
    forms: tuple[str, ...]
    country_code: CountryCode | None = optional()

    @property
    def score(self) -> float:
        """How likely the name is right where it stands again."""
        return round((self.confirmed + 1) / (self.confirmed + self.deleted + 2), 4)

    @property
    def is_wrong(self) -> bool:
        """Whether reviewers deleted it more often than they confirmed it."""
        return self.deleted > self.confirmed

    @property
    def is_suggested(self) -> bool:
        """Whether it comes back as a suggestion."""
        single = self.label == PERSON and len(split(self.name)) == 1
        return self.confirmed >= (_LEAST_CONFIRMED if single else 1) and not self.is_wrong


class Memory(BaseModel):
    """All names, by name and label."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    names: tuple[Remembered, ...]

    def to_json(self) -> str:
        """The memory as JSON, one name a line; the same names give the same text."""
        lines = ",\n".join(f"  {name.model_dump_json()}" for name in self.names)
        return f'{{"version": {self.version}, "names": [\n{lines}\n]}}\n'


class _Seen(NamedTuple):
    """An entity with its folded words and its document's language."""

    entity: Entity
    words: tuple[str, ...]
    language: str
    confirmed: bool


def learn(documents: Iterable[Document], ledger: Ledger) -> Memory:
    """The memory of reviewed documents; one that comes twice counts once, as it came last.

    Documents without a review are refused in the ledger: their entities may be
    suggestions that nobody looked at.
    """
    reviewed: dict[tuple[str, str], Document] = {}
    for document in documents:
        ledger.taken += 1
        if document.provenance is None:
            reason = "not reviewed (no provenance). Give what 'annotate pull' wrote."
            ledger.refuse(document.id, reason)
            continue
        ledger.given += 1
        key = document.id, text_hash(document.text)
        ledger.counts["documents given twice"] += key in reviewed
        reviewed[key] = document
    seen = [item for document in reviewed.values() for item in _seen(document)]
    attested = {(item.words, item.entity.label) for item in seen}
    groups: defaultdict[tuple[tuple[str, ...], str], list[_Seen]] = defaultdict(list)
    for item in seen:
        label = item.entity.label
        groups[_base(item.words, label, item.language, attested), label].append(item)
    names = []
    for (words, label), items in sorted(groups.items()):
        if len(words) == 1 and _letters(words[0]) < _LEAST_LETTERS:
            ledger.counts["names too short to remember"] += 1
            continue
        names.append(_remembered(words, label, items))
    ledger.counts["names"] = len(names)
    return Memory(names=tuple(names))


def _seen(document: Document) -> Iterator[_Seen]:
    review = document.provenance
    removed = review.removed_entities if review else ()
    places = {(entity.start, entity.end) for entity in document.entities}
    deleted = [entity for entity in removed if (entity.start, entity.end) not in places]
    for entities, confirmed in ((document.entities, True), (deleted, False)):
        for entity in entities:
            words = without_glued(split(entity.text), document.language)
            if words:
                yield _Seen(entity, words, document.language, confirmed)


def _base(
    words: tuple[str, ...], label: str, language: str, attested: set[tuple[tuple[str, ...], str]]
) -> tuple[str, ...]:
    """The words without case endings: where the bare name was seen too, or the ending is sure."""
    *before, last = words
    stems = [
        stem
        for stem, ending in _uninflected(last, language)
        if ((*before, stem), label) in attested
        or (ending.startswith(_SURE_ENDINGS) and _letters(stem) >= _LEAST_LETTERS)
    ]
    if not stems:
        return words
    return _base((*before, min(stems, key=len)), label, language, attested)


def _uninflected(word: str, language: str) -> Iterator[tuple[str, str]]:
    for cut in range(1, len(word)):
        for surface, ending in inflected(word[:cut], language):
            if surface == word:
                yield word[:cut], ending


def _letters(word: str) -> int:
    """Letters and vowel signs."""
    return sum(unicodedata.category(letter)[0] in "LM" for letter in word)


def _remembered(words: tuple[str, ...], label: str, items: list[_Seen]) -> Remembered:
    confirmed = sum(item.confirmed for item in items)
    codes = Counter(
        item.entity.country_code for item in items if item.confirmed and item.entity.country_code
    )
    return Remembered(
        name=" ".join(words),
        label=label,
        confirmed=confirmed,
        deleted=len(items) - confirmed,
        forms=tuple(sorted({item.entity.text for item in items})),
        country_code=min(codes, key=lambda code: (-codes[code], code), default=None),
    )


def read_memory(path: Path) -> Memory:
    """The memory that ``annotate learn`` wrote; ConfigError when it is not there or broken."""
    again = f"Write it anew with 'annotate learn GOLD --output {path.name}', or take memory out "
    again += "of annotate.toml."
    try:
        return Memory.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}. {again}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        problem = f"{field + ': ' if field else ''}{first['msg']}"
        raise ConfigError(f"{path}: this is no memory: {problem}. {again}") from None


@Language.factory(
    "annotate_memory",
    requires=["doc.ents"],
    assigns=["doc.ents", "token.ent_type", "token.ent_iob", "span._.score"],
    default_config={"language": "xx"},
)
def make_memory(nlp: Language, name: str, path: str, language: str) -> Recall:
    """Make the component from the file at ``path``; ConfigError as :func:`read_memory`."""
    return Recall(read_memory(Path(path)), language)


class Recall:
    """Takes suggestions out that reviewers deleted, and adds names that they confirmed."""

    def __init__(self, memory: Memory, language: str) -> None:
        known = sorted(memory.names, key=lambda it: (-it.score, -it.confirmed, it.name, it.label))
        good = (phrase for it in known if it.is_suggested for phrase in _phrases(it, language))
        self._confirmed = Phrases(good, language)
        wrong = [it for it in known if it.is_wrong]
        self._deleted = {
            label: Phrases(
                (phrase for it in wrong if it.label == label for phrase in _phrases(it, language)),
                language,
            )
            for label in {it.label for it in wrong}
        }

    def __call__(self, doc: Doc) -> Doc:
        """Set ``doc.ents``; the text and the tokens are not touched."""
        kept = [ent for ent in doc.ents if not self._was_deleted(ent)]
        if len(kept) < len(doc.ents):
            doc.ents = kept
        names = [name for name in self._confirmed.find(doc) if _adds(name, kept)]
        if names:
            place(doc, names)
        return doc

    def _was_deleted(self, ent: Span) -> bool:
        phrases = self._deleted.get(ent.label_)
        return phrases is not None and phrases.names(ent.text)


def _phrases(name: Remembered, language: str) -> Iterator[Phrase]:
    """The name and each form seen: an ending taken off by mistake then loses nothing."""
    code = name.country_code if name.label == COUNTRY and name.country_code else ""
    for form in (name.name, *name.forms):
        yield Phrase(code, form, language, name.label, name.score)


def _adds(name: Mention, ents: list[Span]) -> bool:
    """Whether the name stands free, or around shorter spans of its own label."""
    over = overlapping(name, ents)
    # A span that is the name itself keeps its own score.
    return all(
        ent.label_ == name.label
        and name.start <= ent.start
        and ent.end <= name.end
        and len(ent) < name.end - name.start
        for ent in over
    )
