"""Every format has a page with a sample that is generated here, and a place in the tables.

``python -m tests.test_format_pages`` writes samples and tables anew.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from annotate.document import Document, Entity, Provenance, Relation, Review
from annotate.formats import FORMATS, get, inline
from annotate.ledger import Ledger

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "formats"
TABLES = (ROOT / "README.md", ROOT / "docs" / "formats.md")
LINES, WIDTH = 10, 96
# The file of a folder that shows most.
SHOWN = {
    "brat": "0001.ann",
    "cas": "0001.xmi",
    "webanno": "0001.tsv",
    "docred": "documents.json",
    "csv": "entities.csv",
}
WHEN = datetime(2026, 3, 1, 10, tzinfo=UTC)
SAID = Provenance(status="accepted", annotator="annotator-1", annotated_at=WHEN, annotation=7)


def sample() -> Document:
    """The document of the samples: Persian and English, a note, two relations, a review."""
    text = "Amina Yusuf, Kenya’s envoy, met محمد زارع‌پور.\n"

    def entity(name: str, found: str, label: str, **more: object) -> Entity:
        at = text.index(found)
        place = {"start": at, "end": at + len(found), "text": found}
        return Entity(id=name, label=label, provenance=SAID, **place, **more)

    return Document(
        id="news/1",
        language="en",
        text=text,
        entities=(
            entity("e1", "Amina Yusuf", "PERSON", score=0.9),
            entity("e2", "Kenya", "COUNTRY", country_code="KE", note="the state"),
            entity("e3", "محمد زارع‌پور", "PERSON", score=0.8),
        ),
        relations=(
            Relation(head="e1", tail="e2", label="represents", score=0.7, provenance=SAID),
            Relation(head="e1", tail="e3", label="met_with", provenance=SAID),
        ),
        meta={"source": "own"},
    )


def sample_corpus() -> list[Document]:
    """Two texts a language of the project's corpus, as if suggested and reviewed."""
    found = []
    for folder in sorted((ROOT / "corpus" / "train").iterdir()):
        found += [_reviewed(one) for one in islice(inline.read(folder), 2)]
    return found


def _reviewed(document: Document) -> Document:
    said = {"provenance": SAID, "score": 0.9}
    review = Review(
        status="accepted",
        annotators=("annotator-1",),
        annotated_at=WHEN,
        tasks=(1,),
        annotations=(7,),
        policy="latest",
        label_config="0" * 64,
    )
    entities = [one.model_copy(update=said) for one in document.entities]
    entities[0] = entities[0].model_copy(update={"note": "looked up"})
    relations = tuple(one.model_copy(update=said) for one in document.relations)
    update = {"entities": tuple(entities), "relations": relations, "provenance": review}
    return document.model_copy(update=update)


def sample_of(name: str, folder: Path) -> str:
    """The first lines of what the format writes, or of what its own library reads from it."""
    path = folder / f"sample{FORMATS[name].suffix}"
    get(name)[0].write([sample()], path, Ledger("sample"))
    if name in ("spacy", "spancat"):
        lines: Iterable[str] = _docbin_lines(path)
    elif name == "hf":
        lines = _dataset_lines(path)
    else:
        file = path / SHOWN[name] if path.is_dir() else path
        lines = file.read_text("utf-8-sig").splitlines()
    short = [line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…" for line in lines]
    return "\n".join([*short[:LINES], *(["…"] if len(short) > LINES else [])])


def _docbin_lines(path: Path) -> Iterable[str]:
    import spacy
    from spacy.tokens import DocBin

    (doc,) = DocBin().from_disk(path).get_docs(spacy.blank("xx").vocab)
    key = "sc" if path.name.endswith(".spancat.spacy") else "entities"
    yield f"doc.text            {doc.text!r}"
    yield f"[t.text for t in doc][:6] {[token.text for token in doc][:6]}"
    for span in doc.ents if key == "entities" else doc.spans[key]:
        where = "doc.ents" if key == "entities" else 'doc.spans["sc"]'
        yield f"{where}  {span.text!r} {span.label_} {span.kb_id_}".rstrip()
    for link in doc.user_data["relations"]:
        yield f'doc.user_data["relations"]  {link}'


def _dataset_lines(path: Path) -> Iterable[str]:
    from datasets import load_dataset

    with tempfile.TemporaryDirectory() as cache:
        rows = load_dataset(str(path), split="train", cache_dir=cache)
        for name, value in rows[0].items():
            yield f"{name}: {value!r}"


def page_with(page: str, kind: str, body: str) -> str:
    """The page with ``body`` between its markers of that kind."""
    marks = re.compile(f"(<!-- {kind} -->\n).*?(<!-- end {kind} -->)", re.DOTALL)
    assert marks.search(page), f"no <!-- {kind} --> in the page"
    return marks.sub(lambda found: found[1] + body + found[2], page)


def sample_page(name: str, folder: Path) -> str:
    page = (PAGES / f"{name}.md").read_text("utf-8")
    return page_with(page, "sample", f"```text\n{sample_of(name, folder)}\n```\n")


def loss_table(folder: Path) -> str:
    """What each format holds of the sample corpus, and what it loses."""
    documents = sample_corpus()
    entities = sum(len(one.entities) for one in documents)
    relations = sum(len(one.relations) for one in documents)
    lines = [
        f"Of {len(documents)} reviewed documents with {entities} entities and {relations} "
        "relations (and scores, codes, notes, provenance of each):",
        "",
        "| format | what it is | lost |",
        "| --- | --- | --- |",
    ]
    for name, one in FORMATS.items():
        ledger = Ledger("table")
        get(name)[0].write(documents, folder / f"table{one.suffix}", ledger)
        assert not ledger.refused, ledger.refused
        lost = ", ".join(f"{kind} {number}" for kind, number in sorted(ledger.lost.items()))
        lines.append(f"| `{name}` | {one.about} | {lost or 'nothing'} |")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", FORMATS)
def test_the_sample_of_a_page_is_what_the_format_writes(name: str, tmp_path: Path) -> None:
    again = "python -m tests.test_format_pages writes it anew"
    assert (PAGES / f"{name}.md").read_text("utf-8") == sample_page(name, tmp_path), again


@pytest.mark.parametrize("page", TABLES, ids=lambda page: page.name)
def test_the_table_of_losses_is_what_the_ledgers_say(page: Path, tmp_path: Path) -> None:
    content = page.read_text("utf-8")
    assert content == page_with(content, "losses", loss_table(tmp_path))


def test_every_page_is_of_a_format() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == set(FORMATS)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        for format_name in FORMATS:
            (PAGES / f"{format_name}.md").write_text(
                sample_page(format_name, Path(scratch)), "utf-8"
            )
        table = loss_table(Path(scratch))
        for table_page in TABLES:
            table_page.write_text(
                page_with(table_page.read_text("utf-8"), "losses", table), "utf-8"
            )
