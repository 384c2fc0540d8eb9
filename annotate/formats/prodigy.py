"""Prodigy's JSONL: one annotated task a line, as ``prodigy db-out`` writes and ``db-in`` takes.

Each document is one task, by the "Annotation interfaces" of Prodigy's documentation:

* ``text``, and ``tokens`` with ``text``, ``start``, ``end``, ``id`` and ``ws`` (a space follows);
* ``spans``: the entities with ``start``, ``end``, ``label``, ``token_start`` and
  ``token_end``, the number of the last token, which is inside. They may overlap, as in
  the interfaces ``spans`` and ``spans_manual``;
* ``relations`` from ``head`` to ``child``, both the number of the last token of their
  span, with ``head_span`` and ``child_span`` besides;
* ``meta``, and ``answer``, which is always "accept".

Prodigy keeps properties that it doesn't know. So a task has ``id``, ``language`` and
``provenance`` too, and a span ``id``, ``text``, ``country_code``, ``note``, ``score`` and
``provenance``: all is held.

In files of Prodigy's own, what a document has no place for (hashes, session, time) is
read into ``meta["prodigy"]``. Tasks whose answer is not "accept" are refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from annotate.document import Document
from annotate.errors import FormatError
from annotate.formats.lines import beside, json_or_refusal, objects, one_line
from annotate.formats.records import account, document_from, replacing
from annotate.formats.tokens import (
    Tokenize,
    Tokens,
    built_in_tokens,
    tokens_cut_at,
    words_and_spaces,
)
from annotate.ledger import Ledger

_ENTITY = ("id", "start", "end", "label", "text", "country_code", "note", "score", "provenance")
_ENDS = ("start", "end", "token_start", "token_end", "label", "id")
_TASK_KEYS = (
    *("text", "tokens", "spans", "relations", "meta", "answer"),
    *("id", "language", "provenance"),
)
_SPAN_KEYS = (*_ENTITY, "token_start", "token_end")
_RELATION_KEYS = ("head", "child", "head_span", "child_span", "label", "score", "provenance")


def write(
    documents: Iterable[Document],
    path: Path,
    ledger: Ledger,
    tokenize: Tokenize = built_in_tokens,
) -> None:
    """Write one task a line; the file appears whole or not at all."""
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        for document in documents:
            ledger.taken += 1
            line = json_or_refusal(document, ledger)
            if line is None:
                continue
            spans = [(entity.start, entity.end) for entity in document.entities]
            tokens = tokens_cut_at(document.text, spans, tokenize(document))
            ledger.counts["tokens cut at a span edge"] += tokens.cut
            file.write(one_line(_task(json.loads(line), tokens)))
            account(document, ledger)


def read(path: Path) -> Iterator[Document]:
    """Documents of a file of Prodigy's tasks, one at a time.

    Raises FormatError, naming the line, at the first task that is not accepted, that has
    no text, or whose relation doesn't join two spans.
    """
    for number, task in objects(path):
        where = f"{path}, line {number}"
        answer = task.get("answer", "accept")
        if answer != "accept":
            raise FormatError(
                f"{where}: the answer is {answer!r}: this is no gold. "
                "Export it with 'prodigy db-out --answer accept'."
            )
        try:
            value = _value(task, f"{path.stem}-{number}", where)
        except (KeyError, TypeError, AttributeError) as error:
            raise FormatError(f"{where}: this is no task of Prodigy: {error!r}.") from error
        yield document_from(value, where)


def _task(value: dict[str, Any], tokens: Tokens) -> dict[str, Any]:
    """The task of a document's JSON."""
    text = value["text"]
    first = {start: number for number, (start, _) in enumerate(tokens.offsets)}
    last = {end: number for number, (_, end) in enumerate(tokens.offsets)}
    spans = [
        entity | {"token_start": first[entity["start"]], "token_end": last[entity["end"]]}
        for entity in value["entities"]
    ]
    by_id = {span["id"]: span for span in spans}
    task = {
        "text": text,
        "tokens": _tokens(text, tokens),
        "spans": spans,
        "relations": [_relation(link, by_id) for link in value["relations"]],
        "meta": value["meta"],
        "answer": "accept",
        "id": value["id"],
        "language": value["language"],
    }
    return task | ({"provenance": value["provenance"]} if "provenance" in value else {})


def _tokens(text: str, tokens: Tokens) -> list[dict[str, Any]]:
    words, spaces = words_and_spaces(text, tokens)
    return [
        {"text": word, "start": start, "end": end, "id": number, "ws": space}
        for number, (word, (start, end), space) in enumerate(
            zip(words, tokens.offsets, spaces, strict=True)
        )
    ]


def _relation(link: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> dict[str, Any]:
    head, tail = by_id[link["head"]], by_id[link["tail"]]
    return {
        "head": head["token_end"],
        "child": tail["token_end"],
        "head_span": {key: head[key] for key in _ENDS},
        "child_span": {key: tail[key] for key in _ENDS},
    } | beside(link, ("head", "tail"))


def _value(task: dict[str, Any], name: str, where: str) -> dict[str, Any]:
    """What a task holds of a document, for the model to validate."""
    for other in ("entities", "label", "labels"):
        if "spans" not in task and isinstance(task.get(other), list):
            raise FormatError(
                f"{where}: there are no 'spans', but {other!r}, which a task of Prodigy has not. "
                "Name the format that the file is of, such as doccano or jsonl."
            )
    spans = task.get("spans") or []
    links = task.get("relations") or []
    entities = [_entity(span, number, task["text"]) for number, span in enumerate(spans, start=1)]
    find = _finder(spans, [entity["id"] for entity in entities], where)
    return {
        "id": name if task.get("id") is None else str(task["id"]),
        "text": task["text"],
        "language": task.get("language", "und"),
        "entities": entities,
        "relations": [
            {
                "head": find(link, "head"),
                "tail": find(link, "child"),
                "label": link["label"],
                "score": link.get("score"),
                "provenance": link.get("provenance"),
            }
            for link in links
        ],
        "meta": _meta(task, spans, links, where),
        "provenance": task.get("provenance"),
    }


def _entity(span: dict[str, Any], number: int, text: str) -> dict[str, Any]:
    own = {key: span.get(key) for key in _ENTITY}
    return own | {
        "id": f"e{number}" if own["id"] is None else str(own["id"]),
        "text": text[span["start"] : span["end"]] if own["text"] is None else own["text"],
    }


def _finder(
    spans: list[dict[str, Any]], ids: list[str], where: str
) -> Callable[[dict[str, Any], str], str]:
    """A function of a relation and ``head`` or ``child``: the id of the entity there.

    Our ``id`` says it exactly; Prodigy itself says only place and label, or a token.
    """
    by_id = set(ids)
    by_place: dict[tuple[object, ...], str] = {}
    by_token: dict[object, str] = {}
    for span, name in zip(spans, ids, strict=True):
        by_place.setdefault((span["start"], span["end"], span.get("label")), name)
        by_token.setdefault(span.get("token_end"), name)

    def find(link: dict[str, Any], end: str) -> str:
        span = link.get(f"{end}_span") or {}
        place = tuple(span.get(key) for key in ("start", "end", "label"))
        found = span.get("id") if span.get("id") in by_id else by_place.get(place)
        if found is None and not span:
            found = by_token.get(link[end])
        if found is None:
            raise FormatError(
                f"{where}: the {end} of a relation {link.get('label')!r}, token {link.get(end)}, "
                "is no span. Annotate it as one."
            )
        return found

    return find


def _meta(
    task: dict[str, Any],
    spans: list[dict[str, Any]],
    links: list[dict[str, Any]],
    where: str,
) -> dict[str, Any]:
    """The task's ``meta``, and all that a document has no other place for."""
    meta: dict[str, Any] = task.get("meta") or {}
    more = beside(task, _TASK_KEYS)
    for key, parts, known in (("spans", spans, _SPAN_KEYS), ("relations", links, _RELATION_KEYS)):
        own = [beside(part, known) for part in parts]
        if any(own):
            more[key] = own
    if not more:
        return meta
    if "prodigy" in meta:
        raise FormatError(f"{where}: there is no place for {', '.join(more)}: meta has 'prodigy'.")
    return meta | {"prodigy": more}
