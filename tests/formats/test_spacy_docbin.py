import json
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Corpus, Example
from spacy.vocab import Vocab

from annotate.document import Document, Entity
from annotate.errors import FormatError
from annotate.formats import spacy as docbin_file
from annotate.formats import spancat
from annotate.ledger import Ledger
from tests.formats.spacy_check import debug_data
from tests.strategies import collections

PLAIN = """
import json, sys
from spacy.tokens import DocBin
from spacy.vocab import Vocab
for doc in DocBin().from_disk(sys.argv[1]).get_docs(Vocab()):
    found = [[e.id_, e.text, e.label_, e.kb_id_] for e in doc.ents]
    print(json.dumps([doc.user_data["id"], doc.text, found, doc.user_data["relations"]]))
assert not [name for name in sys.modules if name.split(".")[0] == "annotate"]
"""


def docs_of(path: Path) -> list[Doc]:
    return list(DocBin().from_disk(path).get_docs(Vocab()))


def test_spacy_alone_reads_entities_codes_and_relations(
    tmp_path: Path, gold: list[Document], ledger: Ledger
) -> None:
    path = tmp_path / "gold.spacy"
    docbin_file.write(gold, path, ledger)
    done = subprocess.run(
        [sys.executable, "-c", PLAIN, path], capture_output=True, text=True, check=True
    )
    first, second = [json.loads(line) for line in done.stdout.splitlines()]
    assert first == [
        "news/1",
        gold[0].text,
        [
            ["p1", "Amina Yusuf", "PERSON", ""],
            ["c1", "Việt Nam", "COUNTRY", "VN"],
            ["p2", "Li Na", "PERSON", ""],
        ],
        [
            {"head": "p1", "tail": "c1", "label": "represents", "score": 1 / 3},
            {"head": "p1", "tail": "p2", "label": "met_with"},
        ],
    ]
    assert second == ["empty", "", [], []]


@settings(deadline=None, max_examples=60)
@given(documents=collections())
def test_every_flat_entity_is_in_ents(folder: Path, documents: list[Document]) -> None:
    path = folder / "gold.spacy"
    docbin_file.write(documents, path, Ledger("export"))
    for document, doc in zip(documents, docs_of(path), strict=True):
        assert doc.text == document.text
        found = {(e.id_, e.start_char, e.end_char, e.label_, e.kb_id_) for e in doc.ents}
        assert found == {
            (e.id, e.start, e.end, e.label, e.country_code or "") for e in document.entities
        }


def test_of_overlapping_entities_the_longest_is_in_ents_and_all_in_spans(
    tmp_path: Path, ledger: Ledger
) -> None:
    text = "Bank of Kenya"
    inner = Entity(id="c", start=8, end=13, label="COUNTRY", text="Kenya", country_code="KE")
    outer = Entity(id="o", start=0, end=13, label="ORG", text=text)
    path = tmp_path / "gold.spacy"
    docbin_file.write([Document(id="d", text=text, entities=(inner, outer))], path, ledger)
    (doc,) = docs_of(path)
    assert [span.id_ for span in doc.ents] == ["o"]
    assert [span.id_ for span in doc.spans["entities"]] == ["c", "o"]
    assert [(loss.where, loss.kind) for loss in ledger.losses] == [("d 8:13", "entity in doc.ents")]


def test_a_name_inside_a_word_cuts_the_token_and_is_counted(tmp_path: Path, ledger: Ledger) -> None:
    entity = Entity(id="c", start=0, end=8, label="COUNTRY", text="বাংলাদেশ"[:8])
    path = tmp_path / "gold.spacy"
    docbin_file.write([Document(id="d", text="বাংলাদেশের কথা", entities=(entity,))], path, ledger)
    (doc,) = docs_of(path)
    assert [token.text for token in doc] == ["বাংলাদেশ", "ের", "কথা"]
    assert ledger.counts["tokens cut at a span edge"] == 1


def test_an_entity_that_ner_cannot_learn_is_named(tmp_path: Path, ledger: Ledger) -> None:
    entity = Entity(id="c", start=0, end=3, label="ORG", text=" UN")
    path = tmp_path / "gold.spacy"
    docbin_file.write([Document(id="d", text=" UN", entities=(entity,))], path, ledger)
    assert [(loss.where, loss.kind) for loss in ledger.losses] == [("d 0:3", "entity in doc.ents")]


def test_ner_trains_on_the_docbin_without_misaligned_entities(
    tmp_path: Path, gold: list[Document], ledger: Ledger
) -> None:
    path = tmp_path / "gold.spacy"
    docbin_file.write(gold, path, ledger)
    tokenizer = {"@tokenizers": "annotate.Tokenizer.v1"}
    nlp = spacy.blank("xx", config={"nlp": {"tokenizer": tokenizer}})
    nlp.add_pipe("ner")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for doc in docs_of(path):
            places = [(span.start_char, span.end_char, span.label_) for span in doc.ents]
            tokens = Doc(nlp.vocab, [t.text for t in doc], [bool(t.whitespace_) for t in doc])
            Example.from_dict(tokens, {"entities": places})
            Example.from_dict(nlp.make_doc(doc.text), {"entities": places})
        examples = list(Corpus(path)(nlp))
        nlp.initialize(lambda: examples)
    losses = nlp.update(examples)
    assert losses["ner"] > 0
    assert nlp.get_pipe("ner").labels == ("COUNTRY", "PERSON")


def test_a_file_that_is_no_docbin_says_so(tmp_path: Path) -> None:
    path = tmp_path / "gold.spacy"
    path.write_bytes(b"not compressed")
    with pytest.raises(FormatError, match="no DocBin"):
        list(docbin_file.read(path))
    with pytest.raises(FormatError, match="can't be read"):
        list(docbin_file.read(tmp_path / "none.spacy"))


def test_a_docbin_of_other_making_gives_its_ents(tmp_path: Path) -> None:
    doc = Doc(Vocab(), ["Kenya", "met", "Peru"])
    doc.ents = [Span(doc, 0, 1, "COUNTRY", kb_id="KE"), Span(doc, 2, 3, "COUNTRY", kb_id="Q419")]
    path = tmp_path / "foreign.spacy"
    DocBin(docs=[doc]).to_disk(path)
    (document,) = docbin_file.read(path)
    assert (document.id, document.text) == ("foreign-1", "Kenya met Peru ")
    assert [(e.text, e.label, e.country_code, e.note) for e in document.entities] == [
        ("Kenya", "COUNTRY", "KE", None),
        ("Peru", "COUNTRY", None, "Q419"),
    ]


def test_what_else_a_docbin_of_other_making_has_is_kept_in_meta(tmp_path: Path) -> None:
    doc = Doc(Vocab(), ["Bank", "of", "Kenya"], [True, True, False])
    doc.ents = [Span(doc, 0, 3, "ORG")]
    doc.spans["sc"] = [Span(doc, 2, 3, "COUNTRY")]
    doc.cats = {"finance": 1.0}
    DocBin(docs=[doc]).to_disk(tmp_path / "foreign.spacy")
    (document,) = docbin_file.read(tmp_path / "foreign.spacy")
    assert [entity.text for entity in document.entities] == ["Bank of Kenya"]
    assert document.meta == {"spans": {"sc": [[8, 13, "COUNTRY"]]}, "cats": {"finance": 1.0}}


def test_a_docbin_with_spans_alone_is_not_read_as_one_without_entities(tmp_path: Path) -> None:
    doc = Doc(Vocab(), ["Kenya"])
    doc.spans["sc"] = [Span(doc, 0, 1, "COUNTRY")]
    DocBin(docs=[doc]).to_disk(tmp_path / "foreign.spacy")
    with pytest.raises(FormatError, match=r"document 1 .*spans under sc.* read as spancat"):
        list(docbin_file.read(tmp_path / "foreign.spacy"))


def test_a_doc_that_cannot_be_taken_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gold.spacy"
    docbin_file.write([Document(id="d", text="a b")], path, Ledger("export"))
    (doc,) = DocBin().from_disk(path).get_docs(Vocab())
    doc.user_data["meta"] = "no JSON"
    DocBin(docs=[doc], store_user_data=True).to_disk(path)
    with pytest.raises(FormatError, match="document 1 can't be taken"):
        list(docbin_file.read(path))


def test_user_data_of_other_making_is_kept_in_meta(tmp_path: Path) -> None:
    doc = Doc(Vocab(), ["Kenya"], [False])
    doc.user_data |= {"id": 7, "tags": ["a"], ("._.", "own", None, None): 1}
    path = tmp_path / "foreign.spacy"
    DocBin(docs=[doc], store_user_data=True).to_disk(path)
    (document,) = docbin_file.read(path)
    assert (document.id, document.text) == ("foreign-1", "Kenya")
    assert document.meta == {"user_data": {"id": 7, "tags": ["a"]}}


def test_a_docbin_of_ours_for_spancat_says_so(tmp_path: Path) -> None:
    spancat.write([Document(id="d", text="Li")], tmp_path / "x.spacy", Ledger("export"))
    with pytest.raises(FormatError, match="no spans under entities; read it as spancat"):
        list(docbin_file.read(tmp_path / "x.spacy"))


def test_what_is_no_docbin_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.spacy").write_text("{}")
    with pytest.raises(FormatError, match=r"x\.spacy is no DocBin of spaCy\.$"):
        list(docbin_file.read(tmp_path / "x.spacy"))


def test_spacys_own_check_has_nothing_to_say_of_the_spans(tmp_path: Path) -> None:
    said = debug_data(tmp_path, "ner", docbin_file)
    assert "No entities consisting of or starting/ending with whitespace" in said
    assert "No entities crossing sentence boundaries" in said
