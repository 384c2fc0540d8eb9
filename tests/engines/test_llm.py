"""spacy-llm: its tasks and prompts are the real ones, only the provider is made here."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
import spacy_llm  # noqa: F401  (makes the registry of models)
from spacy_llm.registry import registry

from annotate.errors import PipelineError
from annotate.prelabel.pipeline import load, model_version
from tests.engines.suggesting import brief, related, suggested, using

Prompts = Iterable[Iterable[str]]
NAMES = {
    **dict.fromkeys(["Amina Yusuf", "জুনাইদ পলক", "Rahman"], "PERSON"),
    **dict.fromkeys(["Tea Board", "ارگان"], "ORG"),
    **dict.fromkeys(["Kenya", "Iran"], "COUNTRY"),
}
TEXT = "Amina Yusuf of the Tea Board met Rahman. Iranian tea is sold in Kenya and Iran."
asked: list[str] = []


@registry.llm_models("test.Provider.v1")
def make_provider(style: str = "plain") -> Callable[[Prompts], Prompts]:
    """Answers by heart: names in the order of the text, and who works for whom."""

    def answer(prompts: Prompts) -> Prompts:
        for group in prompts:
            yield [one(prompt, style) for prompt in group]

    return answer


@pytest.fixture(autouse=True)
def nothing_asked() -> None:
    asked.clear()


def one(prompt: str, style: str) -> str:
    asked.append(prompt)
    if "BROKEN" in prompt:
        raise RuntimeError(f"401 for key {os.environ.get('PROVIDER_API_KEY')}")
    if "[ENT<entity id>" in prompt:
        return "\n".join(relations(prompt.rpartition("Text:\n'''")[2], style))
    text = prompt.rpartition("Paragraph: ")[2].removesuffix("\nAnswer:")
    return "\n".join(entities(text, style))


def entities(text: str, style: str) -> Iterator[str]:
    found = sorted(
        (it.start(), name, label)
        for name, label in NAMES.items()
        for it in re.finditer(rf"\b{name}\b", text)
    )
    for number, (_, name, label) in enumerate(found, 1):
        yield f"{number}. {name} | True | {label} | is one"
    if style == "wild":
        yield "7. tea | False | ==NONE== | is none"
        yield "8. Nowhere Man | True | PERSON | is not there"
        yield "9. sold | True | VERB | is no label"
        yield "I hope that this helps!"


def relations(text: str, style: str) -> Iterator[str]:
    ents = {label: number for number, label in re.findall(r"\[ENT(\d+):(\w+)\]", text)[::-1]}
    if {"PERSON", "ORG"} <= set(ents):
        yield json.dumps({"dep": ents["PERSON"], "dest": ents["ORG"], "relation": "works_for"})
    if style == "wild":
        yield json.dumps({"dep": ents["ORG"], "dest": ents["PERSON"], "relation": "works_for"})
        yield json.dumps({"dep": 0, "dest": 99, "relation": "works_for"})
        yield json.dumps({"dep": 0, "dest": 1, "relation": "is_fond_of"})
        yield '{"dep": 0'


def settings(tmp_path: Path, style: str = "plain"):
    path = tmp_path / "llm.cfg"
    path.write_text(f'[model]\n@llm_models = "test.Provider.v1"\nstyle = "{style}"\n', "utf-8")
    return using(f"llm:{path}")


def test_a_config_file_names_the_model(tmp_path: Path) -> None:
    (document,), ledger = suggested(settings(tmp_path), TEXT)
    assert brief(document) == [
        ("Amina Yusuf", "PERSON"),
        ("Tea Board", "ORG"),
        ("Rahman", "PERSON"),
        ("Kenya", "COUNTRY"),
        ("Iran", "COUNTRY"),
    ]
    # The word, not the first letters that read the same.
    assert document.entities[-1].start == TEXT.rindex("Iran")
    assert document.entities[-1].country_code == "IR"
    assert related(document) == [("Amina Yusuf", "works_for", "Tea Board")]
    assert document.relations[0].score is None
    assert ledger.clean


def test_a_registered_name_does_as_well() -> None:
    (document,), _ = suggested(using("llm:test.Provider.v1"), TEXT)
    assert ("Rahman", "PERSON") in brief(document)


def test_a_config_of_spacy_llm_itself_does_too(tmp_path: Path) -> None:
    path = tmp_path / "theirs.cfg"
    path.write_text(
        '[nlp]\nlang = "en"\npipeline = ["llm"]\n[components]\n[components.llm]\n'
        'factory = "llm"\n[components.llm.model]\n@llm_models = "test.Provider.v1"\n',
        "utf-8",
    )
    (document,), _ = suggested(using(f"llm:{path}"), TEXT)
    assert ("Rahman", "PERSON") in brief(document)


def test_the_guidelines_stand_in_the_prompts(tmp_path: Path, monkeypatch) -> None:
    suggested(settings(tmp_path), TEXT)
    names, pairs = asked
    assert "PERSON: (key 1): the name of one human being" in names.replace("`", "")
    assert "Spans don't overlap or nest." in names
    assert "works_for: from PERSON to ORG: holds an office in it" in pairs
    assert "Amina Yusuf[ENT0:PERSON] of the Tea Board[ENT1:ORG]" in pairs
    monkeypatch.chdir(tmp_path)
    Path("guidelines.md").write_text("**PERSON**: only poets.", "utf-8")
    suggested(settings(tmp_path), TEXT)
    assert "PERSON: only poets." in asked[2]


def test_what_the_model_makes_up_is_left_out_and_counted(tmp_path: Path) -> None:
    used = settings(tmp_path, "wild")
    nlp = load("en", used, used.schema_in_force())
    doc = nlp("Amina Yusuf of the Tea Board met Rahman.")
    assert [ent.text for ent in doc.ents] == ["Amina Yusuf", "Tea Board", "Rahman"]
    assert [(it.head, it.tail, it.label) for it in doc._.relations] == [(0, 1, "works_for")]
    assert sorted(doc._.left_out.values()) == [2, 4]


def test_spans_inside_words_are_kept_to_the_letter(tmp_path: Path) -> None:
    """A glued ending is no border of a token; the model's word stands all the same."""

    @registry.llm_models("test.Inside.v1")
    def make() -> Callable[[Prompts], Prompts]:
        def answer(prompts: Prompts) -> Prompts:
            return [["1. জুনাইদ পলক | True | PERSON | x" for _ in group] for group in prompts]

        return answer

    text = "তিনি জুনাইদ পলককে বলেন।"
    (document,), ledger = suggested(using("llm:test.Inside.v1"), text, language="bn")
    assert [it.text for it in document.entities if it.label == "PERSON"] == ["জুনাইদ পলক"]
    assert document.text == text
    assert ledger.clean


def test_long_texts_go_in_several_prompts_and_nothing_is_unseen(tmp_path: Path) -> None:
    text = "".join(f"xyz {n} spoke of tea. " for n in range(500)) + "Rahman left Kenya."
    (document,), _ = suggested(settings(tmp_path), text)
    assert brief(document) == [("Rahman", "PERSON"), ("Kenya", "COUNTRY")]
    assert document.entities[0].start == text.index("Rahman")
    assert len(asked) > 4
    relation = "Amina Yusuf of the Tea Board spoke. " * 200
    (document,), _ = suggested(settings(tmp_path), relation)
    assert len(document.entities) == 400
    assert {it[1] for it in related(document)} == {"works_for"}


def test_a_failure_refuses_one_document_by_name_and_asks_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROVIDER_API_KEY", "sk-very-secret-9")
    found, ledger = suggested(settings(tmp_path), "Rahman left.", "BROKEN", "Kenya won.")
    assert [brief(it) for it in found] == [[("Rahman", "PERSON")], [], [("Kenya", "COUNTRY")]]
    assert [note.where for note in ledger.refused] == ["d2"]
    assert "the language model failed: RuntimeError: 401 for key …" in ledger.refused[0].what
    assert "secret" not in ledger.refused[0].what
    assert sum("Rahman left." in prompt for prompt in asked) == 1


def test_the_version_follows_the_file_and_the_guidelines(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    versions = set()
    for style in ("plain", "wild"):
        used = settings(tmp_path, style)
        versions.add(model_version(used, used.schema_in_force()))
    Path("guidelines.md").write_text("Ours.", "utf-8")
    versions.add(model_version(used, used.schema_in_force()))
    assert len(versions) == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [("[paths]\n", r"the file has no \[model\]"), ("[model\n", "the file can't be read")],
)
def test_a_file_that_names_no_model_is_said(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "llm.cfg").write_text(content, "utf-8")
    used = using(f"llm:{tmp_path / 'llm.cfg'}")
    with pytest.raises(PipelineError, match=said):
        load("en", used, used.schema_in_force())


@pytest.mark.parametrize("named", ["llm:no.Such.v1", "llm:/no/such.cfg"])
def test_a_model_that_is_not_there_is_named(named: str) -> None:
    used = using(named)
    with pytest.raises(PipelineError, match=r"\[pipelines\] en = 'llm:") as caught:
        load("en", used, used.schema_in_force())
    assert "\n" not in str(caught.value)
