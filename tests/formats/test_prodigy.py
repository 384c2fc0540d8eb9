import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from spacy.tokens import Doc
from spacy.vocab import Vocab

from annotate.document import Document, Entity
from annotate.errors import FormatError
from annotate.formats import prodigy
from annotate.ledger import Ledger
from tests.strategies import collections


def tasks_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def task_file(path: Path, *tasks: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(task) + "\n" for task in tasks), "utf-8")
    return path


def check_task(task: dict[str, Any], document: Document) -> None:
    """What Prodigy's documentation says of tokens, spans and relations, done by spaCy."""
    tokens = task["tokens"]
    assert [token["id"] for token in tokens] == list(range(len(tokens)))
    doc = Doc(Vocab(), [token["text"] for token in tokens], [token["ws"] for token in tokens])
    assert doc.text == task["text"] == document.text
    assert [(t.idx, t.idx + len(t)) for t in doc] == [(t["start"], t["end"]) for t in tokens]
    for span, entity in zip(task["spans"], document.entities, strict=True):
        found = doc[span["token_start"] : span["token_end"] + 1]
        assert (found.start_char, found.end_char) == (span["start"], span["end"])
        assert (found.text, span["label"]) == (entity.text, entity.label)
    for relation, link in zip(task["relations"], document.relations, strict=True):
        assert relation["label"] == link.label
        for end, entity in (
            ("head", document.entity(link.head)),
            ("child", document.entity(link.tail)),
        ):
            span = relation[f"{end}_span"]
            assert (span["start"], span["end"], span["label"]) == (
                *(entity.start, entity.end),
                entity.label,
            )
            # Both ends point to the last token of their span.
            assert relation[end] == span["token_end"]
            assert doc[relation[end]].idx + len(doc[relation[end]]) == entity.end


@given(documents=collections(overlapping=True, provenance=True))
def test_every_span_and_relation_is_on_the_tokens(folder: Path, documents: list[Document]) -> None:
    path = folder / "gold.prodigy.jsonl"
    prodigy.write(documents, path, Ledger("export"))
    for task, document in zip(tasks_of(path), documents, strict=True):
        assert task["answer"] == "accept"
        check_task(task, document)


def test_corpus_is_on_the_tokens(folder: Path, corpus: list[Document], ledger: Ledger) -> None:
    path = folder / "corpus.prodigy.jsonl"
    prodigy.write(corpus, path, ledger)
    for task, document in zip(tasks_of(path), corpus, strict=True):
        check_task(task, document)


def test_a_task_of_a_full_document(tmp_path: Path, gold: list[Document], ledger: Ledger) -> None:
    path = tmp_path / "gold.prodigy.jsonl"
    prodigy.write(gold, path, ledger)
    task, empty = tasks_of(path)
    assert task["tokens"][:2] == [
        {"text": "Ms", "start": 0, "end": 2, "id": 0, "ws": True},
        {"text": "Amina", "start": 3, "end": 8, "id": 1, "ws": True},
    ]
    del task["spans"][0]["provenance"], task["relations"][0]["provenance"]
    assert task["spans"][0] == {
        **{"id": "p1", "start": 3, "end": 14, "label": "PERSON", "text": "Amina Yusuf"},
        **{"score": 0.1, "note": "sic", "token_start": 1, "token_end": 2},
    }
    ends = {"start": 3, "end": 14, "token_start": 1, "token_end": 2, "label": "PERSON", "id": "p1"}
    assert task["relations"][0]["head_span"] == ends
    assert (task["relations"][0]["head"], task["relations"][0]["child"]) == (2, 5)
    assert (task["id"], task["language"], task["meta"]) == ("news/1", "en", gold[0].meta)
    assert empty == {
        **{"text": "", "tokens": [], "spans": [], "relations": [], "meta": {}},
        **{"answer": "accept", "id": "empty", "language": "und"},
    }


def test_a_name_inside_a_word_cuts_the_token_and_is_counted(tmp_path: Path, ledger: Ledger) -> None:
    entity = Entity(id="c", start=0, end=8, label="COUNTRY", text="বাংলাদেশ")
    path = tmp_path / "gold.prodigy.jsonl"
    prodigy.write([Document(id="d", text="বাংলাদেশের কথা", entities=(entity,))], path, ledger)
    (task,) = tasks_of(path)
    assert [token["text"] for token in task["tokens"]] == ["বাংলাদেশ", "ের", "কথা"]
    assert [token["ws"] for token in task["tokens"]] == [False, True, False]
    assert ledger.counts["tokens cut at a span edge"] == 1


# As the relations interface saves it: numbers of tokens, spans without ids, hashes.
FROM_PRODIGY = {
    "text": "Ana Li met Bo.",
    "_input_hash": 1,
    "_task_hash": -2,
    "_view_id": "relations",
    "meta": {"source": "news"},
    "tokens": [
        {"text": "Ana", "start": 0, "end": 3, "id": 0, "ws": True},
        {"text": "Li", "start": 4, "end": 6, "id": 1, "ws": True},
        {"text": "met", "start": 7, "end": 10, "id": 2, "ws": True},
        {"text": "Bo", "start": 11, "end": 13, "id": 3, "ws": False, "disabled": True},
        {"text": ".", "start": 13, "end": 14, "id": 4, "ws": False},
    ],
    "spans": [
        {"start": 0, "end": 6, "token_start": 0, "token_end": 1, "label": "PER", "type": "span"},
        {"start": 11, "end": 13, "token_start": 3, "token_end": 3, "label": "PER"},
    ],
    "relations": [
        {
            "head": 1,
            "child": 3,
            "head_span": {"start": 0, "end": 6, "token_start": 0, "token_end": 1, "label": "PER"},
            "child_span": {"start": 11, "end": 13, "label": "PER"},
            "color": "#c5bdf4",
            "label": "met",
        }
    ],
    "answer": "accept",
}


BARE = {"relations": []}


def test_what_prodigy_saved_is_read_and_its_own_keys_kept(tmp_path: Path) -> None:
    (document,) = prodigy.read(task_file(tmp_path / "ann.jsonl", FROM_PRODIGY))
    assert (document.id, document.language) == ("ann-1", "und")
    assert [(one.id, one.text, one.label) for one in document.entities] == [
        ("e1", "Ana Li", "PER"),
        ("e2", "Bo", "PER"),
    ]
    (link,) = document.relations
    assert (link.head, link.tail, link.label) == ("e1", "e2", "met")
    assert document.meta == {
        "source": "news",
        "prodigy": {
            **{"_input_hash": 1, "_task_hash": -2, "_view_id": "relations"},
            "spans": [{"type": "span"}, {}],
            "relations": [{"color": "#c5bdf4"}],
        },
    }


def test_relations_by_the_numbers_of_tokens_alone(tmp_path: Path) -> None:
    task = FROM_PRODIGY | {"relations": [{"head": 3, "child": 1, "label": "met"}]}
    (document,) = prodigy.read(task_file(tmp_path / "ann.jsonl", task))
    (link,) = document.relations
    assert (link.head, link.tail) == ("e2", "e1")


def test_a_bare_task_of_ner_manual(tmp_path: Path) -> None:
    task = {"text": "Ana Li", "spans": [{"start": 0, "end": 3, "label": "PER"}]}
    (document,) = prodigy.read(task_file(tmp_path / "ann.jsonl", task))
    assert document.entities[0].text == "Ana"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"answer": "reject"}, "line 2: the answer is 'reject'.*db-out --answer accept"),
        ({"answer": "ignore"}, "line 2: the answer is 'ignore'"),
        ({"text": None}, "line 2: this is no task"),
        (
            BARE | {"spans": [{"start": 0, "end": 99, "label": "PER"}]},
            r"line 2 \(id 'ann-2'\): .*end 99",
        ),
        (BARE | {"spans": [{"start": 0, "end": 3}]}, r"line 2 .*entities\.0\.label"),
        ({"spans": "PER"}, "line 2: this is no task"),
        ({"spans": []}, "line 2: the head of a relation 'met', token 1, is no span"),
        ({"relations": [{"head": 2, "child": 1, "label": "x"}]}, "the head of a .*token 2"),
        ({"meta": {"prodigy": 1}}, "line 2: there is no place for _input_hash"),
    ],
)
def test_a_task_that_is_no_gold_is_named(change: dict[str, Any], says: str, tmp_path: Path) -> None:
    path = task_file(tmp_path / "ann.jsonl", FROM_PRODIGY, FROM_PRODIGY | change)
    found = prodigy.read(path)
    assert next(found).id == "ann-1"
    with pytest.raises(FormatError, match=says):
        next(found)


@pytest.mark.parametrize("line", ["{", "[]", "7", '{"text": "a"} {}', "\ufffe"])
def test_a_line_that_is_no_object_is_named(line: str, tmp_path: Path) -> None:
    path = tmp_path / "ann.jsonl"
    path.write_text(f"\n{line}\n", "utf-8")
    with pytest.raises(FormatError, match="line 2: this is no JSON"):
        list(prodigy.read(path))


@pytest.mark.parametrize("key", ["entities", "label", "labels"])
def test_lines_of_another_tool_are_not_read_as_tasks_without_spans(
    key: str, tmp_path: Path
) -> None:
    path = tmp_path / "doccano.jsonl"
    path.write_text(json.dumps({"text": "Li", key: [[0, 2, "PERSON"]]}))
    with pytest.raises(FormatError, match=f"line 1: there are no 'spans', but '{key}'"):
        list(prodigy.read(path))
    path.write_text(json.dumps({"text": "Li", "label": "PEOPLE"}))
    assert next(prodigy.read(path)).meta == {"prodigy": {"label": "PEOPLE"}}
