"""Long documents → pieces that a person can review, and back."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from pydantic import BaseModel, JsonValue, ValidationError

from annotate.corpus.points import Span, cut_points
from annotate.document import Document, Entity, Relation
from annotate.errors import InputError
from annotate.ledger import Ledger

__all__ = ["cut", "cut_points", "stitch"]

_LONGEST_QUOTE = 40


class _Place(BaseModel):
    """What a piece has under ``meta["piece"]``; ``start`` is in code points of the whole."""

    index: int
    count: int
    start: int


def cut(
    document: Document, max_chars: int, ledger: Ledger, ends: Sequence[int] | None = None
) -> list[Document]:
    """Consecutive pieces of at most ``max_chars`` code points each.

    ``ends`` are the offsets behind each piece of an earlier cut of this text,
    which is then repeated: where pieces end depends on the entities too.

    A document that is short enough is its own only piece. Else each piece has
    all of the document but its own part of the text, the entities that lie in
    it, with their ids and with offsets into its text, the relations between
    them, and in ``meta`` the key ``piece``: ``index`` from 0, ``count``, and
    ``start``, the offset of its text. :func:`stitch` undoes this.

    An entity that had to be cut through is refused in the ledger with its
    relations, and so is a relation whose ends came into different pieces.
    """
    if len(ends or ()) == 1 or (ends is None and len(document.text) <= max_chars):
        return [document]
    if "piece" in document.meta:
        ledger.repair(document.id, "meta 'piece' gave way to the place of each piece in the text")
    entities = {entity.id: entity for entity in document.entities}
    spans = _spans(document, max_chars, entities) if ends is None else list(pairwise((0, *ends)))
    shared = _share_entities(document, spans, ledger)
    related = _share_relations(document, entities, shared, ledger)
    return [
        document.model_copy(
            update={
                "text": document.text[start:end],
                "entities": tuple(_shifted(entity, -start) for entity in shared[index]),
                "relations": tuple(related[index]),
                "meta": document.meta | {"piece": place.model_dump()},
            }
        )
        for index, (start, end) in enumerate(spans)
        for place in [_Place(index=index, count=len(spans), start=start)]
    ]


def _spans(document: Document, max_chars: int, entities: dict[str, Entity]) -> list[Span]:
    return cut_points(
        document.text,
        max_chars,
        [(entity.start, entity.end) for entity in document.entities],
        [_hull(entities[one.head], entities[one.tail]) for one in document.relations],
    )


def _hull(head: Entity, tail: Entity) -> Span:
    return min(head.start, tail.start), max(head.end, tail.end)


def _shifted(entity: Entity, by: int) -> Entity:
    return entity.model_copy(update={"start": entity.start + by, "end": entity.end + by})


def _share_entities(
    document: Document, spans: Sequence[Span], ledger: Ledger
) -> list[list[Entity]]:
    starts = [start for start, _ in spans]
    shared: list[list[Entity]] = [[] for _ in spans]
    for entity in document.entities:
        index = bisect_right(starts, entity.start) - 1
        if entity.end <= spans[index][1]:
            shared[index].append(entity)
        else:
            ledger.refuse(
                document.id,
                f"{_named(entity)} had to be cut through. Raise max_chars, or shorten it.",
            )
    return shared


def _share_relations(
    document: Document,
    entities: dict[str, Entity],
    shared: Sequence[Sequence[Entity]],
    ledger: Ledger,
) -> list[list[Relation]]:
    home = {entity.id: index for index, share in enumerate(shared) for entity in share}
    related: list[list[Relation]] = [[] for _ in shared]
    for relation in document.relations:
        head, tail = home.get(relation.head), home.get(relation.tail)
        if head is not None and head == tail:
            related[head].append(relation)
            continue
        why = (
            "one of them had to be cut through"
            if None in (head, tail)
            else "they lie too far apart"
        )
        ledger.refuse(
            document.id,
            f"{relation.label} from {_named(entities[relation.head])} to "
            f"{_named(entities[relation.tail])}: {why}. Raise max_chars to keep it.",
        )
    return related


def _named(entity: Entity) -> str:
    text = entity.text
    quote = text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"
    return f"{entity.label} {quote!r} ({entity.start}:{entity.end})"


def stitch(pieces: Sequence[Document]) -> Document:
    """The document that :func:`cut` made the pieces of, in any order.

    Entities and relations come in the order of the pieces. Where a piece uses
    an entity id of one before it, the later one gets a suffix ("e1-2"). A
    document that was not cut is returned as it is.

    Raises InputError, naming the document and the pieces, when some are missing
    or don't belong together.
    """
    if not pieces:
        raise InputError("there are no pieces to put together.")
    if len(pieces) == 1 and _place(pieces[0]) is None:
        return pieces[0]
    ordered = _in_order(pieces)
    entities: list[Entity] = []
    relations: list[Relation] = []
    start = 0
    for piece, names in zip(ordered, _fresh_ids(ordered), strict=True):
        for entity in piece.entities:
            shifted = _shifted(entity, start)
            entities.append(shifted.model_copy(update={"id": names[entity.id]}))
        for relation in piece.relations:
            ends = {"head": names[relation.head], "tail": names[relation.tail]}
            relations.append(relation.model_copy(update=ends))
        start += len(piece.text)
    return ordered[0].model_copy(
        update={
            "text": "".join(piece.text for piece in ordered),
            "entities": tuple(entities),
            "relations": tuple(relations),
            "meta": _own_meta(ordered[0]),
        }
    )


def _place(piece: Document) -> _Place | None:
    try:
        return _Place.model_validate(piece.meta.get("piece"))
    except ValidationError:
        return None


def _own_meta(piece: Document) -> dict[str, JsonValue]:
    return {key: value for key, value in piece.meta.items() if key != "piece"}


def _in_order(pieces: Sequence[Document]) -> list[Document]:
    """The pieces by index; InputError unless they are all those of one document."""
    name = pieces[0].id
    placed: dict[int, tuple[_Place, Document]] = {}
    for piece in pieces:
        place = _place(piece)
        if piece.id != name:
            raise InputError(f"{name}: a piece of {piece.id} is among its pieces. Take it out.")
        if place is None:
            raise InputError(f"{name}: a piece doesn't say its place in meta 'piece'.")
        if place.index in placed:
            raise InputError(f"{name}: piece {place.index} is there twice. Take one out.")
        placed[place.index] = place, piece
    count = next(iter(placed.values()))[0].count
    if missing := sorted(set(range(count)) - placed.keys()):
        listed = ", ".join(map(str, missing))
        raise InputError(f"{name}: of {count} pieces these are missing: {listed}. Add them.")
    ordered = [placed[index] for index in sorted(placed)]
    _require_fit(name, ordered)
    return [piece for _, piece in ordered]


def _require_fit(name: str, ordered: Sequence[tuple[_Place, Document]]) -> None:
    """Raise InputError at the first piece that isn't of the same cut as piece 0."""
    first = ordered[0][1]
    start = 0
    for place, piece in ordered:
        for what, agrees in (
            ("count", place.count == len(ordered)),
            ("start", place.start == start),
            ("language", piece.language == first.language),
            ("meta", _own_meta(piece) == _own_meta(first)),
            ("review", piece.provenance == first.provenance),
        ):
            if not agrees:
                raise InputError(
                    f"{name}: the {what} of piece {place.index} doesn't fit the pieces before it. "
                    "Take all pieces from one cut."
                )
        start += len(piece.text)


def _fresh_ids(ordered: Sequence[Document]) -> list[dict[str, str]]:
    """For each piece, its entity ids → ids that no other piece has."""
    reserved = {entity.id for piece in ordered for entity in piece.entities}
    used: set[str] = set()
    # Counting on keeps this linear where every piece has an "e1".
    suffixes: Counter[str] = Counter()
    renamed = []
    for piece in ordered:
        names = {}
        for entity in piece.entities:
            name = entity.id
            while name in used or (name != entity.id and name in reserved):
                suffixes[entity.id] += 1
                name = f"{entity.id}-{suffixes[entity.id] + 1}"
            used.add(name)
            names[entity.id] = name
        renamed.append(names)
    return renamed
