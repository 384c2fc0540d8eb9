"""WebAnno TSV 3.3, as INCEpTION's user guide has it."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings

from annotate.document import Document, Entity, Relation
from annotate.errors import FormatError
from annotate.formats import webanno
from annotate.ledger import Ledger
from tests.strategies import collections

NAMED_ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
POS = "de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS"
HEADER = "#FORMAT=WebAnno TSV 3.3\n"


def foreign(tmp_path: Path, content: str) -> Path:
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "doc.tsv").write_bytes(content.encode("utf-8"))
    return tmp_path / "w"


def as_the_guide_rebuilds_it(content: str) -> tuple[str, list[tuple[int, int]]]:
    """Text and tokens of a file, on UTF-16 code units, by the guide's sentence rules alone."""
    blocks = re.split(r"\n\n+", content.rstrip("\n"))[1:]
    names = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "b": "\b"}
    units = b""
    tokens = []
    for block in blocks:
        rows = block.split("\n")
        own = [row[6:] for row in rows if row.startswith("#Text=")]
        cells = [row.split("\t") for row in rows[len(own) :]]
        spans = [tuple(map(int, row[1].split("-"))) for row in cells]
        begin = spans[0][0] * 2
        # No gap to the sentence before: its line break is taken back.
        units = units[:begin].ljust(begin, b" ")
        words = re.sub(r"\\(.)", lambda m: names.get(m[1], m[1]), "\n".join(own), flags=re.DOTALL)
        units += f"{words}\n".encode("utf-16-le")
        tokens += spans
    return units.decode("utf-16-le"), tokens


@settings(deadline=None, max_examples=60)
@given(documents=collections(overlapping=True, provenance=True))
def test_inceptions_rules_rebuild_the_same_text(folder: Path, documents: list[Document]) -> None:
    webanno.write(documents, folder / "rules", Ledger("export"))
    for number, document in enumerate(documents, start=1):
        content = (folder / "rules" / f"{number:04}.tsv").read_bytes().decode("utf-8")
        # Java's readLine, which INCEpTION reads with, ends a line at these.
        assert "\r" not in content
        text, tokens = as_the_guide_rebuilds_it(content)
        # INCEpTION's own break after the last sentence.
        assert text == (document.text + "\n" if document.text else "")
        assert all(start < end for start, end in tokens)
        assert all(one[1] <= other[0] for one, other in pairwise(tokens))


def test_the_file_of_a_full_document(tmp_path: Path, gold: list[Document], ledger: Ledger) -> None:
    webanno.write(gold, tmp_path / "g", ledger)
    said = ["accepted", "ann", "2024-05-01T10:00:00Z", "7"]
    none = ["*"] * 4
    rows = [
        ("1-1", "0-2", "Ms", *"_________"),
        ("1-2", "3-8", "Amina", *_ids(["PERSON", "*", "sic", "0.1", *said], 1), *"_______"),
        ("1-3", "9-14", "Yusuf", *_ids(["PERSON", "*", "sic", "0.1", *said], 1), *"_______"),
    ]
    content = (tmp_path / "g" / "0001.tsv").read_bytes().decode("utf-8")
    lines = content.split("\n")
    assert lines[:3] == [
        "#FORMAT=WebAnno TSV 3.3",
        f"#T_SP={NAMED_ENTITY}|value|identifier|note|score|status|annotator|annotatedAt|annotation",
        "#T_RL=webanno.custom.Relation|value|score|status|annotator|annotatedAt|annotation"
        f"|BT_{NAMED_ENTITY}",
    ]
    assert lines[3:7] == ["", "", r"#Text=Ms Amina Yusuf met Việt Nam’s envoy.\r", "#Text=\u00a0"]
    assert lines[8].split("\t") == [*rows[1], ""]
    assert lines[9].split("\t") == [*rows[2], ""]
    # The relation stands at its tail's first token and points to its head's.
    country = _ids(["COUNTRY", "VN", "*", "*", *none], 2)
    link = ["represents", repr(1 / 3), *said, "1-2[1_2]"]
    assert lines[11].split("\t") == ["1-5", "19-23", "Việt", *country, *link, ""]
    assert (tmp_path / "g" / "0002.tsv").read_text() == HEADER + "\n"


def _ids(values: list[str], number: int) -> list[str]:
    return [f"{value}[{number}]" for value in values]


def test_a_plain_gold_set_declares_nothing_but_label_code_and_relation(
    tmp_path: Path, corpus: list[Document], ledger: Ledger
) -> None:
    webanno.write(corpus, tmp_path / "g", ledger)
    header = (tmp_path / "g" / "0001.tsv").read_text("utf-8").split("\n")[:4]
    assert header == [
        "#FORMAT=WebAnno TSV 3.3",
        f"#T_SP={NAMED_ENTITY}|value|identifier",
        f"#T_RL=webanno.custom.Relation|value|BT_{NAMED_ENTITY}",
        "",
    ]


def test_offsets_are_utf16_stacks_have_ids_and_values_are_escaped(
    tmp_path: Path, ledger: Ledger
) -> None:
    text = "I 😊 UN.\tx"
    found = (
        Entity(id="e1", start=2, end=3, label="*", text="😊", note="a|b_c->d;[e]\\\t\n\r"),
        Entity(id="e2", start=4, end=6, label="A", text="UN"),
        Entity(id="e3", start=4, end=6, label="B", text="UN", note=""),
        Entity(id="e4", start=7, end=8, label="A", text="\t"),
    )
    links = (
        Relation(head="e1", tail="e2", label="r"),
        Relation(head="e3", tail="e2", label="s"),
    )
    document = Document(id="d", text=text, entities=found, relations=links)
    webanno.write([document], tmp_path / "g", ledger)
    content = (tmp_path / "g" / "0001.tsv").read_text("utf-8")
    assert content.split("\n\n\n")[1].split("\n") == [
        r"#Text=I 😊 UN.\tx",
        "1-1\t0-1\tI\t_\t_\t_\t_\t",
        "1-2\t2-4\t😊\t\\*\ta\\|b\\_c\\->d\\;\\[e\\]\\\\\\t\\n\\r\t_\t_\t",
        "1-3\t5-7\tUN\tA[1]|B[2]\t*[1]|[2]\tr|s\t1-2[0_1]|1-3[2_1]\t",
        "1-4\t7-8\t.\t_\t_\t_\t_\t",
        "1-5\t8-9\t\\t\tA\t*\t_\t_\t",
        "1-6\t9-10\tx\t_\t_\t_\t_\t",
        "",
    ]
    assert list(webanno.read(tmp_path / "g")) == [document]


def test_the_guides_examples(tmp_path: Path) -> None:
    """Emoji, several tokens, stacked annotations, sub-tokens, one end ambiguous."""
    content = (
        f"{HEADER}#T_SP={POS}|PosValue\n#T_SP={NAMED_ENTITY}|value\n"
        f"#T_RL=webanno.custom.Relation|value|BT_{NAMED_ENTITY}\n\n\n"
        "#Sentence.id=s1\n#Text=Ms. Haag likes 😊\n#Text=plays .\n"
        "1-1\t0-3\tMs.\tNNP\tPER[1]|PERpart[2]\t_\t_\t\n"
        "1-2\t4-8\tHaag\tNNP\tPER[1]\t_\t_\t\n"
        "1-3\t9-14\tlikes\tVBD\t_\t_\t_\t\n"
        "1-4\t15-17\t😊\t*\tX\\_Y\tto\\->\t1-1[1_0]\t\n"
        "1-5\t18-23\tplays\t_\t_\t_\t_\t\n"
        "1-5.1\t18-21\tpla\t_\tA[3]|B[4]\t_\t_\t\n"
        "1-5.2\t20-23\tays\t_\t*\t*\t1-5.1[4_0]\t\n"
        "1-6\t24-25\t.\t_\t_\t_\t_\t\n\n"
        "#Text=End\n2-1\t29-32\tEnd\t_\tC\t_\t_\t\n"
    )
    (document,) = webanno.read(foreign(tmp_path, content))
    assert document.text == "Ms. Haag likes 😊\nplays .\n   End"
    assert (document.id, document.language) == ("doc", "und")
    assert [(one.start, one.label, one.text) for one in document.entities] == [
        (0, "PERpart", "Ms."),
        (0, "PER", "Ms. Haag"),
        (15, "X_Y", "😊"),
        (17, "A", "pla"),
        (17, "B", "pla"),
        (19, "NamedEntity", "ays"),
        (28, "C", "End"),
    ]
    places = {one.id: one.text for one in document.entities}
    assert [(places[r.head], r.label, places[r.tail]) for r in document.relations] == [
        ("Ms. Haag", "to->", "😊"),
        ("pla", "Relation", "ays"),
    ]


def test_custom_layers_without_value_or_feature(tmp_path: Path) -> None:
    content = (
        f"{HEADER}#T_SP=webanno.custom.Sentiment|Category|Opinion\n#T_SP=webanno.custom.Span|\n\n\n"
        "#Text=so unhappy\n1-1\t0-2\tso\t_\t_\t*\n1-2\t3-10\tunhappy\tabstract\tnegative\t_\n"
    )
    (document,) = webanno.read(foreign(tmp_path, content))
    assert [(one.label, one.text, one.note) for one in document.entities] == [
        ("Span", "so", None),
        ("abstract", "unhappy", "Opinion: negative"),
    ]


ONE = f"{HEADER}#T_SP={NAMED_ENTITY}|value\n#T_RL=webanno.custom.R|value|BT_{NAMED_ENTITY}\n\n\n"
SLOT = f"{HEADER}#T_SP=webanno.custom.F|ROLE_webanno.custom.F:R_webanno.custom.L|{NAMED_ENTITY}\n"
CHAIN = f"{HEADER}#T_CH=coref.CoreferenceLink|referenceType|referenceRelation\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("hello\n", "line 1: this is no WebAnno TSV"),
        ("#FORMAT=WebAnno TSV 2.0\n", "line 1: this is no WebAnno TSV"),
        (f"{ONE}#Text=ab\n1-1\t0-2\tab\t_\t_\n", "line 7: there are 5 fields"),
        (f"{ONE}#Text=ab\n1-1\t0-2\tcd\t_\t_\t_\n", "line 7: 'cd' is said to be at 0-2"),
        (f"{ONE}#Text=😊b\n1-1\t0-1\t😊\t_\t_\t_\n", "line 7: 0-1 are no offsets"),
        (f"{ONE}#Text=ab\n1-1\t0-2\tab\tX\tr\t1-9\n", "line 7: the relation's end at 1-9"),
        (f"{ONE}#Text=ab\n1-1\t0-2\tab\tX[1]|Y[2]\tr\t1-1\n", "end at 1-1 is not one entity"),
        (f"{ONE}#Text=ab\n1-1\t0-2\tab\tX\tr|s\t1-1\n", "different numbers of relations"),
        (f"{ONE}#Text=ab\n1-1\t0-2\tab\tX[\t_\t_\n", "line 7: 'X\\[' is not well escaped"),
        (f"{ONE}1-1\t0-2\tab\tX\t_\t_\n", "line 6: there is no #Text="),
        (f"{ONE}#Text=ab\n\n", "line 7: a sentence without tokens"),
        (f"{ONE}#Text=ab\nx\t0-2\tab\tX\t_\t_\n", "line 7: this is no token"),
        (
            f"{ONE}#Text=ab\n1-1\t0-2\tab\t_\t_\t_\n\n#Text=c\n2-1\t0-1\tc\t_\t_\t_\n",
            "line 10: the sentence begins at 0",
        ),
        (f"{ONE}#Text=ab\n1-1\t0-2\tab\t_\t_\t_\n1-1.1\t1-1\t\tX\t_\t_\n", "is not after start"),
        (f"{ONE}#Text=ab\n1-1\t9999999999-2\tab\t_\t_\t_\n", "line 7: the sentence begins at 9999"),
        (f"{ONE}#Text=ab\n1-1\t0-{'9' * 5000}\tab\t_\t_\t_\n", "line 7: this is no token"),
        (f"{ONE}#Text=ab\n1-1\t0-9999999999\tab\tX\t_\t_\n", "line 7: 0-9999999999 are no"),
        (f"{SLOT}\n\n#Text=ab\n1-1\t0-2\tab\tseller\t1-1\n", "line 6: slots"),
        (f"{CHAIN}\n\n#Text=ab\n1-1\t0-2\tab\tpr[1]\tc->1-1\n", "line 6: chains"),
        (f"{HEADER}#T_RL=webanno.custom.R|value\n", "line 2: the relation layer has no column"),
    ],
)
def test_what_cannot_be_taken_names_file_and_line(tmp_path: Path, content: str, says: str) -> None:
    with pytest.raises(FormatError, match=says) as caught:
        list(webanno.read(foreign(tmp_path, content)))
    assert "doc.tsv" in str(caught.value)


def test_wrong_offsets_together_never_fill_the_memory(tmp_path: Path) -> None:
    sentences = "".join(
        f"\n#Text=a\n{n}-1\t{n * 90_000}-{n * 90_000 + 1}\ta\t_\t_\t_\n" for n in range(1, 9)
    )
    with pytest.raises(FormatError, match="line 11: the sentence begins at 180000"):
        list(webanno.read(foreign(tmp_path, ONE + sentences)))
