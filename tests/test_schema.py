"""label_config.xml → labels, relation types, constraints."""

import pytest

from annotate.config import load_settings
from annotate.errors import ConfigError
from annotate.schema import RelationRule, Schema

XML = """<View>
  <Labels name="tag" toName="doc"><Label value="RIVER"/><Label value="LAKE" alias="WATER"/></Labels>
  <Relations><Relation value="flows_into"/></Relations>
  <Text name="doc" value="$body"/>
</View>"""


def test_the_shipped_config_has_three_labels_and_five_relations() -> None:
    schema = load_settings().schema_in_force()
    assert schema.labels == ("PERSON", "ORG", "COUNTRY")
    assert [kind.label for kind in schema.relations] == [
        "works_for",
        "represents",
        "based_in",
        "met_with",
        "cooperates_with",
    ]
    assert [kind.label for kind in schema.relations if kind.symmetric] == [
        "met_with",
        "cooperates_with",
    ]


def test_an_edited_config_gives_exactly_its_labels_and_names() -> None:
    schema = Schema.from_xml(XML)
    assert schema.labels == ("RIVER", "WATER")
    assert (schema.control, schema.text_object, schema.text_field) == ("tag", "doc", "body")
    assert schema.relations[0].head == schema.relations[0].tail == {"RIVER", "WATER"}


def test_a_rule_bounds_head_and_tail() -> None:
    schema = Schema.from_xml(XML, {"flows_into": RelationRule(tail=("WATER", "SEA"))})
    kind = schema.relation("flows_into")
    assert kind
    assert kind.joins("RIVER", "WATER")
    assert not kind.joins("WATER", "RIVER")


def test_a_symmetric_type_joins_both_ways() -> None:
    rule = RelationRule(head=("RIVER",), tail=("WATER",), symmetric=True)
    kind = Schema.from_xml(XML, {"flows_into": rule}).relation("flows_into")
    assert kind
    assert kind.joins("WATER", "RIVER")


@pytest.mark.parametrize(
    ("xml", "problem"),
    [
        ("<View>", "not well-formed"),
        ("<!DOCTYPE View [<!ENTITY a 'b'>]>" + XML, "DOCTYPE"),
        (XML.replace("Text", "Image"), "0 <Text>"),
        (XML.replace('toName="doc"', 'toName="other"'), "does not name"),
        (XML.replace('alias="WATER"', 'alias="RIVER"'), "twice"),
        (XML.replace('<Label value="RIVER"/>', "<Label/>"), 'needs value="…"'),
        ('<View><Labels name="a" toName="b"/><Text name="b" value="$t"/></View>', "no <Label>"),
    ],
)
def test_a_config_that_cannot_serve_is_refused(xml: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        Schema.from_xml(xml)


def test_a_rule_without_any_known_label_is_refused() -> None:
    with pytest.raises(ConfigError, match="flows_into"):
        Schema.from_xml(XML, {"flows_into": RelationRule(head=("PERSON",))})


def test_an_external_entity_is_never_fetched(tmp_path: object) -> None:
    hostile = '<!DOCTYPE View SYSTEM "file:///etc/hostname"><View>&x;</View>'
    with pytest.raises(ConfigError):
        Schema.from_xml(hostile)


def test_the_hash_does_not_mind_space_around_the_config() -> None:
    assert Schema.from_xml(XML).sha256 == Schema.from_xml(XML + "\n\n").sha256
