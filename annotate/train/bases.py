"""spaCy's config for training a ``ner`` on a base: another pipeline, or a bare encoder.

A pipeline's ``ner`` is trained on where it knows all labels; else a new one is, with a
tok2vec of its own. The base's other components stay as they are. ``hf:NAME`` is an encoder
of the Hugging Face hub, or a folder, which is trained with a new ``ner`` through
spacy-transformers.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import spacy
from spacy.language import Language

from annotate.errors import PipelineError
from annotate.prelabel.merge import COUNTRY
from annotate.prelabel.pipeline import TOKENIZER, relation_config
from annotate.schema import Schema

ENCODER = "hf:"
RELATIONS = "annotate_relations"
_SENTENCES = {"parser", "senter", "sentencizer", "annotate_sentences"}
# spaCy's quickstart for NER, on a CPU and with a transformer.
_PARSER: dict[str, Any] = {
    "@architectures": "spacy.TransitionBasedParser.v2",
    "state_type": "ner",
    "extra_state_tokens": False,
    "hidden_width": 64,
    "maxout_pieces": 2,
    "nO": None,
}
_TOK2VEC: dict[str, Any] = {
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
}
_LISTENER: dict[str, Any] = {
    "@architectures": "spacy-transformers.TransformerListener.v1",
    "grad_factor": 1.0,
    "pooling": {"@layers": "reduce_mean.v1"},
}
IN_LARGE_BATCHES: dict[str, Any] = {
    "accumulate_gradient": 3,
    "optimizer": {
        "@optimizers": "Adam.v1",
        "learn_rate": {
            "@schedules": "warmup_linear.v1",
            "warmup_steps": 250,
            "total_steps": 6000,
            "initial_rate": 5e-5,
        },
    },
    "batcher": {
        "@batchers": "spacy.batch_by_padded.v1",
        "discard_oversize": False,
        "size": 2000,
        "buffer": 256,
    },
}

Components = dict[str, dict[str, Any]]


def check_base(base: str) -> None:
    """Raise PipelineError unless something can be trained on a base."""
    if base.startswith(ENCODER):
        if find_spec("spacy_transformers") is None:
            raise PipelineError(
                f"--base {base}: needs spacy-transformers. Install annotate-gold[gpu] into an "
                "environment of its own: it wants another transformers than the engines."
            )
        return
    source = _loaded(base)
    if "annotate_crf" in source.pipe_names:
        raise PipelineError(
            f"--base {base}: is the built-in pipeline, trained; leave --base out to train it anew."
        )
    if "ner" not in source.pipe_names and RELATIONS in source.pipe_names:
        raise PipelineError(f"--base {base}: has relations but no ner to train.")


def on_pipeline(
    base: str, language: str, schema: Schema, labels: frozenset[str]
) -> tuple[dict[str, Any], list[str]]:
    """The config, and the components that are not trained. PipelineError without the base."""
    source = _loaded(base)
    frozen = [name for name in source.pipe_names if name != "ner"]
    # In their order: what stands behind the ner may look at its entities.
    components: Components = {name: {"source": base} for name in source.pipe_names}
    components["ner"] = _ner(source, base, labels)
    copied = {"@callbacks": "spacy.copy_from_base_model.v1", "tokenizer": base, "vocab": base}
    return _config(source, components, language, schema, before_init=copied), frozen


def on_encoder(name: str, language: str, schema: Schema) -> dict[str, Any]:
    """The config of a transformer with a new ner."""
    components: Components = {
        "transformer": {
            "factory": "transformer",
            "model": {
                "@architectures": "spacy-transformers.TransformerModel.v3",
                "name": name,
                "tokenizer_config": {"use_fast": True},
                "get_spans": {
                    "@span_getters": "spacy-transformers.strided_spans.v1",
                    "window": 128,
                    "stride": 96,
                },
            },
        },
        "ner": {"factory": "ner", "model": _PARSER | {"use_upper": False, "tok2vec": _LISTENER}},
    }
    return _config(spacy.blank("xx", config=TOKENIZER), components, language, schema)


def _config(
    nlp: Language, components: Components, language: str, schema: Schema, **initialize: Any
) -> dict[str, Any]:
    """A pipeline's config with these components, and behind them those of ours that it lacks."""
    if not _SENTENCES & set(components):
        components["annotate_sentences"] = {"factory": "annotate_sentences"}
    if COUNTRY in schema.labels and "annotate_countries" not in components:
        components["annotate_countries"] = {"factory": "annotate_countries", "language": language}
    if RELATIONS not in components:
        relations = {"language": language, "relations": relation_config(schema)}
        components[RELATIONS] = {"factory": RELATIONS} | relations
    config: dict[str, Any] = nlp.config.copy()
    config["components"] = components
    config["nlp"] |= {"pipeline": list(components), "disabled": []}
    config["initialize"] |= {"components": {}, "vectors": None} | initialize
    return config


def _loaded(base: str) -> Language:
    try:
        return spacy.load(base)
    except Exception as error:
        reason = str(error).strip().partition("\n")[0]
        if isinstance(error, OSError):
            reason = "no installed spaCy package or folder of that name"
        raise PipelineError(f"--base {base}: {reason}.") from None


def _ner(source: Language, base: str, labels: frozenset[str]) -> dict[str, Any]:
    """The base's own where it knows all labels, with its own copy of a shared tok2vec."""
    own: Any = source.get_pipe("ner") if "ner" in source.pipe_names else None
    if own is None or not labels <= set(own.labels):
        return {"factory": "ner", "model": _PARSER | {"use_upper": True, "tok2vec": _TOK2VEC}}
    listens = any("listener" in node.name for node in own.model.walk())
    return {"source": base} | ({"replace_listeners": ["model.tok2vec"]} if listens else {})
