"""One text through the whole of pre-labelling, with an engine named as a user names it."""

from __future__ import annotations

from annotate.config import Settings, load_settings
from annotate.document import Document
from annotate.ledger import Ledger
from annotate.prelabel.suggest import prelabel
from annotate.shipped import shipped

# What the tiny models take for a person and a body, in Bengali, Persian and English.
PERSONS = ("Amina Yusuf", "জুনাইদ পলক", "امینه یوسفی")


def using(named: str, **more: object) -> Settings:
    pipelines = dict.fromkeys(("en", "bn", "fa"), named)
    return load_settings(shipped("samples")).model_copy(update={"pipelines": pipelines, **more})


def suggested(
    settings: Settings, *texts: str, language: str = "en"
) -> tuple[list[Document], Ledger]:
    ledger = Ledger("prelabel")
    documents = [
        Document(id=f"d{number}", text=text, language=language)
        for number, text in enumerate(texts, 1)
    ]
    return list(prelabel(documents, settings, settings.schema_in_force(), ledger)), ledger


def brief(document: Document) -> list[tuple[str, str]]:
    return [(entity.text, entity.label) for entity in document.entities]


def related(document: Document) -> list[tuple[str, str, str]]:
    return [
        (document.entity(it.head).text, it.label, document.entity(it.tail).text)
        for it in document.relations
    ]
