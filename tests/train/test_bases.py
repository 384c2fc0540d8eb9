"""What a training can go on from, as spaCy's config."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy

from annotate.config import Settings
from annotate.errors import PipelineError
from annotate.train.bases import check_base, on_pipeline
from annotate.train.spacy_train import _describe


def base(folder: Path, *labels: str) -> str:
    nlp = spacy.blank("id")
    nlp.add_pipe("sentencizer")
    ner = nlp.add_pipe("ner")
    for label in labels:
        ner.add_label(label)  # type: ignore[attr-defined]
    nlp.add_pipe("entity_ruler")
    nlp.initialize()
    nlp.to_disk(folder / "base")
    return str(folder / "base")


def test_a_ner_that_knows_the_labels_goes_on_in_its_place(
    project: Settings, tmp_path: Path
) -> None:
    name = base(tmp_path, "PERSON", "ORG", "COUNTRY")
    schema = project.schema_in_force()
    config, frozen = on_pipeline(name, "id", schema, frozenset({"PERSON", "ORG"}))
    assert config["nlp"]["pipeline"][:3] == ["sentencizer", "ner", "entity_ruler"]
    assert config["components"]["ner"] == {"source": name}
    assert frozen == ["sentencizer", "entity_ruler"]


def test_one_that_lacks_a_label_is_made_anew_in_its_place(
    project: Settings, tmp_path: Path
) -> None:
    name = base(tmp_path, "PER")
    config, _ = on_pipeline(name, "id", project.schema_in_force(), frozenset({"PERSON"}))
    assert config["nlp"]["pipeline"][:3] == ["sentencizer", "ner", "entity_ruler"]
    assert config["components"]["ner"]["factory"] == "ner"


def test_a_trained_built_in_pipeline_is_no_base(project: Settings) -> None:
    with pytest.raises(PipelineError, match="leave --base out"):
        check_base(str(project.models / "first" / "id"))


@pytest.mark.parametrize("file", ["meta.json", "config.cfg"])
def test_a_broken_base_is_one_line(file: str, tmp_path: Path) -> None:
    name = base(tmp_path, "PERSON")
    Path(name, file).write_text("[nlp\n{", "utf-8")
    with pytest.raises(PipelineError, match="--base") as error:
        check_base(name)
    assert len(str(error.value).splitlines()) == 1


def test_a_pipeline_does_not_say_where_it_was_made(tmp_path: Path) -> None:
    place = Path(base(tmp_path, "PERSON"))
    _describe(place)
    assert str(tmp_path) not in (place / "config.cfg").read_text("utf-8")
    assert spacy.load(place).pipe_names == ["sentencizer", "ner", "entity_ruler"]
