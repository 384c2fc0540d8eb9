"""Which language a text is taken for."""

import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from annotate.corpus.language import detector

SHARED = Path(__file__).parents[2].parent / "shared"
EXPECTED = ("bn", "vi", "fa", "en")

# Written for this test.
FOREIGN = {
    "fr": "Le ministre français des Affaires étrangères a rencontré son homologue à Paris mardi "
    "matin. Les deux hommes ont parlé de la coopération entre leurs pays dans le domaine du "
    "numérique, et ils ont signé un accord qui doit entrer en vigueur au début de l'année "
    "prochaine, selon un communiqué du ministère.",
    "de": "Die Bundesregierung hat am Mittwoch in Berlin beschlossen, die Zusammenarbeit mit "
    "Vietnam auszubauen. Der Außenminister sagte nach dem Treffen, beide Länder wollten bei der "
    "Sicherheit ihrer Netze enger zusammenarbeiten. Eine Vereinbarung soll noch in diesem Jahr "
    "unterschrieben werden, hieß es aus dem Ministerium.",
    "zh": "外交部长星期二在北京会见了越南代表团。双方就数字经济、网络安全和人才培养等问题交换了意见"
    "，并签署了合作备忘录。部长表示，两国关系近年来发展顺利，今后将继续扩大各领域的交流与合作。",
    "ar": "التقى وزير الخارجية يوم الثلاثاء في القاهرة وفدا من كبار المسؤولين في الأمم المتحدة، "
    "وبحث معهم سبل تعزيز التعاون في مجال الأمن الإلكتروني والاقتصاد الرقمي. وقال الوزير إن بلاده "
    "تولي أهمية كبيرة لهذه الشراكة، وإنها ستوقع اتفاقية جديدة قبل نهاية هذا العام بحسب "
    "بيان الوزارة.",
    "ur": "وزیر خارجہ نے منگل کو اسلام آباد میں اقوام متحدہ کے ایک وفد سے ملاقات کی اور ڈیجیٹل "
    "معیشت کے شعبے میں تعاون بڑھانے پر بات چیت کی۔ انہوں نے کہا کہ پاکستان اس شراکت داری کو بہت "
    "اہمیت دیتا ہے اور اس سال کے آخر تک ایک نئے معاہدے پر دستخط کیے جائیں گے۔ وزارت نے اپنے "
    "بیان میں یہ بھی کہا کہ دونوں ملکوں کے درمیان تعلقات بہتر ہو رہے ہیں۔",
}


@pytest.fixture(scope="module")
def detect():
    return detector(EXPECTED)


def shared(*parts: str) -> Path:
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"../shared/{'/'.join(parts)} is not here")
    return path


def conll(path: Path, separator: str) -> list[str]:
    blocks = re.split(r"\n\s*\n", path.read_text("utf-8-sig"))
    sentences = (
        " ".join(line.split(separator)[0] for line in block.splitlines() if line.strip())
        for block in blocks
    )
    return [sentence for sentence in sentences if sentence.strip()]


def sentences(language: str) -> list[str]:
    if language == "bn":
        return conll(shared("data", "bn_rifat", "1.txt"), "\t")
    if language == "fa":
        return conll(shared("data", "fa_parstwiner", "tw_dev.txt"), "\t")
    if language == "en":
        return conll(shared("data", "en_wikigold", "wikigold.conll.txt"), " ")
    lines = shared("data", "vi_vtb", "vi_vtb-ud-test.conllu").read_text("utf-8").splitlines()
    return [line.split("=", 1)[1].strip() for line in lines if line.startswith("# text")]


@pytest.mark.parametrize("language", EXPECTED)
def test_single_sentences_of_an_expected_language_are_known(detect, language):
    known = sentences(language)
    sample = random.Random(1).sample(known, min(len(known), 400))
    right = sum(detect(sentence) == language for sentence in sample)
    assert right >= 0.98 * len(sample)


@pytest.mark.parametrize("language", EXPECTED)
def test_documents_of_ten_sentences_are_always_known(detect, language):
    known = sentences(language)
    documents = [" ".join(known[start : start + 10]) for start in range(0, 300, 10)]
    assert {detect(document) for document in documents} == {language}


def test_the_five_texts_of_the_corpus_are_known(detect):
    texts = sorted(shared("corpus").glob("*.txt"))
    found = [detect(path.read_bytes().decode("utf-8")) for path in texts]
    gold = [json.loads(path.with_suffix(".json").read_text())["language"] for path in texts]
    assert found == gold == ["bn", "bn", "bn", "vi", "fa"]


@pytest.mark.parametrize("language", FOREIGN)
def test_one_sentence_in_an_unexpected_language_is_named_as_what_it_is(detect, language):
    assert detect(FOREIGN[language][:100]) == language


def test_a_list_of_names_is_not_taken_for_a_language_that_names_resemble(detect):
    names = "Iceland Air Defense Force , 24 April 1952 -- 8 March 1954 . Sixteenth Air Force ,"
    assert detect(names * 5) == "en"


@pytest.mark.parametrize("language", FOREIGN)
def test_a_document_in_an_unexpected_language_is_named_as_what_it_is(detect, language):
    assert detect(FOREIGN[language]) == language


def test_a_short_text_is_taken_for_an_expected_language(detect):
    assert detect("Hà Nội") == "vi"
    assert detect("رئیس سازمان فناوری اطلاعات ایران") == "fa"
    assert detect("John Smith, Jakarta") == "en"


def test_a_short_text_in_a_script_of_no_expected_language_is_named_as_what_it_is(detect):
    assert detect("外交部长星期二在北京会见了代表团。") == "zh"
    assert detect("Министр встретился с делегацией.") == "ru"


@pytest.mark.parametrize("text", ["", "   \n", "12.5 % – 2024", "😀🇻🇳", "---\n***"])
def test_a_text_without_letters_is_undetermined(detect, text):
    assert detect(text) == "und"


def test_presentation_forms_count_as_the_script_they_stand_for(detect):
    # U+FB50 and on: the letters of old Arabic-script text extracted from PDF.
    assert detect("ﺍﯾﺮﺍﻥ ﻭ ﮊﺍﭘﻦ") == "fa"
    assert detect("Ｔｈｅ ｍｉｎｉｓｔｅｒ ｓａｉｄ") == "en"


def test_only_the_beginning_decides(detect):
    assert detect(FOREIGN["fr"] * 20 + FOREIGN["zh"] * 1000) == "fr"


def test_a_single_expected_language_still_lets_another_be_found():
    detect = detector(("vi",))
    assert detect(FOREIGN["de"]) == "de"
    assert detect("Hanoi, Viet Nam") == "vi"


def test_an_expected_language_that_no_one_knows_changes_nothing():
    detect = detector(("xx-unknown", "en"))
    assert detect("The minister met the delegation in Paris.") == "en"


def test_importing_the_module_loads_no_model():
    code = (
        "import sys, annotate.corpus; "
        "sys.exit(any(name in sys.modules for name in ('py3langid', 'babel', 'numpy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
