from pathlib import Path

import pytest
from spacy.pipeline.spancat import DEFAULT_SPANS_KEY
from spacy.tokens import Doc, DocBin, Span
from spacy.vocab import Vocab

from annotate.document import Document, Entity
from annotate.errors import FormatError
from annotate.formats import spancat
from annotate.ledger import Ledger
from tests.formats import spacy_check


def test_all_entities_are_where_spancat_looks(tmp_path: Path, ledger: Ledger) -> None:
    text = "Bank of Kenya"
    inner = Entity(id="c", start=8, end=13, label="COUNTRY", text="Kenya", country_code="KE")
    outer = Entity(id="o", start=0, end=13, label="ORG", text=text)
    path = tmp_path / "gold.spancat.spacy"
    spancat.write([Document(id="d", text=text, entities=(inner, outer))], path, ledger)
    (doc,) = DocBin().from_disk(path).get_docs(Vocab())
    found = [(span.id_, span.text, span.label_) for span in doc.spans[DEFAULT_SPANS_KEY]]
    assert found == [("c", "Kenya", "COUNTRY"), ("o", text, "ORG")]
    assert not doc.ents
    assert not ledger.losses


def test_spacys_own_check_has_nothing_to_say_of_the_spans(tmp_path: Path) -> None:
    said = spacy_check.debug_data(tmp_path, "spancat", spancat)
    assert "Spans Key" in said
    assert "sc " in said


def test_spacy_trains_a_spancat_on_it(tmp_path: Path) -> None:
    arguments = spacy_check.make_config(tmp_path, "spancat", spancat)
    said = spacy_check.run("train", *arguments, "--output", tmp_path / "model")
    assert "W030" not in said
    assert (tmp_path / "model" / "model-last").is_dir(), said


def test_a_docbin_of_other_making_gives_its_spans(tmp_path: Path) -> None:
    doc = Doc(Vocab(), ["Bank", "of", "Kenya"], [True, True, False])
    doc.spans["sc"] = [Span(doc, 0, 3, "ORG"), Span(doc, 2, 3, "COUNTRY")]
    path = tmp_path / "foreign.spacy"
    DocBin(docs=[doc]).to_disk(path)
    (document,) = spancat.read(path)
    assert [(e.id, e.text, e.label) for e in document.entities] == [
        ("e1", "Bank of Kenya", "ORG"),
        ("e2", "Kenya", "COUNTRY"),
    ]


def test_a_docbin_with_ents_alone_is_not_read_as_one_of_spans(tmp_path: Path) -> None:
    doc = Doc(Vocab(), ["Kenya"])
    doc.ents = [Span(doc, 0, 1, "COUNTRY")]
    DocBin(docs=[doc]).to_disk(tmp_path / "foreign.spacy")
    with pytest.raises(FormatError, match=r"document 1 .*doc\.ents, .*read it as spacy"):
        list(spancat.read(tmp_path / "foreign.spacy"))


def test_spans_under_another_key_are_not_passed_over(tmp_path: Path) -> None:
    doc = Doc(Vocab(), ["Kenya"])
    doc.spans["mine"] = [Span(doc, 0, 1, "COUNTRY")]
    path = tmp_path / "foreign.spacy"
    DocBin(docs=[doc]).to_disk(path)
    with pytest.raises(FormatError, match=r"document 1 .* under mine, not sc"):
        list(spancat.read(path))
