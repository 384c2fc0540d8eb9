"""GLiNER, which finds what labels say without training: ``gliner:owner/name`` or a folder."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from spacy.language import Language

from annotate.errors import PipelineError
from annotate.prelabel.engines.component import Findings, Windowed
from annotate.prelabel.engines.hub import folder_of, revision_of
from annotate.prelabel.engines.huggingface import input_size, pieces
from annotate.prelabel.engines.spans import Found
from annotate.prelabel.engines.windows import Window
from annotate.schema import Schema

BATCH = 8
# The library's own default.
THRESHOLD = 0.5
# Abbreviations in full: the model reads a label as words.
SPOKEN = {"PER": "person", "ORG": "organization", "LOC": "location", "GPE": "country or city"}
_LEAST_ROOM = 32
# Encoders of a model by name, and where their configs stand if the model has them.
_ENCODERS = {
    "model_name": "encoder_config",
    "labels_encoder": "labels_encoder_config",
    "labels_decoder": "labels_decoder_config",
}


def config(model: str, schema: Schema) -> dict[str, Any]:
    """The component's config: the label config's own labels, in words."""
    return {"model": str(folder_of(model)), "labels": spoken(schema.labels)}


def release(model: str) -> str:
    """The model's revision."""
    return f"revision {revision_of(model)}"


def spoken(labels: Sequence[str]) -> dict[str, str]:
    """What the model is asked for → the label that it stands for.

    Raises PipelineError when two labels read the same.
    """
    asked: dict[str, str] = {}
    for label in labels:
        words = SPOKEN.get(label, label.replace("_", " ").lower())
        if words in asked:
            raise PipelineError(f"labels {asked[words]} and {label} read the same, {words!r}.")
        asked[words] = label
    return asked


@Language.factory(
    "annotate_gliner",
    assigns=["doc.ents", "span._.score"],
    default_config={"model": "", "labels": {}},
)
def make_gliner(nlp: Language, name: str, model: str, labels: dict[str, str]) -> Windowed:
    """Make the component; ``labels`` is what to ask for → the label to set.

    Raises PipelineError when the model can't be used.
    """
    gliner = _loaded(folder_of(model))
    room, most_words = _room(gliner, [*labels])
    tokenizer = gliner.data_processor.transformer_tokenizer

    def share(words: Sequence[str]) -> float:
        return max(pieces(tokenizer, words) / room, len(words) / most_words)

    def find(parts: Sequence[Window]) -> list[Findings]:
        words = {
            part.text: [(w.text, w.start - part.start, w.end - part.start) for w in part.words]
            for part in parts
        }
        # Its own splitter takes vowel signs of Indic scripts for words: it would see
        # single letters, and no name of more than a dozen.
        gliner.data_processor.words_splitter = words.__getitem__
        answers = gliner.inference(
            [part.text for part in parts], [*labels], threshold=THRESHOLD, batch_size=BATCH
        )
        return [
            Findings(list(_spans(part, answer, labels)), Counter())
            for part, answer in zip(parts, answers, strict=True)
        ]

    return Windowed(nlp, share, lambda parts: find(parts) if parts else [])


def _spans(
    part: Window, answer: Sequence[dict[str, Any]], labels: dict[str, str]
) -> Iterator[Found]:
    for span in answer:
        start, end = part.start + span["start"], part.start + span["end"]
        yield Found(start, end, labels[span["label"]], round(float(span["score"]), 4))


def _room(gliner: Any, asked: Sequence[str]) -> tuple[int, int]:
    """How many pieces, and how many words, the model takes beside the labels."""
    settings = gliner.config
    tokenizer = gliner.data_processor.transformer_tokenizer
    prompt = [part for label in asked for part in (settings.ent_token, label)]
    taken = pieces(tokenizer, [*prompt, settings.sep_token]) + tokenizer.num_special_tokens_to_add()
    room = input_size(tokenizer, settings.encoder_config) - taken
    if room < _LEAST_ROOM:
        raise PipelineError(f"{len(asked)} labels leave its input no room for text.")
    return room, int(settings.max_len)


@cache
def _loaded(folder: Path) -> Any:
    """One for all languages; on the GPU where there is one."""
    import torch
    from gliner import GLiNER

    _refuse_code((folder / "gliner_config.json").read_text("utf-8"))
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return GLiNER.from_pretrained(str(folder), map_location=device)


def _refuse_code(settings: str) -> None:
    """GLiNER lets an encoder bring code of its own to run, and asks nobody."""
    from transformers import PretrainedConfig

    table = json.loads(settings)
    configs = [settings]
    for name, known in _ENCODERS.items():
        if table.get(name) and not table.get(known):
            configs.append(json.dumps(PretrainedConfig.get_config_dict(table[name])[0]))
    if any('"auto_map"' in text for text in configs):
        raise PipelineError("it brings code of its own, which is not run.")
