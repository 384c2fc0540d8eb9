"""brat standoff, as brat's manual has it and as a reader that is not ours reads it."""

import json
import shutil
from pathlib import Path

import pytest
from bratly import AttributeAnnotation, EntityAnnotation, NoteAnnotation, RelationAnnotation
from bratly.io import read_and_load_ann_file
from hypothesis import given
from hypothesis import strategies as st

from annotate.document import Document, Entity, Relation
from annotate.errors import FormatError
from annotate.formats import brat, brat_read
from annotate.ledger import Ledger


def by_bratly(file: Path, kind: type) -> list:
    found = read_and_load_ann_file(
        str(file), no_duplicates=False, sorting=False, renumerotize=False
    )
    assert found is not None
    return [one for one in found.annotations if isinstance(one, kind)]


def foreign(folder: Path, text: str, ann: str, name: str = "doc") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.txt").write_bytes(text.encode("utf-8"))
    (folder / f"{name}.ann").write_bytes(ann.encode("utf-8"))
    return folder


def test_bratly_finds_every_entity_relation_code_and_note(
    tmp_path: Path, gold: list[Document], ledger: Ledger
) -> None:
    brat.write(gold, tmp_path / "g", ledger)
    file = tmp_path / "g" / "0001.ann"
    entities = by_bratly(file, EntityAnnotation)
    assert [(one.id, one.label, one.content) for one in entities] == [
        ("T1", "PERSON", "Amina Yusuf"),
        ("T2", "COUNTRY", "Việt Nam"),
        ("T3", "PERSON", "Li Na"),
    ]
    text = (tmp_path / "g" / "0001.txt").read_bytes().decode("utf-8")
    assert text == gold[0].text
    for one in entities:
        (place,) = one.fragments
        assert text[place.start : place.end] == one.content
    relations = by_bratly(file, RelationAnnotation)
    ends = [(one.label, one.argument1[1].id, one.argument2[1].id) for one in relations]
    assert ends == [("represents", "T1", "T2"), ("met_with", "T1", "T3")]
    (code,) = by_bratly(file, AttributeAnnotation)
    assert (code.label, code.component.id, code.values) == ("CountryCode", "T2", ["VN"])
    notes = {(one.label, one.component.id): one.value for one in by_bratly(file, NoteAnnotation)}
    assert notes["AnnotatorNotes", "T1"] == "sic"
    assert notes["Score", "R1"] == repr(1 / 3)
    assert json.loads(notes["Provenance", "T1"])["annotator"] == "ann"


def test_bratly_reads_the_corpus(tmp_path: Path, corpus: list[Document], ledger: Ledger) -> None:
    brat.write(corpus, tmp_path / "g", ledger)
    for number, document in enumerate(corpus, start=1):
        file = tmp_path / "g" / f"{number:04}.ann"
        found = [(one.id, one.label, one.content) for one in by_bratly(file, EntityAnnotation)]
        assert found == [
            (f"T{n}", one.label, one.text) for n, one in enumerate(document.entities, start=1)
        ]
        assert len(by_bratly(file, RelationAnnotation)) == len(document.relations)


def test_a_span_over_a_line_end_is_written_in_fragments(tmp_path: Path, ledger: Ledger) -> None:
    text = "Bank of\r\nKenya\nand\u2028"
    found = (
        Entity(id="o", start=0, end=14, label="ORG", text="Bank of\r\nKenya"),
        Entity(id="n", start=14, end=15, label="ORG", text="\n"),
        Entity(id="e", start=14, end=19, label="ORG", text="\nand\u2028"),
    )
    documents = [Document(id="d", text=text, entities=found)]
    brat.write(documents, tmp_path / "g", ledger)
    assert (tmp_path / "g" / "0001.ann").read_text("utf-8").splitlines() == [
        "T1\tORG 0 7;9 14\tBank of Kenya",
        "T2\tORG 14 14\t",
        "T3\tORG 15 18\tand",
        "#1\tSpan T2\t14 15",
        "#2\tSpan T3\t14 19",
    ]
    assert list(brat.read(tmp_path / "g")) == documents


def test_names_that_brat_forbids_are_escaped_and_shown_as_they_are(
    tmp_path: Path, ledger: Ledger
) -> None:
    found = (Entity(id="a", start=0, end=1, label="Job title", text="x", country_code="BD"),)
    link = (Relation(head="a", tail="a", label="met with"),)
    brat.write([Document(id="d", text="x", entities=found, relations=link)], tmp_path / "g", ledger)
    assert (tmp_path / "g" / "annotation.conf").read_text() == (
        "[entities]\nJob_x0020_title\n\n"
        "[relations]\n<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>\n"
        "met_x0020_with\tArg1:<ENTITY>, Arg2:<ENTITY>\n\n"
        "[events]\n\n"
        "[attributes]\nCountryCode\tArg:<ENTITY>, Value:BD\n"
    )
    assert "Job_x0020_title | Job title\n" in (tmp_path / "g" / "visual.conf").read_text()


@given(label=st.text(min_size=1) | st.text("_x0041AF-é|", min_size=1))
def test_every_label_comes_back_from_its_name(label: str) -> None:
    name = brat.name_of(label)
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
    assert name.strip("-")
    assert brat_read.label_of(name) == label


def test_an_escape_beyond_all_characters_is_none() -> None:
    assert brat_read.label_of("_x10FFFF__x110000__xFFFFFF_") == "\U0010ffff_x110000__xFFFFFF_"


def test_a_foreign_folder_after_the_manual(tmp_path: Path) -> None:
    """Text-bound, discontinuous over a line end, relation, attributes, reference, note."""
    text = "Sony and Ericsson in\nSweden 🇸🇪 today, Obama said.\n"
    ann = (
        "R1\tOrigin Arg1:T1 Arg2:T2\t\n"
        "T1\tOrganization 0 4\tSony\n"
        "T2\tPlace 18 20;21 27\tin Sweden\n"
        "T3\tPerson 38 43\tObama\n"
        "A1\tNegation R1\n"
        "A2\tConfidence T1 Certain\n"
        "M1\tSpeculation T1\n"
        "N1\tReference T3 Wikipedia:534366\tBarack Obama\n"
        "#1\tAnnotatorNotes T1\tthis is a \\n note\n"
        "#2\tAnnotatorNotes R1\tsure?\n"
    )
    (document,) = brat.read(foreign(tmp_path / "b", text, ann))
    assert (document.id, document.language, document.text) == ("doc", "und", text)
    assert [(one.id, one.label, one.text, one.note) for one in document.entities] == [
        ("T1", "Organization", "Sony", "Confidence: Certain\nSpeculation\nthis is a \\n note"),
        ("T2", "Place", "in\nSweden", None),
        ("T3", "Person", "Obama", "Wikipedia:534366 Barack Obama"),
    ]
    assert document.relations == (Relation(head="T1", tail="T2", label="Origin"),)
    assert document.meta == {"brat": ["A1\tNegation R1", "#2\tAnnotatorNotes R1\tsure?"]}


def test_foreign_subfolders_and_files_with_the_line_ends_of_windows(tmp_path: Path) -> None:
    folder = foreign(tmp_path / "b", "a\r\nb\r\n", "T1\tX 0 1;3 4\ta b\r\n", "10")
    foreign(folder / "sub", "c", "", "1")
    foreign(folder, "d", "", "9")
    found = list(brat.read(folder))
    assert [one.id for one in found] == ["9", "10", "sub/1"]
    assert found[1].entities[0].text == "a\r\nb"


def test_what_an_annotator_changed_in_brat_stands(tmp_path: Path, ledger: Ledger) -> None:
    one = Entity(id="k", start=0, end=3, label="ORG", text="UN\n", note="two\nlines")
    brat.write([Document(id="d", text="UN\nEU", entities=(one,))], tmp_path / "g", ledger)
    file = tmp_path / "g" / "0001.ann"
    content = file.read_text("utf-8")
    moved = content.replace("T1\tORG 0 2\tUN", "T1\tORG 3 5\tEU")
    file.write_text(moved.replace("two lines", "three lines"), "utf-8")
    (back,) = brat.read(tmp_path / "g")
    assert back.entities == (
        Entity(id="k", start=3, end=5, label="ORG", text="EU", note="three lines"),
    )


@pytest.mark.parametrize("ids", [("T1", "T3"), ("T2", "T1"), ("T4", "T2"), ("e1", "T3")])
def test_an_entity_that_people_put_in_place_of_another_has_an_id_of_its_own(
    tmp_path: Path, ledger: Ledger, ids: tuple[str, str]
) -> None:
    found = [
        Entity(id=name, start=n, end=n + 1, label="X", text="abc"[n]) for n, name in enumerate(ids)
    ]
    brat.write([Document(id="d", text="abc", entities=tuple(found))], tmp_path / "g", ledger)
    file = tmp_path / "g" / "0001.ann"
    for number, gone in ((0, ids[0]), (1, ids[1])):
        lines = file.read_text("utf-8").splitlines()
        # As brat does it: one more than the largest number.
        new = max(int(line.split("\t")[0][1:]) for line in lines) + 1
        lines[number] = f"T{new}\tX 2 3\tc"
        edited = tmp_path / f"edited-{number}"
        shutil.copytree(tmp_path / "g", edited)
        (edited / "0001.ann").write_text("\n".join(lines) + "\n", "utf-8")
        (back,) = brat.read(edited)
        assert {one.id: one.text for one in back.entities} == {
            **{one.id: one.text for one in found if one.id != gone},
            f"T{new}": "c",
        }


@pytest.mark.parametrize(
    ("ann", "says"),
    [
        ("T1\tX 0 4;9 17\tSony Ericsson\n", "line 1: T1 leaves out words"),
        ("T1\tX 0 4\tSomy\n", "line 1: T1 is 'Somy', but the text there is 'Sony'"),
        ("T1\tX 0 99\tSony\n", "line 1: T1 lies beyond"),
        ("T1\tX 0 4\tSony\nT1\tX 0 4\tSony\n", "line 2: the id T1 is used twice"),
        (f"T1\tX 0 {'9' * 5000}\tSony\n", "line 1: this is no line of the kind"),
        ("T1\tX 4 4\t\n", "end 4 is not after start 4"),
        ("T1 X 0 4 Sony\n", "line 1: this is no line of the kind"),
        ("R1\tY Arg1:T1 Arg2:T2\n", "line 1: R1 refers to T1"),
        ("T1\tX 0 4\tSony\nE1\tX:T1\n", "line 2: events and equivalences"),
        ("T1\tX 0 4\tSony\n*\tEquiv T1 T1\n", "line 2: events and equivalences"),
        ("hello\n", "line 1: 'hello' is no id"),
    ],
)
def test_what_cannot_be_taken_names_file_and_line(tmp_path: Path, ann: str, says: str) -> None:
    folder = foreign(tmp_path / "b", "Sony and Ericsson", ann)
    with pytest.raises(FormatError, match=says) as caught:
        list(brat.read(folder))
    assert "doc.ann" in str(caught.value)


@pytest.mark.parametrize("file", ["../0001", "/etc/passwd", "sub/0001", "..", "", "none", 7])
def test_an_index_never_leads_out_of_the_folder(
    tmp_path: Path, gold: list[Document], ledger: Ledger, file: object
) -> None:
    brat.write(gold, tmp_path / "g", ledger)
    foreign(tmp_path, "secret", "", "0001")
    index = tmp_path / "g" / "documents.jsonl"
    rows = [json.loads(line) for line in index.read_text("utf-8").splitlines()]
    rows[0]["file"] = file
    index.write_text("\n".join(json.dumps(row) for row in rows))
    with pytest.raises(FormatError, match=r"documents.jsonl, line 1"):
        list(brat.read(tmp_path / "g"))


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda folder: (folder / "0001.ann").unlink(), "0001.ann is missing"),
        (lambda folder: (folder / "0001.txt").unlink(), "no file 0001.txt"),
        (lambda folder: (folder / "0001.txt").write_bytes(b"\xff"), "0001.txt can't be read"),
        (lambda folder: (folder / "documents.jsonl").write_text("{"), "line 1: this is no JSON"),
        (lambda folder: (folder / "documents.jsonl").write_text("[]"), "'file' is missing"),
    ],
)
def test_damage_is_named(tmp_path: Path, gold: list[Document], damage, says: str) -> None:
    brat.write(gold, tmp_path / "g", Ledger("export"))
    damage(tmp_path / "g")
    with pytest.raises(FormatError, match=says):
        list(brat.read(tmp_path / "g"))
