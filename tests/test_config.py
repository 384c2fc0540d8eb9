"""annotate.toml, environment and call → settings."""

from pathlib import Path

import pytest

from annotate.config import load_settings
from annotate.errors import ConfigError
from annotate.shipped import shipped


def write(folder: Path, text: str) -> Path:
    (folder / "annotate.toml").write_text(text, "utf-8")
    return folder


def test_without_a_file_the_shipped_settings_hold(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, environ={})
    assert settings.languages == ("bn", "vi", "fa", "en")
    assert settings.studio.url is None
    assert settings.relations["met_with"].symmetric


def test_the_shipped_file_is_valid_and_says_the_defaults(tmp_path: Path) -> None:
    write(tmp_path, shipped("annotate.toml").read_text("utf-8"))
    (tmp_path / "label_config.xml").write_bytes(shipped("label_config.xml").read_bytes())
    written = load_settings(tmp_path, environ={})
    default = load_settings(tmp_path.parent, environ={})
    # Files lie beside the settings, wherever those are.
    beside = {"label_config", "models"}
    assert written.model_dump(exclude=beside) == default.model_dump(exclude=beside)
    assert written.models == tmp_path / "models"


def test_the_call_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    write(tmp_path, '[studio]\nurl = "http://file"\napi_key = "file-key"\n')
    environ = {"LABEL_STUDIO_URL": "http://env"}
    settings = load_settings(tmp_path, environ=environ, api_key="call-key")
    assert settings.studio.url == "http://env"
    assert settings.studio.api_key
    assert settings.studio.api_key.get_secret_value() == "call-key"
    assert load_settings(tmp_path, environ=environ, url="http://call").studio.url == "http://call"


def test_a_key_is_not_shown(tmp_path: Path) -> None:
    write(tmp_path, '[studio]\napi_key = "very-secret"\n')
    assert "very-secret" not in repr(load_settings(tmp_path, environ={}))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("langages = ['bn']", "langages"),
        ("max_chars = 5", "max_chars"),
        ("max_chars = ", "annotate.toml"),
        ("[relations.met_with]\nheads = ['PERSON']", "relations.met_with.heads"),
        ("languages = []", "languages"),
        ("studio = 3", "studio"),
    ],
)
def test_what_the_file_cannot_say_is_named(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        load_settings(write(tmp_path, text), environ={})


def test_a_label_config_beside_the_settings_is_taken(tmp_path: Path) -> None:
    xml = shipped("label_config.xml").read_text("utf-8").replace("ORG", "BODY")
    (tmp_path / "label_config.xml").write_text(xml, "utf-8")
    write(tmp_path, "[relations.works_for]\ntail = ['BODY']\n")
    with pytest.raises(ConfigError, match="based_in"):
        load_settings(tmp_path, environ={}).schema_in_force().labels  # noqa: B018


def test_a_missing_label_config_is_named(tmp_path: Path) -> None:
    write(tmp_path, 'label_config = "gone.xml"')
    with pytest.raises(ConfigError, match=r"gone\.xml"):
        load_settings(tmp_path, environ={}).schema_in_force()
