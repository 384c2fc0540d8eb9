"""Definitions out of guidelines, in the forms that people write them in."""

from __future__ import annotations

from annotate.config import load_settings
from annotate.prelabel.engines.guidelines import definitions, guidelines
from annotate.shipped import shipped


def test_the_shipped_guidelines_define_every_label_and_relation() -> None:
    schema = load_settings(shipped("samples")).schema_in_force()
    text = shipped("guidelines.md").read_text("utf-8")
    names = [*schema.labels, *(kind.label for kind in schema.relations)]
    defined, rest = definitions(text, names)
    assert list(defined) == names
    assert "the name of one human being" in defined["PERSON"]
    assert defined["represents"].startswith("PERSON | COUNTRY | head of state")
    assert "Spans don't overlap" in rest
    assert "the name of one human being" not in rest


def test_lists_tables_and_paragraphs_define() -> None:
    text = (
        "# Rules\n\n- PERSON: a human\n  being\n- `ORG`: a body\n\n| x | y |\n|--|--|\n"
        "| Job title | an office |\n\n__CITY__ is a place.\n\nCITY again."
    )
    defined, rest = definitions(text, ["PERSON", "ORG", "Job title", "CITY", "LAW"])
    assert defined == {
        "PERSON": "a human\n  being",
        "ORG": "a body",
        "Job title": "an office",
        "CITY": "is a place.",
    }
    assert rest == "# Rules\n\n| x | y |\n\nCITY again."


def test_guidelines_of_the_folder_come_first(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert guidelines() == shipped("guidelines.md").read_text("utf-8")
    (tmp_path / "guidelines.md").write_text("Ours.", "utf-8")
    assert guidelines() == "Ours."
