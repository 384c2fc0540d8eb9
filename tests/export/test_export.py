"""Exports with all that goes beside them: manifest, card, pictures, table of losses."""

import csv
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from annotate import api, formats
from annotate.cli import cli
from annotate.config import load_settings
from annotate.document import Agreement, Document, Entity
from annotate.errors import CallError, FormatError, InputError
from annotate.export.tally import Tally, joined
from annotate.formats import gold as gold_file
from annotate.ledger import Ledger
from tests.cli.test_cli import run


def exported(gold: Path, *names: str, **more: bool) -> api.Exports:
    return api.export(gold, names, gold.parent / "out", settings=load_settings(gold.parent), **more)


def manifest_of(done: api.Exports) -> dict:
    return json.loads(done.manifest.read_text("utf-8"))


def test_the_manifest_counts_what_went_in_and_out(gold: Path) -> None:
    content = manifest_of(exported(gold, "spacy", "csv"))
    assert content["all"]["documents"] == content["all"]["reviewed"] == 3
    assert content["all"]["languages"] == {"en": 2, "vi": 1}
    assert content["all"]["entities"] == {"en": {"PERSON": 4}, "vi": {"PERSON": 2}}
    assert content["all"]["relations"] == {"en": {"met_with": 2}, "vi": {"met_with": 1}}
    assert content["all"]["outcomes"] == {
        "entity": {"COUNTRY": {"removed": 3}, "PERSON": {"accepted": 3, "added": 3}},
        "relation": {"met_with": {"changed": 3}, "works_for": {"removed": 3}},
    }
    assert content["all"]["reviewed_from"].startswith("2026-03-01")
    assert content["all"]["reviewed_to"].startswith("2026-03-03")
    assert [(one["format"], one["in"], one["out"]) for one in content["formats"]] == [
        ("spacy", 3, 3),
        ("csv", 3, 3),
    ]


def test_checksums_and_sizes_are_those_of_the_files(gold: Path) -> None:
    done = exported(gold, "conll", "csv", "spert", "gold")
    folder = gold.parent / "out"
    for files in (
        *(one["files"] for one in manifest_of(done)["formats"]),
        manifest_of(done)["beside"],
    ):
        assert files
        for name, said in files.items():
            content = (folder / name).read_bytes()
            assert said == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    listed = {name for one in manifest_of(done)["formats"] for name in one["files"]}
    assert listed | set(manifest_of(done)["beside"]) | {"gold.manifest.json"} == {
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()
    } - {"gold-csv/.annotate-export"}
    assert set(manifest_of(done)["beside"]) == {
        "gold.card.md", "gold.labels.png", "gold.lengths.png", "gold.review.png",
    }  # fmt: skip


def test_the_card_says_how_far_people_agreed_where_it_is_known(
    tmp_path: Path, documents: list[Document]
) -> None:
    alone = api.export(documents, ["jsonl"], tmp_path, settings=load_settings(tmp_path))
    assert "Not known: no document says" in alone.card.read_text("utf-8")
    assert not (tmp_path / "gold.agreement.png").exists()
    rows = (
        Agreement(kind="entity", label="PERSON", shared=3, single=2),
        Agreement(kind="relation", label="met_with", shared=0, single=1),
        Agreement(kind="relation", label="works_for", shared=0, single=0),
    )
    together = [
        one.model_copy(update={"provenance": one.provenance.model_copy(update={"agreement": rows})})
        for one in documents[:2]
        if one.provenance
    ]
    done = api.export(
        [*together, documents[2]], ["jsonl"], tmp_path, settings=load_settings(tmp_path)
    )
    content = manifest_of(done)["all"]
    assert content["reviewed_by_several"] == 2
    assert content["agreement"] == {
        "entity": {"PERSON": {"shared": 6, "single": 4, "f1": 0.75}},
        "relation": {"met_with": {"shared": 0, "single": 2, "f1": 0.0}},
    }
    card = done.card.read_text("utf-8")
    assert "2 documents were reviewed by more than one person" in card
    assert "| entity | PERSON | 6 | 4 | 75.0 |" in card
    assert "(gold.agreement.png)" in card
    assert (tmp_path / "gold.agreement.png").stat().st_size > 1000


def test_annotators_have_pseudonyms_unless_asked_otherwise(
    gold: Path, documents: list[Document]
) -> None:
    # The first document speaks of the second one's annotator; so does the pull's account.
    meta = {"asked": "ann@example.org", "prodigy": {"_session_id": "news-mira@example.org"}}
    gold_file.write(
        [documents[0].model_copy(update={"meta": meta}), *documents[1:]], gold, Ledger("write")
    )
    account = {"refused": [{"where": "d9", "what": "by zoe@example.org"}]}
    gold.with_suffix(".pull.json").write_text(json.dumps(account), "utf-8")
    done = exported(gold, "jsonl", "prodigy", "csv", "brat")
    assert manifest_of(done)["all"]["annotators"] == {"annotator-1": 2, "annotator-2": 1}
    assert "Annotators have pseudonyms" in done.card.read_text("utf-8")
    for path in filter(Path.is_file, (gold.parent / "out").rglob("*")):
        assert b"example.org" not in path.read_bytes(), path
    done = exported(gold, "jsonl", names=True)
    assert manifest_of(done)["left_out"] == {"gold": account}
    assert manifest_of(done)["all"]["annotators"] == {"ann@example.org": 1, "zoe@example.org": 2}


def test_the_same_gold_gives_the_same_bytes(gold: Path) -> None:
    def content() -> dict[str, bytes]:
        exported(gold, *formats.FORMATS)
        folder = gold.parent / "out"
        return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    assert content() == content()


@pytest.fixture
def poor_brat(monkeypatch: pytest.MonkeyPatch) -> None:
    """brat as if it had no place for relations, scores and notes."""
    poor = formats.FORMATS["brat"]._replace(
        holds=formats.FORMATS["brat"].holds - {"relations", "scores", "notes"}
    )
    monkeypatch.setattr("annotate.formats.brat.FORMATS", {**formats.FORMATS, "brat": poor})


def test_every_loss_stands_in_the_table(gold: Path, poor_brat: None) -> None:
    done = exported(gold, "gold", "brat")
    assert done.losses is not None
    with done.losses.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, dialect="excel-tab"))
    lost = {one["format"]: one.get("lost", {}) for one in manifest_of(done)["formats"]}
    assert lost == {"gold": {}, "brat": {"note": 3, "relation": 3, "score": 3}}
    assert [row["format"] for row in rows] == ["brat"] * 9
    relations = [row["what"] for row in rows if row["kind"] == "relation"]
    assert relations == ["Amina Yusuf met_with Li Na"] * 3
    assert "note 3, relation 3, score 3" in done.card.read_text("utf-8")


@pytest.fixture
def nested(gold: Path) -> Path:
    """Gold with a city inside a body, a label of two words, and an id that comes twice."""
    text = "University of Nairobi"
    marks = ((0, 21, "Public body"), (14, 21, "CITY"))
    entities = tuple(
        Entity(id=f"e{start}", start=start, end=end, label=label, text=text[start:end])
        for start, end, label in marks
    )
    document = Document(id="d", text=text, entities=entities)
    gold_file.write([document, Document(id="d", text="again")], gold, Ledger("gold"))
    return gold


def test_what_only_a_part_of_a_file_lacks_and_refused_documents_stand_in_the_table(
    nested: Path,
) -> None:
    done = exported(nested, "gold", "conll", "spacy")
    assert done.losses is not None
    with done.losses.open(encoding="utf-8", newline="") as file:
        rows = [tuple(row)[1:4] for row in csv.reader(file, dialect="excel-tab")][1:]
    assert rows == [
        ("conll", "d 14:21", "entity in the columns"),
        ("conll", "d 0:21", "label in the columns"),
        ("conll", "d", "document"),
        ("spacy", "d 14:21", "entity in doc.ents"),
    ]
    lost = {one["format"]: one.get("lost", {}) for one in manifest_of(done)["formats"]}
    assert lost["conll"] == {
        "document": 1,
        "entity in the columns": 1,
        "label in the columns": 1,
    }
    assert "document 1, entity in the columns 1, label in the columns 1" in done.card.read_text()


def test_strict_fails_on_what_a_model_would_not_learn(nested: Path) -> None:
    call = ["export", str(nested), "-f", "spacy"]
    loose = invoked(nested.parent, *call)
    assert loose.exit_code == 0, loose.output
    assert "entity in doc.ents 1" in loose.output
    assert invoked(nested.parent, *call, "--strict").exit_code == 1


def test_without_a_loss_there_is_no_table(gold: Path) -> None:
    stale = gold.parent / "out" / "gold.losses.tsv"
    stale.parent.mkdir()
    stale.write_text("of an earlier export")
    assert exported(gold, "jsonl").losses is None
    assert not stale.exists()


def test_what_a_pull_left_out_is_in_manifest_and_card(gold: Path) -> None:
    counts = {"tasks skipped": 2, "tasks submitted": 4}
    account = {"counts": counts, "refused": [{"where": "d9", "what": "no | text"}]}
    gold.with_suffix(".pull.json").write_text(json.dumps(account), "utf-8")
    done = exported(gold, "jsonl")
    assert manifest_of(done)["left_out"] == {"gold": account}
    card = done.card.read_text("utf-8")
    assert "2 tasks skipped" in card
    assert "tasks submitted" not in card
    assert "no \\| text" in card


@pytest.mark.parametrize("content", ["[]", '{"counts": [1]}', '{"refused": [{"a": 1}]}'])
def test_another_file_in_the_place_of_a_pulls_account_is_named(gold: Path, content: str) -> None:
    gold.with_suffix(".pull.json").write_text(content, "utf-8")
    with pytest.raises(InputError, match=r"gold\.pull\.json is no account of a pull"):
        exported(gold, "jsonl")
    assert not (gold.parent / "out").exists()


def test_a_folder_named_guidelines_is_none(gold: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(gold.parent)
    before = manifest_of(exported(gold, "jsonl"))["hashes"]
    Path("guidelines.md").mkdir()
    assert manifest_of(exported(gold, "jsonl"))["hashes"] == before


def test_pictures_of_the_card_are_there(gold: Path) -> None:
    done = exported(gold, "jsonl")
    card = done.card.read_text("utf-8")
    for name in ("labels", "lengths", "review"):
        assert f"(gold.{name}.png)" in card
        assert (gold.parent / "out" / f"gold.{name}.png").read_bytes().startswith(b"\x89PNG")


def test_a_label_of_both_kinds_is_counted_for_each(gold: Path) -> None:
    gold.write_text(gold.read_text("utf-8").replace("met_with", "PERSON"), "utf-8")
    done = exported(gold, "jsonl")
    card = done.card.read_text("utf-8")
    assert "| gold | en | 2 | entity | PERSON | 4 |" in card
    assert "| gold | en | 2 | relation | PERSON | 2 |" in card


def test_names_of_parts_are_no_markup(gold: Path) -> None:
    odd = gold.rename(gold.with_name("a_|b (c).json"))
    card = exported(odd, "jsonl").card.read_text("utf-8")
    assert "| a\\_\\|b (c) | en | 2 | entity | PERSON | 4 |" in card
    assert "| a\\_\\|b (c).jsonl | one document a line" in card
    assert "(a_%7Cb%20%28c%29.labels.png)" in card


@pytest.mark.filterwarnings("error")
def test_labels_that_can_not_be_drawn_well_have_numbers_in_the_pictures(gold: Path) -> None:
    told = gold.read_text("utf-8").replace("met_with", "ব্যক্তি").replace("PERSON", "$\\\\frac$")
    gold.write_text(told.replace("COUNTRY", "代表"), "utf-8")
    card = exported(gold, "jsonl").card.read_text("utf-8")
    assert "* label 1: ব্যক্তি\n* label 2: 代表\n" in card
    assert "label 3" not in card


def test_pictures_of_an_earlier_export_that_are_not_drawn_now_are_removed(
    gold: Path, documents: list[Document]
) -> None:
    exported(gold, "jsonl")
    gold_file.write([Document(id="d", text="nothing")], gold, Ledger("write"))
    done = exported(gold, "jsonl")
    assert list((gold.parent / "out").glob("*.png")) == []
    assert ".png" not in done.card.read_text("utf-8")


def test_what_an_earlier_export_left_is_named_and_stays(gold: Path, poor_brat: None) -> None:
    out = gold.parent / "out"
    assert exported(gold, "conll", "csv", "jsonl", "brat").earlier == []
    assert "gold.losses.tsv" in manifest_of(exported(gold, "brat"))["beside"]
    exported(gold, "conll", "csv", "jsonl")
    (out / "gold.jsonl").write_text("someone else's")
    told = invoked(gold.parent, "export", str(gold), "-f", "spacy")
    names = ["gold-brat", "gold-csv", "gold.conll", "gold.documents.jsonl", "gold.relations.tsv"]
    left = ", ".join(str(out / name) for name in names)
    assert told.stderr.splitlines()[-1] == f"left by an earlier export: {left}"
    assert "gold.conll" in json.loads((out / "gold.manifest.json").read_text())["earlier"]
    assert all((out / name).exists() for name in names)


def test_a_manifest_of_other_making_says_nothing_of_an_earlier_export(gold: Path) -> None:
    manifest = exported(gold, "conll").manifest
    for other in ("[]", "{}", "no JSON", '{"formats": [{"files": {"a": 1}}], "beside": 3}'):
        manifest.write_text(other, "utf-8")
        assert exported(gold, "spacy").earlier == []


def test_parts_keep_their_names(gold: Path, documents: list[Document]) -> None:
    for part, own in (("train", documents[:2]), ("test", documents[2:])):
        gold_file.write(own, gold.parent / f"{part}.json", Ledger("write"))
    paths = [gold.parent / "train.json", gold.parent / "test.json"]
    settings = load_settings(gold.parent)
    done = api.export(paths, ["spacy"], gold.parent / "out", settings=settings)
    assert [one.path.name for one in done.written] == ["train.spacy", "test.spacy"]
    content = manifest_of(done)
    assert {part: own["documents"] for part, own in content["parts"].items()} == {
        "train": 2,
        "test": 1,
    }
    assert content["all"]["documents"] == 3


def test_two_gold_files_of_one_name_are_refused(gold: Path, documents: list[Document]) -> None:
    other = gold.parent / "other" / "gold.json"
    other.parent.mkdir()
    gold_file.write(documents, other, Ledger("write"))
    with pytest.raises(CallError, match="have one name"):
        api.export([gold, other], ["jsonl"], gold.parent, settings=load_settings(gold.parent))


def test_an_unknown_format_is_a_wrong_call(gold: Path) -> None:
    with pytest.raises(CallError, match="no format 'docx'"):
        exported(gold, "docx")


def test_parts_are_joined() -> None:
    assert joined([]).as_dict() == Tally().as_dict()


def invoked(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "-o", str(folder / "out")])


def test_strict_fails_on_any_loss_and_says_which(gold: Path, poor_brat: None) -> None:
    loose = invoked(gold.parent, "export", str(gold), "-f", "brat")
    assert loose.exit_code == 0, loose.output
    assert "note 3, relation 3, score 3" in loose.output
    assert invoked(gold.parent, "export", str(gold), "-f", "brat", "--strict").exit_code == 1
    assert invoked(gold.parent, "export", str(gold), "-f", "jsonl", "--strict").exit_code == 0


def test_formats_says_what_each_can_not_hold(tmp_path: Path) -> None:
    listed = json.loads(run(tmp_path, "formats", "--json").stdout)
    assert [one["name"] for one in listed] == list(formats.FORMATS)
    lacks = {one["name"]: one["lacks"] for one in listed}
    assert lacks["gold"] == []
    assert lacks["webanno"] == ["handles"]
    table = run(tmp_path, "formats").stdout.splitlines()
    assert len(table) == len(formats.FORMATS) + 1


def test_convert_goes_there_and_back(gold: Path, documents: list[Document]) -> None:
    done = run(gold.parent, "convert", "gold.json", "gold.spacy", "--from", "gold", "--to", "spacy")
    assert done.returncode == 0, done.stderr
    back = run(gold.parent, "convert", "gold.spacy", "back.json", "--from", "spacy", "--to", "gold")
    assert back.returncode == 0, back.stderr
    assert list(gold_file.read(gold.parent / "back.json")) == documents


def test_convert_names_losses_and_strict_fails(gold: Path, poor_brat: None) -> None:
    target = str(gold.parent / "brat")
    call = ["convert", str(gold), target, "--from", "gold", "--to", "brat"]
    done = CliRunner().invoke(cli, call)
    assert done.exit_code == 0, done.output
    assert "relation: Amina Yusuf met_with Li Na" in done.stderr
    assert CliRunner().invoke(cli, [*call, "--strict"]).exit_code == 1


def test_moments_with_and_without_a_time_zone_go_together(gold: Path) -> None:
    gold.write_text(gold.read_text("utf-8").replace("2026-03-01T10:00:00Z", "2026-03-01T10:00:00"))
    assert manifest_of(exported(gold, "jsonl"))["all"]["reviewed_from"].startswith("2026-03-01T10")


def test_a_broken_file_leaves_no_half_export(gold: Path) -> None:
    gold.write_text('[{"id": "d", "text": "a"}, {"id": 5}]', "utf-8")
    with pytest.raises(FormatError, match="item 2"):
        exported(gold, "jsonl")
    assert [path.name for path in (gold.parent / "out").iterdir()] == []


def test_names_of_many_parts_are_not_joined_beyond_what_a_file_system_holds(gold: Path) -> None:
    paths = [gold.parent / f"{'part-of-a-corpus'}-{number:02}.json" for number in range(13)]
    for path in paths:
        path.write_bytes(gold.read_bytes())
    done = api.export(paths, ["jsonl"], gold.parent / "out", settings=load_settings(gold.parent))
    assert done.manifest.name == "part-of-a-corpus-00-and-12-more.manifest.json"
    assert len(manifest_of(done)["parts"]) == 13


@pytest.mark.parametrize("format_", ["jsonl", "brat"])
def test_a_name_to_which_nothing_can_be_added_is_named(gold: Path, format_: str) -> None:
    long = gold.rename(gold.with_name(f"{'n' * 240}.json"))
    with pytest.raises(FormatError, match=r"out/n+.* can.t be written: its name is too"):
        exported(long, format_)
    assert not (gold.parent / "out").exists()
    with pytest.raises(FormatError, match="its name is too long"):
        api.convert(long, gold.parent / ("n" * 300), from_="gold", to=format_)


def test_gold_from_a_pipe_is_refused(gold: Path) -> None:
    command = [sys.executable, "-m", "annotate", "export", "/dev/stdin", "-f", "jsonl", "-o", "out"]
    with gold.open("rb") as file:
        piped = subprocess.Popen(["cat"], stdin=file, stdout=subprocess.PIPE)
        done = subprocess.run(
            command, cwd=gold.parent, stdin=piped.stdout, capture_output=True, text=True
        )
        piped.wait()
    assert done.returncode == 2
    assert "/dev/stdin is a pipe" in done.stderr
    assert not (gold.parent / "out").exists()


def test_a_folder_that_can_not_be_made_is_named(gold: Path) -> None:
    (gold.parent / "file").write_text("in the way")
    for call in (
        ["export", "gold.json", "-f", "jsonl", "-o", "file/out"],
        ["convert", "gold.json", "file/gold.jsonl", "--from", "gold", "--to", "jsonl"],
        ["init", "file/project"],
    ):
        done = run(gold.parent, *call)
        assert done.returncode == 1, call
        assert done.stderr.splitlines()[-1].startswith("Error: The folder file"), done.stderr


def test_a_file_without_documents_replaces_nothing(gold: Path) -> None:
    before = gold.read_bytes()
    (gold.parent / "empty.jsonl").write_text("\n")
    with pytest.raises(InputError, match=r"empty\.jsonl holds no document; nothing was written"):
        api.convert(gold.parent / "empty.jsonl", gold, from_="jsonl", to="gold")
    assert gold.read_bytes() == before


@pytest.mark.parametrize(
    "name", [name for name, one in formats.FORMATS.items() if "." in one.suffix]
)
def test_a_folder_in_the_place_of_a_file_is_named(name: str, gold: Path) -> None:
    (gold.parent / "folder").mkdir()
    with pytest.raises(FormatError, match=f"folder is a folder, but {name} is one file"):
        api.convert(gold, gold.parent / "folder", from_="gold", to=name)
