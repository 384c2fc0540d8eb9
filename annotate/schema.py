"""label_config.xml → the labels, relation types and constraints in force.

The label config is Label Studio's own XML and the one source of the label set.
What it cannot say (which labels a relation joins, whether it is symmetric)
stands in ``[relations.NAME]`` of annotate.toml and comes in as ``rules``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Self

from lxml import etree
from pydantic import BaseModel, ConfigDict

from annotate.errors import ConfigError


class RelationRule(BaseModel):
    """One ``[relations.NAME]`` table of annotate.toml; no head or tail means any label."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    head: tuple[str, ...] | None = None
    tail: tuple[str, ...] | None = None
    symmetric: bool = False


class RelationType(BaseModel):
    """A relation type with the labels that its head and tail may have."""

    model_config = ConfigDict(frozen=True)

    label: str
    head: frozenset[str]
    tail: frozenset[str]
    symmetric: bool = False

    def joins(self, head: str, tail: str) -> bool:
        """Whether an entity labelled ``head`` may relate to one labelled ``tail``."""
        return (head in self.head and tail in self.tail) or (
            self.symmetric and tail in self.head and head in self.tail
        )


class Schema(BaseModel):
    """The label set in force, and the names that Label Studio's results refer to."""

    model_config = ConfigDict(frozen=True)

    xml: str
    labels: tuple[str, ...]
    colours: Mapping[str, str] = {}
    relations: tuple[RelationType, ...]
    control: str
    text_object: str
    text_field: str

    @property
    def sha256(self) -> str:
        """Hash of the label config, kept in gold provenance; a server trims the edges."""
        return hashlib.sha256(self.xml.strip().encode("utf-8")).hexdigest()

    def relation(self, label: str) -> RelationType | None:
        """The relation type of that name, or None."""
        return next((kind for kind in self.relations if kind.label == label), None)

    @classmethod
    def from_xml(
        cls,
        xml: str,
        rules: Mapping[str, RelationRule] | None = None,
        source: str = "label_config.xml",
    ) -> Self:
        """Read a label config; ``source`` names it in errors.

        Raises ConfigError when it is not XML, carries a DOCTYPE, or lacks exactly
        one ``<Labels>`` bound to one ``<Text>``.
        """
        try:
            return cls._read(xml, rules or {})
        except ConfigError as error:
            raise ConfigError(str(error).replace("label_config.xml", source, 1)) from None

    @classmethod
    def _read(cls, xml: str, rules: Mapping[str, RelationRule]) -> Self:
        root = _parse(xml)
        control = _only(root, "Labels")
        text = _only(root, "Text")
        if control.get("toName") != text.get("name"):
            raise ConfigError(
                f"label_config.xml, line {control.sourceline}: <Labels toName="
                f"{control.get('toName')!r}> does not name the <Text> {text.get('name')!r}."
            )
        labels = _values(control, "Label")
        if not labels:
            raise ConfigError("label_config.xml: <Labels> holds no <Label>; add at least one.")
        kinds = _values(root, "Relation")
        return cls(
            xml=xml,
            labels=labels,
            colours=dict(zip(labels, _colours(control), strict=True)),
            relations=tuple(_relation_type(kind, labels, rules.get(kind)) for kind in kinds),
            control=_attribute(control, "name"),
            text_object=_attribute(text, "name"),
            text_field=_attribute(text, "value").removeprefix("$"),
        )


def _parse(xml: str) -> etree._Element:
    # No entities, no network, no DTD: the file may come from someone else.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(xml.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise ConfigError(f"label_config.xml is not well-formed: {error.msg}.") from error
    if root.getroottree().docinfo.doctype:
        raise ConfigError("label_config.xml carries a DOCTYPE; remove it.")
    return root


def _only(root: etree._Element, tag: str) -> etree._Element:
    found = list(root.iter(tag))
    if len(found) != 1:
        raise ConfigError(f"label_config.xml holds {len(found)} <{tag}> elements; it needs one.")
    return found[0]


def _attribute(element: etree._Element, name: str) -> str:
    value = element.get(name)
    if not value:
        raise ConfigError(
            f'label_config.xml, line {element.sourceline}: <{element.tag}> needs {name}="…".'
        )
    return str(value)


def _values(root: etree._Element, tag: str) -> tuple[str, ...]:
    values: list[str] = []
    for element in root.iter(tag):
        # Label Studio writes the alias into results where there is one.
        value = str(element.get("alias") or _attribute(element, "value"))
        if value in values:
            raise ConfigError(
                f"label_config.xml, line {element.sourceline}: {tag} {value!r} stands there twice."
            )
        values.append(value)
    return tuple(values)


def _colours(control: etree._Element) -> list[str]:
    """The colour of each label as CSS has it, empty without one."""
    return [str(element.get("background") or "") for element in control.iter("Label")]


def _relation_type(label: str, labels: tuple[str, ...], rule: RelationRule | None) -> RelationType:
    everything = frozenset(labels)
    rule = rule or RelationRule()
    head = everything if rule.head is None else frozenset(rule.head) & everything
    tail = everything if rule.tail is None else frozenset(rule.tail) & everything
    if not head or not tail:
        raise ConfigError(
            f"annotate.toml: [relations.{label}] names no label that label_config.xml has "
            f"({', '.join(labels)}) for its {'tail' if head else 'head'}."
        )
    return RelationType(label=label, head=head, tail=tail, symmetric=rule.symmetric)
