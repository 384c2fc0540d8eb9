"""The tokens of the pipelines that annotate.toml names, for token formats that train them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from spacy.tokens import Doc

from annotate.config import Settings
from annotate.document import Document
from annotate.formats.tokens import Tokenize, built_in_tokens
from annotate.prelabel.engines import engine_of
from annotate.prelabel.pipeline import load


def tokenizer_of(settings: Settings) -> Tokenize | None:
    """Tokens by the language of a document; None where all are the built-in pipelines'.

    Engines see the built-in tokens. Raises PipelineError, when a document needs it,
    where a named pipeline can't be loaded.
    """
    named = {language for language, name in settings.pipelines.items() if engine_of(name) is None}
    if not named:
        return None

    @cache
    def make_doc(language: str) -> Callable[[str], Doc]:
        return load(language, settings, settings.schema_in_force()).make_doc

    def tokenize(document: Document) -> list[tuple[int, int]]:
        if document.language not in named:
            return built_in_tokens(document)
        doc = make_doc(document.language)(document.text)
        return [(token.idx, token.idx + len(token)) for token in doc]

    return tokenize
