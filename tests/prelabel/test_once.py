"""Answers that are kept with a doc, and when they are found anew."""

from __future__ import annotations

import gc
import weakref

import spacy
from spacy.tokens import Doc

from annotate.prelabel.once import once_a_doc
from annotate.prelabel.pipeline import built_in

asked: list[str] = []


@once_a_doc
def starts(doc: Doc, mark: str) -> list[str]:
    asked.append(mark)
    return [mark + token.text for token in doc if token.is_sent_start]


def made(text: str) -> Doc:
    asked.clear()
    return spacy.blank("xx")(text)


def test_the_same_question_is_answered_once() -> None:
    doc = made("one two")
    assert starts(doc, "*") is starts(doc, "*")
    assert asked == ["*"]


def test_other_arguments_and_other_docs_are_other_questions() -> None:
    doc = made("one two")
    starts(doc, "*")
    starts(doc, "+")
    starts(spacy.blank("xx")("one two"), "*")
    assert asked == ["*", "+", "*"]


def test_new_sentence_starts_are_seen() -> None:
    doc = made("one two")
    assert starts(doc, "") == ["one"]
    doc[1].is_sent_start = True
    assert starts(doc, "") == ["one", "two"]


def test_new_tokens_are_seen() -> None:
    doc = made("one two")
    starts(doc, "")
    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[:2])
    assert starts(doc, "") == ["one two"]


def test_an_empty_doc_has_an_answer() -> None:
    assert starts(made(""), "") == []


def test_the_answers_go_with_the_doc() -> None:
    class Marker(str):
        pass

    mark, doc = Marker("*"), made("one two")
    starts(doc, mark)
    gone = weakref.ref(mark)
    asked.clear()
    del mark, doc
    gc.collect()
    assert gone() is None


def test_a_doc_can_still_be_written() -> None:
    doc = built_in("en")("Peter Odinga left Kenya.")
    assert Doc(doc.vocab).from_bytes(doc.to_bytes()).text == doc.text
