"""What a model that hasn't seen a document makes of the relations between its gold entities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from spacy.tokens import Doc

from annotate.audit.mark import Change, Mark, relation_mark
from annotate.document import Document, Entity, Relation
from annotate.prelabel.given import set_entities
from annotate.prelabel.relation_model import THRESHOLD, THRESHOLDS, Choice, RelationModel
from annotate.prelabel.relation_rules import RULES
from annotate.prelabel.relations import sentences


class PairBelief(NamedTuple):
    """Two entities, the first one first in the text, and how likely each relation of them is."""

    first: Entity
    second: Entity
    likely: Mapping[tuple[str, str, str], float]
    none: float


def relation_marks(document: Document, doc: Doc, model: RelationModel | None) -> Iterator[Mark]:
    """Every gold relation with the trust in it, and what the model would add.

    ``doc`` has sentence starts. Pairs that the model never looks at (two sentences, a
    nearer mention) have no trust.
    """
    believed = {
        frozenset((one.first.id, one.second.id)): one for one in _beliefs(document, doc, model)
    }
    by_id = {entity.id: entity for entity in document.entities}
    related = set()
    for link in document.relations:
        related.add(frozenset((link.head, link.tail)))
        ends = by_id[link.head], by_id[link.tail]
        mark = relation_mark("relation", document, ends, link.label, link.label)
        mark = mark._replace(change=Change(unlink=(link,)))
        pair = believed.get(frozenset((link.head, link.tail)))
        # A type that it never met is none that a model can judge.
        knows = model is not None and link.label in model.labels
        yield _judged(mark, link, pair) if pair and knows else mark
    for key, pair in believed.items():
        best = _best(pair)
        if key not in related and best:
            ends = by_id[best.head], by_id[best.tail]
            mark = relation_mark("missing relation", document, ends, "", best.label)
            yield mark._replace(trust=pair.none, change=Change(link=(best,)))


def _judged(mark: Mark, link: Relation, pair: PairBelief) -> Mark:
    key = (link.head, link.tail, link.label)
    # A symmetric relation has one direction to the model, that of the text.
    if key not in pair.likely and (link.tail, link.head, link.label) in pair.likely:
        key = (link.tail, link.head, link.label)
    trust, best = pair.likely.get(key, 0.0), _best(pair)
    if best and (best.head, best.tail, best.label) == key:
        return mark._replace(trust=trust)
    turned = best is not None and best.label == link.label
    proposed = (best.label + (", turned" if turned else "")) if best else ""
    change = Change(unlink=(link,), link=(best,) if best else ())
    return mark._replace(trust=trust, proposed=proposed, change=change)


def _best(pair: PairBelief) -> Relation | None:
    """The relation that the model would suggest, if any."""
    if not pair.likely:
        return None
    (head, tail, label), score = max(pair.likely.items(), key=lambda item: item[1])
    if score < THRESHOLDS.get(label, THRESHOLD):
        return None
    return Relation(head=head, tail=tail, label=label)


def _beliefs(document: Document, doc: Doc, model: RelationModel | None) -> Iterator[PairBelief]:
    if model is None:
        return
    owners = set_entities(doc, document.entities)
    for sentence in sentences(doc):
        found = [each for rule in RULES.values() for each in rule(sentence, document.language)]
        for pair in model.judge(sentence, document.language, found):
            one, other = owners[pair.first.index], owners[pair.second.index]
            likely = {_direction(choice, one, other): p for p, choice in pair.likely}
            yield PairBelief(one, other, likely, pair.none)


def _direction(choice: Choice, first: Entity, second: Entity) -> tuple[str, str, str]:
    ends = (second.id, first.id) if choice.backward else (first.id, second.id)
    return (*ends, choice.label)
