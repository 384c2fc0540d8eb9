"""Token classifiers of Hugging Face, by the real loading code, on a tiny model made here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from annotate.errors import PipelineError
from annotate.prelabel.pipeline import load, model_version
from tests.engines import tiny
from tests.engines.suggesting import PERSONS, brief, related, suggested, using

TEXT = "Amina Yusuf, envoy of Kenya, met Rahman-Amina of the Tea Board in Lima."


@pytest.fixture(scope="module", params=["wordpiece", "unigram"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two kinds of tokenizer: BERT's, and that of XLM-R, which takes blanks for letters."""
    return tiny.huggingface(tmp_path_factory.mktemp("hf"), request.param)


def test_one_line_names_a_model_and_labels_are_renamed(model: Path) -> None:
    settings = using(f"hf:{model}")
    (document,), ledger = suggested(settings, TEXT)
    assert brief(document) == [
        ("Amina Yusuf", "PERSON"),
        ("Kenya", "COUNTRY"),
        ("Rahman", "PERSON"),
        ("Amina", "PERSON"),
        ("Tea Board", "ORG"),
    ]
    assert document.entities[1].country_code == "KE"
    assert all(it.score is not None and 0.5 < it.score <= 1 for it in document.entities)
    assert ("Amina Yusuf", "represents", "Kenya") in related(document)
    assert dict(ledger.counts) == {"label LOC not in the label config": 1}


@pytest.mark.parametrize("person", PERSONS)
def test_any_script(model: Path, person: str) -> None:
    (document,), _ = suggested(using(f"hf:{model}"), f"xyz {person}।", language="bn")
    assert brief(document) == [(person, "PERSON")]


def test_nothing_of_a_long_text_is_unseen(model: Path) -> None:
    """Sentences and one line without an end, of many windows; names at every place."""
    text = "Amina Yusuf spoke in the Tea Board. " * 60 + "xyz Amina Yusuf " * 80 + "Rahman"
    (document,), ledger = suggested(using(f"hf:{model}"), text)
    assert [it.start for it in document.entities if it.text == "Amina Yusuf"] == [
        at for at in range(len(text)) if text.startswith("Amina Yusuf", at)
    ]
    assert (document.entities[-1].text, document.entities[-1].end) == ("Rahman", len(text))
    assert all(document.text[it.start : it.end] == it.text for it in document.entities)
    assert ledger.clean


def test_a_word_longer_than_the_model_takes_is_read_in_parts(model: Path) -> None:
    text = f"{'x' * 500} met Amina Yusuf"
    (document,), ledger = suggested(using(f"hf:{model}"), text)
    assert brief(document)[-1] == ("Amina Yusuf", "PERSON")
    assert ledger.clean


@pytest.mark.parametrize("text", ["", " \n", "\u200c\u200c", "?"])
def test_a_text_without_words(model: Path, text: str) -> None:
    (document,), ledger = suggested(using(f"hf:{model}"), text)
    assert (document.entities, ledger.refused) == ((), [])


def test_texts_of_a_batch_keep_their_own(model: Path) -> None:
    found, _ = suggested(using(f"hf:{model}"), "Rahman spoke.", "xyz", "The Tea Board met.")
    assert [brief(document) for document in found] == [
        [("Rahman", "PERSON")],
        [],
        [("Tea Board", "ORG")],
    ]


def test_the_version_follows_what_the_folder_holds(tmp_path: Path) -> None:
    folder = tiny.huggingface(tmp_path / "m")
    settings = using(f"hf:{folder}")
    schema = settings.schema_in_force()
    first = model_version(settings, schema)
    assert model_version(settings, schema) == first
    weights = folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1  # as long as before
    weights.write_bytes(content)
    assert model_version(settings, schema) != first


def test_pickled_weights_are_not_read(tmp_path: Path) -> None:
    folder = tiny.huggingface(tmp_path / "m")
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    settings = using(f"hf:{folder}")
    with pytest.raises(PipelineError, match=r"\[pipelines\] en = .* no safetensors weights"):
        load("en", settings, settings.schema_in_force())


@pytest.mark.parametrize(
    ("named", "said"),
    [("hf:/no/such/folder", "no such folder"), ("hf:nobody/nothing", "hub can't be reached")],
)
def test_a_model_that_is_not_there_is_named(named: str, said: str) -> None:
    settings = using(named)
    with pytest.raises(PipelineError) as caught:
        load("en", settings, settings.schema_in_force())
    assert str(caught.value).startswith(f"[pipelines] en = {named!r}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_other_schemes_of_tags_read_the_same() -> None:
    from annotate.prelabel.crf import spans_of
    from annotate.prelabel.engines.huggingface import _tag

    def read(*tags: str) -> Any:
        return list(spans_of([_tag(tag) for tag in tags]))

    assert read("B-PER", "I-PER", "E-PER", "S-PER", "O") == [(0, 3, "PER"), (3, 4, "PER")]
    assert read("I-PER", "I-PER", "I-LOC") == [(0, 2, "PER"), (2, 3, "LOC")]
    assert read("PER", "PER", "O", "LOC") == [(0, 2, "PER"), (3, 4, "LOC")]
