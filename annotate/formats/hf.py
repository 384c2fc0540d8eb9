"""A folder for Hugging Face ``datasets``: one Parquet file with its features inside.

``datasets.load_dataset(folder)`` gives one row a document:

================= ================================================================
``id``            the document's id
``text``          its text
``language``      its ISO 639 code
``tokens``        list of strings; whitespace between tokens may be in none of them
``ner_tags``      list of ClassLabel, IOB2: ``O``, then ``B-`` and ``I-`` of each label
``token_starts``  list of whole numbers, code points; and ``token_ends``
``entities``      list of ``{id, start, end, label, text, country_code, note, score,
                  provenance}``, all of them; the tags have the longer of any two that
                  overlap
``relations``     list of ``{head, tail, label, score, provenance}`` with entity ids
``meta``          JSON text: a column can't hold values of any shape
``provenance``    JSON text or null, as are the ``provenance`` above
================= ================================================================

All is held; what ``ner_tags`` lacks of it is lost to who trains on those. Labels must be
known before the first row, so documents wait in a file of JSON lines in the same folder:
memory stays flat.

Read are also other folders of Parquet that have ``tokens`` and ``ner_tags`` with names
(IOB or IOBES): the text is the tokens with spaces between, and other columns become meta.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import ClassLabel, Features, List, Value
from pydantic import BaseModel

from annotate.document import Document
from annotate.errors import FormatError
from annotate.formats import iob, jsonl
from annotate.formats.holding import flat_in
from annotate.formats.lines import json_or_refusal
from annotate.formats.mark import refuse_other_format
from annotate.formats.records import account, document_from, replacing_folder
from annotate.formats.tokens import Tokenize, built_in_tokens, tokens_cut_at
from annotate.ledger import Ledger

FILE = "data.parquet"
# Documents in memory at once, and in a row group of the file.
BATCH = 200

_TOKEN_COLUMNS = ("tokens", "ner_tags", "token_starts", "token_ends")
_COLUMNS = ("id", "text", "language", "entities", "relations", "meta", "provenance")


def write(
    documents: Iterable[Document],
    path: Path,
    ledger: Ledger,
    tokenize: Tokenize = built_in_tokens,
) -> None:
    """Write the folder; it appears whole or not at all."""
    with replacing_folder(path, "hf") as part:
        waiting = part / "waiting.jsonl"
        labels = _keep(documents, waiting, ledger)
        features = _features(labels)
        schema = features.arrow_schema
        with pq.ParquetWriter(part / FILE, schema) as writer:
            for batch in _batches(jsonl.read(waiting)):
                rows = [_row(document, features, ledger, tokenize) for document in batch]
                writer.write_batch(pa.RecordBatch.from_pylist(rows, schema=schema))
        waiting.unlink()


def read(path: Path) -> Iterator[Document]:
    """Documents of every Parquet file in a folder, or of one such file, in batches.

    Raises FormatError, naming file and row, where one is no Parquet or has other columns.
    """
    refuse_other_format(path, "hf")
    files = [path] if path.is_file() else sorted(path.rglob("*.parquet"))
    if not files:
        raise FormatError(f"{path} is no folder with a Parquet file.")
    for file in files:
        try:
            yield from _documents(file)
        except FormatError:
            raise
        except Exception as error:  # pyarrow and datasets raise what they stumble on
            raise FormatError(f"{file} can't be read: {error!r}.") from error


def _keep(documents: Iterable[Document], path: Path, ledger: Ledger) -> list[str]:
    """Write the documents down as they come; the labels of their entities, in order."""
    labels: set[str] = set()
    with path.open("w", encoding="utf-8", newline="") as file:
        for document in documents:
            ledger.taken += 1
            line = json_or_refusal(document, ledger)
            if line is None:
                continue
            file.write(line + "\n")
            labels.update(entity.label for entity in document.entities)
            account(document, ledger)
    return sorted(labels)


def _features(labels: Sequence[str]) -> Features:
    string = Value("string")
    tags = ["O", *(f"{place}-{label}" for label in labels for place in "BI")]
    entity = {"id": string, "start": Value("int32"), "end": Value("int32"), "label": string}
    more = {"text": string, "country_code": string, "note": string}
    marked = {"score": Value("float64"), "provenance": string}
    return Features(
        {
            **{"id": string, "text": string, "language": string},
            "tokens": List(string),
            "ner_tags": List(ClassLabel(names=tags)),
            "token_starts": List(Value("int32")),
            "token_ends": List(Value("int32")),
            "entities": List(entity | more | marked),
            "relations": List({"head": string, "tail": string, "label": string} | marked),
            "meta": string,
            "provenance": string,
        }
    )


def _batches(documents: Iterator[Document]) -> Iterator[list[Document]]:
    batch: list[Document] = []
    for document in documents:
        batch.append(document)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _row(
    document: Document, features: Features, ledger: Ledger, tokenize: Tokenize
) -> dict[str, Any]:
    spans = [(entity.start, entity.end) for entity in document.entities]
    tokens = tokens_cut_at(document.text, spans, tokenize(document))
    ledger.counts["tokens cut at a span edge"] += tokens.cut
    tags = _tags(document, tokens.offsets, ledger)
    return {
        **{"id": document.id, "text": document.text, "language": document.language},
        "tokens": [document.text[start:end] for start, end in tokens.offsets],
        "ner_tags": features["ner_tags"].feature.str2int(tags),
        "token_starts": [start for start, _ in tokens.offsets],
        "token_ends": [end for _, end in tokens.offsets],
        "entities": [_marked(entity) for entity in document.entities],
        "relations": [_marked(link) for link in document.relations],
        "meta": json.dumps(document.meta, ensure_ascii=False),
        "provenance": _json_or_none(document.provenance),
    }


def _tags(document: Document, tokens: Sequence[tuple[int, int]], ledger: Ledger) -> list[str]:
    """IOB2 tags of the tokens; entities that are only in ``entities`` are lost in them."""
    first = {start: number for number, (start, _) in enumerate(tokens)}
    after = {end: number for number, (_, end) in enumerate(tokens, start=1)}
    tags = ["O"] * len(tokens)
    for entity in flat_in(document, "ner_tags", ledger):
        places = range(first[entity.start], after[entity.end])
        for place in places:
            tags[place] = f"{'I' if place > places.start else 'B'}-{entity.label}"
    return tags


def _marked(one: BaseModel) -> dict[str, Any]:
    """An entity or relation as a struct of the column; fields that are absent become null."""
    return one.model_dump() | {"provenance": _json_or_none(getattr(one, "provenance", None))}


def _json_or_none(model: BaseModel | None) -> str | None:
    return model.model_dump_json() if model else None


def _documents(file: Path) -> Iterator[Document]:
    with pq.ParquetFile(file) as parquet:
        features = Features.from_arrow_schema(parquet.schema_arrow)
        columns = set(features)
        ours = columns.issuperset(_COLUMNS)
        if not ours and not columns.issuperset(("tokens", "ner_tags")):
            raise FormatError(
                f"{file} has the columns {', '.join(features)}. Needed are "
                f"{', '.join(_COLUMNS)}, or tokens and ner_tags."
            )
        number = 0
        for batch in parquet.iter_batches(batch_size=BATCH):
            for row in batch.to_pylist():
                number += 1
                where = f"{file}, row {number}"
                value = _value(row, where) if ours else _of_tokens(row, features, file, number)
                yield document_from(value, where)


def _value(row: dict[str, Any], where: str) -> dict[str, Any]:
    """What a row of ours holds of a document, for the model to validate."""
    try:
        meta = json.loads(row["meta"])
        value = {key: row[key] for key in ("id", "text", "language")}
        value["provenance"] = json.loads(row["provenance"] or "null")
        for key in ("entities", "relations"):
            value[key] = [
                one | {"provenance": json.loads(one.get("provenance") or "null")}
                for one in row[key] or []
            ]
        more = {key: own for key, own in row.items() if key not in (*_COLUMNS, *_TOKEN_COLUMNS)}
        return value | {"meta": meta | more}
    except (TypeError, AttributeError, ValueError) as error:
        raise FormatError(f"{where}: a column can't be read: {error}.") from error


def _of_tokens(row: dict[str, Any], features: Features, file: Path, number: int) -> dict[str, Any]:
    """A document of a row with tokens and tags only."""
    where = f"{file}, row {number}"
    tokens = row["tokens"] or []
    try:
        more = {key: _names(features, key, own) for key, own in row.items() if key != "id"}
    except ValueError as error:
        raise FormatError(f"{where}: {error}.") from error
    tags = more.pop("ner_tags") or []
    if not isinstance(tokens, list) or not isinstance(tags, list):
        raise FormatError(f"{where}: tokens and ner_tags are no lists.")
    if len(tags) != len(tokens) or not all(isinstance(each, str) for each in (*tokens, *tags)):
        raise FormatError(f"{where}: there is not a token and a named tag at each place.")
    if (place := iob.odd(tags)) is not None:
        raise FormatError(f"{where}: {tags[place]!r} is no IOB or IOBES tag.")
    starts = [0]
    for token in tokens:
        starts.append(starts[-1] + len(token) + 1)
    text = " ".join(tokens)
    return {
        "id": f"{file.stem}-{row.get('id', number)}",
        "text": text,
        "language": "und",
        "entities": [
            {
                "id": f"e{order}",
                "start": starts[first],
                "end": starts[after] - 1,
                "label": label,
                "text": text[starts[first] : starts[after] - 1],
            }
            for order, (first, after, label) in enumerate(iob.spans(tags), start=1)
        ],
        "meta": {key: own for key, own in more.items() if key != "tokens"},
    }


def _names(features: Features, column: str, value: Any) -> Any:
    """A value of a column, with names in place of the numbers of a ClassLabel."""
    feature = features[column]
    inner = getattr(feature, "feature", feature)
    if isinstance(inner, ClassLabel) and value is not None:
        return inner.int2str(value)
    return value
