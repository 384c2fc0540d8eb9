"""What a model that hasn't seen a document makes of its gold entities.

The trust in a gold entity is the probability of its least likely token, given the whole
text (self-confidence of the worst token, as Wang and Mueller 2022, "Detecting label errors
in token classification data", found best).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast

from spacy.language import Language
from spacy.tokens import Doc, Span

from annotate.audit.mark import Change, Mark, entity_mark, overlapping
from annotate.document import Document, Entity
from annotate.prelabel.countries import code_of
from annotate.prelabel.crf import Crf, spans_of
from annotate.prelabel.crf_training import before
from annotate.prelabel.merge import COUNTRY

CRF = "annotate_crf"


class Beliefs(NamedTuple):
    """The tags of the best path, and the probability of every tag, by token of the doc."""

    doc: Doc
    tags: list[str]
    marginals: list[dict[str, float]]


def beliefs(text: str, nlp: Language) -> Beliefs:
    """What the labeller of a pipeline believes of each token of a text."""
    labeller = cast(Crf, nlp.get_pipe(CRF))
    doc = before(labeller, nlp, text)
    tagger, features = labeller.tagger, labeller.features(doc)
    tags: list[str] = []
    marginals: list[dict[str, float]] = []
    if tagger is None:
        raise ValueError("the pipeline has no trained labeller.")
    known = tagger.labels()
    for sentence in doc.sents:
        tagger.set(features[sentence.start : sentence.end])
        tags += tagger.tag()
        marginals += [
            {tag: tagger.marginal(tag, at) for tag in known} for at in range(len(sentence))
        ]
    return Beliefs(doc, tags, marginals)


def entity_marks(document: Document, believed: Beliefs) -> Iterator[Mark]:
    """Every gold entity with the trust in it, and what the model would add."""
    suggested = list(_suggested(document, believed))
    for entity in document.entities:
        mark = entity_mark(document, entity)._replace(trust=_trust(entity, believed))
        others = overlapping(entity.start, entity.end, suggested)
        yield mark if mark.trust is None else _with_proposal(mark, entity, others)
    for found in suggested:
        if not overlapping(found.start, found.end, document.entities):
            yield missing(document, found)._replace(trust=outside(found, believed))


def missing(document: Document, entity: Entity) -> Mark:
    """An entity that gold hasn't, before anyone judged it."""
    mark = entity_mark(document, entity)
    return mark._replace(kind="missing entity", gold="", change=Change(add=(entity,)))


def outside(entity: Entity, believed: Beliefs) -> float:
    """The probability that no entity is here: that of its least likely token."""
    span = _tokens(entity, believed.doc)
    return min(believed.marginals[at].get("O", 0.0) for at in range(span.start, span.end))


def _trust(entity: Entity, believed: Beliefs) -> float | None:
    """None for a label that the model never met."""
    span, label = _tokens(entity, believed.doc), entity.label
    if f"B-{label}" not in believed.marginals[span.start]:
        return None
    wanted = [f"B-{label}", *[f"I-{label}"] * (span.end - span.start - 1)]
    own = [believed.marginals[at].get(tag, 0.0) for at, tag in enumerate(wanted, start=span.start)]
    # It ends here: the next token doesn't go on with it.
    if span.end < len(believed.marginals):
        own.append(1 - believed.marginals[span.end].get(f"I-{label}", 0.0))
    return min(own)


def _tokens(entity: Entity, doc: Doc) -> Span:
    return cast(Span, doc.char_span(entity.start, entity.end, alignment_mode="expand"))


def _suggested(document: Document, believed: Beliefs) -> Iterator[Entity]:
    taken = {entity.id for entity in document.entities}
    for start, end, label in spans_of(believed.tags):
        words = believed.doc[start:end].text
        text = words.strip()
        if not any(sign.isalnum() for sign in text):
            continue
        first = believed.doc[start].idx + words.index(text)
        name = f"audit-{first}-{first + len(text)}"
        if name in taken:
            name += "-new"
        code = code_of(text, document.language) if label == COUNTRY else None
        yield Entity(
            id=name,
            start=first,
            end=first + len(text),
            label=label,
            text=text,
            country_code=code or None,
        )


def _with_proposal(mark: Mark, entity: Entity, found: Sequence[Entity]) -> Mark:
    places = [(one.start, one.end, one.label) for one in found]
    if places == [(entity.start, entity.end, entity.label)]:
        return mark
    if len(found) == 1:
        # One for one: it keeps its id, and so its relations.
        update = {"id": entity.id, "note": entity.note}
        change = Change((entity.id,), (found[0].model_copy(update=update),))
    else:
        change = Change((entity.id,), tuple(found))
    return mark._replace(proposed=said(entity, found), change=change)


def said(entity: Entity, others: Sequence[Entity]) -> str:
    """Other entities instead of this one, in words: ``ORG``, ``PERSON «Li Na»``, or nothing."""
    return ", ".join(
        one.label
        if (one.start, one.end) == (entity.start, entity.end)
        else f"{one.label} «{one.text}»"
        for one in others
    )
