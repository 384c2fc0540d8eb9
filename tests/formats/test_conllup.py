from collections import Counter
from pathlib import Path

import conllu
import pytest
from hypothesis import given, settings
from seqeval.metrics.sequence_labeling import get_entities

from annotate.document import Document, Entity, flat
from annotate.errors import FormatError
from annotate.formats import conllup
from annotate.ledger import Ledger
from tests.strategies import collections

UDPIPE = """\
# global.columns = ID FORM LEMMA MISC UD:NER
# newdoc id = first
# sent_id = 1
# text = Amina Yusuf del Kenya.
1	Amina	Amina	SpacesBefore=\\s\\t	B-PERSON
2	Yusuf	Yusuf	_	I-PERSON
3-4	del	_	_	O
3	de	de	_	O
4	el	el	_	O
5	Kenya	Kenya	SpaceAfter=No	B-COUNTRY
6	.	.	SpacesAfter=\\r\\n\\p\\\\	O

1	New York	New York	SpacesInToken=New\\n\\sYork	I-PLACE
# newdoc
1	End	end	_	O
"""


def by_conllu(path: Path) -> list[conllu.TokenList]:
    """Sentences as the conllu package reads CoNLL-U Plus."""
    with path.open(encoding="utf-8") as file:
        fields = file.readline().split(" = ")[1].lower().split()
        return list(conllu.parse_incr(file, fields=fields))


def labels_by_seqeval(sentences: list[conllu.TokenList]) -> Counter[str]:
    tags = [[token["annotate:ner"] for token in sentence] for sentence in sentences]
    return Counter(label for label, _, _ in get_entities(tags))


@settings(deadline=None, max_examples=60)
@given(documents=collections(overlapping=True))
def test_conllu_and_seqeval_find_every_flat_entity(folder: Path, documents: list[Document]) -> None:
    path = folder / "gold.conllup"
    conllup.write(documents, path, Ledger("export"))
    sentences = by_conllu(path)
    assert labels_by_seqeval(sentences) == Counter(
        entity.label.replace(" ", "%20")
        for document in documents
        for entity in flat(document.entities)
        if entity.text.strip()
    )
    assert "".join(token["form"] for sentence in sentences for token in sentence) == "".join(
        "".join(document.text.split()) for document in documents
    )


@settings(deadline=None, max_examples=60)
@given(documents=collections(overlapping=True, provenance=True))
def test_every_line_is_one_to_every_reader(folder: Path, documents: list[Document]) -> None:
    path = folder / "gold.conllup"
    conllup.write(documents, path, Ledger("export"))
    content = path.read_bytes().decode("utf-8")
    assert content.splitlines() == content.split("\n")[:-1]
    rows = [line for line in content.splitlines() if line and not line.startswith("#")]
    assert all(len(row.split("\t")) == 6 == len(row.split()) for row in rows)


def test_lines_of_a_full_document(tmp_path: Path, gold: list[Document], ledger: Ledger) -> None:
    path = tmp_path / "gold.conllup"
    conllup.write(gold, path, ledger)
    lines = path.read_text("utf-8").split("\n")
    assert lines[0] == "# global.columns = ID FORM MISC ANNOTATE:NER ANNOTATE:ENTITY ANNOTATE:REL"
    assert lines[1:3] == ["# newdoc id = news/1", "# language = en"]
    rows = [line.split("\t") for line in lines if line and line[0].isdigit()]
    assert rows[1] == ["2", "Amina", "_", "B-PERSON", "1:PERSON", "1:represents:1:2;2:met_with:1:3"]
    assert rows[2] == ["3", "Yusuf", "_", "I-PERSON", "1", "_"]
    assert rows[8] == ["9", ".", "SpacesAfter=\\r\\n\\u00a0", "O", "_", "_"]
    assert "# text = Ms Amina Yusuf met Việt Nam’s envoy." in lines


def test_overlapping_entities_are_all_in_the_columns(tmp_path: Path, ledger: Ledger) -> None:
    text = "Bank of Kenya"
    inner = Entity(id="e1", start=8, end=13, label="COUNTRY", text="Kenya")
    outer = Entity(id="e2", start=0, end=13, label="ORG", text=text)
    path = tmp_path / "gold.conllup"
    conllup.write([Document(id="d", text=text, entities=(inner, outer))], path, ledger)
    (sentence,) = by_conllu(path)
    assert [token["annotate:entity"] for token in sentence] == ["2:ORG", "2", "1:COUNTRY;2"]
    assert [token["annotate:ner"] for token in sentence] == ["B-ORG", "I-ORG", "I-ORG"]


def test_a_file_of_other_making(tmp_path: Path) -> None:
    path = tmp_path / "foreign.conllup"
    path.write_text(UDPIPE, "utf-8")
    first, second = conllup.read(path)
    assert (first.id, first.language) == ("first", "und")
    assert first.text == " \tAmina Yusuf del Kenya.\r\n|\\New\n York"
    assert [(entity.text, entity.label) for entity in first.entities] == [
        ("Amina Yusuf", "PERSON"),
        ("Kenya", "COUNTRY"),
        ("New\n York", "PLACE"),
    ]
    assert (second.id, second.text, second.entities) == ("foreign-2", "End", ())


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("# global.columns", "# columns", "line 1: this is no CoNLL-U Plus"),
        ("ANNOTATE:NER ", "POS ", "line 1: columns FORM and NER are needed"),
        ("\tB-PERSON\t1:", "\tB-ORG\t1:", "line 1.: the tag is B-ORG, but B-PERSON"),
        ("\tB-PERSON\t1:PERSON", "\tB-PERSON\t1", "'1' begins or goes on no entity"),
        ("\tI-PERSON\t1\t", "\tO\t9\t", "'9' begins or goes on no entity"),
        ("met\t_\tO\t_", "met\t_\tO\t2", "'2' begins or goes on no entity"),
        ("envoy\tSpaceAfter=No\tO\t_", "envoy\tSpaceAfter=No\tO\t1", "entity 1 has a gap"),
        ("1:represents:1:2", "1:represents:1:7", "relation 1 lacks an entity"),
        ("1:represents:1:2", "represents", "'represents' is no relation"),
        ("met\t_\tO\t_\t_", "met\t_\tO", "3 columns|4 columns"),
        ("# meta = {", "# meta = ", "a comment of this document"),
    ],
)
def test_files_that_cannot_be_taken_are_refused(
    old: str, new: str, says: str, tmp_path: Path, gold: list[Document], ledger: Ledger
) -> None:
    path = tmp_path / "gold.conllup"
    conllup.write(gold, path, ledger)
    content = path.read_bytes().decode("utf-8")
    assert old in content
    path.write_bytes(content.replace(old, new, 1).encode("utf-8"))
    with pytest.raises(FormatError, match=says):
        list(conllup.read(path))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("1.1\tgone\t_\t_\tB-X\n", "an entity on an empty node"),
        ("1-2\tdel\t_\t_\tO\n1\tde\t_\t_\tB-X\n", "an entity inside the token 1-2"),
        ("1\tx\t_\t_\tX\n", "'X' is no tag such as B-ORG"),
    ],
)
def test_what_cannot_be_taken_of_other_files_is_named(line: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "foreign.conllup"
    path.write_text(f"{UDPIPE.splitlines()[0]}\n{line}", "utf-8")
    with pytest.raises(FormatError, match=f"line [23]: .*{says}"):
        list(conllup.read(path))


def test_what_else_other_files_say_is_kept_and_names_end_with_their_sentence(
    tmp_path: Path,
) -> None:
    path = tmp_path / "foreign.conllup"
    path.write_text(
        "# global.columns = ID FORM UPOS XPOS NER\n# sent_id = 1\n# text = Li Wang\n"
        "1\tLi\tPROPN\t_\tB-PER\n2\tWang\tPROPN\t_\tE-PER\n\n"
        "# sent_id = 2\n1\tBo\tPROPN\t_\tI-PER\n\n1\tAn\tPROPN\t_\tI-PER\n2\ts\tNOUN\t_\tO\n",
        "utf-8",
    )
    (document,) = conllup.read(path)
    assert [entity.text for entity in document.entities] == ["Li Wang", "Bo", "An"]
    assert document.meta == {
        "columns": {"UPOS": ["PROPN", "PROPN", "PROPN", "PROPN", "NOUN"]},
        "comments": ["# sent_id = 1", "# sent_id = 2"],
    }
