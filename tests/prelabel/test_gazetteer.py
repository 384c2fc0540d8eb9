"""A list of names of one's own: the file, the component, and its place in the pipeline."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from annotate.config import Settings, load_settings
from annotate.document import Document
from annotate.errors import ConfigError
from annotate.ledger import Ledger
from annotate.prelabel.gazetteer import Gazetteer, read_names
from annotate.prelabel.pipeline import TOKENIZER, load, model_version
from annotate.prelabel.suggest import prelabel
from annotate.shipped import shipped

LABELS = ("PERSON", "ORG", "COUNTRY")
Rows = list[tuple[str, str, str]]


def blank(language: str, rows: Rows) -> Language:
    nlp = spacy.blank("xx", config=TOKENIZER)
    named = [dict(zip(("form", "label", "code"), row, strict=True)) for row in rows]
    nlp.add_pipe("annotate_gazetteer", config={"language": language, "rows": named})
    return nlp


def found(language: str, text: str, *rows: tuple[str, str, str]) -> list[tuple[str, str, str]]:
    doc = blank(language, list(rows))(text)
    assert all(ent._.score == 0.95 for ent in doc.ents)
    return [(ent.text, ent.label_, ent.kb_id_) for ent in doc.ents]


def write(folder: Path, text: str) -> Path:
    path = folder / "names.csv"
    path.write_text(text, "utf-8")
    return path


def listing(folder: Path, *rows: str) -> Settings:
    write(folder, "\n".join(["form,label,code", *rows, ""]))
    (folder / "annotate.toml").write_text('gazetteer = "names.csv"\n', "utf-8")
    return load_settings(folder, environ={})


# ------------------------------------------------------------------- matching


@pytest.mark.parametrize(
    ("language", "form", "text", "span"),
    [
        ("bn", "পলক সেন", "গতকাল পলক সেনের বাড়িতে সভা হয়।", "পলক সেনের"),
        ("bn", "পলক সেন", "সভায় পলক সেনকেও ডাকা হয়।", "পলক সেনকেও"),
        ("bn", "নদী মঞ্চ", "সভাটি নদী মঞ্চ-এর উদ্যোগে হয়।", "নদী মঞ্চ-এর"),
        ("bn", "নদী মঞ্চ", "সভাটি নদী মঞ্চ’র উদ্যোগে হয়।", "নদী মঞ্চ’র"),
        ("vi", "Lê Thủy Hòa", "Bà Lê Thuỷ Hoà đến Huế.", "Lê Thuỷ Hoà"),
        ("fa", "مهرآوا نیکان", "مهرآوا نیکانی که آمد.", None),
        ("fa", "علی‌رضا کیانا", "دیروز علیرضا کیانا آمد.", "علیرضا کیانا"),
        ("fa", "علی‌رضا کیانا", "دیروز علی رضا كيانا آمد.", "علی رضا كيانا"),
        ("fa", "علیرضا کیانا", "دیروز علی‌رضا کیانای جوان آمد.", "علی‌رضا کیانای"),
        ("en", "Tea Board", "Members of the Tea Board's council met.", "Tea Board"),
    ],
)
def test_a_name_is_found_as_texts_write_it(
    language: str, form: str, text: str, span: str | None
) -> None:
    expected = [(span, "ORG", "")] if span else []
    assert found(language, text, (form, "ORG", "")) == expected


@pytest.mark.parametrize(
    ("language", "form", "text"),
    [
        ("bn", "পলাশ বড়ুয়া", "কাল পলাশ বড়ুয়াকে দেখা যায়।"),
        ("vi", "Đỗ Thị Hường", "Hôm qua Đỗ Thị Hường phát biểu."),
    ],
)
def test_composed_and_decomposed_are_the_same_name(language: str, form: str, text: str) -> None:
    for one in ("NFC", "NFD"):
        for other in ("NFC", "NFD"):
            row = unicodedata.normalize(one, form), "PERSON", ""  # type: ignore[arg-type]
            assert len(found(language, unicodedata.normalize(other, text), row)) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "form", "text"),
    [
        ("en", "Mint", "The mint tea was good."),
        ("en", "Tea Board", "The TeaBoard and Tea Boards, see www.Tea.Board/x."),
        ("en", "Tea Board", "Tea.\nBoard met."),
        ("en", "Tea", "#Tea @Tea"),
        ("bn", "পলক", "পলকহীন চোখ।"),
        ("bn", "চাদ", "একটি চাদর।"),
        ("fa", "کیان", "کیانوش آمد."),
        ("vi", "Hòa", "Hỏa hoạn, hòa bình."),
    ],
)
def test_other_words_are_not_the_name(language: str, form: str, text: str) -> None:
    assert found(language, text, (form, "ORG", "")) == []


def test_the_longest_name_wins_with_an_inflected_word_inside() -> None:
    rows = [("শাপলার নদী মঞ্চ", "ORG", ""), ("শাপলা", "PERSON", ""), ("নদী", "PERSON", "")]
    text = "শাপলার নদী মঞ্চকে শাপলা চেনে।"
    assert found("bn", text, *rows) == [("শাপলার নদী মঞ্চকে", "ORG", ""), ("শাপলা", "PERSON", "")]


def test_two_names_with_one_inflected_form_are_both_found() -> None:
    rows = [("রানা করিম", "PERSON", ""), ("সোনা করিমে", "PERSON", "")]
    text = "রানা করিমের ও সোনা করিমের কথা।"
    assert [one for one, *_ in found("bn", text, *rows)] == ["রানা করিমের", "সোনা করিমের"]


def test_a_country_has_the_row_s_code_or_the_country_list_s() -> None:
    rows = [("Zembla", "COUNTRY", "ZM"), ("Kenya", "COUNTRY", "")]
    assert found("en", "Zembla and Kenya", *rows) == [
        ("Zembla", "COUNTRY", "ZM"),
        ("Kenya", "COUNTRY", "KE"),
    ]


# ------------------------------------------------------------------- other spans


@pytest.mark.parametrize(
    ("other", "ents"),
    [
        ((1, 2, "PERSON"), [("Ana Sol", "ORG")]),
        ((1, 3, "PERSON"), [("Ana Sol", "ORG")]),
        ((2, 5, "PERSON"), [("Ana Sol", "ORG")]),
        ((1, 4, "ORG"), [("Ana Sol Foundation", "ORG")]),
        ((3, 5, "PERSON"), [("Ana Sol", "ORG"), ("Foundation met", "PERSON")]),
    ],
)
def test_the_list_decides_except_inside_a_longer_name(
    other: tuple[int, int, str], ents: list[tuple[str, str]]
) -> None:
    nlp = spacy.blank("en")
    doc = nlp("The Ana Sol Foundation met")
    doc.ents = [Span(doc, *other)]
    row = {"form": "Ana Sol", "label": "ORG", "code": ""}
    done: Doc = Gazetteer([row], "en")(doc)
    assert [(ent.text, ent.label_) for ent in done.ents] == ents


def test_it_stands_between_the_entities_and_the_relations(tmp_path: Path) -> None:
    settings = listing(tmp_path, "Qorvane Blist,ORG,")
    schema = settings.schema_in_force()
    assert load("en", settings, schema).pipe_names[-3:] == [
        "annotate_crf",
        "annotate_gazetteer",
        "annotate_relations",
    ]
    text = "Amina Yusuf, director of Qorvane Blist, spoke."
    given = [Document(id="d", text=text, language="en")]
    (document,) = prelabel(given, settings, schema, Ledger("prelabel"))
    assert ("Qorvane Blist", "ORG", 0.95) in [
        (entity.text, entity.label, entity.score) for entity in document.entities
    ]


def test_it_stands_before_relations_of_a_pipeline_of_one_s_own(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("annotate_relations")
    nlp.to_disk(tmp_path / "own")
    update = {"pipelines": {"en": str(tmp_path / "own")}}
    settings = listing(tmp_path, "Ana Sol,PERSON,").model_copy(update=update)
    names = load("en", settings, settings.schema_in_force()).pipe_names
    assert names.index("annotate_gazetteer") < names.index("annotate_relations")


def test_the_version_changes_with_the_list_and_only_with_one(tmp_path: Path) -> None:
    plain = load_settings(shipped("samples"), environ={})
    schema = plain.schema_in_force()
    versions = {model_version(plain, schema)}
    versions.add(model_version(listing(tmp_path, "Ana Sol,PERSON,"), schema))
    versions.add(model_version(listing(tmp_path, "Ana Sol,ORG,"), schema))
    assert len(versions) == 3
    assert not {"annotate_gazetteer", "annotate_memory"} & set(load("en", plain, schema).pipe_names)


# ------------------------------------------------------------------- the file


def test_a_file_gives_its_rows(tmp_path: Path) -> None:
    text = '\ufeffform,label,code\r\n"Sol, Ana",PERSON,\r\n\r\nZembla,COUNTRY,ZM\r\n'
    assert read_names(write(tmp_path, text), LABELS) == [
        {"form": "Sol, Ana", "label": "PERSON", "code": ""},
        {"form": "Zembla", "label": "COUNTRY", "code": "ZM"},
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "line 1"),
        ("Ana Sol,PERSON,\n", "line 1: write form,label,code"),
        ("form,label,code\nAna,PER,\n", "line 2: label 'PER'.*PERSON, ORG, COUNTRY"),
        ("form,label,code\n\nAna,PERSON,KE\n", "line 3: a code on PERSON"),
        ("form,label,code\nZembla,COUNTRY,zm\n", "line 2: code 'zm'"),
        ("form,label,code\nAna,PERSON\n", "line 2: not three cells"),
        ("form,label,code\nSol, Ana,PERSON,\n", "line 2: not three cells"),
        ("form,label,code\n-,PERSON,\n", "line 2: no name"),
        ("form,label,code\nAna,PERSON,\nAna,ORG,\n", "line 3: 'Ana' is already listed"),
        ('form,label,code\n"Ana"x,PERSON,\n', "can't be read"),
    ],
)
def test_what_a_file_cannot_say_is_named(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=rf"names\.csv.*{problem}"):
        read_names(write(tmp_path, text), LABELS)


def test_a_file_that_is_not_there_or_not_utf8_is_named(tmp_path: Path) -> None:
    settings = listing(tmp_path, "Ana,PERSON,")
    path = tmp_path / "names.csv"
    path.write_bytes(b"form,label,code\nAn\xe1,PERSON,\n")
    with pytest.raises(ConfigError, match=r"names\.csv: can't be read.*UTF-8"):
        load("en", settings, settings.schema_in_force())
    path.unlink()
    for look in (model_version, lambda *given: load("en", *given)):
        with pytest.raises(ConfigError, match=r"names\.csv: can't be read"):
            look(settings, settings.schema_in_force())
