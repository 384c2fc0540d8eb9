"""UIMA CAS as XMI: a folder with one ``0001.xmi`` a document and their ``TypeSystem.xml``.

By dkpro-cassis; for INCEpTION, DKPro and anything of UIMA. In each file are

* the text, as the document string (offsets are UTF-16 code units, as in Java);
* ``DocumentMetaData`` with the document's id and language, ``MetaDataStringField`` with
  key and value (JSON) for each entry of meta, ``webanno.custom.Review`` for provenance;
* ``Token`` and ``Sentence``, the tokens cut at the entities' edges, those of whitespace
  left out but for such edges;
* ``NamedEntity`` and ``webanno.custom.Relation``, see :mod:`annotate.formats.inception`,
  each entity with its id as ``handle``; a relation has the offsets of its tail, as
  INCEpTION wants it.

XML 1.0 has no place for most control characters: a document with one is refused.
"""

from __future__ import annotations

import io
import json
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cassis
from cassis.typesystem import FeatureStructure
from lxml import etree

from annotate.document import Document
from annotate.errors import FormatError
from annotate.formats import FORMATS, inception
from annotate.formats.folders import file_name, is_text, known, rows, text_of
from annotate.formats.holding import held
from annotate.formats.records import account, document_from, replacing_folder
from annotate.formats.tokens import Tokenize, built_in_tokens, tokens_cut_at
from annotate.ledger import Ledger

TYPE_SYSTEM = "TypeSystem.xml"
WORD = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token"
SENTENCE = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence"
DOCUMENT = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"
META = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.MetaDataStringField"
REVIEW = f"{inception.CUSTOM}Review"
HANDLE = "handle"
# UIMA's word for a language that is not known.
UNKNOWN_LANGUAGE = "x-unspecified"
_ANNOTATION, _BASE, _STRING = "uima.tcas.Annotation", "uima.cas.AnnotationBase", "uima.cas.String"
_DOCUMENT_ANNOTATION = "uima.tcas.DocumentAnnotation"
_NOT_SAID = frozenset(["begin", "end", "sofa", "Governor", "Dependent"])
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(
    documents: Iterable[Document],
    path: Path,
    ledger: Ledger,
    tokenize: Tokenize = built_in_tokens,
) -> None:
    """Write documents into the folder ``path``, which appears whole or not at all."""
    types = type_system()
    with replacing_folder(path, "cas") as folder:
        (folder / TYPE_SYSTEM).write_text(types.to_xml(), "utf-8", newline="")
        written = 0
        for document in documents:
            ledger.taken += 1
            odd = next(filter(None, map(_FORBIDDEN.search, _strings(document))), None)
            if odd or not is_text(document):
                which = f"the character U+{ord(odd[0]):04X}" if odd else "lone surrogates"
                ledger.refuse(document.id, f"XML 1.0 can't hold {which} in it.")
                continue
            reduced = held(document, FORMATS["cas"].holds, ledger)
            spans = [(one.start, one.end) for one in reduced.entities]
            tokens = tokens_cut_at(reduced.text, spans, tokenize(reduced))
            ledger.counts["tokens cut at a span edge"] += tokens.cut
            written += 1
            content = cas_of(reduced, tokens.offsets, types, ledger).to_xmi(pretty_print=True)
            (folder / f"{file_name(written)}.xmi").write_text(content, "utf-8", newline="")
            account(reduced, ledger)


def type_system() -> cassis.TypeSystem:
    """The types of :mod:`annotate.formats.cas`; DKPro's with the features that are used."""
    types = cassis.TypeSystem()
    provenance = list(inception.PROVENANCE_FEATURES.values())
    layers: dict[str, tuple[str, list[str]]] = {
        WORD: (_ANNOTATION, []),
        SENTENCE: (_ANNOTATION, []),
        DOCUMENT: (_DOCUMENT_ANNOTATION, ["documentId", "documentTitle"]),
        META: (_ANNOTATION, ["key", "value"]),
        REVIEW: (_BASE, ["record"]),
        inception.NAMED_ENTITY: (
            _ANNOTATION,
            [*inception.ENTITY_FEATURES.values(), HANDLE, *provenance],
        ),
        inception.RELATION: (_ANNOTATION, [*inception.RELATION_FEATURES.values(), *provenance]),
    }
    for name, (parent, features) in layers.items():
        made = types.create_type(name, parent)
        for feature in features:
            types.create_feature(made, feature, _STRING)
    for end in ("Governor", "Dependent"):
        types.create_feature(types.get_type(inception.RELATION), end, inception.NAMED_ENTITY)
    return types


def cas_of(
    document: Document,
    tokens: Sequence[tuple[int, int]],
    types: cassis.TypeSystem,
    ledger: Ledger,
) -> cassis.Cas:
    """The document as a CAS of :func:`type_system`; ``tokens`` are cut at entities' edges."""
    cas = cassis.Cas(types, sofa_string=document.text, sofa_mime="text/plain")

    def add(layer: str, start: int, end: int, **features: Any) -> FeatureStructure:
        place = {} if layer == REVIEW else {"begin": start, "end": end}
        made = types.get_type(layer)(**place, **features)
        cas.add(made)
        return made

    about = known(document, ledger)
    language = UNKNOWN_LANGUAGE if document.language == "und" else document.language
    names = {"documentId": document.id, "documentTitle": document.id}
    add(DOCUMENT, 0, len(document.text), language=language, **names)
    for key, value in about["meta"].items():
        add(META, 0, 0, key=key, value=_json(value))
    if "provenance" in about:
        add(REVIEW, 0, 0, record=_json(about["provenance"]))
    for its in inception.sentences(document, inception.units(document, tokens)):
        add(SENTENCE, its[0][0], its[-1][1])
        for start, end in its:
            add(WORD, start, end)
    marks = {
        one.id: add(
            inception.NAMED_ENTITY,
            one.start,
            one.end,
            handle=one.id,
            **inception.entity_features(one),
        )
        for one in document.entities
    }
    for link in document.relations:
        head, tail = marks[link.head], marks[link.tail]
        features = inception.relation_features(link)
        add(inception.RELATION, tail.begin, tail.end, Governor=head, Dependent=tail, **features)
    return cas


def read(path: Path) -> Iterator[Document]:
    """Documents of a folder of XMI files with one ``TypeSystem.xml``, by file names.

    Of INCEpTION's exports as well: named entities and annotations of custom span layers
    are entities, relation layers between them relations; other layers of DKPro say
    nothing that a document holds and are left aside. Raises FormatError naming the file.
    """
    files = [row.file for row in rows(path, ".xmi", "cas")]
    with _refusing(path / TYPE_SYSTEM):
        types = cassis.load_typesystem(io.BytesIO(_vetted(path / TYPE_SYSTEM)))
    for name in files:
        file = path / f"{name}.xmi"
        with _refusing(file):
            cas = cassis.load_cas_from_xmi(io.BytesIO(_vetted(file)), types, trusted=True)
            value = _value(cas, Path(name).name)
        yield document_from(value, str(file))


@contextmanager
def _refusing(file: Path) -> Iterator[None]:
    """Make of whatever goes wrong with a file a FormatError that names it."""
    try:
        with warnings.catch_warnings():
            # Where an offset is none of the text cassis warns and goes on with a wrong one.
            warnings.simplefilter("error", UserWarning)
            yield
    except FormatError:
        raise
    except Exception as error:  # cassis raises what it stumbles on, of many types
        raise FormatError(f"{file} can't be read as UIMA CAS: {error!r}.") from error


def _vetted(file: Path) -> bytes:
    """The bytes of an XML file that is well-formed and has no DOCTYPE, hence no entities."""
    content = text_of(file).encode("utf-8")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise FormatError(f"{file} is no XML: {error.msg}.") from error
    if root.getroottree().docinfo.doctype:
        raise FormatError(f"{file} carries a DOCTYPE; remove it.")
    return content


def _value(cas: cassis.Cas, name: str) -> dict[str, Any]:
    """What a CAS holds of a document; ValueError for what a document can't hold."""
    types = cas.typesystem
    text = cas.sofa_string or ""
    ours = types.contains_type(REVIEW)
    found = sorted(cas.select_all_fs(), key=lambda one: one.xmiID)
    value: dict[str, Any] = {"id": name, "text": text, "entities": [], "relations": [], "meta": {}}
    ids: dict[int, str] = {}
    links = []
    for one in found:
        layer = one.type.name
        if types.is_instance_of(layer, _DOCUMENT_ANNOTATION):
            value |= _about(one)
        elif layer == META:
            value["meta"][one.key] = json.loads(one.value) if ours else one.value
        elif layer == REVIEW:
            value["provenance"] = json.loads(one.record)
        elif one.type.get_feature("Governor") and inception.is_relation_layer(layer):
            links.append(one)
        elif _is_entity(one, types):
            entity = _entity(one, text, ours)
            ids[one.xmiID] = entity["id"]
            value["entities"].append(entity)
    value["relations"] = [_relation(link, ids, ours) for link in links]
    return value


def _about(one: FeatureStructure) -> dict[str, str]:
    """Id and language of the document annotation, where it has them."""
    name, language = _feature(one, "documentId"), one.language
    about = {"id": name} if name else {}
    return about | ({"language": language} if language not in (None, UNKNOWN_LANGUAGE) else {})


def _is_entity(one: FeatureStructure, types: cassis.TypeSystem) -> bool:
    layer = one.type.name
    known_here = types.contains_type(inception.NAMED_ENTITY)
    # Older DKPro Core has a type under it for each kind of name.
    if known_here and types.is_instance_of(layer, inception.NAMED_ENTITY):
        return True
    return types.is_instance_of(layer, _ANNOTATION) and inception.is_entity_layer(layer)


def _entity(one: FeatureStructure, text: str, ours: bool) -> dict[str, Any]:
    features = _features(one)
    # INCEpTION and others have no ids of their own for annotations.
    handle = features.pop(HANDLE, None) if ours else None
    fields = inception.entity_fields(features, one.type.name, ours)
    name = f"x{one.xmiID}" if handle is None else handle
    place = {"start": one.begin, "end": one.end, "text": text[one.begin : one.end]}
    return fields | place | {"id": name}


def _relation(link: FeatureStructure, ids: dict[int, str], ours: bool) -> dict[str, Any]:
    fields = inception.relation_fields(_features(link), link.type.name, ours)
    for field, end in (("head", "Governor"), ("tail", "Dependent")):
        at = _feature(link, end)
        if at is None or at.xmiID not in ids:
            raise ValueError(f"the {end} of the relation xmi:id={link.xmiID} is no entity")
        fields[field] = ids[at.xmiID]
    return fields


def _features(one: FeatureStructure) -> dict[str, str | None]:
    """The strings, numbers and truth values of an annotation, as strings."""
    features: dict[str, str | None] = {}
    for feature in one.type.all_features:
        name = feature.name
        value = None if name in _NOT_SAID else _feature(one, name)
        if isinstance(value, bool):
            features[name] = str(value).lower()
        elif isinstance(value, str | int | float):
            features[name] = str(value)
        elif value is not None and getattr(value, "elements", True):
            raise ValueError(f"the feature {name} of {one.type.name} links to others")
    return features


def _feature(one: FeatureStructure, name: str) -> Any:
    return getattr(one, name, None)


def _strings(document: Document) -> Iterator[str]:
    """Every string that goes into the file as it is."""
    yield from (document.text, document.id, *document.meta)
    for one in document.entities:
        yield from (one.id, *filter(None, inception.entity_features(one).values()))
    for link in document.relations:
        yield from filter(None, inception.relation_features(link).values())


def _json(value: object) -> str:
    """JSON in which characters that XML 1.0 forbids are escaped."""
    plain = json.dumps(value, ensure_ascii=False)
    return _FORBIDDEN.sub(lambda found: json.dumps(found[0])[1:-1], plain)
