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
    assert found.meta == {}


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
        (b"S\xe3o B-LOC\n", "can't be read"),
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
