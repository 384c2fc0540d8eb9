"""The one document model."""

import json
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from annotate.document import Document, gold_schema, links_in_order
from tests.samples import english, persian
from tests.strategies import documents


def changed(**fields: Any) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(english().to_json())
    data["entities"][0] |= fields
    return data


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"end": 12}, "text is"),
        ({"end": 0}, "is not after"),
        ({"start": -1}, "greater than or equal to 0"),
        ({"end": 9999}, "beyond the text"),
        ({"id": "c1"}, "used twice"),
        ({"id": "other"}, "there is no entity p1"),
        ({"score": 1.5}, "less than or equal to 1"),
        ({"country_code": "ke"}, "pattern"),
        ({"country": "KE"}, "Extra inputs"),
        ({"label": ""}, "at least 1 character"),
    ],
)
def test_what_does_not_hold_is_refused(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        Document.model_validate(changed(**fields))


def test_absent_values_stay_out_of_the_json() -> None:
    data = json.loads(persian().to_json())
    assert set(data) == {"id", "text", "language", "entities", "relations", "meta"}
    assert set(data["entities"][1]) == {"id", "start", "end", "label", "text"}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-03-02T09:41:07", "2026-03-02T09:41:07Z"),
        ("2026-03-02T09:41:07Z", "2026-03-02T09:41:07Z"),
        ("2026-03-02T09:41:07.250000+07:00", "2026-03-02T09:41:07.250000+07:00"),
    ],
)
def test_a_moment_without_a_time_zone_is_utc_and_others_stay(given: str, kept: str) -> None:
    source = {"status": "added", "annotator": "a", "annotated_at": given, "annotation": 1}
    found = Document.model_validate(changed(provenance=source))
    assert json.loads(found.to_json())["entities"][0]["provenance"]["annotated_at"] == kept


def test_null_in_meta_is_kept() -> None:
    document = persian().model_copy(update={"meta": {"source": None}})
    assert Document.model_validate_json(document.to_json()) == document


@given(documents(provenance=True))
def test_the_json_is_read_back_exactly_and_fits_the_schema(document: Document) -> None:
    line = document.to_json()
    assert Document.model_validate_json(line) == document
    validator = Draft202012Validator(gold_schema())
    validator.validate(json.loads(line))
    validator.validate([json.loads(line)])


def test_the_schema_refuses_what_is_no_document() -> None:
    assert not Draft202012Validator(gold_schema()).is_valid({"id": "a", "text": "b", "labels": []})


def test_relations_are_ordered_by_place_of_head_then_tail() -> None:
    document = english()
    shuffled = (document.relations[2], document.relations[1], document.relations[0])
    assert links_in_order(shuffled, document.entities) == document.relations
