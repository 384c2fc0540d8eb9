"""From gold to a model, by spaCy's own training."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import spacy

from annotate import api
from annotate.config import Settings
from annotate.errors import InputError, ModelError, PipelineError
from annotate.formats import gold as gold_file
from annotate.ledger import Ledger
from annotate.models import folder, serving
from annotate.prelabel.suggest import prelabel
from annotate.train.fit import fit
from annotate.train.train import Trained
from tests.train.conftest import campaign, small_project


def test_the_pipeline_is_an_ordinary_one(project: Settings) -> None:
    nlp = spacy.load(project.models / "first" / "id")
    doc = nlp(campaign(30, 30)[0].text)
    assert doc.ents
    assert doc._.relations
    assert nlp.meta["requirements"] == ["annotate-gold>=0.1.0"]


def test_spacy_packages_it(project: Settings, tmp_path: Path) -> None:
    source = str(project.models / "first" / "id")
    command = [sys.executable, "-m", "spacy", "package", source, str(tmp_path), "--build", "none"]
    subprocess.run([*command, "--name", "news"], check=True, capture_output=True)
    (setup,) = tmp_path.glob("*/setup.py")
    assert setup.is_file()
    (meta,) = tmp_path.glob("*/meta.json")
    assert "annotate-gold" in meta.read_text("utf-8")


def test_the_card_has_every_score_with_its_interval(project: Settings, trained: Trained) -> None:
    card = api.model_card("first", settings=project)
    scores = trained.model.scores["everything"]
    assert f"{100 * scores['entities']['strict']['f1']:.1f} (" in card
    assert "candidate ceiling" in card
    assert "with gold entities" in card
    assert "end to end" in card
    assert trained.model.data.sha256 in card
    assert trained.model.scheme in card
    assert "the label set has labels that the project's corpus lacks" in card


def test_what_was_tested_on_was_not_learnt(project: Settings, trained: Trained) -> None:
    documents = trained.model.data.documents
    assert documents["test"]["id"] >= 4
    assert sum(part["id"] for part in documents.values()) == 24
    kept = list(gold_file.read(project.models / "test.json"))
    assert len(kept) == documents["test"]["id"]
    more = api.train(campaign(1, 30), project.models / "second", settings=project)
    again = {one.id for one in gold_file.read(project.models / "test.json")}
    assert {one.id for one in kept} <= again
    assert more.result.model.data.documents["test"]["id"] == len(again)


def test_the_same_gold_gives_the_same_model(project: Settings, trained: Trained) -> None:
    again = api.train(campaign(1, 24), project.models / "again", settings=project)
    assert sum(".crf" in name for name in trained.model.files) == 2
    assert again.result.model.files == trained.model.files


def test_fit_gives_what_spacy_train_gives(project: Settings, tmp_path: Path) -> None:
    schema = project.schema_in_force()
    record = (project.models / "splits.json").read_text("utf-8")
    learnt = [one for one in campaign(1, 24) if f'"{one.id}": {{"part":"test"' not in record]
    made = fit(learnt, tmp_path, schema)
    bare = [one.model_copy(update={"entities": (), "relations": ()}) for one in campaign(30, 33)]
    fitted, trained = (
        list(prelabel(bare, project.model_copy(update={"pipelines": found}), schema, Ledger("t")))
        for found in (made, {"id": str(project.models / "first" / "id")})
    )
    assert [one.entities for one in fitted] == [one.entities for one in trained]
    assert [one.relations for one in fitted] == [one.relations for one in trained]


def test_labels_of_no_one_are_counted(tmp_path: Path) -> None:
    settings = small_project(tmp_path)
    odd = [
        one.model_copy(
            update={
                "entities": tuple(
                    it.model_copy(update={"label": "PLACE"}) if it.label == "COUNTRY" else it
                    for it in one.entities
                )
            }
        )
        for one in campaign(1, 6)
    ]
    places = sum(it.label == "PLACE" for one in odd for it in one.entities)
    done = api.train(odd, settings.models / "odd", settings=settings)
    assert done.ledger.counts["label PLACE not in the label config"] == places
    assert done.ledger.counts["relations of types or ends not in the label config"] > 0


def test_a_model_is_never_trained_over(project: Settings) -> None:
    with pytest.raises(ModelError, match="never trained over"):
        api.train(campaign(1, 6), project.models / "first", settings=project)


@pytest.mark.parametrize("name", ["..", "a b", ".hidden", "x" * 101, "naïve"])
def test_names_that_are_no_folders_are_refused(name: str, project: Settings) -> None:
    with pytest.raises(ModelError, match="can't name a model"):
        api.train(campaign(1, 6), project.models / name, settings=project)


def test_gold_without_entities_is_named(tmp_path: Path) -> None:
    settings = small_project(tmp_path)
    bare = [one.model_copy(update={"entities": (), "relations": ()}) for one in campaign(1, 6)]
    with pytest.raises(InputError, match="none to train on has an entity"):
        api.train(bare, settings.models / "none", settings=settings)
    assert not (settings.models / "none").exists()


def test_a_killed_training_leaves_what_serves(project: Settings, tmp_path: Path) -> None:
    serving.promote(project.models, "first", ["id"])
    before = (project.models / "serving.json").read_bytes()
    gold = tmp_path / "gold.json"
    gold_file.write(campaign(1, 30), gold, Ledger("gold"))
    command = [sys.executable, "-m", "annotate", "train", str(gold)]
    process = subprocess.Popen(
        [*command, "--output", "models/killed", "--promote"],
        cwd=project.models.parent,
        start_new_session=True,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stderr
    while "id:" not in process.stderr.readline():
        assert process.poll() is None
    time.sleep(2)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert (project.models / "serving.json").read_bytes() == before
    assert folder.names(project.models) == ["first"]
    nlp = spacy.load(serving.pipelines(project.models)["id"])
    assert nlp(campaign(31, 31)[0].text).ents
    # What it left behind is in nobody's way.
    done = api.train(campaign(1, 30), project.models / "killed", settings=project)
    assert done.result.folder.is_dir()


def test_a_base_keeps_its_components_and_gets_a_ner(project: Settings, tmp_path: Path) -> None:
    base = spacy.blank("id")
    base.add_pipe("sentencizer")
    base.to_disk(tmp_path / "base")
    done = api.train(
        campaign(1, 4), project.models / "neural", settings=project, base=str(tmp_path / "base")
    )
    nlp = spacy.load(done.result.folder / "id")
    assert nlp.pipe_names == ["sentencizer", "ner", "annotate_countries", "annotate_relations"]
    assert nlp(campaign(2, 2)[0].text).ents
    assert done.result.model.base == str(tmp_path / "base")
    tested = list(gold_file.read(project.models / "test.json"))
    assert done.result.model.scores["everything"]["documents"] == len(tested) > 0


def test_a_base_that_is_not_there_is_named(project: Settings) -> None:
    with pytest.raises(PipelineError, match="--base nowhere: no installed spaCy package"):
        api.train(campaign(1, 6), project.models / "new", settings=project, base="nowhere")


def test_an_encoder_needs_the_extra(project: Settings) -> None:
    with pytest.raises(PipelineError, match=r"annotate-gold\[gpu\]"):
        api.train(campaign(1, 6), project.models / "new", settings=project, base="hf:some/encoder")
    assert not (project.models / "new").exists()
