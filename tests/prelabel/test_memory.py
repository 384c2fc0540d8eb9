"""Learning from reviews: what is remembered, and what it does to the next suggestions."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import Doc, Span

from annotate.config import Settings, load_settings
from annotate.document import Document, Entity, Provenance, Review
from annotate.errors import ConfigError
from annotate.formats import gold, jsonl
from annotate.ledger import Ledger
from annotate.prelabel.memory import Memory, Recall, Remembered, learn, read_memory
from annotate.prelabel.pipeline import TOKENIZER, load, model_version
from annotate.prelabel.suggest import prelabel

WHEN = datetime(2026, 3, 2, 9, 41, 7, tzinfo=UTC)
NLP = spacy.blank("xx", config=TOKENIZER)


def entity(text: str, part: str, label: str, name: str, *, kept: bool = True) -> Entity:
    start = text.index(part)
    return Entity(
        id=name,
        start=start,
        end=start + len(part),
        label=label,
        text=part,
        country_code="KE" if label == "COUNTRY" else None,
        provenance=Provenance(
            status="added", annotator="mira@example.org", annotated_at=WHEN, annotation=4
        )
        if kept
        else None,
    )


def reviewed(
    text: str,
    language: str,
    kept: dict[str, str] | None = None,
    removed: dict[str, str] | None = None,
    name: str = "note",
) -> Document:
    """A gold document: names with their labels, confirmed and removed."""
    confirmed = [
        entity(text, part, label, f"e{number}")
        for number, (part, label) in enumerate((kept or {}).items())
    ]
    deleted = [
        entity(text, part, label, f"r{number}", kept=False)
        for number, (part, label) in enumerate((removed or {}).items())
    ]
    review = Review(
        status="changed",
        annotators=("mira@example.org",),
        annotated_at=WHEN,
        tasks=(2,),
        annotations=(4,),
        policy="latest",
        label_config="0" * 64,
        removed_entities=tuple(deleted),
    )
    return Document(
        id=name, text=text, language=language, entities=tuple(confirmed), provenance=review
    )


def learnt(*documents: Document) -> dict[tuple[str, str], Remembered]:
    return {(it.name, it.label): it for it in learn(documents, Ledger("learn")).names}


def recalled(
    memory: Memory, language: str, text: str, *ents: tuple[str, str]
) -> list[tuple[str, str]]:
    doc: Doc = NLP(text)
    spans = []
    for part, label in ents:
        start = text.index(part)
        span = doc.char_span(start, start + len(part), label)
        assert isinstance(span, Span)
        span._.score = 0.9
        spans.append(span)
    doc.ents = spans
    return [(ent.text, ent.label_) for ent in Recall(memory, language)(doc).ents]


def names(*rows: tuple[str, str, int, int]) -> Memory:
    return Memory(
        names=tuple(
            Remembered(name=name, label=label, confirmed=yes, deleted=no, forms=(name,))
            for name, label, yes, no in rows
        )
    )


# ------------------------------------------------------------------- learning


def test_confirmed_and_deleted_are_counted_under_the_bare_name() -> None:
    found = learnt(
        reviewed("পলক সেন এলেন।", "bn", {"পলক সেন": "PERSON"}, name="a"),
        reviewed("পলক সেনের বাড়ি।", "bn", {"পলক সেনের": "PERSON"}, name="b"),
        reviewed("পলক সেন-এর বাড়ি।", "bn", {}, {"পলক সেন-এর": "PERSON"}, name="c"),
    )
    assert list(found) == [("পলক সেন", "PERSON")]
    one = found["পলক সেন", "PERSON"]
    assert (one.confirmed, one.deleted, one.score) == (2, 1, 0.6)
    assert one.forms == ("পলক সেন", "পলক সেন-এর", "পলক সেনের")


@pytest.mark.parametrize(
    ("form", "language", "name"),
    [
        ("রাশেদ পলকের", "bn", "রাশেদ পলক"),
        ("রাশেদ পলককে", "bn", "রাশেদ পলক"),
        ("দীপা সরকার", "bn", "দীপা সরকার"),
        ("দীপা সরকারের", "bn", "দীপা সরকার"),
        ("Lê Thuỷ Hoà", "vi", "Lê Thủy Hòa"),
        ("علي‌رضا كيان", "fa", "علیرضا کیان"),
    ],
)
def test_an_ending_comes_off_where_it_is_sure(form: str, language: str, name: str) -> None:
    assert list(learnt(reviewed(form, language, {form: "PERSON"}))) == [(name, "PERSON")]


def test_a_doubtful_ending_comes_off_where_the_bare_name_was_seen() -> None:
    found = learnt(
        reviewed("دیدار با رضا کیانا", "fa", {"رضا کیانا": "PERSON"}, name="a"),
        reviewed("خانهٔ رضا کیانای جوان", "fa", {"رضا کیانای": "PERSON"}, name="b"),
    )
    assert {key: one.confirmed for key, one in found.items()} == {("رضا کیانا", "PERSON"): 2}


def test_a_removed_span_that_is_in_the_gold_was_not_deleted() -> None:
    text = "Tea Board met."
    found = learnt(reviewed(text, "en", {"Tea Board": "ORG"}, {"Tea Board": "PERSON"}))
    assert list(found) == [("Tea Board", "ORG")]


def test_short_words_are_not_remembered() -> None:
    ledger = Ledger("learn")
    text = "Vũ, An, UN và Ủy ban"
    document = reviewed(text, "vi", {"Vũ": "PERSON", "UN": "ORG", "Ủy ban": "ORG"}, {"An": "ORG"})
    assert [it.name for it in learn([document], ledger).names] == ["Ủy ban"]
    assert ledger.counts["names too short to remember"] == 3


def test_a_document_given_twice_counts_once() -> None:
    ledger = Ledger("learn")
    document = reviewed("Tea Board met.", "en", {"Tea Board": "ORG"})
    (one,) = learn([document, document], ledger).names
    assert one.confirmed == 1
    assert ledger.counts["documents given twice"] == 1


def test_what_nobody_reviewed_is_refused_by_name() -> None:
    ledger = Ledger("learn")
    bare = Document(id="raw", text="Tea Board", entities=(entity("Tea Board", "Tea", "ORG", "e"),))
    assert learn([bare], ledger).names == ()
    assert [note.where for note in ledger.refused] == ["raw"]


# ------------------------------------------------------------------- suggesting


@pytest.mark.parametrize(
    ("language", "name", "text", "span"),
    [
        ("bn", "রাশেদ পলক", "সভায় রাশেদ পলকের নাম আসে।", "রাশেদ পলকের"),
        ("bn", "রাশেদ পলক", "সভায় রাশেদ পলক'কে ডাকা হয়।", "রাশেদ পলক'কে"),
        ("vi", "Lê Thủy Hòa", "Bà Lê Thuỷ Hoà đến.", "Lê Thuỷ Hoà"),
        ("fa", "علیرضا کیانا", "خانهٔ علی‌رضا کیانای جوان", "علی‌رضا کیانای"),
        ("en", "Ana Sol", "Then Ana Sol's sister sang.", "Ana Sol"),
    ],
)
def test_a_confirmed_name_comes_back(language: str, name: str, text: str, span: str) -> None:
    assert recalled(names((name, "PERSON", 1, 0)), language, text) == [(span, "PERSON")]


@pytest.mark.parametrize(
    ("yes", "no", "comes"), [(1, 0, True), (1, 1, True), (1, 2, False), (0, 0, False)]
)
def test_more_deletions_than_confirmations_end_it(yes: int, no: int, comes: bool) -> None:
    found = recalled(names(("Tea Board", "ORG", yes, no)), "en", "The Tea Board met.")
    assert found == ([("Tea Board", "ORG")] if comes else [])


def test_a_blank_name_in_a_file_edited_by_hand_does_nothing() -> None:
    assert recalled(names((" ", "ORG", 1, 0), (" ", "PERSON", 0, 1)), "bn", "এক দুই") == []


def test_a_single_given_name_needs_two_confirmations() -> None:
    text = "গতকাল পলকের বাড়িতে সভা।"
    assert recalled(names(("পলক", "PERSON", 1, 0)), "bn", text) == []
    assert recalled(names(("পলক", "PERSON", 2, 0)), "bn", text) == [("পলকের", "PERSON")]
    assert recalled(names(("পলক", "PERSON", 2, 0)), "bn", "পলকহীন চোখ।") == []
    assert recalled(names(("Mint", "ORG", 1, 0)), "en", "Mint and mint") == [("Mint", "ORG")]


@pytest.mark.parametrize(
    ("there", "found"),
    [
        (("Sol", "PERSON"), [("Ana Sol", "PERSON")]),
        (("Ana Sol", "PERSON"), [("Ana Sol", "PERSON")]),
        (("Sol", "ORG"), [("Sol", "ORG")]),
        (("Ana Sol", "ORG"), [("Ana Sol", "ORG")]),
        (("Sol Foundation", "PERSON"), [("Sol Foundation", "PERSON")]),
        (("Ana Sol Foundation", "ORG"), [("Ana Sol Foundation", "ORG")]),
    ],
)
def test_it_only_widens_spans_of_its_own_label(
    there: tuple[str, str], found: list[tuple[str, str]]
) -> None:
    memory = names(("Ana Sol", "PERSON", 1, 0))
    assert recalled(memory, "en", "The Ana Sol Foundation met.", there) == found


def test_a_suggestion_that_was_there_keeps_its_score() -> None:
    doc = NLP("Ana Sol and Tea Board")
    span = Span(doc, 0, 2, "PERSON")
    span._.score = 0.99
    doc.ents = [span]
    memory = names(("Ana Sol", "PERSON", 1, 0), ("Tea Board", "ORG", 2, 1))
    assert [ent._.score for ent in Recall(memory, "en")(doc).ents] == [0.99, 0.6]


@pytest.mark.parametrize(
    ("language", "name", "text", "span"),
    [
        ("bn", "নদী মঞ্চ", "তারা নদী মঞ্চের পাশে।", "নদী মঞ্চের"),
        ("bn", "নদী মঞ্চ", "তারা নদী মঞ্চ-এর পাশে।", "নদী মঞ্চ-এর"),
        ("vi", "Ủy ban Hòa", "Ủy ban Hoà họp.", "Ủy ban Hoà"),
        ("fa", "علیرضا کیانا", "خانهٔ علی‌رضا کیانای جوان", "علی‌رضا کیانای"),
        ("en", "Tea Board", "The Tea Board met.", "Tea Board"),
    ],
)
def test_a_deleted_name_goes_with_its_label_only(
    language: str, name: str, text: str, span: str
) -> None:
    memory = names((name, "ORG", 1, 2))
    assert recalled(memory, language, text, (span, "ORG")) == []
    assert recalled(memory, language, text, (span, "PERSON")) == [(span, "PERSON")]
    longer = text.rstrip(".।")
    assert recalled(memory, language, text, (longer, "ORG")) == [(longer, "ORG")]


def test_a_deleted_label_makes_room_for_the_confirmed_one() -> None:
    memory = names(("Li Na", "ORG", 0, 1), ("Li Na", "PERSON", 1, 0))
    assert recalled(memory, "en", "Li Na sang.", ("Li Na", "ORG")) == [("Li Na", "PERSON")]


# ------------------------------------------------------------------- the way round


def project(folder: Path, *documents: Document) -> Settings:
    (folder / "annotate.toml").write_text('memory = "memory.json"\n', "utf-8")
    memory = learn(documents, Ledger("learn"))
    (folder / "memory.json").write_text(memory.to_json(), "utf-8")
    assert read_memory(folder / "memory.json") == memory
    return load_settings(folder, environ={})


def test_a_review_changes_the_next_suggestions(tmp_path: Path) -> None:
    text = "The envoy of Kenya met qorvane blist in Zembla."
    plain = load_settings(tmp_path, environ={})
    schema = plain.schema_in_force()

    def suggested(settings: Settings) -> list[tuple[str, str, str | None]]:
        given = [Document(id="next", text=text, language="en")]
        (document,) = prelabel(given, settings, schema, Ledger("prelabel"))
        return [(item.text, item.label, item.country_code) for item in document.entities]

    assert ("Kenya", "COUNTRY", "KE") in suggested(plain)
    review = reviewed(
        text, "en", {"qorvane blist": "ORG", "Zembla": "COUNTRY"}, {"Kenya": "COUNTRY"}
    )
    settings = project(tmp_path, review)
    assert suggested(settings) == [("qorvane blist", "ORG", None), ("Zembla", "COUNTRY", "KE")]
    assert model_version(settings, schema) != model_version(plain, schema)
    assert load("en", settings, schema).pipe_names[-2:] == ["annotate_memory", "annotate_relations"]


def test_the_list_has_the_last_word_over_the_memory(tmp_path: Path) -> None:
    settings = project(tmp_path, reviewed("Tea Board", "en", {}, {"Tea Board": "ORG"}))
    path = tmp_path / "names.csv"
    path.write_text("form,label,code\nTea Board,ORG,\n", "utf-8")
    settings = settings.model_copy(update={"gazetteer": path})
    doc = load("en", settings, settings.schema_in_force())("The Tea Board met.")
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("Tea Board", "ORG")]


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"version": 2, "names": []}', b"\xff"])
def test_a_missing_or_broken_file_says_what_to_do(tmp_path: Path, text: str | bytes | None) -> None:
    settings = project(tmp_path)
    path = tmp_path / "memory.json"
    path.unlink()
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError, match=r"memory\.json.*annotate learn"):
        load("en", settings, settings.schema_in_force())


# ------------------------------------------------------------------- the command


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "annotate", *arguments], cwd=folder, capture_output=True, text=True
    )


def test_learn_reads_gold_files_and_writes_one_that_people_can_read(tmp_path: Path) -> None:
    one = reviewed("রাশেদ পলকের বাড়ি।", "bn", {"রাশেদ পলকের": "PERSON"}, name="a")
    other = reviewed("Kenya met Li Na.", "en", {"Kenya": "COUNTRY"}, {"Li Na": "ORG"}, name="b")
    gold.write([one], tmp_path / "gold.json", Ledger("write"))
    jsonl.write([other], tmp_path / "gold.jsonl", Ledger("write"))
    written = []
    for files in (("gold.json", "gold.jsonl"), ("gold.jsonl", "gold.json")):
        done = run(tmp_path, "learn", *files, "--output", "memory.json", "--json")
        assert done.returncode == 0, done.stderr
        account: dict[str, Any] = json.loads(done.stdout)
        assert (account["in"], account["out"], account["counts"]["names"]) == (2, 2, 3)
        assert account["output"] == "memory.json"
        written.append((tmp_path / "memory.json").read_text("utf-8"))
    assert written[0] == written[1]
    lines = written[0].splitlines()
    assert json.loads(lines[1].rstrip(",")) == {
        "name": "Kenya",
        "label": "COUNTRY",
        "confirmed": 1,
        "deleted": 0,
        "forms": ["Kenya"],
        "country_code": "KE",
    }
    assert "রাশেদ পলক" in lines[3]


def test_learn_refuses_what_was_not_reviewed_and_the_rest_goes_on(tmp_path: Path) -> None:
    documents = [
        Document(id="raw", text="Tea Board"),
        reviewed("Ana Sol", "en", {"Ana Sol": "PERSON"}),
    ]
    jsonl.write(documents, tmp_path / "gold.jsonl", Ledger("write"))
    done = run(tmp_path, "learn", "gold.jsonl")
    assert done.returncode == 1
    assert "1 name of 1 document in memory.json" in done.stdout
    assert "raw: not reviewed" in done.stderr
    assert len(read_memory(tmp_path / "memory.json").names) == 1


def test_prelabel_names_a_memory_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "annotate.toml").write_text('memory = "gone.json"\n', "utf-8")
    (tmp_path / "note.txt").write_text("Kenya", "utf-8")
    done = run(tmp_path, "prelabel", "note.txt", "-l", "en", "-o", "out.jsonl")
    assert done.returncode == 2
    assert "gone.json" in done.stderr
    assert "run 'annotate learn'" in done.stderr
