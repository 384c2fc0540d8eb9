"""What is trained, as spaCy's own config: one pipeline a language.

Without a base it is the built-in pipeline, whose labeller and relation model learn anew
from gold and corpus together: on texts that none of them had seen, spaCy's own ``ner`` with
a tok2vec trained on the same texts reached F1 70.7 (en) and 58.2 (bn), with our rules'
suggestions among its features 79.8 and 77.0, and this pipeline 87.1 and 82.6.

With a base, any spaCy pipeline, its ``ner`` is trained on where it knows all labels; else
a new one is, with a tok2vec of its own. The base's other components stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from thinc.api import Config

from annotate.errors import PipelineError
from annotate.prelabel.merge import COUNTRY
from annotate.prelabel.pipeline import built_in, relation_config
from annotate.prelabel.relations import MODEL
from annotate.schema import Schema

LABELLER, RELATIONS = "annotate_crf", "annotate_relations"
_SENTENCES = {"parser", "senter", "sentencizer", "annotate_sentences"}
# spaCy's quickstart for NER on a CPU, with room for scripts without capitals: their words
# differ in prefixes and suffixes only.
_NER = {
    "model": {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": 64,
        "maxout_pieces": 2,
        "use_upper": True,
        "nO": None,
        "tok2vec": {
            "@architectures": "spacy.Tok2Vec.v2",
            "embed": {
                "@architectures": "spacy.MultiHashEmbed.v2",
                "width": 96,
                "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
                "rows": [5000, 1000, 2500, 2500],
                "include_static_vectors": False,
            },
            "encode": {
                "@architectures": "spacy.MaxoutWindowEncoder.v2",
                "width": 96,
                "depth": 4,
                "window_size": 1,
                "maxout_pieces": 3,
            },
        },
    }
}
# The labeller is trained when it is initialized; spaCy's loop then only scores and saves it.
_ONCE = {"max_steps": 1, "max_epochs": 0, "patience": 0, "eval_frequency": 1}
_IN_STEPS = {"max_steps": 6000, "max_epochs": 0, "patience": 600, "eval_frequency": 50}


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
    return sorted({language, language.replace("_", "-").partition("-")[0].lower()})


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
    frozen: list[str]
    if base is None:
        nlp = pipeline(language, schema, learnt=learnt)
        config, frozen, steps = dict(nlp.config.copy()), [], _ONCE
    else:
        config, frozen = _on(base, language, schema, labels)
        steps = _IN_STEPS
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


def _on(
    base: str, language: str, schema: Schema, labels: frozenset[str]
) -> tuple[dict[str, Any], list[str]]:
    try:
        source = spacy.load(base)
    except OSError:
        raise PipelineError(
            f"--base {base}: no installed spaCy package or folder of that name."
        ) from None
    frozen = [name for name in source.pipe_names if name != "ner"]
    components: dict[str, dict[str, Any]] = {name: {"source": base} for name in frozen}
    components["ner"] = _ner(source, base, labels)
    if not _SENTENCES & set(frozen):
        components["annotate_sentences"] = {"factory": "annotate_sentences"}
    if COUNTRY in schema.labels and "annotate_countries" not in frozen:
        components["annotate_countries"] = {"factory": "annotate_countries", "language": language}
    if RELATIONS not in frozen:
        relations = {"language": language, "relations": relation_config(schema)}
        components[RELATIONS] = {"factory": RELATIONS} | relations
    config = source.config.copy()
    config["components"] = components
    config["nlp"] |= {"pipeline": list(components), "disabled": []}
    copied = {"@callbacks": "spacy.copy_from_base_model.v1", "tokenizer": base, "vocab": base}
    config["initialize"] |= {"before_init": copied, "components": {}, "vectors": None}
    return config, frozen


def _ner(source: Language, base: str, labels: frozenset[str]) -> dict[str, Any]:
    """The base's own where it knows all labels, with its own copy of a shared tok2vec."""
    own: Any = source.get_pipe("ner") if "ner" in source.pipe_names else None
    if own is None or not labels <= set(own.labels):
        return {"factory": "ner", **_NER}
    listens = any("listener" in node.name for node in own.model.walk())
    return {"source": base} | ({"replace_listeners": ["model.tok2vec"]} if listens else {})
