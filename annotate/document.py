"""The one document model: what every stage takes and gives.

``start`` and ``end`` are half-open Python code-point offsets into ``text``, so
``text[start:end] == entity.text``; this is the only place that says so, and the
model refuses anything else. Country codes are ISO 3166-1 alpha-2. The JSON of
:class:`Document` is the contract between stages and with users; ``annotate
schema`` prints its JSON Schema.

Gold documents add provenance: :class:`Provenance` on each entity and relation,
:class:`Review` on the document.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    model_validator,
)

Status = Literal["accepted", "changed", "added"]
Kind = Literal["entity", "relation"]
Score = Annotated[float, Field(ge=0, le=1)]
# BCP 47's shape: a language, then subtags. A model's file is named after it.
LANGUAGE = r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$"
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# One without a time zone is read as UTC: moments of one gold set are compared.
Moment = Annotated[datetime, AfterValidator(_aware)]


def _absent(value: object) -> bool:
    return value is None


def optional(**kwargs: Any) -> Any:
    """A field that is left out of the JSON while it is None."""
    return Field(default=None, exclude_if=_absent, **kwargs)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Provenance(_Frozen):
    """Where one gold entity or relation comes from.

    ``status`` is relative to the suggestion of ``model_version``: taken over as
    it was, moved or re-labelled, or drawn by the annotator.
    """

    status: Status
    annotator: str
    annotated_at: Moment
    annotation: int
    model_version: str | None = optional()


class Entity(_Frozen):
    """A named mention, ``text[start:end]`` of its document."""

    id: str = Field(min_length=1)
    start: int = Field(ge=0)
    end: int
    label: str = Field(min_length=1)
    text: str
    score: Score | None = optional()
    country_code: CountryCode | None = optional(description="ISO 3166-1 alpha-2")
    note: str | None = optional(description="what the annotator wrote beside it")
    provenance: Provenance | None = optional()

    @model_validator(mode="after")
    def _has_extent(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"entity {self.id}: end {self.end} is not after start {self.start}")
        return self


class Relation(_Frozen):
    """A directed link between two entities of one document, by their ids."""

    head: str
    tail: str
    label: str = Field(min_length=1)
    score: Score | None = optional()
    provenance: Provenance | None = optional()


class Agreement(_Frozen):
    """How far people marked the same: marks of a label, over each pair of people.

    ``shared`` marks were made by both of a pair, ``single`` ones by one of them alone; see
    :mod:`annotate.review.agreement`.
    """

    kind: Kind
    label: str
    shared: int = Field(ge=0)
    single: int = Field(ge=0)

    @property
    def f1(self) -> float:
        """F1 of one person's marks against another's; 0 where there are none."""
        return 2 * self.shared / max(1, self.marks)

    @property
    def marks(self) -> int:
        """All that was marked, by either of each pair."""
        return 2 * self.shared + self.single


class Review(_Frozen):
    """Who reviewed a document, when, under which rules, and what they removed."""

    status: Literal["accepted", "changed"]
    annotators: tuple[str, ...]
    annotated_at: Moment
    tasks: tuple[int, ...]
    annotations: tuple[int, ...]
    policy: str
    model_version: str | None = optional()
    label_config: str = Field(description="SHA-256 of the label config in force")
    lead_time: float | None = optional(description="seconds in the browser, all tasks")
    removed_entities: tuple[Entity, ...] = ()
    removed_relations: tuple[Relation, ...] = ()
    agreement: tuple[Agreement, ...] | None = optional(
        description="of those who reviewed it, where they were several"
    )


class Document(_Frozen):
    """One text with its entities and relations."""

    id: str = Field(min_length=1)
    text: str
    language: str = Field(
        default="und", pattern=LANGUAGE, description="ISO 639 code, und = unknown"
    )
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    meta: dict[str, JsonValue] = Field(default_factory=dict)
    provenance: Review | None = optional()

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        ids = set()
        for entity in self.entities:
            if entity.end > len(self.text):
                raise ValueError(f"entity {entity.id}: end {entity.end} is beyond the text")
            if self.text[entity.start : entity.end] != entity.text:
                raise ValueError(
                    f"entity {entity.id}: text is {entity.text!r}, but "
                    f"{entity.start}:{entity.end} is {self.text[entity.start : entity.end]!r}"
                )
            if entity.id in ids:
                raise ValueError(f"entity id {entity.id} is used twice")
            ids.add(entity.id)
        for relation in self.relations:
            for end in (relation.head, relation.tail):
                if end not in ids:
                    raise ValueError(f"relation {relation.label}: there is no entity {end}")
        return self

    def to_json(self) -> str:
        """The document as one line of JSON, text unescaped."""
        return self.model_dump_json()

    def entity(self, entity_id: str) -> Entity:
        """The entity of that id; KeyError if there is none."""
        for entity in self.entities:
            if entity.id == entity_id:
                return entity
        raise KeyError(entity_id)


# Start, end and label of a span.
Place = tuple[int, int, str]


class Span(NamedTuple):
    """What an :class:`Entity` says, unchecked, in a fraction of its time: for what is compared.

    Whoever makes one vouches for what an Entity checks.
    """

    id: str
    start: int
    end: int
    label: str
    text: str
    score: float | None = None
    country_code: str | None = None
    note: str | None = None

    @property
    def place(self) -> Place:
        """What makes two spans of one text the same, whatever their ids."""
        return self.start, self.end, self.label


class Link(NamedTuple):
    """What a :class:`Relation` says, unchecked, as a :class:`Span` does of an entity."""

    head: str
    tail: str
    label: str
    score: float | None = None


class Marks(NamedTuple):
    """Spans and links over one text, without the text."""

    entities: tuple[Span, ...] = ()
    relations: tuple[Link, ...] = ()

    def placed_relations(self) -> list[tuple[Place, str, Place]]:
        """What makes two links of one text the same: label, and the places of both ends."""
        places = {span.id: span.place for span in self.entities}
        return [(places[link.head], link.label, places[link.tail]) for link in self.relations]


def marks_of(document: Document) -> Marks:
    """The document's entities and relations, without their provenance."""
    return Marks(
        tuple(
            Span(
                one.id,
                one.start,
                one.end,
                one.label,
                one.text,
                one.score,
                one.country_code,
                one.note,
            )
            for one in document.entities
        ),
        tuple(Link(one.head, one.tail, one.label, one.score) for one in document.relations),
    )


def text_hash(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def in_order(entities: Sequence[Entity]) -> tuple[Entity, ...]:
    """Entities by place in the text."""
    return tuple(sorted(entities, key=lambda entity: (entity.start, entity.end, entity.label)))


def flat(entities: Sequence[Entity]) -> list[Entity]:
    """The entities that stay when of any two that overlap the longer is kept, by place."""
    kept: list[Entity] = []
    starts: list[int] = []
    for entity in sorted(entities, key=lambda one: (one.start - one.end, one.start)):
        place = bisect_left(starts, entity.end)
        if not place or kept[place - 1].end <= entity.start:
            kept.insert(place, entity)
            starts.insert(place, entity.start)
    return kept


def links_in_order(
    relations: Sequence[Relation], entities: Sequence[Entity]
) -> tuple[Relation, ...]:
    """Relations by place of their head, then tail, in the text."""
    place = {entity.id: (entity.start, entity.end) for entity in entities}
    return tuple(
        sorted(relations, key=lambda link: (place[link.head], place[link.tail], link.label))
    )


def gold_schema() -> dict[str, Any]:
    """JSON Schema of a document (one line of JSONL) or a gold file (a list of them)."""
    schema = Document.model_json_schema(mode="serialization", ref_template="#/$defs/{model}")
    definitions = schema.pop("$defs")
    definitions["Document"] = schema
    document = {"$ref": "#/$defs/Document"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "annotate document, or a gold file of documents",
        "anyOf": [document, {"type": "array", "items": document}],
        "$defs": definitions,
    }
