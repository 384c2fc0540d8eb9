"""What the two formats of INCEpTION share: layers, their features, tokens and sentences.

Entities are on DKPro's layer of named entities, which INCEpTION has built in: ``value``
is the label, ``identifier`` the country code. Relations are on a relation layer between
them; ``Governor`` is the head, ``Dependent`` the tail. What is known besides (notes,
scores, provenance) is in further features of the two layers, all strings: INCEpTION's
floats have 32 bits, which would round scores.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from annotate.corpus.sentences import sentence_spans
from annotate.document import Document, Entity, Relation

NAMED_ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
RELATION = "webanno.custom.Relation"
_DEPENDENCY = "de.tudarmstadt.ukp.dkpro.core.api.syntax.type.dependency.Dependency"
# Layers that someone made; all others are built in.
CUSTOM = "webanno.custom."

# Names of the features by our fields; provenance is five of them.
ENTITY_FEATURES = {
    "label": "value",
    "country_code": "identifier",
    "note": "note",
    "score": "score",
}
RELATION_FEATURES = {"label": "value", "score": "score"}
PROVENANCE_FEATURES = {
    "status": "status",
    "annotator": "annotator",
    "annotated_at": "annotatedAt",
    "annotation": "annotation",
    "model_version": "modelVersion",
}

Features = Mapping[str, str | None]


def entity_features(entity: Entity) -> dict[str, str | None]:
    """Features of an entity's annotation; None where it lacks one."""
    return _features(entity, ENTITY_FEATURES)


def relation_features(link: Relation) -> dict[str, str | None]:
    """Features of a relation's annotation but for its two ends; None where it lacks one."""
    return _features(link, RELATION_FEATURES)


def entity_fields(features: Features, layer: str, ours: bool) -> dict[str, Any]:
    """Fields of an entity from the features of its annotation.

    Of a layer that is not ``ours`` the label is the feature ``value``, else the first that
    has a value, else the layer's own name; all other features go to the note, as does an
    ``identifier`` that is no country code.
    """
    rest = {name: value for name, value in features.items() if value is not None}
    fields: dict[str, Any] = {}
    # INCEpTION fills it from a knowledge base.
    if re.fullmatch("[A-Z]{2}", rest.get("identifier", "")):
        fields["country_code"] = rest.pop("identifier")
    if ours and layer == NAMED_ENTITY:
        own = {field: name for field, name in ENTITY_FEATURES.items() if field != "country_code"}
        fields |= _taken(rest, own)
    if "label" not in fields:
        fields["label"] = _label(rest, layer)
    remarks = [f"{name}: {value}" for name, value in rest.items()]
    if remarks:
        fields["note"] = "\n".join([*([fields["note"]] if "note" in fields else []), *remarks])
    return fields


def relation_fields(features: Features, layer: str, ours: bool) -> dict[str, Any]:
    """Fields of a relation from the features of its annotation; ValueError for one too many."""
    rest = {name: value for name, value in features.items() if value is not None}
    fields = _taken(rest, RELATION_FEATURES) if ours and layer == RELATION else {}
    if "label" not in fields:
        fields["label"] = _label(rest, layer)
    if rest:
        raise ValueError(f"a relation has no place for the feature {next(iter(rest))!r}")
    return fields


def is_entity_layer(layer: str) -> bool:
    """Whether annotations of this span layer are entities: named entities, and custom layers."""
    return layer == NAMED_ENTITY or layer.startswith(CUSTOM)


def is_relation_layer(layer: str) -> bool:
    """Whether annotations of this relation layer are relations; syntax is not."""
    return layer != _DEPENDENCY


def units(document: Document, tokens: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The tokens that are not whitespace, and those that are at an edge of an entity.

    ``tokens`` are cut at the entities' edges; offsets are half-open code points.
    """
    starts = {one.start for one in document.entities}
    ends = {one.end for one in document.entities}
    return [
        (start, end)
        for start, end in tokens
        if start in starts or end in ends or not document.text[start:end].isspace()
    ]


def sentences(document: Document, tokens: Sequence[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """The tokens by sentence; none ends inside an entity, none is empty."""
    starts = [start for start, _ in tokens]
    inside: set[int] = set()
    for one in document.entities:
        inside.update(range(bisect_left(starts, one.start) + 1, bisect_left(starts, one.end)))
    firsts = {bisect_left(starts, start) for start, _ in sentence_spans(document.text)}
    bounds = sorted((firsts - inside - {len(tokens)}) | {0}) if tokens else []
    return [list(tokens[first:after]) for first, after in pairwise([*bounds, len(tokens)])]


def _features(item: Entity | Relation, names: Mapping[str, str]) -> dict[str, str | None]:
    values: dict[str, Any] = {name: getattr(item, field) for field, name in names.items()}
    said = item.provenance.model_dump(mode="json") if item.provenance else {}
    values |= {name: said.get(field) for field, name in PROVENANCE_FEATURES.items()}
    return {name: None if value is None else str(value) for name, value in values.items()}


def _taken(rest: dict[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    """Take our features out of ``rest``, as fields."""
    fields: dict[str, Any] = {
        field: rest.pop(name) for field, name in names.items() if name in rest
    }
    said = {field: rest.pop(name) for field, name in PROVENANCE_FEATURES.items() if name in rest}
    return fields | ({"provenance": said} if said else {})


def _label(rest: dict[str, str], layer: str) -> str:
    """Take the label out of ``rest``; an empty one would be none."""
    name = "value" if rest.get("value") else next((one for one in rest if rest[one]), None)
    return rest.pop(name) if name else layer.rpartition(".")[2]
