"""Documents through the pipelines: the built-in one and one's own, streamed and accounted for."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from spacy.language import Language
from spacy.tokens import Doc

from annotate.config import Settings, load_settings
from annotate.document import Document, Entity
from annotate.errors import ConfigError, PipelineError
from annotate.ledger import Ledger
from annotate.prelabel import engines, pipeline, suggest
from annotate.prelabel.pipeline import load, model_version
from annotate.prelabel.suggest import prelabel
from annotate.schema import RelationRule, Schema
from annotate.shipped import shipped
from tests.cli.test_cli import run
from tests.strategies import texts

TEXT = "The envoy of Peru met Ana Sol.\nPeru and Chile signed an agreement."


@Language.component("test_breaks")
def breaks(doc: Doc) -> Doc:
    """Fails on one kind of text, as a component of one's own may."""
    if "broken" in doc.text:
        raise RuntimeError("no such weights")
    return doc


@cache
def defaults() -> Settings:
    return load_settings(shipped("samples"))


@cache
def schema() -> Schema:
    return defaults().schema_in_force()


@pytest.fixture(scope="module", autouse=True)
def built_in_pipelines_are_loaded_once() -> Iterator[None]:
    """Keeps the built-in pipelines of the default settings from test to test."""

    @cache
    def built_in(language: str) -> Language:
        return load(language, defaults(), schema())

    def kept(language: str, used: Settings, kinds: Schema) -> Language:
        plain = used is defaults() and kinds is schema()
        return built_in(language) if plain else load(language, used, kinds)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(suggest, "load", kept)
        yield


def ruled(folder: Path, *extra: str, **patterns: str) -> Path:
    """A saved pipeline of someone else's: a list of names and their labels."""
    nlp = spacy.blank("en")
    for name in extra:
        nlp.add_pipe(name)
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns(  # type: ignore[attr-defined]
        [{"label": label, "pattern": name.replace("_", " ")} for name, label in patterns.items()]
    )
    path = folder / "their_pipeline"
    nlp.to_disk(path)
    return path


def using(path: Path | str, **more: object) -> Settings:
    return defaults().model_copy(update={"pipelines": {"en": str(path)}, **more})


def documents(*given_texts: str, language: str = "en") -> Iterator[Document]:
    for number, text in enumerate(given_texts, 1):
        yield Document(id=f"d{number}", text=text, language=language)


def suggested(
    given_documents: Iterable[Document], used: Settings | None = None, kinds: Schema | None = None
) -> tuple[list[Document], Ledger]:
    ledger = Ledger("prelabel")
    used = used or defaults()
    found = list(prelabel(given_documents, used, kinds or schema(), ledger))
    return found, ledger


def brief(document: Document) -> list[tuple[str, str]]:
    return [(entity.text, entity.label) for entity in document.entities]


# ------------------------------------------------------------------- built in


def test_the_built_in_pipeline_suggests_entities_with_codes_and_scores() -> None:
    (document,), ledger = suggested(documents(TEXT))
    assert document.text == TEXT
    countries = [entity for entity in document.entities if entity.label == "COUNTRY"]
    assert [entity.country_code for entity in countries] == ["PE", "PE", "CL"]
    assert [entity.id for entity in document.entities] == [
        f"e{number}" for number in range(1, len(document.entities) + 1)
    ]
    assert all(entity.score is not None for entity in document.entities)
    assert ledger.as_dict() | {"counts": {}} == {
        "stage": "prelabel",
        "in": 1,
        "out": 1,
        "counts": {},
        "refused": [],
        "repaired": [],
    }


def test_it_suggests_relations_between_them() -> None:
    (document,), _ = suggested(documents(TEXT))
    found = [
        (document.entity(it.head).text, it.label, document.entity(it.tail).text)
        for it in document.relations
    ]
    assert ("Peru", "cooperates_with", "Chile") in found
    assert all(relation.score is not None for relation in document.relations)


@pytest.mark.parametrize("language", ["bn", "vi", "fa", "en", "de", "zh", "und", "zh-Hant", "qq"])
def test_any_language_has_a_built_in_pipeline(language: str) -> None:
    (document,), ledger = suggested(documents("Kenya", language=language))
    assert brief(document) == [("Kenya", "COUNTRY")]
    assert ledger.clean


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\ufeff", "?", "\x00"])
def test_a_text_without_words_comes_back_empty(text: str) -> None:
    (document,), ledger = suggested(documents(text))
    assert (document.text, document.entities, ledger.refused) == (text, (), [])


@settings(max_examples=40)
@given(texts())
def test_any_text_comes_back_with_entities_that_fit_it(text: str) -> None:
    for language in ("bn", "vi", "fa"):
        (document,), ledger = suggested(documents(text, language=language))
        assert ledger.refused == []
        assert Document.model_validate(document.model_dump()) == document
        edges = [(entity.start, entity.end) for entity in document.entities]
        assert edges == sorted(edges)
        assert all(one[1] <= other[0] for one, other in pairwise(edges))


def test_the_same_text_gives_the_same_suggestions_whatever_came_before() -> None:
    (alone,), _ = suggested(documents(TEXT))
    (*_, last), _ = suggested(documents("Mali and Fiji met Lee.", "Ana Sol sang.", TEXT))
    assert alone.entities == last.entities
    assert alone.relations == last.relations


def test_labels_and_relations_are_those_of_the_label_set() -> None:
    xml = shipped("label_config.xml").read_text("utf-8")
    own = xml.replace('<Label value="COUNTRY" hotkey="3" background="#2b8a3e"/>', "")
    own = own.replace('<Relation value="represents"/>', "")
    rules = {
        "based_in": RelationRule(head=("ORG",), tail=("ORG",)),
        "cooperates_with": RelationRule(head=("ORG",), tail=("ORG",), symmetric=True),
    }
    kinds = Schema.from_xml(own, rules)
    (document,), ledger = suggested(documents(TEXT), kinds=kinds)
    assert {entity.label for entity in document.entities} <= {"PERSON", "ORG"}
    assert "represents" not in {relation.label for relation in document.relations}
    assert list(ledger.counts) == ["label COUNTRY not in the label config"]


# ------------------------------------------------------------------- streaming


def test_documents_stream_in_order_across_languages() -> None:
    languages = ["vi", "vi", "fa", "en", "vi", "bn"] * 30
    stream = (
        Document(id=str(number), text=f"Kenya {number}", language=language)
        for number, language in enumerate(languages)
    )
    ledger = Ledger("prelabel")
    found = list(prelabel(stream, defaults(), schema(), ledger))
    assert [document.id for document in found] == [str(number) for number in range(180)]
    assert all(brief(document) == [("Kenya", "COUNTRY")] for document in found)
    assert (ledger.taken, ledger.given) == (180, 180)


def test_it_reads_no_further_than_a_batch_ahead() -> None:
    taken = 0

    def endless() -> Iterator[Document]:
        nonlocal taken
        while True:
            taken += 1
            yield Document(id=str(taken), text="Kenya", language="en")

    stream = prelabel(endless(), defaults(), schema(), Ledger("prelabel"))
    next(stream)
    assert taken <= suggest.BATCH


def test_documents_with_entities_pass_untouched() -> None:
    own = Entity(id="x", start=0, end=5, label="Job title", text="Kenya")
    before = Document(id="d", text="Kenya and Peru", language="en", entities=(own,))
    found, ledger = suggested([before, *documents("Peru")])
    assert found[0] is before
    assert brief(found[1]) == [("Peru", "COUNTRY")]
    assert ledger.counts["already labelled"] == 1


def test_memory_does_not_grow_with_the_number_of_documents() -> None:
    def fresh(count: int) -> Iterator[Document]:
        for number in range(count):
            yield Document(id=str(number), text=f"Peru met q{number}x.", language="en")

    stream = prelabel(fresh(2600), defaults(), schema(), Ledger("prelabel"))
    sizes = []
    tracemalloc.start()
    for number, _ in enumerate(stream):
        if number in (600, 1600, 2560):
            sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    # What is left is the bounded memory for words that were seen, here one a document.
    assert sizes[2] - sizes[0] < 2000 * 2**12


def test_a_long_text_goes_through_in_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "Peru and Chile signed an agreement.\n"
    text = line * 40
    (whole,), _ = suggested(documents(text))
    monkeypatch.setattr(suggest, "WINDOW_CHARS", 100)
    (cut,), ledger = suggested(documents(text))
    # Scores see the whole window, so they may differ; nothing else may.
    assert brief(cut) == brief(whole)
    assert len(cut.entities) == 80
    assert len(cut.relations) == 40
    assert ledger.clean


# ------------------------------------------------------------------- one's own


def test_labels_of_another_pipeline_are_renamed_or_counted(tmp_path: Path) -> None:
    path = ruled(tmp_path, Ana_Sol="PER", Lima="GPE", Peru="GPE", Monday="DATE", Tea_Board="ORG")
    text = "Ana Sol of the Tea Board left Lima, Peru, on Monday."
    (document,), ledger = suggested(documents(text), using(path))
    assert brief(document) == [("Ana Sol", "PERSON"), ("Tea Board", "ORG"), ("Peru", "COUNTRY")]
    assert document.entities[2].country_code == "PE"
    assert [relation.label for relation in document.relations] == ["works_for"]
    assert dict(ledger.counts) == {
        "label GPE not in the label config": 1,
        "label DATE not in the label config": 1,
    }


def test_a_pipeline_of_one_s_own_gets_what_it_lacks(tmp_path: Path) -> None:
    nlp = load("en", using(ruled(tmp_path)), schema())
    assert nlp.pipe_names[0] == "annotate_sentences"
    assert "annotate_names" not in nlp.pipe_names
    assert nlp.pipe_names[-2:] == ["annotate_countries", "annotate_relations"]


def test_its_own_sentences_are_kept(tmp_path: Path) -> None:
    nlp = load("en", using(ruled(tmp_path, "sentencizer")), schema())
    assert "annotate_sentences" not in nlp.pipe_names


def test_other_languages_keep_the_built_in_pipeline(tmp_path: Path) -> None:
    nlp = load("vi", using(ruled(tmp_path)), schema())
    assert "annotate_names" in nlp.pipe_names


@pytest.mark.parametrize("name", ["no_such_package", "/no/such/folder"])
def test_a_pipeline_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(PipelineError, match="en = "):
        load("en", using(name), schema())


def test_a_broken_folder_is_named(tmp_path: Path) -> None:
    path = ruled(tmp_path)
    (path / "config.cfg").write_text("[nlp\n", "utf-8")
    with pytest.raises(PipelineError, match="their_pipeline"):
        load("en", using(path), schema())


def test_a_document_that_breaks_the_pipeline_is_refused_by_name(tmp_path: Path) -> None:
    path = ruled(tmp_path, "test_breaks", Peru="GPE")
    found, ledger = suggested(documents("Peru", "a broken one in Peru", "Peru"), using(path))
    assert [brief(document) for document in found] == [
        [("Peru", "COUNTRY")],
        [],
        [("Peru", "COUNTRY")],
    ]
    assert [note.where for note in ledger.refused] == ["d2"]
    assert "no such weights" in ledger.refused[0].what
    assert (ledger.taken, ledger.given) == (3, 3)


# ------------------------------------------------------------------- engines


def test_an_engine_that_is_not_installed_says_which_extra_brings_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda package: None)
    for named, extra in (("hf:a/b", "transformers"), ("gliner:a/b", "gliner"), ("llm:x", "llm")):
        said = (
            f"[pipelines] en = {named!r}: the engine {extra} is not installed. "
            f'Run: pip install "annotate-gold[{extra}]"'
        )
        with pytest.raises(PipelineError) as loading:
            load("en", using(named), schema())
        with pytest.raises(PipelineError) as versioning:
            model_version(using(named), schema())
        assert str(loading.value) == str(versioning.value) == said


def test_the_command_line_says_so_in_one_line(tmp_path: Path) -> None:
    if find_spec("gliner"):
        pytest.fail("gliner is in this environment; it belongs in .venv-engines")
    (tmp_path / "annotate.toml").write_text('[pipelines]\nen = "gliner:a/b"\n', "utf-8")
    (tmp_path / "note.txt").write_text(TEXT, "utf-8")
    done = run(tmp_path, "prelabel", "note.txt", "--output", "out.jsonl")
    assert done.returncode == 1
    assert 'Run: pip install "annotate-gold[gliner]"' in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    doctor = run(tmp_path, "doctor")
    assert doctor.returncode == 1
    assert "the engine gliner is not installed" in doctor.stdout


def test_a_colon_alone_makes_no_engine() -> None:
    with pytest.raises(PipelineError, match="no installed spaCy package"):
        load("en", using("hug:a/b"), schema())


# ------------------------------------------------------------------- version


def test_the_version_is_in_every_document() -> None:
    (document,), _ = suggested(documents("Peru"))
    assert document.meta["model_version"] == model_version(defaults(), schema())


def test_the_version_changes_with_labels_pipelines_and_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = model_version(defaults(), schema())
    assert first == model_version(load_settings(shipped("samples")), schema())
    xml = shipped("label_config.xml").read_text("utf-8").replace("#d9480f", "#000000")
    own = Schema.from_xml(xml, defaults().relations)
    versions = {first, model_version(defaults(), own)}
    versions.add(model_version(using(ruled(tmp_path)), schema()))
    monkeypatch.setattr(pipeline, "_sources", lambda: [("countries.csv", b"other")])
    versions.add(model_version(defaults(), schema()))
    assert len(versions) == 4


def test_a_threshold_leaves_out_what_is_less_sure_and_counts_it() -> None:
    document = Document(id="d", language="en", text="Amina Yusuf of Kenya met Li Na in Oslo.")
    settings = Settings(thresholds={"PERSON": 0.9999})
    free, bounded = Ledger("free"), Ledger("bounded")
    (before,) = prelabel([document], Settings(), Settings().schema_in_force(), free)
    (after,) = prelabel([document], settings, Settings().schema_in_force(), bounded)
    persons = [one for one in before.entities if one.label == "PERSON"]
    assert persons
    assert [one.text for one in after.entities] == [
        one.text for one in before.entities if one not in persons
    ]
    assert bounded.counts["PERSON below the threshold"] == len(persons)
    assert all(one.head in {e.id for e in after.entities} for one in after.relations)


def test_a_threshold_of_an_unknown_label_is_a_wrong_setting() -> None:
    settings = Settings(thresholds={"PERSN": 0.5})
    with pytest.raises(ConfigError, match=r"\[thresholds\] PERSN"):
        list(prelabel([], settings, Settings().schema_in_force(), Ledger("prelabel")))


def test_the_number_of_names_likely_missed_is_told() -> None:
    document = Document(id="d", language="en", text="Amina Yusuf of Kenya met Li Na in Oslo.")
    (found,) = prelabel([document], Settings(), Settings().schema_in_force(), Ledger("prelabel"))
    assert found.meta["names_missed"] >= 0
