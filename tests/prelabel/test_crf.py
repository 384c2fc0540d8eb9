"""The trained component, with the shipped models and with one made here."""

from __future__ import annotations

from pathlib import Path

import pycrfsuite
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, Span

from annotate.prelabel import crf
from annotate.prelabel.crf import CHANNELS, Crf, spans_of, weighted
from annotate.prelabel.features import Features
from annotate.prelabel.lexicon import Lexicon
from annotate.prelabel.lines import token_tables
from annotate.prelabel.pipeline import built_in
from tests.strategies import texts

TEXTS = {
    "bn": "কেনিয়ার পররাষ্ট্রমন্ত্রী আমিনা ওদিঙ্গা ঢাকায় শিল্প মন্ত্রণালয়ের সচিব রাশেদ করিমের সঙ্গে বৈঠক করেন।",
    "vi": "Thứ trưởng Bộ Ngoại giao Lê Quang Huy tiếp bà Amina Odinga, Đại sứ Kenya tại Việt Nam.",
    "fa": "وزیر امور خارجه ایران در نایروبی با آقای پیتر اودینگا، رئیس دانشگاه نایروبی، دیدار کرد.",
    "en": "Peter Odinga, who runs the Mombasa Ports Authority, met Kenya's trade minister.",
}
PIPELINES: dict[str, Language] = {}


def nlp(language: str) -> Language:
    if language not in PIPELINES:
        PIPELINES[language] = built_in(language)
    return PIPELINES[language]


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        (["O", "B-A", "I-A", "O"], [(1, 3, "A")]),
        (["B-A", "B-A", "I-B"], [(0, 1, "A"), (1, 2, "A"), (2, 3, "B")]),
        (["I-A", "I-A"], [(0, 2, "A")]),
        ([], []),
    ],
)
def test_tags_become_spans(tags: list[str], spans: list[tuple[int, int, str]]) -> None:
    assert list(spans_of(tags)) == spans


@pytest.mark.parametrize("language", TEXTS)
def test_every_shipped_model_finds_a_person_a_body_and_a_country(language: str) -> None:
    doc = nlp(language)(TEXTS[language])
    assert {ent.label_ for ent in doc.ents} == {"PERSON", "ORG", "COUNTRY"}
    codes = {ent.kb_id_ for ent in doc.ents if ent.label_ == "COUNTRY"}
    assert codes <= {"KE", "VN", "IR"}
    assert codes


@pytest.mark.parametrize("language", TEXTS)
def test_scores_are_probabilities(language: str) -> None:
    doc = nlp(language)(TEXTS[language])
    assert all(0 < ent._.score <= 1 for ent in doc.ents)


def test_without_a_model_the_rules_stand() -> None:
    doc = nlp("de")("Der Minister traf in Kenia Frau Odinga.")
    assert [(ent.text, ent.kb_id_) for ent in doc.ents if ent.label_ == "COUNTRY"] == [
        ("Kenia", "KE")
    ]


def test_it_works_behind_another_tokenizer() -> None:
    other = spacy.blank("en")
    for name in ("annotate_sentences", "annotate_names", "annotate_countries", "annotate_crf"):
        other.add_pipe(name, config={} if name == "annotate_sentences" else {"language": "en"})
    doc = other(TEXTS["en"])
    assert ("Peter Odinga", "PERSON") in [(ent.text, ent.label_) for ent in doc.ents]


def test_it_works_alone_on_sentences() -> None:
    other = spacy.blank("xx")
    other.add_pipe("annotate_sentences")
    other.add_pipe("annotate_crf", config={"language": "en"})
    assert other(TEXTS["en"]).ents


def test_a_model_made_here_is_loaded_and_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = pycrfsuite.Trainer(verbose=False)
    for _ in range(3):
        trainer.append([["w=zork"], ["w=met"], ["w=blip"]], ["B-PERSON", "O", "B-ORG"])
    trainer.train(str(tmp_path / "qq.crf"))
    monkeypatch.setattr(crf, "MODELS", tmp_path)
    doc = built_in("qq")("zork met blip")
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("zork", "PERSON"), ("blip", "ORG")]


def labeller(language: str) -> Crf:
    component = nlp(language).get_pipe("annotate_crf")
    assert isinstance(component, Crf)
    return component


def before_the_labeller(language: str, text: str) -> Doc:
    doc = nlp(language).make_doc(text)
    for name in ("annotate_sentences", "annotate_names", "annotate_countries"):
        doc = nlp(language).get_pipe(name)(doc)
    return doc


@pytest.mark.parametrize("language", TEXTS)
def test_every_feature_with_a_weight_is_read_from_the_model(language: str) -> None:
    found = weighted(labeller(language).tagger)
    assert found is not None
    assert {"bias", "w=\n"} <= found
    assert all("=" in feature or feature.isalpha() for feature in found)


@given(st.sampled_from(sorted(TEXTS)), texts())
def test_features_without_weight_change_nothing(language: str, text: str) -> None:
    component = labeller(language)
    # For CRFsuite a feature ends at a NUL, and "w=\0" is "w=".
    doc = before_the_labeller(language, TEXTS[language] + text.replace("\0", ""))
    known = weighted(component.tagger)
    assert known
    tables = token_tables(doc, component.lexicon)
    channels = {short: list(doc.spans.get(name, ())) for short, name in CHANNELS.items()}
    every, few = (Features(these).of(doc, tables, channels) for these in (None, known))
    assert few == [[feature for feature in own if feature in known] for own in every]
    component.tagger.set(every)
    tags = component.tagger.tag()
    sure = [component.tagger.marginal(tag, at) for at, tag in enumerate(tags)]
    component.tagger.set(few)
    assert component.tagger.tag() == tags
    assert [component.tagger.marginal(tag, at) for at, tag in enumerate(tags)] == sure


@given(st.sampled_from(sorted(TEXTS)), texts())
def test_what_components_before_it_read_is_read_as_if_anew(language: str, text: str) -> None:
    doc = before_the_labeller(language, f"{TEXTS[language]}\n{text}")
    again = Doc(doc.vocab).from_bytes(doc.to_bytes())
    fresh = Lexicon(language, nlp(language).make_doc)
    assert token_tables(doc, labeller(language).lexicon) == token_tables(again, fresh)


def test_countries_found_since_are_looked_up() -> None:
    doc = nlp("en").make_doc("The Republic of Kenya and Zork met.")
    lexicon = labeller("en").lexicon
    assert "B-country" not in token_tables(doc, lexicon)[5]
    doc.ents = [Span(doc, 5, 6, "COUNTRY")]
    assert "B-country" in token_tables(doc, lexicon)[5]


@given(st.sampled_from(sorted(TEXTS)), texts())
def test_any_text_comes_through_unchanged_with_flat_spans(language: str, text: str) -> None:
    doc = nlp(language)(text)
    assert doc.text == text
    edges = [edge for ent in doc.ents for edge in (ent.start, ent.end)]
    assert edges == sorted(edges)
