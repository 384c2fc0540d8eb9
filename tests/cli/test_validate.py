"""annotate validate, as it is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from annotate.cli import cli, run
from tests.validate.made import entity, sound, write


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["validate", *arguments])


def test_a_sound_file_exits_with_0(folder: Path) -> None:
    write(sound(), Path("gold.json"))
    done = call("gold.json")
    assert done.exit_code == 0
    assert done.output == "2 items: 0 errors, 0 warnings\n"


def test_warnings_are_no_failure(folder: Path) -> None:
    given = sound()
    del entity(given[0], "c3")["country_code"]
    write(given, Path("gold.json"))
    done = call("gold.json")
    assert done.exit_code == 0
    assert "item 1, line 2: en-1 42:46 'Peru': warning code-missing" in done.output
    assert "--fix repairs 1" in done.output


def test_errors_exit_with_1_and_a_fix_that_clears_them_with_0(folder: Path) -> None:
    given = sound()
    entity(given[0], "c3").update(start=41, text=" Peru")
    write(given, Path("gold.jsonl"))
    assert call("gold.jsonl").exit_code == 1
    done = call("gold.jsonl", "--fix", "fixed.json")
    assert done.exit_code == 0
    assert "repaired edge-space" in done.output
    assert json.loads(Path("fixed.json").read_text("utf-8")) == sound()
    (line,) = Path("fixed.repairs.jsonl").read_text("utf-8").splitlines()
    repair = json.loads(line)
    assert (repair["document"], repair["span"]) == ("en-1", [41, 46])
    assert repair["after"] == {"start": 42, "end": 46, "text": "Peru"}


def test_what_can_not_be_in_the_copy_is_a_failure(folder: Path) -> None:
    write(sound(), Path("gold.jsonl"))
    with Path("gold.jsonl").open("a") as file:
        file.write('{"id": \n')
    done = call("gold.jsonl", "--fix", "fixed.jsonl")
    assert done.exit_code == 1
    assert "Refused: 1" in done.output
    assert "item 3, line 3" in done.output


def test_the_answer_in_json(folder: Path) -> None:
    given = sound()
    given[0]["relations"][0]["label"] = "works_for"
    write(given, Path("gold.json"))
    done = call("gold.json", "--json")
    answer = json.loads(done.output)
    assert done.exit_code == 1
    assert (answer["errors"], answer["warnings"], answer["counts"]) == (1, 0, {"relation-type": 1})
    (finding,) = answer["findings"]
    assert (finding["code"], finding["severity"]) == ("relation-type", "error")
    assert (finding["document"], finding["span"]) == ("en-1", [0, 20])


def test_the_label_config_of_the_folder_is_in_force(folder: Path) -> None:
    Path("label_config.xml").write_text(
        '<View><Labels name="l" toName="t"><Label value="CITY"/></Labels>'
        '<Text name="t" value="$text"/></View>',
        "utf-8",
    )
    write(sound()[1:], Path("gold.json"))
    assert "'PERSON' is not one of CITY" in call("gold.json").output


def test_the_file_is_never_written_over(folder: Path) -> None:
    before = write(sound(), Path("gold.json")).read_bytes()
    assert run(["validate", "gold.json", "--fix", "gold.json"]) == 2
    assert Path("gold.json").read_bytes() == before


@pytest.mark.parametrize("more", [[], ["--json"], ["--fix", "new/fixed.json"]])
def test_half_a_character_in_an_id_is_shown_escaped(folder: Path, more: list[str]) -> None:
    given = sound()
    given[0]["id"] = "en-\ud83d"
    Path("gold.json").write_text(json.dumps(given))
    done = call("gold.json", *more)
    assert done.exit_code == 1, done.output
    assert "en-\\ud83d" in done.output


def test_what_is_wrong_with_the_file_itself_has_no_empty_place(folder: Path) -> None:
    Path("gold.json").write_text("")
    assert "gold.json, file: error json: the file is empty" in call("gold.json").output


def test_what_is_left_is_named_by_the_lines_of_the_file_that_was_read(folder: Path) -> None:
    given = sound()
    given[0]["colour"] = "red"
    write(given, Path("gold.json"))
    assert "gold.json, item 1, line 2" in call("gold.json", "--fix", "fixed.json").output
