"""Documents → train, dev and test, with what is to be said about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from annotate.document import Document, text_hash
from annotate.ledger import Ledger
from annotate.split.groups import Group, Story, groups, key_of, named_story, stories
from annotate.split.overlap import Overlap, names_of, overlap
from annotate.split.placing import PARTS, USUAL, Bundle, Part, Shares, place
from annotate.split.record import Placed, Record

# Which part's names are looked for in which other.
_COMPARED: tuple[tuple[Part, Part], ...] = (("test", "train"), ("dev", "train"), ("test", "dev"))


class Together(NamedTuple):
    """Documents of one group: key to part, and the near-duplicates among them."""

    parts: dict[str, Part]
    pairs: tuple[tuple[str, str, float], ...]

    @property
    def leaks(self) -> bool:
        """Whether an earlier split had put them into different parts."""
        return len(set(self.parts.values())) > 1

    def as_dict(self) -> dict[str, Any]:
        """The group as JSON-ready data; similarities are Jaccard's, 0 to 1."""
        pairs = [[one, other, round(alike, 3)] for one, other, alike in self.pairs]
        return {"parts": self.parts, "near_duplicates": pairs}


class Size(NamedTuple):
    """What one part has of one language."""

    documents: int
    entities: int
    relations: int


class Split(NamedTuple):
    """The documents of each part, groups of more than one, and the record to keep.

    ``empty`` are the parts that should have a share, and have no document.
    """

    parts: dict[Part, list[Document]]
    together: list[Together]
    record: Record
    empty: tuple[Part, ...] = ()

    def sizes(self) -> dict[str, dict[Part, Size]]:
        """Documents, entities and relations by language, then part."""
        languages = sorted({one.language for part in self.parts.values() for one in part})
        return {
            language: {
                part: _size([one for one in found if one.language == language])
                for part, found in self.parts.items()
            }
            for language in languages
        }

    def overlaps(self) -> dict[tuple[Part, Part], dict[str, Overlap]]:
        """For (part, other part): how many of its names the other one has, by label."""
        names = {part: names_of(found) for part, found in self.parts.items()}
        return {
            (part, other): overlap(names[part], names[other])
            for part, other in _COMPARED
            if self.parts[part] and self.parts[other]
        }

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return {
            "languages": {
                language: {part: size._asdict() for part, size in found.items()}
                for language, found in self.sizes().items()
            },
            "overlap": [
                {"names_of": part, "seen_in": other}
                | {"labels": {label: item.as_dict() for label, item in found.items()}}
                for (part, other), found in self.overlaps().items()
            ],
            "empty": self.empty,
            "together": [group.as_dict() for group in self.together],
            "leaks": [group.as_dict() for group in self.together if group.leaks],
        }


def split(
    documents: Iterable[Document], before: Record, ledger: Ledger, shares: Shares = USUAL
) -> Split:
    """Split documents; those of ``before`` stay where they were.

    The order of the documents makes no difference to where they go; each part has them
    in the order given. One that comes a second time, or that no file can hold, is
    refused by name. The ledger counts ``placed before``, ``new``, ``kept together``
    (documents in groups of more than one) and ``leaks kept``.
    """
    given = _each_once(documents, ledger)
    keys = list(given)
    found = groups(list(given.values()))
    digests = {key: text_hash(document.text) for key, document in given.items()}
    known = before.parts(digests.items())
    gone = before.stories(without=given)
    bundles = [_bundle(group, keys, list(given.values()), gone) for group in found]
    parts = place(bundles, known, shares)
    together = [_together(group, keys, parts) for group in found if len(group.members) > 1]
    ledger.given = len(given)
    ledger.counts["placed before"] = len(known)
    ledger.counts["new"] = len(given) - len(known)
    ledger.counts["kept together"] = sum(len(group.parts) for group in together)
    ledger.counts["leaks kept"] = sum(group.leaks for group in together)
    found_in = {part: [given[key] for key in keys if parts[key] == part] for part in PARTS}
    placed = {
        key: Placed(part=parts[key], text=digests[key], story=named_story(document))
        for key, document in given.items()
    }
    return Split(
        found_in,
        sorted(together, key=lambda group: min(group.parts)),
        Record(documents=before.documents | placed),
        tuple(part for part in PARTS if not found_in[part] and shares.of(part) > 0),
    )


def _each_once(documents: Iterable[Document], ledger: Ledger) -> dict[str, Document]:
    given: dict[str, Document] = {}
    for document in documents:
        ledger.taken += 1
        key = key_of(document)
        if key in given:
            ledger.refuse(key, "stands twice in the gold; the first one counts")
        elif not _can_be_written(document):
            ledger.refuse(ascii(key), "holds half a character (a lone surrogate)")
        else:
            given[key] = document
    return given


def _can_be_written(document: Document) -> bool:
    try:
        document.to_json()
    except ValueError:
        return False
    return True


def _bundle(
    group: Group,
    keys: Sequence[str],
    documents: Sequence[Document],
    gone: Mapping[Story, Collection[Part]],
) -> Bundle:
    own = [documents[place] for place in group.members]
    languages = Counter(document.language for document in own)
    most = max(sorted(languages), key=languages.__getitem__)
    past = {part for document in own for story in stories(document) for part in gone.get(story, ())}
    return Bundle(tuple(keys[place] for place in group.members), most, frozenset(past))


def _together(group: Group, keys: Sequence[str], parts: dict[str, Part]) -> Together:
    names = sorted(keys[place] for place in group.members)
    pairs = sorted(
        (min(ends), max(ends), pair.similarity)
        for pair in group.pairs
        for ends in [(keys[pair.first], keys[pair.second])]
    )
    return Together({name: parts[name] for name in names}, tuple(pairs))


def _size(documents: Sequence[Document]) -> Size:
    return Size(
        len(documents),
        sum(len(document.entities) for document in documents),
        sum(len(document.relations) for document in documents),
    )
