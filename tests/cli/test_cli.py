"""The command line, in a process of its own as users run it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from annotate.cli import VERBS
from annotate.document import gold_schema
from annotate.formats import gold
from annotate.ledger import Ledger
from tests.samples import english, persian

KEY = "5ecret" * 6 + "abcd"


def run(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    import os

    hidden = {"LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"}
    env = {key: value for key, value in os.environ.items() if key not in hidden}
    env |= {"ANNOTATE_HOME": str(folder / "home")} | environ
    return subprocess.run(
        [sys.executable, "-m", "annotate", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        env=env,
    )


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(tmp_path: Path, verb: str) -> None:
    done = run(tmp_path, verb, "--help")
    assert done.returncode == 0
    assert f"Example:  annotate {verb}" in done.stdout


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom annotate.cli import run\nassert run(['--help']) == 0\n"
        "heavy = {'spacy', 'label_studio_sdk', 'pydantic', 'httpx', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_an_unknown_verb_is_a_wrong_call(tmp_path: Path) -> None:
    done = run(tmp_path, "anotate")
    assert done.returncode == 2
    assert "No such command" in done.stderr


def test_init_writes_three_files_and_never_over_one(tmp_path: Path) -> None:
    assert run(tmp_path, "init", "project").returncode == 0
    written = sorted(path.name for path in (tmp_path / "project").iterdir())
    assert written == ["annotate.toml", "guidelines.md", "label_config.xml"]
    (tmp_path / "project" / "annotate.toml").write_text("languages = ['vi']", "utf-8")
    again = run(tmp_path, "init", "project")
    assert again.returncode == 2
    assert "nothing was written" in again.stderr
    assert (tmp_path / "project" / "annotate.toml").read_text("utf-8") == "languages = ['vi']"


def test_schema_prints_the_json_schema(tmp_path: Path) -> None:
    assert json.loads(run(tmp_path, "schema").stdout) == gold_schema()


def test_export_names_what_a_format_cannot_hold(tmp_path: Path) -> None:
    gold.write([english(), persian()], tmp_path / "gold.json", Ledger("write"))
    done = run(tmp_path, "export", "gold.json", "--format", "spacy", "--format", "conll", "--json")
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)["formats"]
    assert [answer["format"] for answer in answers] == ["spacy", "conll"]
    assert all(answer["in"] == answer["out"] == 2 for answer in answers)
    assert (tmp_path / "exports" / "gold.spacy").exists()


def test_an_unknown_format_is_a_wrong_call_that_lists_the_known(tmp_path: Path) -> None:
    (tmp_path / "gold.json").write_text("[]", "utf-8")
    done = run(tmp_path, "export", "gold.json", "--format", "docx")
    assert done.returncode == 2
    assert "conll" in done.stderr


def test_a_broken_gold_file_is_one_line_and_debug_shows_the_traceback(tmp_path: Path) -> None:
    (tmp_path / "gold.json").write_text('[{"id": "a"}]', "utf-8")
    done = run(tmp_path, "export", "gold.json", "--format", "conll")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) <= 2
    assert "gold.json" in done.stderr
    debug = run(tmp_path, "export", "gold.json", "--format", "conll", "--debug")
    assert "Traceback" in debug.stderr


def test_without_a_server_push_says_how_to_get_one(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Amina Yusuf met Li Na.", "utf-8")
    done = run(tmp_path, "push", "a.txt", "--project", "News")
    assert done.returncode == 2
    assert "annotate studio start" in done.stderr


def test_a_url_without_a_key_is_a_wrong_call(tmp_path: Path) -> None:
    done = run(tmp_path, "status", "--project", "News", "--url", "http://127.0.0.1:9")
    assert done.returncode == 2
    assert "LABEL_STUDIO_API_KEY" in done.stderr


@pytest.mark.parametrize("flag", [[], ["--debug"]])
def test_no_error_repeats_the_key(tmp_path: Path, unused_port: int, flag: list[str]) -> None:
    url = f"http://127.0.0.1:{unused_port}"
    done = run(
        tmp_path, "status", "--project", "News", *flag,
        LABEL_STUDIO_URL=url, LABEL_STUDIO_API_KEY=KEY,
    )  # fmt: skip
    assert done.returncode == 1
    assert "nothing answers" in done.stderr
    assert KEY not in done.stderr + done.stdout


def test_wrong_settings_are_named_with_file_and_key(tmp_path: Path) -> None:
    (tmp_path / "annotate.toml").write_text("langages = ['vi']", "utf-8")
    done = run(tmp_path, "pull", "--project", "News")
    assert done.returncode == 2
    assert "annotate.toml" in done.stderr
    assert "langages" in done.stderr


def test_the_state_of_no_server_is_exit_code_one(tmp_path: Path) -> None:
    done = run(tmp_path, "studio", "status", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout) == {"running": False, "url": None}


def test_a_misspelt_verb_is_guessed(tmp_path: Path) -> None:
    done = run(tmp_path, "exprot")
    assert done.returncode == 2
    assert "No such command 'exprot'. Did you mean 'export'?" in done.stderr


def test_a_language_that_is_no_code_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Li met Wang.")
    (tmp_path / "docs.jsonl").write_text("earlier")
    done = run(tmp_path, "prelabel", "a.txt", "-l", "english", "-o", "docs.jsonl")
    assert done.returncode == 2
    assert "'english' is no language code; give one of ISO 639, such as en" in done.stderr
    assert (tmp_path / "docs.jsonl").read_text() == "earlier"


def test_a_folder_without_texts_replaces_no_earlier_output(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "docs.jsonl").write_text("earlier")
    done = run(tmp_path, "prelabel", "empty", "-o", "docs.jsonl")
    assert done.returncode == 1
    assert "No document came out; docs.jsonl was not written." in done.stdout
    assert (tmp_path / "docs.jsonl").read_text() == "earlier"
