"""GLiNER by its real loading code, on a tiny model made here."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from annotate.config import Settings
from annotate.errors import PipelineError
from annotate.prelabel.engines.gliner import spoken
from annotate.prelabel.pipeline import load
from annotate.schema import Schema
from annotate.shipped import shipped
from tests.engines import tiny
from tests.engines.suggesting import PERSONS, brief, suggested, using

TEXT = "Amina Yusuf met Rahman of the Tea Board in Lima. The envoy of Kenya spoke."


LABELS = """<View><Labels name="label" toName="text"><Label value="PERSON"/><Label value="ORG"/>
</Labels><Text name="text" value="$text"/></View>"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.gliner(tmp_path_factory.mktemp("gliner"))


def named(model: Path) -> Settings:
    """With a label config of the two labels that the tiny model has learnt."""
    path = model.parent / "label_config.xml"
    path.write_text(LABELS, "utf-8")
    return using(f"gliner:{model}", label_config=path)


def test_it_is_asked_for_the_labels_of_the_label_config(model: Path) -> None:
    (document,), ledger = suggested(named(model), TEXT)
    assert brief(document) == [
        ("Amina Yusuf", "PERSON"),
        ("Rahman", "PERSON"),
        ("Tea Board", "ORG"),
    ]
    assert all(it.score is not None and it.score >= 0.5 for it in document.entities)
    assert ledger.clean


def test_countries_are_added_with_their_codes(model: Path) -> None:
    (document,), _ = suggested(using(f"gliner:{model}"), "The envoy of Kenya spoke.")
    assert [it.country_code for it in document.entities if it.label == "COUNTRY"] == ["KE"]


def test_labels_are_put_in_words() -> None:
    assert spoken(["PERSON", "ORG", "Job title", "court_case"]) == {
        "person": "PERSON",
        "organization": "ORG",
        "job title": "Job title",
        "court case": "court_case",
    }
    with pytest.raises(PipelineError, match="ORG and organization read the same"):
        spoken(["ORG", "organization"])


@pytest.mark.parametrize("person", PERSONS)
def test_any_script(model: Path, person: str) -> None:
    """Vowel signs are no words: split at them, these names are longer than it looks for."""
    (document,), _ = suggested(named(model), f"xyz {person} spoke", language="fa")
    assert (person, "PERSON") in brief(document)


def test_nothing_of_a_long_text_is_unseen(model: Path) -> None:
    text = "Amina Yusuf spoke in Lima. " * 30 + "xyz Amina Yusuf " * 30 + "and Rahman"
    (document,), ledger = suggested(named(model), text)
    persons = {it.start for it in document.entities if it.text == "Amina Yusuf"}
    assert persons == {at for at in range(len(text)) if text.startswith("Amina Yusuf", at)}
    assert (document.entities[-1].text, document.entities[-1].end) == ("Rahman", len(text))
    assert ledger.clean


def test_no_word_is_cut_off_by_the_model(model: Path, recwarn: pytest.WarningsRecorder) -> None:
    suggested(named(model), "xyz Rahman " * 100 + "x" * 300)
    assert not [it for it in recwarn if "truncated" in str(it.message)]


def test_more_labels_than_it_takes_is_said(model: Path) -> None:
    xml = shipped("label_config.xml").read_text("utf-8")
    more = "".join(f'<Label value="a kind of thing, number {n}"/>' for n in range(30))
    schema = Schema.from_xml(xml.replace("</Labels>", f"{more}</Labels>"))
    with pytest.raises(PipelineError, match="33 labels leave its input no room"):
        load("en", using(f"gliner:{model}"), schema)


def test_code_of_a_model_is_not_run(model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(model, tmp_path / "m")
    backbone = folder / "backbone" / "config.json"
    table = json.loads(backbone.read_text("utf-8"))
    table["auto_map"] = {"AutoModel": "modeling.Anything"}
    backbone.write_text(json.dumps(table), "utf-8")
    settings = folder / "gliner_config.json"
    changed = {"encoder_config": None, "model_name": str(folder / "backbone")}
    plain = json.loads(settings.read_text("utf-8")) | changed
    settings.write_text(json.dumps(plain), "utf-8")
    used = using(f"gliner:{folder}")
    with pytest.raises(PipelineError, match="code of its own, which is not run"):
        load("en", used, used.schema_in_force())


def test_pickled_weights_are_not_read(model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(model, tmp_path / "m")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    used = using(f"gliner:{folder}")
    with pytest.raises(PipelineError, match="no safetensors weights"):
        load("en", used, used.schema_in_force())
