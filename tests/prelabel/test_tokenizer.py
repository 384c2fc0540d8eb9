"""The tokenizer keeps every text and puts an edge wherever a name may begin or end."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from spacy.language import Language

from annotate.formats import inline
from annotate.prelabel.pipeline import TOKENIZER
from tests.strategies import texts

SHARED = Path(__file__).parents[2].parent / "shared" / "corpus"
CORPUS = Path(__file__).parents[2] / "corpus" / "train"


@cache
def nlp() -> Language:
    return spacy.blank("xx", config=TOKENIZER)


def tokens(text: str) -> list[str]:
    return [token.text for token in nlp()(text)]


@given(texts())
def test_a_text_comes_back_as_it_was(text: str) -> None:
    doc = nlp()(text)
    assert doc.text == text
    assert all(text[token.idx :].startswith(token.text) for token in doc)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("শেষ।শুরু", ["শেষ", "।", "শুরু"]),
        ("ক|খ", ["ক", "|", "খ"]),
        ("(টিসিবি)’র দাম", ["(", "টিসিবি", ")", "’", "র", "দাম"]),
        ("(টিসিবি)-এর", ["(", "টিসিবি", ")", "-", "এর"]),
        ("দপ্তর’র ভবন", ["দপ্তর’র", "ভবন"]),
        ("মো. হানিফ, ড. রুমা ও ডা. কবির", ["মো.", "হানিফ", ",", "ড.", "রুমা", "ও", "ডা.", "কবির"]),
        ("‘নেপাল’-এর", ["‘", "নেপাল", "’", "-", "এর"]),
        ("ভুটান-নেপাল", ["ভুটান", "-", "নেপাল"]),
        ("Lào-Thái Lan/Việt Nam./.", ["Lào", "-", "Thái", "Lan", "/", "Việt", "Nam", "./."]),
        ("(Ảnh: Lê Mai/BTTN)", ["(", "Ảnh", ":", "Lê", "Mai", "/", "BTTN", ")"]),
        ("In-đô-nê-xi-a.", ["In", "-", "đô", "-", "nê", "-", "xi", "-", "a", "."]),
        ("\ufeffHà Nội", ["\ufeff", "Hà", "Nội"]),
        ("«تهران»، کابل؛ کجا؟", ["«", "تهران", "»", "،", "کابل", "؛", "کجا", "؟"]),
        ("کابل،تهران", ["کابل", "،", "تهران"]),
        ("بانک(BIM۲۰۲۰)", ["بانک", "(", "BIM۲۰۲۰", ")"]),
        ("می\u200cگوید خانه\u200cها", ["می\u200cگوید", "خانه\u200cها"]),
        ("رفت.تهران", ["رفت", ".", "تهران"]),
        ("\u200fتهران\u200e", ["\u200f", "تهران", "\u200e"]),
        ("the U.S. and U.S.-led", ["the", "U.S.", "and", "U.S.", "-", "led"]),
        ("Ghana’s, Ghana's", ["Ghana", "’s", ",", "Ghana", "'s"]),
        ("Togo’s–Mali", ["Togo", "’s", "–", "Mali"]),
        ("O’Hara of d’Ivoire", ["O’Hara", "of", "d’Ivoire"]),
        ("“Peru”, ‘Chile’", ["“", "Peru", "”", ",", "‘", "Chile", "’"]),
        ("10,000 men, 3.5", ["10,000", "men", ",", "3.5"]),
        ("日本と中国", ["日", "本", "と", "中", "国"]),
    ],
)
def test_it_splits_where_a_name_ends(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/Kenya-Peru/?a=1&b=2",
        "https://example.org/a/",
        "www.example.org/a-b",
        "info@kenya.example.org",
        "#Kenya",
        "@peru_today",
        "#বাংলাদেশ_২০",
    ],
)
def test_links_addresses_and_hashtags_stay_whole(link: str) -> None:
    assert tokens(f"({link}), see") == ["(", link, ")", ",", "see"]


def test_a_saved_pipeline_divides_alike(tmp_path: Path) -> None:
    nlp().to_disk(tmp_path)
    text = "শেষ।শুরু (টিসিবি)’র মো. হানিফ https://example.org/a-b/ رفت.تهران"
    assert [token.text for token in spacy.load(tmp_path)(text)] == tokens(text)


@pytest.mark.skipif(not SHARED.exists(), reason="../shared/corpus is not here")
def test_every_name_of_the_reference_documents_is_whole_tokens() -> None:
    for path in sorted(SHARED.glob("*.json")):
        gold = json.loads(path.read_text("utf-8"))
        doc = nlp()(path.with_suffix(".txt").read_bytes().decode("utf-8"))
        for entity in gold["entities"]:
            assert doc.char_span(entity["start"], entity["end"]) is not None, entity


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not in this copy")
def test_every_name_of_the_corpus_is_whole_tokens() -> None:
    for document in inline.read(CORPUS):
        doc = nlp()(document.text)
        for entity in document.entities:
            assert doc.char_span(entity.start, entity.end) is not None, (document.id, entity)
