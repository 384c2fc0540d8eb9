"""A language model through spacy-llm: ``llm:`` and a config file, or a model's name.

The task is spacy.NER.v3, its prompt made of the label config and the guidelines.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import load_config
from spacy.vocab import Vocab

from annotate.errors import PipelineError
from annotate.prelabel.engines import without_keys
from annotate.prelabel.engines.component import Findings, Windowed
from annotate.prelabel.engines.guidelines import definitions, guidelines
from annotate.prelabel.engines.spans import Found
from annotate.prelabel.engines.windows import Window
from annotate.schema import Schema

with suppress(ImportError):
    import spacy_llm  # noqa: F401  (makes the registry that a model is named in)

# Characters of text in one prompt: far less than any such model takes, and answers of
# this many names are still whole.
WINDOW_CHARS = 3000
NOT_KEPT = "lines of the model's answers that name no entity of the text and label config"
_MEMORY = 1024
_JOINERS = "\u200c\u200d"

Ask = Callable[[str], str]


def config(model: str, schema: Schema) -> dict[str, Any]:
    """The component's config: the model's block, the labels, and what defines them."""
    defined, rest = definitions(guidelines(), schema.labels)
    return {
        "model": model_block(model),
        "labels": list(schema.labels),
        "definitions": defined,
        "description": rest,
    }


def release(model: str) -> str:
    """The config file's content or the model's name, and that of the guidelines."""
    said = Path(model).read_text("utf-8") if _is_file(model) else model
    return sha256(f"{said}\0{guidelines()}".encode()).hexdigest()[:12]


def model_block(model: str) -> dict[str, Any]:
    """What ``llm:…`` names, as a block of a spaCy config.

    A ``.cfg`` file has it as ``[model]``, or in its first component, as spacy-llm's own
    examples do. Raises PipelineError when the file has none or can't be read.
    """
    if not _is_file(model):
        return {"@llm_models": model}
    try:
        table = load_config(Path(model))
    except (OSError, ValueError) as error:
        first = str(error).strip().partition("\n")[0]
        raise PipelineError(f"the file can't be read: {first}") from None
    components = table.get("components", {}).values()
    blocks = [table.get("model"), *(part.get("model") for part in components)]
    block = next(filter(None, blocks), None)
    if block is None:
        raise PipelineError('the file has no [model]. Write one, with @llm_models = "…".')
    return dict(block)


def _is_file(model: str) -> bool:
    return model.endswith(".cfg")


@Language.factory(
    "annotate_llm",
    assigns=["doc.ents"],
    default_config={"model": None, "labels": [], "definitions": {}, "description": ""},
)
def make_llm(
    nlp: Language,
    name: str,
    model: Callable[..., Any],
    labels: list[str],
    definitions: dict[str, str],
    description: str,
) -> Windowed:
    """Make the component for a model as spacy-llm has them.

    A text's failure is raised as PipelineError, without the keys of the environment.
    """
    from spacy_llm.registry import registry

    ask = asker(model)
    task = registry.llm_tasks.get("spacy.NER.v3")(
        labels=labels,
        label_definitions=definitions or None,
        description=description or None,
        parse_responses=_parsed,
        # Folding case may change how long a text is.
        case_sensitive_matching=True,
    )

    def find(parts: Sequence[Window]) -> list[Findings]:
        docs = [letters(nlp.vocab, part.text) for part in parts]
        answers = [
            [ask(prompt) for prompt in prompts] for prompts, _ in task.generate_prompts(docs)
        ]
        list(task.parse_responses([[doc] for doc in docs], answers))
        return [_findings(*it) for it in zip(parts, docs, answers, strict=True)]

    return Windowed(nlp, share, find)


def share(words: Sequence[str]) -> float:
    """How much of one prompt's text the words take, with a space each."""
    return sum(len(word) + 1 for word in words) / WINDOW_CHARS


def letters(vocab: Vocab, text: str) -> Doc:
    """A doc with a token a character, in which any span has its place."""
    return Doc(vocab, words=list(text), spaces=[False] * len(text))


def asker(model: Callable[..., Any]) -> Ask:
    """One prompt to its answer. A prompt asked again, when a batch failed, isn't paid twice."""

    @lru_cache(maxsize=_MEMORY)
    def ask(prompt: str) -> str:
        try:
            ((answer,),) = ([*answers] for answers in model([[prompt]]))
        except Exception as error:
            said = without_keys(f"{type(error).__name__}: {error}")
            raise PipelineError(f"the language model failed: {said}") from None
        return str(answer)

    return ask


def _findings(part: Window, doc: Doc, answers: Sequence[str]) -> Findings:
    found = [
        Found(part.start + ent.start_char, part.start + ent.end_char, ent.label_)
        for ent in doc.ents
    ]
    # "True" is how spacy.NER.v3 has the model say that a line is an entity.
    said = sum(len(re.findall(r"\|\s*true\s*\|", answer, re.IGNORECASE)) for answer in answers)
    return Findings(found, Counter({NOT_KEPT: max(0, said - len(found))}))


def _parsed(
    task: Any, shards: Iterable[Iterable[Doc]], responses: Iterable[Iterable[str]]
) -> Iterator[list[list[Span]]]:
    """Answers to spans, in the order of the text as the prompt asks for.

    Where spacy-llm's own parser takes the first letters that fit, this one looks for
    whole words first ("Iran" is in "Iranian"), and before the last span too.
    """
    for docs, answers in zip(shards, responses, strict=True):
        yield [list(_placed(task, doc, answer)) for doc, answer in zip(docs, answers, strict=True)]


def _placed(task: Any, doc: Doc, answer: str) -> Iterator[Span]:
    from spacy_llm.tasks.span.examples import SpanReason

    text, taken = doc.text, 0
    seen: set[tuple[int, int]] = set()
    for line in answer.strip().split("\n"):
        with suppress(ValueError):
            said = SpanReason.from_str(line)
            label = task.label_dict.get(task.normalizer(said.label))
            at = next((it for it in _places(text, said.text, taken) if it not in seen), None)
            span = doc.char_span(*at, label=label) if said.is_entity and label and at else None
            if span is not None and at:
                seen.add(at)
                taken = at[1]
                yield span


def _places(text: str, name: str, after: int) -> list[tuple[int, int]]:
    """Where the name stands: whole words first, and from ``after`` on first."""
    if not name:
        return []
    found = [(it.start(), it.end()) for it in re.finditer(re.escape(name), text)]
    return sorted(
        found, key=lambda it: (_in_word(text, it[0]) or _in_word(text, it[1]), it[0] < after, it)
    )


def _in_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and _is_letter(text[at - 1]) and _is_letter(text[at])


def _is_letter(character: str) -> bool:
    category = unicodedata.category(character)
    return character.isalnum() or category.startswith("M") or character in _JOINERS
