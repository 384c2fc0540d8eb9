"""Hugging Face token classification: ``hf:owner/name`` of the hub, or ``hf:folder``."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from spacy.language import Language

from annotate.errors import PipelineError
from annotate.prelabel.crf import spans_of
from annotate.prelabel.engines.component import Findings, Windowed
from annotate.prelabel.engines.hub import folder_of, revision_of
from annotate.prelabel.engines.spans import Found
from annotate.prelabel.engines.windows import Window, Word
from annotate.schema import Schema

BATCH = 8
# For models that don't say how much they take; what their kind was trained with.
_POSITIONS = 512
# Tokenizers without a limit have a huge one.
_NO_LIMIT = 1_000_000
# Schemes that mark last and lone words read as the plain one.
_IOB = {"B": "B", "I": "I", "E": "I", "L": "I", "M": "I", "S": "B", "U": "B"}


def config(model: str, schema: Schema) -> dict[str, Any]:
    """The component's config; labels are the model's own."""
    return {"model": str(folder_of(model))}


def release(model: str) -> str:
    """The model's revision."""
    return f"revision {revision_of(model)}"


@Language.factory(
    "annotate_huggingface", assigns=["doc.ents", "span._.score"], default_config={"model": ""}
)
def make_huggingface(nlp: Language, name: str, model: str) -> Windowed:
    """Make the component for a model as :func:`annotate.prelabel.engines.hub.folder_of` takes it.

    ``span._.score`` is the probability of the span's least sure word. Raises
    PipelineError when the model can't be used.
    """
    classify = _loaded(folder_of(model))
    tokenizer = classify.tokenizer
    room = input_size(tokenizer, classify.model.config) - tokenizer.num_special_tokens_to_add()

    def share(words: Sequence[str]) -> float:
        return pieces(tokenizer, words) / float(room)

    def find(parts: Sequence[Window]) -> list[Findings]:
        # A word is what its first piece says, as in training: the pipeline's own
        # aggregation looks for words by spaces, or by equal length of piece and text.
        answers = classify(
            [[word.text for word in window.words] for window in parts],
            is_split_into_words=True,
            delimiter=" ",
            batch_size=BATCH,
        )
        return [
            Findings(list(_spans(window.words, answer)), Counter())
            for window, answer in zip(parts, answers, strict=True)
        ]

    return Windowed(nlp, share, lambda parts: find(parts) if parts else [])


def pieces(tokenizer: Any, words: Sequence[str]) -> int:
    """How many pieces the words are; the tokenizer sees each by itself."""
    if not words:
        return 0
    return len(tokenizer([*words], is_split_into_words=True, add_special_tokens=False)["input_ids"])


def input_size(tokenizer: Any, model_config: Any) -> int:
    """The longest input in pieces, with special tokens, that is read whole."""
    positions = getattr(model_config, "max_position_embeddings", None)
    # RoBERTa and its kin count positions from 2 on.
    sizes = [positions - 2] if positions and positions > 2 else []
    if tokenizer.model_max_length < _NO_LIMIT:
        sizes.append(tokenizer.model_max_length)
    return min(sizes, default=_POSITIONS)


@cache
def _loaded(folder: Path) -> Any:
    """One for all languages; on the GPU where there is one."""
    from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline

    safe = {"local_files_only": True, "trust_remote_code": False}
    tokenizer = AutoTokenizer.from_pretrained(folder, **safe)
    if not tokenizer.is_fast:
        raise PipelineError("its tokenizer can't tell offsets; take a model with a fast one.")
    model = AutoModelForTokenClassification.from_pretrained(folder, use_safetensors=True, **safe)
    return pipeline(
        "token-classification",
        model=model,
        tokenizer=tokenizer,
        aggregation_strategy="none",
        ignore_labels=[],
    )


def _spans(words: Sequence[Word], answer: Sequence[Mapping[str, Any]]) -> Iterator[Found]:
    """The spans that the first pieces of words say; a word without pieces is passed over."""
    starts = [0]
    for word in words[:-1]:
        starts.append(starts[-1] + len(word.text) + 1)
    first: dict[int, Mapping[str, Any]] = {}
    for piece in answer:
        first.setdefault(bisect_right(starts, int(piece["start"])) - 1, piece)
    seen = sorted(first)
    for start, end, label in spans_of([_tag(first[index]["entity"]) for index in seen]):
        run = seen[start:end]
        score = min(float(first[index]["score"]) for index in run)
        yield Found(words[run[0]].start, words[run[-1]].end, label, round(score, 4))


def _tag(entity: str) -> str:
    kind, dash, label = entity.partition("-")
    if dash and kind in _IOB:
        return f"{_IOB[kind]}-{label}"
    return "O" if entity == "O" else f"I-{entity}"
