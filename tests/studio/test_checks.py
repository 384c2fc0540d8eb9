"""What is checked before a suggestion is sent."""

from annotate.config import load_settings
from annotate.document import Relation
from annotate.ledger import Ledger
from annotate.studio.checks import sendable
from tests.samples import english, entity

SCHEMA = load_settings().schema_in_force()


def test_sound_suggestions_pass_unchanged() -> None:
    ledger = Ledger("push")
    assert sendable(english(), SCHEMA, ledger) == english()
    assert ledger.clean


def test_an_unknown_label_is_left_out_with_its_relations() -> None:
    document = english()
    city = document.entities[1].model_copy(update={"label": "CITY"})
    odd = document.model_copy(
        update={"entities": (document.entities[0], city, *document.entities[2:])}
    )
    ledger = Ledger("push")
    sent = sendable(odd, SCHEMA, ledger)
    assert len(sent.entities) == 4
    assert [relation.label for relation in sent.relations] == ["met_with", "cooperates_with"]
    assert len(ledger.refused) == 2


def test_of_overlapping_spans_the_longer_stays() -> None:
    document = english()
    inner = entity(document.text, "Yusuf of Kenya", "ORG", id="o1")
    odd = document.model_copy(update={"entities": (*document.entities, inner), "relations": ()})
    ledger = Ledger("push")
    sent = sendable(odd, SCHEMA, ledger)
    assert sent.entities[0].text == "Yusuf of Kenya"
    assert {note.what.split(":")[0] for note in ledger.refused} == {
        "PERSON 'Amina Yusuf' at 0",
        "COUNTRY 'Kenya' at 15",
    }


def test_relations_that_the_editor_would_drop_are_named() -> None:
    document = english()
    odd = [
        Relation(head="p1", tail="c1", label="works_for"),
        Relation(head="p1", tail="p1", label="met_with"),
        Relation(head="p1", tail="c1", label="admires"),
        document.relations[0],
    ]
    ledger = Ledger("push")
    sent = sendable(
        document.model_copy(update={"relations": (*document.relations, *odd)}), SCHEMA, ledger
    )
    assert sent.relations == document.relations
    assert len(ledger.refused) == 4


def test_a_symmetric_relation_is_sent_from_the_earlier_mention() -> None:
    document = english()
    backwards = Relation(head="p2", tail="p1", label="met_with")
    sent = sendable(document.model_copy(update={"relations": (backwards,)}), SCHEMA, Ledger("push"))
    assert (sent.relations[0].head, sent.relations[0].tail) == ("p1", "p2")
