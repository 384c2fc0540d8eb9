"""Generated documents: what real texts in many scripts do to offsets, and worse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from annotate.document import Agreement, Document, Entity, Provenance, Relation, Review

LABELS = ("PERSON", "ORG", "COUNTRY", "Job title")
RELATIONS = ("works_for", "represents", "met with")
LANGUAGES = ("bn", "vi", "fa", "en", "und", "zh-Hant")

PHRASES = (
    "বাংলাদেশের আইসিটি প্রতিমন্ত্রী জুনাইদ আহমেদ পলকের",
    "কোরিয়া\u09af\u09bc এজেন্সি’র। মো. রহমান",
    "وزیر امور خارجهٔ ایران می\u200cگوید کره\u200cای\u200fها",
    "\u202bسازمان ملل\u202c، تهران؛ ",
    "Bộ Ngoại giao Việt Nam-Nhật Bản",
    "Bo\u0323\u0302 Ngoa\u0323i giao Vie\u0323\u0302t Nam",
    "Dr. J. K. Smith of the U.N. met Kenya’s envoy (Nairobi).",
    "👩\u200d👩\u200d👧🏽 🇧🇩🇻🇳 ☎\ufe0f",
    "日本国外務省ソウル",
    "-DOCSTART- -X- O O",
    "https://example.org/a?b=c #tag @name",
    "O B-PERSON _ \" ' , ;",
    "e\u0301\u0323 Z\u0351\u036f",
)
SEPARATORS = (
    *(" ", "  ", "\n", "\n\n", "\r\n", "\r", "\t", ". ", "", "\u00a0", "\u2028", "\u2029"),
    *("\u0085", "\x0b", "\x0c", "\x1c", "\u3000", "\ufeff", "\u200b", "\u00ad", "\x00"),
)
_STRINGS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_NAMES = _STRINGS.filter(bool)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**63, 2**64, -(10**40)])
    | st.floats(allow_nan=False, allow_infinity=False)
    | _STRINGS,
    lambda values: st.lists(values, max_size=3) | st.dictionaries(_STRINGS, values, max_size=3),
    max_leaves=6,
)
_SCORES = st.none() | st.floats(0, 1)
_TIMES = st.datetimes(
    min_value=datetime(2000, 1, 1),
    max_value=datetime(2100, 1, 1),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]),
)
_PROVENANCE = st.builds(
    Provenance,
    status=st.sampled_from(["accepted", "changed", "added"]),
    annotator=_STRINGS,
    annotated_at=_TIMES,
    annotation=st.integers(0, 2**70),
    model_version=st.none() | _STRINGS,
)


@st.composite
def texts(draw: DrawFn) -> str:
    """Phrases of many scripts and any other characters, oddly separated; or nothing."""
    parts = draw(st.lists(st.sampled_from(PHRASES) | _STRINGS, max_size=5))
    return "".join(part + draw(st.sampled_from(SEPARATORS)) for part in parts)


@st.composite
def spans(draw: DrawFn, text: str, *, overlapping: bool = False) -> list[tuple[int, int]]:
    """Flat spans, which may touch, split words and reach both ends; or any spans."""
    places = st.integers(0, len(text)) | st.sampled_from([0, len(text)])
    if overlapping:
        pairs = draw(st.lists(st.tuples(places, places), max_size=6))
        return [(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]]
    edges = sorted(draw(st.sets(places, max_size=8)))
    return [pair for pair in pairwise(edges) if draw(st.booleans())]


@st.composite
def entities(
    draw: DrawFn, text: str, *, overlapping: bool = False, provenance: bool = False
) -> list[Entity]:
    """Entities of ``text`` in any order, their ids e0, e1, … or less tidy."""
    found = []
    for number, (start, end) in enumerate(draw(spans(text, overlapping=overlapping))):
        label = draw(st.sampled_from(LABELS))
        found.append(
            Entity(
                id=f"e{number}{draw(st.just('') | _STRINGS)}",
                start=start,
                end=end,
                label=label,
                text=text[start:end],
                score=draw(_SCORES),
                country_code=draw(st.sampled_from(["BD", "VN", "IR", None]))
                if label == "COUNTRY"
                else None,
                note=draw(st.none() | _STRINGS),
                provenance=draw(st.none() | _PROVENANCE) if provenance else None,
            )
        )
    return draw(st.permutations(found))


@st.composite
def relations(draw: DrawFn, ids: list[str], *, provenance: bool = False) -> list[Relation]:
    """Relations between entities of those ids; none where there are no entities."""
    if not ids:
        return []
    ends = st.sampled_from(ids)
    return draw(
        st.lists(
            st.builds(
                Relation,
                head=ends,
                tail=ends,
                label=st.sampled_from(RELATIONS),
                score=_SCORES,
                provenance=st.none() | _PROVENANCE if provenance else st.none(),
            ),
            max_size=4,
        )
    )


_AGREEMENTS = st.builds(
    Agreement,
    kind=st.sampled_from(["entity", "relation"]),
    label=st.sampled_from([*LABELS, *RELATIONS]),
    shared=st.integers(0, 9),
    single=st.integers(0, 9),
)


@st.composite
def reviews(draw: DrawFn) -> Review:
    """Provenance of a reviewed document, with what the annotator removed."""
    text = draw(texts())
    removed = draw(entities(text, provenance=True))
    return Review(
        status=draw(st.sampled_from(["accepted", "changed"])),
        annotators=tuple(draw(st.lists(_STRINGS, max_size=2))),
        annotated_at=draw(_TIMES),
        tasks=tuple(draw(st.lists(st.integers(0, 2**70), max_size=2))),
        annotations=tuple(draw(st.lists(st.integers(0, 2**70), max_size=2))),
        policy="latest",
        model_version=draw(st.none() | _STRINGS),
        label_config="0" * 64,
        lead_time=draw(st.none() | st.floats(0, 1e9)),
        removed_entities=tuple(removed),
        removed_relations=tuple(draw(relations([entity.id for entity in removed]))),
        agreement=draw(st.none() | st.lists(_AGREEMENTS, max_size=2).map(tuple)),
    )


@st.composite
def documents(draw: DrawFn, *, overlapping: bool = False, provenance: bool = False) -> Document:
    """A document; its entities flat unless ``overlapping``, as gold if ``provenance``."""
    text = draw(texts())
    found = draw(entities(text, overlapping=overlapping, provenance=provenance))
    return Document(
        id=draw(_NAMES),
        text=text,
        language=draw(st.sampled_from(LANGUAGES)),
        entities=tuple(found),
        relations=tuple(draw(relations([item.id for item in found], provenance=provenance))),
        meta=draw(st.dictionaries(_STRINGS, _JSON, max_size=3)),
        provenance=draw(st.none() | reviews()) if provenance else None,
    )


def collections(
    *, overlapping: bool = False, provenance: bool = False
) -> SearchStrategy[list[Document]]:
    """Some documents, no two of one id."""
    each = documents(overlapping=overlapping, provenance=provenance)
    return st.lists(each, max_size=4, unique_by=lambda document: document.id)
