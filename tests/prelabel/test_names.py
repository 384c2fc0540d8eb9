"""People and bodies are suggested from cues, lists and what stands elsewhere in the text.

The tables hold a text and the names in it, divided by bars: people, then bodies.
"""

from __future__ import annotations

import csv
import re
import time
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Span

from annotate.prelabel.fold import atoms, fold
from annotate.prelabel.names import Names
from annotate.prelabel.pipeline import TOKENIZER
from tests.strategies import texts

LANGUAGES = ("bn", "vi", "fa", "en")

ENGLISH = [
    (
        "a title stays outside, and the possessive too",
        "Foreign Minister Ingrid Solvang thanked Prime Minister Tomasz Zieliński’s team.",
        "Ingrid Solvang|Tomasz Zieliński",
        "",
    ),
    (
        "a body and a state may stand between the office and the name",
        "The Minister of Finance of Kenya, Wanjiru Oduya, met Governor of the Bank of Ghana "
        "Kofi Asante-Mills.",
        "Wanjiru Oduya|Kofi Asante-Mills",
        "Bank of Ghana",
    ),
    (
        "the abbreviation in brackets is a mention of its own, also later",
        "The Global Water Stewardship Council (GWSC) opened a school. GWSC paid for it.",
        "",
        "Global Water Stewardship Council|GWSC|GWSC",
    ),
    (
        "a surname alone is found again, with a cue nowhere near it",
        "Dr. Amelia J. Thornbury-Voss spoke first. Nobody had asked Thornbury-Voss to stay.",
        "Amelia J. Thornbury-Voss|Thornbury-Voss",
        "",
    ),
    (
        "what stands behind tells it: a comma and an office, who, said",
        "Oyelaran Babatunji, a spokesman, left. Zanele Mokwena, who runs it, stayed. "
        '"Enough," said Rurik Halvdansson.',
        "Oyelaran Babatunji|Zanele Mokwena|Rurik Halvdansson",
        "",
    ),
    (
        "fields are joined inside one name, two bodies are not",
        "It joins the Ministry of Fisheries, Livestock and Rural Development and the Port "
        "Authority under one roof.",
        "",
        "Ministry of Fisheries, Livestock and Rural Development|Port Authority",
    ),
    (
        "a credit names a person and an agency",
        "(Photo: Marisol Quintero/Andes Press)",
        "Marisol Quintero",
        "Andes Press",
    ),
    (
        "a list item names a person and a body",
        "- Tevita Moala, Pacific Reef Fund, Tonga",
        "Tevita Moala",
        "Pacific Reef Fund",
    ),
    (
        "someone works at it",
        "She is an analyst at Verdant Insight, he a founder of Kelpworks Robotics.",
        "",
        "Verdant Insight|Kelpworks Robotics",
    ),
    (
        "an article makes capitals a body",
        "Talks between the CRTO and the union failed.",
        "",
        "CRTO",
    ),
    (
        "streets, cups and stadiums are no people",
        "Nelson Mandela Avenue, the Thomas Cup and George Weah Stadium lie near Victoria Falls.",
        "",
        "",
    ),
    (
        "months, peoples and offices alone are no people",
        "On Monday the President and Vietnamese officials spoke in English. May was warm.",
        "",
        "",
    ),
    (
        "links, addresses and hashtags are nothing",
        "See https://unesco.example/Jane-Doe, write to jane.doe@who.example, follow #UNICEF @WHO.",
        "",
        "",
    ),
    (
        "generic words make no body",
        "The central bank, the ministry, both parties and a new committee agreed.",
        "",
        "",
    ),
    (
        "a headline's capitals name nobody; its names are found again from the text",
        "Foreign Minister Solvang Opens Talks About Rice And Trains\n"
        "Foreign Minister Ingrid Solvang spoke.",
        "Solvang|Ingrid Solvang",
        "",
    ),
    ("capitals only", "WORLD BANK AND REUTERS SIGN", "", "WORLD BANK|REUTERS"),
    (
        "a name never goes over the end of a line or sentence",
        "Mr. Anton\nLavroff spoke to Dr. Mira. Salazar left.",
        "Anton|Mira",
        "",
    ),
]
VIETNAMESE = [
    (
        "a ministry and a name without a mark between them",
        "Bộ trưởng Bộ Nông nghiệp và Môi trường Đặng Quốc Khải phát biểu.",
        "Đặng Quốc Khải",
        "Bộ Nông nghiệp và Môi trường",
    ),
    (
        "lists of fields",
        "Bộ Văn hóa, Thể thao và Du lịch, Bộ Lao động - Thương binh và Xã hội đều dự.",
        "",
        "Bộ Văn hóa, Thể thao và Du lịch|Bộ Lao động - Thương binh và Xã hội",
    ),
    (
        "a lower-case head",
        "Thứ trưởng bộ Xây dựng Lê Thu Hạnh và sở Y tế cho biết.",
        "Lê Thu Hạnh",
        "bộ Xây dựng|sở Y tế",
    ),
    (
        "everyday syllables in a name",
        "Ông Nguyễn Văn Năm và bà Trần Thị Thế Trung gặp ông Tám Hòa.",
        "Nguyễn Văn Năm|Trần Thị Thế Trung|Tám Hòa",
        "",
    ),
    (
        "a foreign name behind office and state, and one by syllables",
        "Ngoại trưởng Na Uy Ingrid Solvang hội đàm với ông Xi-mông Bô-li-va.",
        "Ingrid Solvang|Xi-mông Bô-li-va",
        "",
    ),
    (
        "a school has a person's name in its own",
        "Trường THPT Chu Văn An, Bệnh viện Bạch Mai và đường Lê Duẩn",
        "",
        "Trường THPT Chu Văn An|Bệnh viện Bạch Mai",
    ),
    (
        "a credit, and a company behind its kind",
        "(Ảnh: Hà Minh/TTXVN) Theo báo Tuổi Trẻ, công ty Samsung mở rộng.",
        "Hà Minh",
        "TTXVN|Tuổi Trẻ|Samsung",
    ),
    (
        "provinces, cities and compounds of everyday words are nothing",
        "Cán bộ huyện ở Hà Nội, Hà Giang và TP Hồ Chí Minh dự đại hội Đảng viên.",
        "",
        "",
    ),
    (
        "a body of a province",
        "Chủ tịch UBND tỉnh Quảng Ninh Cao Đình Lâm ký.",
        "Cao Đình Lâm",
        "UBND tỉnh Quảng Ninh",
    ),
]
BENGALI = [
    (
        "case endings stay inside, titles outside",
        "পররাষ্ট্রমন্ত্রী ড. হাবিবুর রহমানের সঙ্গে রাষ্ট্রদূত ইনগ্রিদ সোলভাংকে দেখা যায়।",
        "হাবিবুর রহমানের|ইনগ্রিদ সোলভাংকে",
        "",
    ),
    (
        "initials are inside",
        "সচিব মো. আবদুল করিম ও অধ্যাপক এ কে এম নুরুল হুদা চৌধুরী উপস্থিত ছিলেন।",
        "মো. আবদুল করিম|এ কে এম নুরুল হুদা চৌধুরী",
        "",
    ),
    (
        "a body has its head at the end",
        "গতকাল মৎস্য ও প্রাণিসম্পদ মন্ত্রণালয় এবং ঢাকা বিশ্ববিদ্যালয়ের মধ্যে সভা হয়।",
        "",
        "মৎস্য ও প্রাণিসম্পদ মন্ত্রণালয়|ঢাকা বিশ্ববিদ্যালয়ের",
    ),
    (
        "the abbreviation in brackets, and endings behind a hyphen or apostrophe",
        "বাংলাদেশ নদী গবেষণা ইনস্টিটিউট (বিএনজিআই) ও আইএলও-র চুক্তি। পরে ইউনিসেফ’র দল আসে।",
        "",
        "বাংলাদেশ নদী গবেষণা ইনস্টিটিউট|বিএনজিআই|আইএলও-র|ইউনিসেফ’র",
    ),
    (
        "called by one name later",
        "প্রতিমন্ত্রী তাহমিনা রহমান ঝিলিক বলেন। বিকেলে ঝিলিক ঢাকা ছাড়েন।",
        "তাহমিনা রহমান ঝিলিক|ঝিলিক",
        "",
    ),
    (
        "a noun that is half of a verb is no name, and a centre has its namesake's",
        "মন্ত্রী ঘোষণা করেন যে শেখ কামাল আইটি সেন্টার চালু হবে।",
        "",
        "",
    ),
    (
        "kinds of bodies are none",
        "সরকারি ব্যাংক, রাজনৈতিক দল ও কয়েকটি মন্ত্রণালয় একটি কমিটি গঠন করে।",
        "",
        "",
    ),
]
PERSIAN = [
    (
        "an office, a field and a state in front",
        "وزیر امور خارجه نروژ اینگرید سولوانگ با آقای صادقی دیدار کرد.",
        "اینگرید سولوانگ|صادقی",
        "",
    ),
    (
        "a first name makes a person, and the family name is found again",
        "محمدرضا کوهستانی، رئیس سازمان فناوری اطلاعات، رفت. کوهستانی گفت می‌آید.",
        "محمدرضا کوهستانی|کوهستانی",
        "سازمان فناوری اطلاعات",
    ),
    (
        "one unlisted word in front of a comma and an office",
        "این نشست با سولوانگ، سفیر نروژ، برگزار شد.",
        "سولوانگ",
        "",
    ),
    (
        "bodies go on over their fields and stop at verbs and prepositions",
        "وزارت صنعت، معدن و تجارت و دانشگاه علوم پزشکی تهران در این دیدار",
        "",
        "وزارت صنعت، معدن و تجارت|دانشگاه علوم پزشکی تهران",
    ),
    (
        "one body's name goes over into another's",
        "رئیس کمیسیون امنیت ملی مجلس شورای اسلامی گفت",
        "",
        "کمیسیون امنیت ملی مجلس شورای اسلامی",
    ),
    (
        "agencies behind their cue",
        "به گزارش ساحل نیوز، بازار آرام است. به نقل از ایسنا: باران می‌بارد.",
        "",
        "ساحل نیوز|ایسنا",
    ),
    (
        "kinds of bodies and verbs are nothing",
        "دولت و شرکت‌های خصوصی شرکت کردند و رئیس جمهور تاکید کرد که وزیر آمد.",
        "",
        "",
    ),
]


@pytest.fixture(autouse=True, scope="module")
def _caches_are_left_empty() -> Iterator[None]:
    """Thousands of generated words stay in no cache: other tests measure memory."""
    yield
    fold.cache_clear()
    atoms.cache_clear()
    nlp.cache_clear()


@cache
def nlp(language: str) -> Language:
    pipeline = spacy.blank("xx", config=TOKENIZER)
    pipeline.add_pipe("annotate_names", config={"language": language})
    return pipeline


def found(language: str, text: str, label: str) -> str:
    return "|".join(ent.text for ent in nlp(language)(text).ents if ent.label_ == label)


@pytest.mark.parametrize(
    ("language", "text", "people", "bodies"),
    [
        pytest.param(language, *row[1:], id=f"{language}: {row[0]}")
        for language, rows in zip(
            ("en", "vi", "bn", "fa"), (ENGLISH, VIETNAMESE, BENGALI, PERSIAN), strict=True
        )
        for row in rows
    ],
)
def test_names_in(language: str, text: str, people: str, bodies: str) -> None:
    assert found(language, text, "PERSON") == people
    assert found(language, text, "ORG") == bodies


@pytest.mark.parametrize(
    ("composed", "apart"),
    [
        ("অর্থ মন্ত্রণাল\u09df", "অর্থ মন্ত্রণাল\u09af\u09bc"),
        ("آقای كريمي", "آقای کریمی"),
        ("ông Trần Đức", "ông Tra\u0302\u0300n Đu\u031b\u0301c"),
    ],
)
def test_spellings_in_unicode_make_no_difference(composed: str, apart: str) -> None:
    language = {"অ": "bn", "آ": "fa", "ô": "vi"}[composed[0]]
    spans = [
        [(ent.text, ent.label_) for ent in nlp(language)(text).ents] for text in (composed, apart)
    ]
    assert len(spans[0]) == len(spans[1]) == 1
    assert spans[0][0][1] == spans[1][0][1]


def test_a_language_without_tables_still_has_latin_names_and_known_bodies() -> None:
    text = "Dr. Maria Lindqvist (UNESCO) และ জাতিসংঘ"
    assert found("th", text, "PERSON") == "Maria Lindqvist"
    assert found("th", text, "ORG") == "UNESCO|জাতিসংঘ"
    assert found("und", text, "ORG") == found("xx", text, "ORG")


def test_a_region_does_not_hide_the_language() -> None:
    assert found("en-GB", "the Ministry of Health", "ORG") == "Ministry of Health"


def test_entities_that_are_there_stay() -> None:
    pipeline = nlp("en")
    doc = pipeline.make_doc("Mr. Anton Brandt of Reuters met Dr. Mira Salazar.")
    doc.ents = [Span(doc, 2, 3, "PLACE"), Span(doc, 5, 6, "COUNTRY")]
    doc = pipeline.get_pipe("annotate_names")(doc)
    assert [(ent.text, ent.label_) for ent in doc.ents] == [
        ("Anton", "PLACE"),
        ("Reuters", "COUNTRY"),
        ("Mira Salazar", "PERSON"),
    ]


def test_every_span_has_a_score() -> None:
    doc = nlp("en")("Mr. Anton Brandt (UNESCO) left. Brandt had said so.")
    assert [ent.text for ent in doc.ents] == ["Anton Brandt", "UNESCO", "Brandt"]
    scores = [ent._.score for ent in doc.ents]
    assert all(0 < score < 1 for score in scores)
    assert scores[2] < scores[0]  # found again is less sure than found


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_works_behind_the_tokenizers_of_spacy(language: str) -> None:
    text = {
        "bn": "সচিব মো. আবদুল করিম ও জাতিসংঘের দল",
        "vi": "Thứ trưởng Lê Thu Hạnh và UNESCO",
        "fa": "آقای صادقی و یونسکو",
        "en": "Mr. Anton Brandt and UNESCO",
    }[language]
    foreign = spacy.blank("xx" if language == "vi" else language)
    foreign.add_pipe("annotate_names", config={"language": language})
    labels = [ent.label_ for ent in foreign(text).ents]
    assert labels == ["PERSON", "ORG"]


# ------------------------------------------------------------------ any text


WORDS = [
    *("Bộ", "Nguyễn", "Văn", "Đại học", "và", "-", "ông", "Tổng thống", "Nga", "Ha-ba-na"),
    *("মো.", "শেখ", "এ", "কে", "রহমানের", "মন্ত্রণালয়", "ও", "অব", "ব্যাংক", "মন্ত্রী", "’র", "-র"),
    *("وزارت", "سازمان", "محمد", "رضایی", "و", "،", "وزیر", "امور", "علی", "به گزارش", "«", "»"),
    *("Ministry", "of", "the", "Mr.", "A.", "Bank", "John", "de", "al-", "said", "UN", "(", ")"),
    *("Photo:", "By", "•", "1.", "/", ",", ".", "।", "\n", "https://x.example/Mr", "#Bank", "THE"),
]
MIXED = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join) | texts()


@given(MIXED, st.sampled_from([*LANGUAGES, "xx"]))
def test_spans_are_flat_in_order_and_inside_a_line(text: str, language: str) -> None:
    doc = nlp(language)(text)
    assert doc.text == text
    end = 0
    for ent in doc.ents:
        assert end <= ent.start_char < ent.end_char <= len(text)
        assert ent.label_ in ("PERSON", "ORG")
        assert ent.text == ent.text.strip() == text[ent.start_char : ent.end_char]
        assert not re.search(r"[\n\r।]|https?:", ent.text)
        assert any(letter.isalpha() for letter in (ent.text[0], ent.text[-1]))
        assert 0 < ent._.score < 1
        end = ent.end_char


@pytest.mark.parametrize(
    "text",
    [
        "A. " * 4000,
        "এ " * 4000,
        "Bank " * 4000,
        "وزارت امور " * 2000,
        "Bộ, " * 4000,
        "Kenya " * 4000,
    ],
)
def test_a_line_of_one_word_takes_no_longer_than_others(text: str) -> None:
    for language in LANGUAGES:
        nlp(language)("warm")
        start = time.process_time()
        nlp(language)(text)
        assert time.process_time() - start < 5


# ------------------------------------------------------------------- the data


@pytest.mark.parametrize("language", [*LANGUAGES, "xx"])
def test_every_table_is_read(language: str) -> None:
    folder = files("annotate.prelabel").joinpath("data/names")
    tables = tomllib.loads(folder.joinpath(f"{language}.toml").read_text("utf-8"))
    explained = folder.joinpath("xx.toml").read_text("utf-8").partition("[person]\nhonorific")[0]
    assert list(tables) == ["person", "organisation", "word"]
    for group in tables.values():
        for table, block in group.items():
            assert isinstance(block, str)
            assert re.search(rf"^#   .*\b{table}\b", explained, re.MULTILINE), table


def test_the_list_of_bodies_has_no_doubles() -> None:
    table = files("annotate.prelabel").joinpath("data/organisations.csv").read_text("utf-8")
    rows = [(row["form"], row["language"]) for row in csv.DictReader(table.splitlines())]
    assert len(rows) == len(set(rows))
    assert {language for _, language in rows} == {*LANGUAGES, "xx"}
    for language in LANGUAGES:
        assert sum(own == language for _, own in rows) > 60


def test_the_factory_is_registered() -> None:
    assert isinstance(nlp("en").get_pipe("annotate_names"), Names)
