"""annotate split, as it is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from annotate.cli import cli, run
from annotate.document import Document
from annotate.formats import gold, jsonl
from annotate.ledger import Ledger
from tests.split.made import document, story, with_names


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def texts(number: int) -> list[Document]:
    return [with_names(f"t{each}", "Amina Yusuf", f"Li {each}") for each in range(number)]


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["split", *arguments])


def test_parts_record_and_report_are_written(folder: Path) -> None:
    gold.write(texts(20), Path("gold.json"), Ledger("write"))
    done = call("gold.json", "-o", "parts")
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in Path("parts").iterdir()) == [
        *("dev.json", "report.json", "splits.json", "test.json", "train.json")
    ]
    assert "test names in train  PERSON" in done.output
    assert [
        len(list(gold.read(Path(f"parts/{part}.json")))) for part in ("train", "dev", "test")
    ] == [*(16, 2, 2)]


def test_more_gold_of_both_suffixes_moves_nothing(folder: Path) -> None:
    gold.write(texts(10), Path("gold.json"), Ledger("write"))
    call("gold.json")
    tested = {one.id for one in gold.read(Path("splits/test.json"))}
    jsonl.write(texts(30)[10:], Path("more.jsonl"), Ledger("write"))
    done = call("gold.json", "more.jsonl", "--json")
    answer = json.loads(done.output)
    assert answer["counts"]["placed before"] == 10
    assert answer["languages"]["en"]["test"]["documents"] == 3
    assert tested < {one.id for one in gold.read(Path("splits/test.json"))}


def test_a_document_twice_is_refused_by_name(folder: Path) -> None:
    gold.write([document("a", story(1)), document("a", story(2))], Path("gold.json"), Ledger("w"))
    done = call("gold.json")
    assert done.exit_code == 1
    assert "a: stands twice" in done.output


def test_shares_that_leave_nothing_are_a_wrong_call(folder: Path) -> None:
    gold.write(texts(2), Path("gold.json"), Ledger("write"))
    assert run(["split", "gold.json", "--dev", "0.5", "--test", "0.5"]) == 2
    assert not Path("splits").exists()


def test_a_part_is_never_written_over_by_its_own_split(folder: Path) -> None:
    gold.write(texts(10), Path("gold.json"), Ledger("write"))
    call("gold.json")
    before = Path("splits/train.json").read_bytes()
    assert run(["split", "splits/train.json"]) == 2
    assert Path("splits/train.json").read_bytes() == before


def test_a_leak_of_an_earlier_split_is_shown(folder: Path) -> None:
    gold.write(texts(10), Path("gold.json"), Ledger("write"))
    call("gold.json")
    (tested,) = gold.read(Path("splits/test.json"))
    trained = next(gold.read(Path("splits/train.json")))
    bridge = document("bridge", f"{tested.text} {trained.text}")
    gold.write([*texts(10), bridge], Path("gold.json"), Ledger("write"))
    done = call("gold.json")
    assert f"{tested.id} (test)" in done.output
    assert f"{trained.id} (train)" in done.output
