"""UIMA CAS: read by dkpro-cassis alone, checked by INCEpTION's rules, and others' files."""

import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import cassis
import pytest
from hypothesis import given, settings

from annotate.document import Document, Entity, Relation
from annotate.errors import FormatError
from annotate.formats import cas
from annotate.ledger import Ledger
from tests.strategies import collections

CORE = "de.tudarmstadt.ukp.dkpro.core.api."
NAMED_ENTITY = f"{CORE}ner.type.NamedEntity"
RELATION = "webanno.custom.Relation"
TOKEN = f"{CORE}segmentation.type.Token"
SENTENCE = f"{CORE}segmentation.type.Sentence"
PLAIN = """
import cassis, json, sys
from pathlib import Path
folder = Path(sys.argv[1])
types = cassis.load_typesystem(folder / "TypeSystem.xml")
for file in sorted(folder.glob("*.xmi")):
    c = cassis.load_cas_from_xmi(file, types, lenient=False)
    (about,) = c.select("de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData")
    names = [[e.get_covered_text(), e.value, e.identifier, e.note, e.score]
        for e in c.select("de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity")]
    links = [[r.Governor.handle, r.value, r.Dependent.handle]
        for r in c.select("webanno.custom.Relation")]
    print(json.dumps([about.documentId, about.language, c.sofa_string, names, links]))
assert not [name for name in sys.modules if name.split(".")[0] == "annotate"]
"""


def loaded(folder: Path) -> list[cassis.Cas]:
    types = cassis.load_typesystem(folder / "TypeSystem.xml")
    return [cassis.load_cas_from_xmi(file, types) for file in sorted(folder.glob("*.xmi"))]


def foreign(folder: Path, text: str) -> tuple[cassis.Cas, cassis.TypeSystem]:
    """A CAS of DKPro's types, as other tools make them, with layers of INCEpTION's kind."""
    types = cassis.load_dkpro_core_typesystem()
    types.create_feature(types.create_type("webanno.custom.Claim"), "kind", "uima.cas.String")
    types.create_feature("webanno.custom.Claim", "sure", "uima.cas.Boolean")
    types.create_feature("webanno.custom.Claim", "links", "uima.cas.FSArray")
    link = types.create_type("webanno.custom.Link")
    for end in ("Governor", "Dependent"):
        types.create_feature(link, end, "uima.tcas.Annotation")
    types.create_feature(link, "label", "uima.cas.String")
    folder.mkdir()
    return cassis.Cas(types, sofa_string=text), types


def saved(folder: Path, made: cassis.Cas) -> Path:
    made.typesystem.to_xml(folder / "TypeSystem.xml")
    made.to_xmi(folder / "doc.xmi")
    return folder


def test_cassis_alone_finds_everything(
    tmp_path: Path, gold: list[Document], ledger: Ledger
) -> None:
    cas.write(gold, tmp_path / "g", ledger)
    done = subprocess.run(
        [sys.executable, "-c", PLAIN, tmp_path / "g"], capture_output=True, text=True, check=True
    )
    first, second = [json.loads(line) for line in done.stdout.splitlines()]
    assert first == [
        "news/1",
        "en",
        gold[0].text,
        [
            ["Amina Yusuf", "PERSON", None, "sic", "0.1"],
            ["Việt Nam", "COUNTRY", "VN", None, None],
            ["Li Na", "PERSON", None, None, None],
        ],
        [["p1", "represents", "c1"], ["p1", "met_with", "p2"]],
    ]
    assert second == ["empty", "x-unspecified", "", [], []]


def test_offsets_in_the_file_are_utf16_and_line_ends_survive(
    tmp_path: Path, ledger: Ledger
) -> None:
    text = "😊\r\nUN\r\u0085\t"
    one = Entity(id="e", start=3, end=5, label="ORG", text="UN")
    cas.write([Document(id="d", text=text, entities=(one,))], tmp_path / "g", ledger)
    content = (tmp_path / "g" / "0001.xmi").read_bytes().decode("utf-8")
    assert re.search(r'NamedEntity xmi:id="\d+" sofa="1" begin="4" end="6"', content)
    assert 'sofaString="😊&#13;&#10;UN&#13;\u0085&#9;"' in content
    assert loaded(tmp_path / "g")[0].sofa_string == text


@settings(deadline=None, max_examples=40)
@given(documents=collections(overlapping=True, provenance=True))
def test_inceptions_checks_of_a_document_hold(folder: Path, documents: list[Document]) -> None:
    """CAS Doctor's: sizes, sentences, relations' offsets, all that is referred to indexed."""
    ledger = Ledger("export")
    cas.write(documents, folder / "rules", ledger)
    refused = {note.where for note in ledger.refused}
    written = [document for document in documents if document.id not in refused]
    for document, found in zip(written, loaded(folder / "rules"), strict=True):
        tokens = [(one.begin, one.end) for one in found.select(TOKEN)]
        sentences = [(one.begin, one.end) for one in found.select(SENTENCE)]
        for spans in (tokens, sentences):
            assert all(begin < end for begin, end in spans)
            pairs = pairwise(spans)
            assert all(one[1] <= other[0] for one, other in pairs)
        names = found.select(NAMED_ENTITY)
        assert len(names) == len(document.entities)
        for begin, end in [*tokens, *((one.begin, one.end) for one in names)]:
            assert any(first <= begin < after for first, after in sentences)
            assert any(first < end <= after for first, after in sentences)
        for one in names:
            assert one.begin in {begin for begin, _ in tokens}
            assert one.end in {end for _, end in tokens}
        for link in found.select(RELATION):
            assert (link.begin, link.end) == (link.Dependent.begin, link.Dependent.end)
            assert {link.Governor.xmiID, link.Dependent.xmiID} <= {one.xmiID for one in names}


@pytest.mark.parametrize("odd", ["\x00", "\x0b", "\x1c", "\ufffe", "\uffff"])
def test_characters_that_xml_forbids_are_refused_by_name(
    tmp_path: Path, ledger: Ledger, odd: str
) -> None:
    one = Entity(id="e", start=0, end=1, label="ORG", text="a", note=odd)
    documents = [
        Document(id="text", text=f"a{odd}"),
        Document(id="note", text="a", entities=(one,)),
        Document(id="key", text="a", meta={odd: 1}),
        Document(id="fine", text="a", meta={"k": odd}),
    ]
    cas.write(documents, tmp_path / "g", ledger)
    assert [note.where for note in ledger.refused] == ["text", "note", "key"]
    assert f"U+{ord(odd):04X}" in ledger.refused[0].what
    assert list(cas.read(tmp_path / "g")) == documents[3:]
    assert (ledger.taken, ledger.given) == (4, 1)


def test_layers_that_others_made(tmp_path: Path) -> None:
    made, types = foreign(tmp_path / "c", "👩🏽‍🚀 Obama visited Kenya today")
    name = types.get_type(NAMED_ENTITY)
    person = types.get_type(f"{CORE}ner.type.Person")(begin=5, end=10)
    place = name(begin=19, end=24, value="LOC", identifier="http://www.wikidata.org/entity/Q114")
    claim = types.get_type("webanno.custom.Claim")(begin=5, end=24, kind="visit", sure=True)
    links = types.get_type("webanno.custom.Link")
    verb = types.get_type(f"{CORE}lexmorph.type.pos.POS")(begin=11, end=18, PosValue="VBD")
    made.add_all([place, person, claim, verb])
    made.add(links(begin=19, end=24, Governor=person, Dependent=place, label="saw"))
    (document,) = cas.read(saved(tmp_path / "c", made))
    assert (document.id, document.language) == ("doc", "und")
    assert document.text == "👩🏽‍🚀 Obama visited Kenya today"
    assert [(one.label, one.text, one.note) for one in document.entities] == [
        ("LOC", "Kenya", "identifier: http://www.wikidata.org/entity/Q114"),
        ("Person", "Obama", None),
        ("visit", "Obama visited Kenya", "sure: true"),
    ]
    ids = [one.id for one in document.entities]
    assert document.relations == (Relation(head=ids[1], tail=ids[0], label="saw"),)


def test_a_relation_that_is_not_between_entities_is_an_error(tmp_path: Path) -> None:
    made, types = foreign(tmp_path / "c", "ab")
    token = types.get_type(TOKEN)(begin=0, end=2)
    made.add_all([token, types.get_type("webanno.custom.Link")(Governor=token, Dependent=token)])
    with pytest.raises(FormatError, match=r"doc\.xmi .*the Governor of the relation"):
        list(cas.read(saved(tmp_path / "c", made)))


def test_a_feature_that_links_is_an_error(tmp_path: Path) -> None:
    made, types = foreign(tmp_path / "c", "ab")
    claim = types.get_type("webanno.custom.Claim")
    other = claim(begin=0, end=1, kind="x")
    array = types.get_type("uima.cas.FSArray")(elements=[other])
    made.add_all([other, claim(begin=0, end=2, kind="y", links=array)])
    with pytest.raises(FormatError, match=r"doc\.xmi .*the feature links of webanno.custom.Claim"):
        list(cas.read(saved(tmp_path / "c", made)))


BOMB = '<!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;">]>'


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("0001.xmi", "<xmi:XMI", f"{BOMB}<xmi:XMI", r"0001\.xmi carries a DOCTYPE"),
        ("TypeSystem.xml", "<typeSystemD", f"{BOMB}<typeSystemD", r"System\.xml carries a DOCTYPE"),
        ("0001.xmi", "</xmi:XMI>", "", r"0001\.xmi is no XML"),
        ("0001.xmi", "type1:NamedEntity", "type1:Nobody", r"0001\.xmi can't be read as UIMA"),
        ("0001.xmi", 'end="14"', 'end="1400"', r"0001\.xmi"),
        ("0001.xmi", 'score="0.1"', 'score="2"', r"0001\.xmi .*news/1.*score"),
        ("0001.xmi", 'handle="c1"', 'handle="p1"', r"0001\.xmi .*p1 is used twice"),
        ("TypeSystem.xml", "Governor", "Gov", r"0001\.xmi can't be read as UIMA"),
    ],
)
def test_damage_is_named(
    tmp_path: Path, gold: list[Document], file: str, old: str, new: str, says: str
) -> None:
    cas.write(gold, tmp_path / "g", Ledger("export"))
    content = (tmp_path / "g" / file).read_text("utf-8")
    assert old in content
    (tmp_path / "g" / file).write_text(content.replace(old, new), "utf-8")
    with pytest.raises(FormatError, match=says):
        list(cas.read(tmp_path / "g"))


def test_without_its_type_system_nothing_is_read(tmp_path: Path, gold: list[Document]) -> None:
    cas.write(gold, tmp_path / "g", Ledger("export"))
    (tmp_path / "g" / "TypeSystem.xml").unlink()
    with pytest.raises(FormatError, match=r"TypeSystem\.xml can't be read"):
        list(cas.read(tmp_path / "g"))
