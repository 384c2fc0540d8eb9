"""The gold as the audit would have it: always a document that Label Studio can show."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from annotate.audit.mark import Change
from annotate.audit.proposal import proposal
from annotate.config import load_settings
from annotate.document import Document, Entity, Relation, flat
from annotate.ledger import Ledger
from annotate.studio.checks import sendable
from tests.samples import english, entity
from tests.strategies import spans, texts

SCHEMA = load_settings().schema_in_force()


def test_a_new_label_keeps_the_relations_that_it_allows() -> None:
    gold = english()
    amina = gold.entity("p1").model_copy(update={"label": "COUNTRY"})
    other = proposal(gold, [Change(("p1",), (amina,))], SCHEMA)
    assert other.entity("p1").label == "COUNTRY"
    # The others were relations of a person.
    assert [link.label for link in other.relations] == ["cooperates_with"]


def test_two_entities_become_the_one_over_both() -> None:
    gold = english()
    both = entity(gold.text, "Kenya met Li Na", "ORG", id="c1")
    changes = [Change(("c1",), (both,)), Change(("p2",), (both.model_copy(update={"id": "p2"}),))]
    other = proposal(gold, changes, SCHEMA)
    assert [one.text for one in other.entities] == ["Amina Yusuf", both.text, "Kenya", "Peru"]


def test_what_would_stand_over_an_entity_that_stays_is_left_out() -> None:
    gold = english()
    both = entity(gold.text, "Kenya met Li Na", "ORG", id="c1")
    assert proposal(gold, [Change(("c1",), (both,))], SCHEMA).entities == gold.entities


def test_a_relation_gives_way_to_another_type() -> None:
    gold = english()
    old = gold.relations[0]
    new = Relation(head=old.head, tail=old.tail, label="based_in")
    other = proposal(gold, [Change(unlink=(old,), link=(new,))], SCHEMA)
    labels = [link.label for link in other.relations if link.head == old.head]
    assert "represents" not in labels


@st.composite
def changed(draw: DrawFn) -> tuple[Document, list[Change]]:
    """A flat document, and changes of any of its entities to any spans."""
    text = draw(texts())
    labels = st.sampled_from(SCHEMA.labels)

    def made(name: str, span: tuple[int, int]) -> Entity:
        start, end = span
        return Entity(id=name, start=start, end=end, label=draw(labels), text=text[start:end])

    gold = [made(f"e{at}", span) for at, span in enumerate(draw(spans(text)))]
    others = [made(f"n{at}", span) for at, span in enumerate(draw(spans(text, overlapping=True)))]
    changes = [
        Change(
            tuple(draw(st.lists(st.sampled_from([one.id for one in gold]), max_size=1)))
            if gold
            else (),
            (one,),
        )
        for one in others
    ]
    return Document(id="d", text=text, entities=tuple(gold)), changes


@given(changed())
def test_a_proposal_is_flat_and_whole(given: tuple[Document, list[Change]]) -> None:
    gold, changes = given
    other = proposal(gold, changes, SCHEMA)
    Document.model_validate(other.model_dump())
    assert len(flat(other.entities)) == len(other.entities)
    cut = {name for change in changes for name in change.cut}
    assert {one.id for one in gold.entities} - cut <= {one.id for one in other.entities}
    ledger = Ledger("check")
    assert sendable(other, SCHEMA, ledger).entities == other.entities
    assert not [note for note in ledger.refused if "overlaps" in note.what]
