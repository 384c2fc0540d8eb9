"""What blind reviewers would have been shown: suggested now, or kept from before the push."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from annotate.config import Settings
from annotate.document import Document
from annotate.effort.report import Suggest
from annotate.errors import ConfigError, PipelineError
from annotate.ledger import Ledger
from annotate.prelabel.pipeline import model_version
from annotate.prelabel.suggest import prelabel
from annotate.schema import Schema


def suggester(settings: Settings, shown: str | None, ledger: Ledger) -> tuple[Suggest | None, str]:
    """The pipeline of the settings if it is the one that suggested, else None and why not.

    ``shown`` is the model version of the suggestions that reviewers see. The ledger
    names documents that the pipeline fails on.
    """
    schema = settings.schema_in_force()
    try:
        version = model_version(settings, schema)
    except (ConfigError, PipelineError) as error:
        return None, f"the pipeline of the settings can't be used: {error}"
    if version != shown:
        return None, (
            f"reviewers were shown suggestions of {shown}, and the settings here suggest with "
            f"{version}; give what was suggested before the push with --suggestions FILE"
        )
    return partial(_anew, settings=settings, schema=schema, ledger=ledger), ""


def kept(documents: Iterable[Document]) -> Suggest:
    """The suggestions of these documents, for those of the same id and text."""
    known = {document.id: document for document in documents}

    def suggest(bare: Iterable[Document]) -> Iterator[Document]:
        for document in bare:
            found = known.get(document.id)
            if found and found.text == document.text:
                yield found

    return suggest


def _anew(
    documents: Iterable[Document], settings: Settings, schema: Schema, ledger: Ledger
) -> Iterator[Document]:
    quiet = Ledger("suggest", refused=ledger.refused)
    for document in prelabel(documents, settings, schema, quiet):
        # One that the pipeline fails on comes without suggestions, and is named.
        if all(note.where != document.id for note in ledger.refused):
            yield document
