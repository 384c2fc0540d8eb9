"""Columns of other making, read as what they say."""

from pathlib import Path

import pytest

from annotate.document import Document
from annotate.errors import FormatError
from annotate.formats import conll
from annotate.ledger import Ledger

CONLL_2003 = """-DOCSTART- -X- -X- O

EU NNP I-NP I-ORG
rejects VBZ I-VP O
German JJ I-NP I-MISC
call NN I-NP O
. . O O

Peter NNP I-NP I-PER
Blackburn NNP I-NP I-PER
Li NNP I-NP B-PER

-DOCSTART- -X- -X- O

Bonn NNP I-NP I-LOC
"""


def read(folder: Path, content: str | bytes, name: str = "eng.train") -> list[Document]:
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return list(conll.read(path))


def marks(document: Document) -> list[tuple[str, str]]:
    return [(entity.text, entity.label) for entity in document.entities]


def test_conll_2003_is_read_by_documents_and_sentences(tmp_path: Path) -> None:
    first, second = read(tmp_path, CONLL_2003)
    assert (first.id, second.id) == ("eng-1", "eng-2")
    assert first.text == "EU rejects German call .\nPeter Blackburn Li"
    assert marks(first) == [
        ("EU", "ORG"),
        ("German", "MISC"),
        ("Peter Blackburn", "PER"),
        ("Li", "PER"),
    ]
    assert marks(second) == [("Bonn", "LOC")]
    assert first.meta["columns"] == [
        ["NNP", "VBZ", "JJ", "NN", ".", "NNP", "NNP", "NNP"],
        ["I-NP", "I-VP", "I-NP", "I-NP", "O", "I-NP", "I-NP", "I-NP"],
    ]


def test_a_name_does_not_go_on_in_the_next_sentence(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "Li I-PER\n\nWang I-PER\n")
    assert marks(found) == [("Li", "PER"), ("Wang", "PER")]


def test_two_columns_without_documents_are_one(tmp_path: Path) -> None:
    """As WNUT 2017 has them, whose blank lines may hold a tab."""
    (found,) = read(tmp_path, "\ufeff#news\tO\r\nNew York\tB-location\r\n\t\r\n#\tO\r\n# id 7\r\n")
    assert (found.text, marks(found)) == ("#news New York\n#", [("New York", "location")])
    assert found.meta == {"comments": ["# id 7"]}


def test_comments_are_kept(tmp_path: Path) -> None:
    """As MultiCoNER has them, whose comments may have as many columns as its tokens."""
    content = "# id 7e5e domain=en\nGreek _ _ B-Per\n\n# id 8\tdomain=en\n# _ _ O\nLi _ _ B-Per\n"
    (found,) = read(tmp_path, content)
    assert (found.text, len(found.entities)) == ("Greek\n# Li", 2)
    assert found.meta == {"comments": ["# id 7e5e domain=en", "# id 8\tdomain=en"]}


def test_what_a_document_begins_with_is_kept(tmp_path: Path) -> None:
    """As AIDA has it: the document's number and title."""
    first, second = read(tmp_path, "-DOCSTART- (1 EU)\nEU B-ORG\n\n-DOCSTART- -X- O O\nLi B-PER\n")
    assert (first.meta, second.meta) == ({"docstart": "(1 EU)"}, {})


def test_every_column_between_keeps_its_place(tmp_path: Path) -> None:
    one, other = read(tmp_path, "Bonn NNP _ B-LOC\n\n-DOCSTART-\n\nLi _ x B-PER\nLi _ y B-PER\n")
    assert one.meta == {"columns": [["NNP"], ["_"]]}
    assert other.meta == {"columns": [["_", "_"], ["x", "y"]]}


def test_a_token_may_hold_or_be_white_space_that_is_no_blank(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "a\u00a0b N B-X\n\u00a0 N O\n\u2003c N O\n")
    assert found.text == "a\u00a0b \u00a0 \u2003c"
    assert marks(found) == [("a\u00a0b", "X")]


def test_scripts_are_as_they_were(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "علی_رضا\t_\tB-PER\nবাংলাদেশের\t_\tB-LOC\n👩‍👧\t_\tO\n")
    assert marks(found) == [("علی_رضا", "PER"), ("বাংলাদেশের", "LOC")]
    assert found.text.endswith(" 👩‍👧")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("EU NNP B-ORG\nrejects O\n", "line 2: 2 columns"),
        ("EU\n", "line 1: 1 columns"),
        ("EU B-ORG\nrejects VBZ\n", "line 2: 'VBZ' in the last column is no tag"),
        ("1 EU B-ORG\n2 rejects O\n", "the first column counts the tokens"),
        ("is O\n#Leave B_ORG\n", "line 2: 'B_ORG' in the last column is no tag"),
        ("#Leave B_ORG\n", "line 1: 'B_ORG' in the last column is no tag"),
        ("is O\n# B_ORG\n", "line 2: 'B_ORG' in the last column is no tag"),
        ("\tO\n", "line 1: the first column has no token"),
        ("1 EU O\n2 is O\n\n-DOCSTART-\n\nLi x O\nso x O\n", "the first column counts"),
        (b"S\xe3o B-LOC\n", "can't be read.* Save it as UTF-8"),
    ],
)
def test_what_is_no_token_with_a_tag_is_named(
    tmp_path: Path, content: str | bytes, says: str
) -> None:
    with pytest.raises(FormatError, match=says):
        read(tmp_path, content)


def test_with_one_of_our_two_files_beside_it_is_ours_and_needs_the_other(tmp_path: Path) -> None:
    conll.write([Document(id="d", text="Li")], tmp_path / "gold.conll", Ledger("export"))
    (tmp_path / "gold.relations.tsv").unlink()
    with pytest.raises(FormatError, match=r"gold\.relations\.tsv can't be read"):
        list(conll.read(tmp_path / "gold.conll"))


def test_no_line_is_no_document(tmp_path: Path) -> None:
    assert read(tmp_path, "") == read(tmp_path, "\n\n") == []
