"""A folder in the layout of DocRED and Re-DocRED, whole documents an item.

``documents.json`` stands for DocRED's ``train_annotated.json``: a list of ``title``, the
document's id; ``sents``, lists of tokens; ``vertexSet``, of each entity its mentions with
``name``, ``sent_id``, ``pos`` (tokens of the sentence, half-open) and ``type``; ``labels``
with ``h`` and ``t``, places in ``vertexSet``, ``r``, and ``evidence``, ids of sentences.
``rel_info.json``, ``rel2id.json`` and ``ner2id.json`` are beside it.

No coreference is annotated: each mention is an entity of its own. Nor is evidence: it is
the sentences of both mentions, for the official scorer divides by how much there is.

All else stands under keys that DocRED's scripts don't read: ``text`` and ``offsets`` (of
the tokens of each sentence) of a document, and those of
:mod:`annotate.formats.items`. ``BLANK`` and ``Na`` are labels of DocRED's own: documents
that use them are refused.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain
from pathlib import Path
from typing import Any

from annotate.document import Document
from annotate.errors import FormatError
from annotate.formats import json_array
from annotate.formats.items import (
    ABOUT,
    WRONG_SHAPE,
    Item,
    Keys,
    Mark,
    details,
    entity_mark,
    is_ours,
    joined,
    laid,
    more_of,
    no_item,
    piece_of,
    write_items,
)
from annotate.formats.mark import refuse_other_format
from annotate.formats.passages import Span, passages
from annotate.formats.records import account, document_from, json_line, replacing_folder
from annotate.formats.tokens import Tokenize, built_in_tokens
from annotate.ledger import Ledger

DOCUMENTS = "documents.json"
# Number 0 of ner2id and rel2id in DocRED's own files.
NO_ENTITY, NO_RELATION = "BLANK", "Na"
KEYS = Keys(
    ("title", "sents", "vertexSet", "labels"),
    ("name", "sent_id", "pos", "type"),
    ("h", "t", "r", "evidence"),
    numbers=False,
)


def write(
    documents: Iterable[Document],
    path: Path,
    ledger: Ledger,
    tokenize: Tokenize = built_in_tokens,
) -> None:
    """Write the folder. A document whose id came before is refused: titles are unique."""
    entities: set[str] = set()
    relations: set[str] = set()

    def items() -> Iterator[dict[str, Any]]:
        for document in _taken(documents, ledger):
            entities.update(one.label for one in document.entities)
            relations.update(link.label for link in document.relations)
            yield _item(document, ledger, tokenize)
            account(document, ledger)

    with replacing_folder(path, "docred") as part:
        with (part / DOCUMENTS).open("w", encoding="utf-8", newline="") as file:
            write_items(items(), file)
        tables = {
            "rel_info": {label: label.replace("_", " ") for label in sorted(relations)},
            "rel2id": _numbered(NO_RELATION, relations),
            "ner2id": _numbered(NO_ENTITY, entities),
        }
        for name, table in tables.items():
            content = json.dumps(table, ensure_ascii=False, indent=1) + "\n"
            (part / f"{name}.json").write_text(content, "utf-8", newline="")


def read(path: Path) -> Iterator[Document]:
    """Documents of a folder's data files, by name, or of one file.

    Data files are those that hold a list. In files of other making tokens are joined by
    spaces, sentences by line breaks; every mention is an entity, relations are between
    the first mentions, and ``meta`` says which mentions are of one ``vertexSet`` and what
    the ``evidence`` is. Raises FormatError naming the item that is none of DocRED's.
    """
    refuse_other_format(path, "docred")
    for file in _data_files(path) if path.is_dir() else [path]:
        for number, item in enumerate(json_array.items(file, "documents"), start=1):
            where = f"{file}, item {number}"
            yield document_from(_value(item, where), where)


def _taken(documents: Iterable[Document], ledger: Ledger) -> Iterator[Document]:
    """The documents that the format can hold; the ledger names the others."""
    seen: set[str] = set()
    for document in documents:
        ledger.taken += 1
        if document.id in seen:
            ledger.refuse(document.id, "a document of this id is in the file already.")
        elif any(one.label == NO_ENTITY for one in document.entities):
            ledger.refuse(document.id, f"DocRED has a label {NO_ENTITY!r} of its own: rename it.")
        elif any(link.label == NO_RELATION for link in document.relations):
            ledger.refuse(document.id, f"DocRED has a label {NO_RELATION!r} of its own: rename it.")
        else:
            seen.add(document.id)
            yield document


def _item(document: Document, ledger: Ledger, tokenize: Tokenize) -> dict[str, Any]:
    record = json.loads(json_line(document, ledger))
    sentences = passages(document, ledger, tokenize, with_relations=False)
    starts = [sentence.start for sentence in sentences]
    numbers = {entity.id: number for number, entity in enumerate(document.entities)}
    within = _within(starts, [entity.start for entity in document.entities])
    vertices = []
    for number, entity in enumerate(document.entities):
        mark = entity_mark(document, record, number, sentences[within[number]], 0)
        place = {"sent_id": within[number], "pos": [mark.first, mark.second]}
        ours = {key: value for key, value in mark.ours.items() if key != "number"}
        vertices.append([{"name": entity.text, **place, "type": mark.label, **ours}])
    labels = []
    for link, said in zip(document.relations, record["relations"], strict=True):
        head, tail = numbers[link.head], numbers[link.tail]
        evidence = sorted({within[head], within[tail]})
        labels.append({"h": head, "t": tail, "r": link.label, "evidence": evidence})
        labels[-1].update(details(said))
    return {
        "title": document.id,
        "sents": [[document.text[s:e] for s, e in one.tokens] for one in sentences],
        "vertexSet": vertices,
        "labels": labels,
        "text": document.text,
        "offsets": [one.tokens for one in sentences],
        **details(record, ABOUT),
    }


def _within(starts: Sequence[int], places: Sequence[int]) -> list[int]:
    """The number of the sentence that each of the places is in."""
    return [bisect_right(starts, place) - 1 for place in places]


def _numbered(nothing: str, labels: Iterable[str]) -> dict[str, int]:
    return {label: number for number, label in enumerate([nothing, *sorted(labels)])}


def _data_files(folder: Path) -> list[Path]:
    files = [file for file in sorted(folder.glob("*.json")) if _is_list(file)]
    if not files:
        raise FormatError(f"{folder} has no .json file with a list of documents.")
    return files


def _is_list(file: Path) -> bool:
    try:
        with file.open("rb") as content:
            return content.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"[")
    except OSError as error:
        raise FormatError(f"{file} can't be read: {error}.") from error


def _value(item: Mapping[str, Any], where: str) -> dict[str, Any]:
    """A document as JSON for the model."""
    try:
        sents = item["sents"]
        firsts = list(accumulate((len(words) for words in sents), initial=0))
        mentions = [
            (vertex, mention)
            for vertex, cluster in enumerate(item["vertexSet"])
            for mention in cluster
        ]
        first_of = {vertex: place for place, (vertex, _) in reversed([*enumerate(mentions)])}
        links = [
            Mark(label["r"], first_of[label["h"]], first_of[label["t"]], label)
            for label in item.get("labels", ())
        ]
        flat = Item(
            list(chain.from_iterable(sents)),
            [_mark(mention, sents, firsts) for _, mention in mentions],
            links,
            dict(item) | _layout(item),
            more_of(item, KEYS),
        )
        ((_, value),) = joined([piece_of(flat, str(item["title"]), KEYS)], "")
        return value | {"meta": value.get("meta", {}) | _unheld(item, mentions, value)}
    except WRONG_SHAPE as error:
        raise no_item("DocRED", where, error) from error


def _mark(mention: Mapping[str, Any], sents: Sequence[Sequence[str]], firsts: list[int]) -> Mark:
    sentence = int(mention["sent_id"])
    first, after = mention["pos"]
    if not (0 <= sentence < len(sents) and 0 <= first < after <= len(sents[sentence])):
        raise ValueError(f"there are no tokens {first}:{after} in sentence {sentence}")
    return Mark(mention["type"], firsts[sentence] + first, firsts[sentence] + after, mention)


def _layout(item: Mapping[str, Any]) -> dict[str, Any]:
    """``text`` and the ``offsets`` of all tokens."""
    if is_ours(item):
        return {"offsets": list(chain.from_iterable(item["offsets"]))}
    offsets: list[Span] = []
    lines = []
    start = 0
    for words in item["sents"]:
        line, places = laid(words, {})
        offsets += [(start + first, start + after) for first, after in places]
        lines.append(line)
        start += len(line) + 1
    return {"text": "\n".join(lines), "offsets": offsets}


def _unheld(
    item: Mapping[str, Any],
    mentions: Sequence[tuple[int, Mapping[str, Any]]],
    value: Mapping[str, Any],
) -> dict[str, Any]:
    """Coreference and evidence, for ``meta``, where they say more than a document does."""
    found: dict[str, Any] = {}
    ids: list[list[str]] = [[] for _ in item["vertexSet"]]
    for (vertex, _), entity in zip(mentions, value["entities"], strict=True):
        ids[vertex].append(entity["id"])
    if any(len(own) > 1 for own in ids):
        found["vertexSet"] = ids
    labels = item.get("labels", ())
    both = [{int(item["vertexSet"][label[end]][0]["sent_id"]) for end in "ht"} for label in labels]
    stated = [label.get("evidence", []) for label in labels]
    if any(set(own) != ends for own, ends in zip(stated, both, strict=True)):
        found["evidence"] = stated
    return found
