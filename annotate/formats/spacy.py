"""A spaCy DocBin, for ``spacy train`` and for reading with spaCy alone.

Each document is one Doc with ``doc.text`` equal to the text, and

* ``doc.ents``: the entities; of any two that overlap only the longer, the others are lost
  in ``doc.ents``, as are those with white space at an edge, which spaCy's ner doesn't learn;
* ``doc.spans["entities"]``: all of them, in the document's order;
* of each span ``label_``, ``kb_id_`` (the country code) and ``id_`` (the entity's id);
* ``doc.user_data``, plain strings, numbers, tuples and dicts:

  ============= ==================================================================
  ``id``        the document's id
  ``language``  its ISO 639 code
  ``relations`` a tuple of ``{"head": id, "tail": id, "label": …, "score": …}`` with
                entity ids, ``score`` only where there is one
  ``scores``    score by entity id, of those that have one
  ``notes``     the annotator's note by entity id, of those that have one
  ``meta``      JSON text: msgpack can't hold every number that JSON can
  ``reviewed``  JSON text, where there is provenance: the document's, and lists of its
                entities' and relations', in their order
  ============= ==================================================================

Tokens are cut at span edges where the tokenizer disagrees: train with ``gold_preproc``,
else spaCy tokenizes anew and leaves such spans out of what it learns.
A DocBin is in memory as a whole while it is written or read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import spacy
from spacy.tokens import Doc, DocBin, Span
from spacy.vocab import Vocab

from annotate.document import Document, Entity, Provenance, Review
from annotate.errors import FormatError
from annotate.formats.holding import flat_in, lose_in
from annotate.formats.records import account, document_from, replacing
from annotate.formats.tokens import Tokenize, built_in_tokens, tokens_cut_at, words_and_spaces
from annotate.ledger import Ledger

SPANS_KEY = "entities"
# The user data that every Doc of ours has.
_OURS = frozenset(["id", "language", "relations", "scores", "notes", "meta"])
PART = "doc.ents"


def write(
    documents: Iterable[Document],
    path: Path,
    ledger: Ledger,
    tokenize: Tokenize = built_in_tokens,
) -> None:
    """Write documents as one DocBin; raises FormatError when it grows beyond msgpack."""
    write_docbin(
        documents, path, ledger, lambda document, vocab: to_doc(document, vocab, ledger, tokenize)
    )


def to_doc(
    document: Document, vocab: Vocab, ledger: Ledger, tokenize: Tokenize = built_in_tokens
) -> Doc:
    """The document as a Doc, as said above."""
    doc = doc_of(document, vocab, ledger, tokenize, SPANS_KEY)
    of_id = {span.id_: span for span in doc.spans[SPANS_KEY]}
    doc.ents = [of_id[entity.id] for entity in _ents(document, ledger)]
    return doc


def read(path: Path) -> Iterator[Document]:
    """Documents of a DocBin; of one of other making, its texts and ``doc.ents``.

    Groups of spans of other making are kept in ``meta["spans"]``. Raises FormatError, naming
    the document's number, where a Doc can't be taken, such as one with spans and no entity.
    """
    yield from read_docbin(path, SPANS_KEY, _of_ents)


def from_doc(doc: Doc, name: str) -> Document:
    """The document of a Doc, ours or of other making; ``name`` is its id where it has none.

    Raises FormatError where it can't be taken.
    """
    return _document(doc, SPANS_KEY, _of_ents, name, name)


def _of_ents(doc: Doc) -> list[Span]:
    groups = [key for key, spans in doc.spans.items() if spans]
    if groups and not doc.ents:
        raise ValueError(
            f"it has no doc.ents, but spans under {', '.join(groups)}; spans under sc are read "
            "as spancat"
        )
    return list(doc.ents)


def write_docbin(
    documents: Iterable[Document],
    path: Path,
    ledger: Ledger,
    make: Callable[[Document, Vocab], Doc],
) -> None:
    """Write what ``make`` makes of each document, in one vocabulary, as a DocBin."""
    vocab = spacy.blank("xx").vocab
    docbin = DocBin(store_user_data=True)
    with replacing(path) as part:
        for document in documents:
            ledger.taken += 1
            docbin.add(make(document, vocab))
            account(document, ledger)
        try:
            docbin.to_disk(part)
        except ValueError as error:
            raise FormatError(
                f"{path}: {len(docbin)} documents are too many for one DocBin; write several."
            ) from error


def read_docbin(
    path: Path, spans_key: str, foreign: Callable[[Doc], Sequence[Span]]
) -> Iterator[Document]:
    """Documents of a DocBin whose spans are under that key.

    Of a Doc that isn't ours, ``foreign`` gives the entities, or raises ValueError.
    """
    try:
        docbin = DocBin().from_disk(path)
    except OSError as error:
        raise FormatError(f"{path} can't be read: {error}.") from error
    except (ValueError, KeyError, TypeError) as error:
        # What spaCy says is about files of its older versions.
        raise FormatError(f"{path} is no DocBin of spaCy.") from error
    for number, doc in enumerate(docbin.get_docs(Vocab()), start=1):
        name = f"{path.name.split('.')[0]}-{number}"
        yield _document(doc, spans_key, foreign, name, f"{path}, document {number}")


def _document(
    doc: Doc, spans_key: str, foreign: Callable[[Doc], Sequence[Span]], name: str, where: str
) -> Document:
    try:
        ours = doc.user_data.keys() >= _OURS
        value = _value(doc, spans_key) if ours else _foreign(doc, foreign(doc), spans_key)
    except (KeyError, ValueError) as error:
        raise FormatError(f"{where} can't be taken: {error}.") from error
    return document_from({"id": name} | value, where)


def doc_of(
    document: Document, vocab: Vocab, ledger: Ledger, tokenize: Tokenize, spans_key: str
) -> Doc:
    """The document as a Doc, all that it holds in the spans of that key and user data."""
    spans = [(entity.start, entity.end) for entity in document.entities]
    tokens = tokens_cut_at(document.text, spans, tokenize(document))
    ledger.counts["tokens cut at a span edge"] += tokens.cut
    words, spaces = words_and_spaces(document.text, tokens)
    doc = Doc(vocab, words=words, spaces=spaces)
    first = {start: number for number, (start, _) in enumerate(tokens.offsets)}
    after = {end: number for number, (_, end) in enumerate(tokens.offsets, start=1)}
    doc.spans[spans_key] = [
        Span(
            doc,
            first[entity.start],
            after[entity.end],
            label=entity.label,
            kb_id=entity.country_code or "",
            span_id=entity.id,
        )
        for entity in document.entities
    ]
    doc.user_data.update(_user_data(document))
    return doc


def _ents(document: Document, ledger: Ledger) -> list[Entity]:
    """The entities for doc.ents; the others are lost there, as are those not learnt from."""
    kept = flat_in(document, PART, ledger)
    for entity in kept:
        if entity.text != entity.text.strip():
            why = "has white space at an edge: spaCy's ner may not learn it"
            lose_in(PART, document, entity, why, ledger)
    return kept


def _user_data(document: Document) -> dict[str, Any]:
    reviewed = _reviewed(document)
    return ({"reviewed": json.dumps(reviewed, ensure_ascii=False)} if reviewed else {}) | {
        "id": document.id,
        "language": document.language,
        "relations": [link.model_dump(exclude={"provenance"}) for link in document.relations],
        "scores": {item.id: item.score for item in document.entities if item.score is not None},
        "notes": {item.id: item.note for item in document.entities if item.note is not None},
        "meta": json.dumps(document.meta, ensure_ascii=False),
    }


def _reviewed(document: Document) -> dict[str, Any] | None:
    """The provenance of the document and its parts as JSON-ready data, None if there is none."""
    records: dict[str, list[Provenance | Review | None]] = {
        "document": [document.provenance],
        "entities": [entity.provenance for entity in document.entities],
        "relations": [link.provenance for link in document.relations],
    }
    if not any(any(own) for own in records.values()):
        return None
    return {
        key: [one.model_dump(mode="json") if one else None for one in own]
        for key, own in records.items()
    }


def _foreign(doc: Doc, spans: Sequence[Span], spans_key: str) -> dict[str, Any]:
    """What a Doc of other making holds: no id; a knowledge base's id becomes a note."""
    entities: list[dict[str, Any]] = []
    for number, span in enumerate(spans, start=1):
        code = re.fullmatch("[A-Z]{2}", span.kb_id_)
        entities.append(
            {
                "id": f"e{number}",
                "start": span.start_char,
                "end": span.end_char,
                "label": span.label_,
                "text": span.text,
                "country_code": span.kb_id_ if code else None,
                "note": None if code else span.kb_id_ or None,
            }
        )
    return {"text": doc.text, "entities": entities, "meta": _rest(doc, spans_key)}


def _rest(doc: Doc, taken: str) -> dict[str, Any]:
    """What else a Doc of other making has that people may have made, for ``meta``."""
    groups = {key: list(group) for key, group in doc.spans.items() if key != taken and group}
    if taken != SPANS_KEY and doc.ents:
        groups["ents"] = list(doc.ents)
    rest: dict[str, Any] = {
        "spans": {
            key: [[span.start_char, span.end_char, span.label_] for span in group]
            for key, group in groups.items()
        },
        "cats": doc.cats,
        "user_data": _plain(doc.user_data),
    }
    return {key: value for key, value in rest.items() if value}


def _plain(data: Mapping[Any, Any]) -> dict[str, Any]:
    """What can be JSON of user data, under names; spaCy's own are under tuples."""
    found = {}
    for key, value in data.items():
        try:
            if isinstance(key, str):
                # msgpack makes tuples of lists.
                found[key] = json.loads(json.dumps(value))
        except (TypeError, ValueError):
            continue
    return found


def _value(doc: Doc, spans_key: str) -> dict[str, Any]:
    """What a Doc of ours holds of a document, for the model to validate."""
    value = _marks(doc, spans_key)
    if "reviewed" in doc.user_data:
        reviewed = json.loads(doc.user_data["reviewed"])
        (value["provenance"],) = reviewed["document"]
        for key in ("entities", "relations"):
            value[key] = [
                dict(one) | {"provenance": own}
                for one, own in zip(value[key], reviewed[key], strict=True)
            ]
    return value


def _marks(doc: Doc, spans_key: str) -> dict[str, Any]:
    data = doc.user_data
    if spans_key not in doc.spans:
        other = "spancat" if spans_key == SPANS_KEY else "spacy"
        raise ValueError(f"it has no spans under {spans_key}; read it as {other}")
    return {
        "id": data["id"],
        "language": data["language"],
        "text": doc.text,
        "entities": [
            {
                "id": span.id_,
                "start": span.start_char,
                "end": span.end_char,
                "label": span.label_,
                "text": span.text,
                "score": data["scores"].get(span.id_),
                "country_code": span.kb_id_ or None,
                "note": data["notes"].get(span.id_),
            }
            for span in doc.spans[spans_key]
        ],
        "relations": data["relations"],
        "meta": json.loads(data["meta"]),
    }
