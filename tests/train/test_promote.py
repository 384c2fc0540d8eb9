"""Which model serves, and what a damaged or hostile one is met with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotate import api
from annotate.config import Settings, load_settings
from annotate.errors import AnnotateError, ConfigError, ModelError, PipelineError
from annotate.ledger import Ledger
from annotate.models import serving
from annotate.prelabel.pipeline import load, model_version
from annotate.prelabel.suggest import prelabel
from tests.train.conftest import campaign


def reload(settings: Settings) -> Settings:
    return load_settings(settings.models.parent, environ={})


def bare(first: int, last: int) -> list:
    return [
        one.model_copy(update={"entities": (), "relations": ()}) for one in campaign(first, last)
    ]


def test_a_promoted_model_serves_the_next_push(project: Settings) -> None:
    schema = project.schema_in_force()
    before = model_version(project, schema)
    assert before.startswith("annotate-")
    done = api.promote("first", settings=project)
    assert done.passes == ["id"]
    assert done.promoted == ["id"]
    now = reload(project)
    assert model_version(now, schema).startswith("first-")
    (found,) = prelabel(bare(40, 40), now, schema, Ledger("t"))
    assert found.meta["model_version"] == model_version(now, schema)
    assert found.relations
    assert "Promoted for id: it passed." in api.model_card("first", settings=now)
    (row,) = api.models(now)
    assert row.serves == ("id",)


def test_a_worse_model_does_not_serve_unless_forced(project: Settings, tmp_path: Path) -> None:
    api.promote("first", settings=project)
    # Of gold that has the first entity of each text only, trained elsewhere, so that the
    # test part here keeps the true gold.
    poor = [
        one.model_copy(update={"entities": one.entities[:1], "relations": ()})
        for one in campaign(1, 24)
    ]
    made = api.train(poor, tmp_path / "elsewhere" / "poor", settings=project)
    made.result.folder.rename(project.models / "poor")
    now = reload(project)
    done = api.promote("poor", settings=now)
    assert done.promoted == []
    total = next(it for it in done.cells if it.label is None and it.kind == "entities")
    assert total.after < total.before - 0.1
    assert serving.read(project.models).languages == {"id": "first"}
    assert api.promote("poor", force=True, settings=now).promoted == ["id"]
    assert serving.read(project.models).languages == {"id": "poor"}
    told = api.model_card("poor", settings=now)
    assert "Promoted for id, by force for id, where it did not pass." in told


def test_a_model_that_serves_and_is_gone_stops_nobody(project: Settings) -> None:
    api.promote("first", settings=project)
    (project.models / "first").rename(project.models / "kept")
    now = reload(project)
    done = api.train(campaign(1, 30), project.models / "second", settings=now, promote=True)
    assert done.promoted == ["id"]
    assert "Compared with the built-in pipeline" in done.ledger.repaired[0].what
    assert serving.read(project.models).languages == {"id": "second"}


def test_a_language_that_leads_elsewhere_is_refused(project: Settings) -> None:
    path = project.models / "first" / "model.json"
    for languages in (["../first/id"], ["qq"], []):
        told = json.loads(path.read_text()) | {"languages": languages, "files": {}}
        path.write_text(json.dumps(told))
        with pytest.raises(ModelError):
            api.promote("first", force=True, settings=project)
    assert serving.read(project.models).languages == {}


def test_two_models_are_compared_with_each_other(project: Settings) -> None:
    api.train(campaign(1, 40), project.models / "second", settings=project)
    done = api.compare_models("second", "first", settings=project)
    assert done.ledger.counts["tested on"] >= 8
    total = next(it for it in done.cells if it.label is None and it.kind == "entities")
    assert total.after > total.before


def test_a_pipeline_of_ones_own_is_not_overruled(project: Settings) -> None:
    (project.models.parent / "annotate.toml").write_text('[pipelines]\nid = "mine"\n', "utf-8")
    with pytest.raises(ConfigError, match="would win over the model"):
        api.promote("first", settings=reload(project))


def test_a_changed_file_is_named_before_it_is_loaded(project: Settings) -> None:
    serving.promote(project.models, "first", ["id"])
    path = project.models / "first" / "id" / "annotate_crf" / "model.crf"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    now = reload(project)
    with pytest.raises(PipelineError, match=r"model\.crf: is not the file that was trained"):
        load("id", now, now.schema_in_force())
    with pytest.raises(ModelError, match=r"model\.crf: is not the file that was trained"):
        api.promote("first", settings=now)


@pytest.mark.parametrize("change", ["missing", "extra"])
def test_files_too_few_or_too_many_are_named(change: str, project: Settings) -> None:
    place = project.models / "first" / "id"
    if change == "missing":
        (place / "tokenizer").unlink()
    else:
        (place / "evil.py").write_text("raise SystemExit", "utf-8")
    with pytest.raises(ModelError, match="is missing" if change == "missing" else r"evil\.py"):
        api.promote("first", settings=project)


HOSTILE = [
    b"",
    b"\x00\xff",
    b"[]",
    b'{"version": 2}',
    b'{"name": "../../etc"}',
    json.dumps({"version": 1, "name": 5}).encode(),
]


@pytest.mark.parametrize("content", HOSTILE)
def test_a_broken_description_is_one_line(content: bytes, project: Settings) -> None:
    (project.models / "first" / "model.json").write_bytes(content)
    for call in (
        lambda: api.promote("first", settings=project),
        lambda: api.compare_models("first", settings=project),
        lambda: api.model_card("first", settings=project),
    ):
        with pytest.raises(ModelError, match=r"model\.json") as error:
            call()
        assert len(str(error.value).splitlines()) <= 2
    (row,) = api.models(project)
    assert "model.json" in str(row.problem)


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]", b'{"languages": {"id": "../x"}}', b'{"languages": {"../id": "x"}}', b'{"a": 1}'],
)
def test_a_broken_serving_file_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "serving.json").write_bytes(content)
    with pytest.raises(ConfigError, match=r"serving\.json"):
        load_settings(tmp_path, environ={})


def test_a_config_that_names_other_code_is_an_error_of_one_line(
    project: Settings, tmp_path: Path
) -> None:
    """A folder from outside, without our description: spaCy's registry bounds what it can call."""
    place = project.models / "first" / "id"
    target = tmp_path / "foreign"
    place.rename(target)
    config = (target / "config.cfg").read_text("utf-8")
    hostile = config.replace('factory = "annotate_names"', 'factory = "os.system"')
    assert hostile != config
    (target / "config.cfg").write_text(hostile, "utf-8")
    settings = project.model_copy(update={"pipelines": {"id": str(target)}})
    with pytest.raises(AnnotateError, match="can't be loaded") as error:
        load("id", settings, settings.schema_in_force())
    assert len(str(error.value).splitlines()) <= 2
