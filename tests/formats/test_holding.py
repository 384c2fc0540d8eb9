"""What a document keeps when it is reduced to what a format can hold."""

from datetime import UTC, datetime

from annotate.document import Document, Entity, Relation, Review
from annotate.formats.features import FEATURES
from annotate.formats.holding import held
from annotate.ledger import Ledger

BUT_HANDLES = {*FEATURES} - {"handles"}
TEXT = "Amina Yusuf met Li Na in Nairobi."


def entity(name: str, found: str) -> Entity:
    start = TEXT.index(found)
    return Entity(id=name, start=start, end=start + len(found), label="PERSON", text=found)


def reviewed(kept: tuple[Entity, ...], removed: tuple[Entity, ...], *ends: str) -> Document:
    head, tail = ends
    review = Review(
        status="changed",
        annotators=("ann",),
        annotated_at=datetime(2026, 3, 1, tzinfo=UTC),
        tasks=(1,),
        annotations=(1,),
        policy="latest",
        label_config="0" * 64,
        removed_entities=removed,
        removed_relations=(Relation(head=head, tail=tail, label="met_with"),),
    )
    return Document(id="d", text=TEXT, entities=kept, provenance=review)


def texts_of_removed(document: Document) -> tuple[str, str]:
    """The texts between which the one removed relation is."""
    assert document.provenance
    (link,) = document.provenance.removed_relations
    of_id = {one.id: one.text for one in document.provenance.removed_entities}
    of_id |= {one.id: one.text for one in document.entities}
    return of_id[link.head], of_id[link.tail]


def test_a_removed_relation_stays_between_the_same_two_when_entities_are_numbered() -> None:
    amina, li, nairobi = entity("e3", "Amina Yusuf"), entity("e1", "Li Na"), entity("e2", "Nairobi")
    before = reviewed((li, nairobi, amina), (), "e3", "e1")
    now = held(before, BUT_HANDLES, Ledger("export"))
    assert [one.id for one in now.entities] == ["e1", "e2", "e3"]
    assert texts_of_removed(now) == ("Amina Yusuf", "Li Na")
    assert held(now, BUT_HANDLES, Ledger("again")) == now


def test_a_removed_entity_gives_way_to_a_number_and_its_relation_follows() -> None:
    amina, li, nairobi = entity("x", "Amina Yusuf"), entity("y", "Li Na"), entity("e2", "Nairobi")
    before = reviewed((amina, li), (nairobi, entity("r1", "Na")), "e2", "y")
    now = held(before, BUT_HANDLES, Ledger("export"))
    assert now.provenance
    assert [one.id for one in now.entities] == ["e1", "e2"]
    assert [one.id for one in now.provenance.removed_entities] == ["r2", "r1"]
    assert texts_of_removed(now) == ("Nairobi", "Li Na")
    assert held(now, BUT_HANDLES, Ledger("again")) == now


def test_entities_numbered_anew_are_a_loss_and_those_that_were_so_are_none() -> None:
    ledger = Ledger("export")
    tidy = Document(id="d", text=TEXT, entities=(entity("e1", "Amina Yusuf"),))
    assert held(tidy, BUT_HANDLES, ledger) == tidy
    assert not ledger.losses
    held(tidy.model_copy(update={"entities": (entity("x", "Li Na"),)}), BUT_HANDLES, ledger)
    assert ledger.lost == {"ids": 1}
