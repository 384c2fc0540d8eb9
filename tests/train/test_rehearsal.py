"""The project's own corpus, learnt again: what is taken of it, and what for."""

from __future__ import annotations

from pathlib import Path

from annotate.config import load_settings
from annotate.evaluate import entities
from annotate.evaluate.scores import total
from annotate.ledger import Ledger
from annotate.schema import Schema
from annotate.train.fit import fit
from annotate.train.rehearsal import LABELS, RELATIONS, corpus, languages
from annotate.train.scores import suggested, with_pipelines
from tests.train.conftest import CORPUS, campaign, small_project


def shipped_schema() -> Schema:
    return load_settings(CORPUS, environ={}).schema_in_force()


def test_it_has_the_labels_that_it_is_said_to_have() -> None:
    documents = list(corpus("train", shipped_schema()))
    assert {it.label for one in documents for it in one.entities} == LABELS
    assert {it.label for one in documents for it in one.relations} == RELATIONS
    assert {one.language for one in documents} == set(languages()) == {"bn", "en", "fa", "vi"}


def test_a_text_of_the_gold_is_not_rehearsed() -> None:
    first, *others = corpus("train", shipped_schema())
    assert list(corpus("train", shipped_schema(), {first.text})) == others


def test_labels_of_ones_own_are_not_rehearsed(tmp_path: Path) -> None:
    assert list(corpus("train", small_project(tmp_path).schema_in_force())) == []


def test_a_label_set_without_countries_gets_none() -> None:
    xml = shipped_schema().xml
    bare = "\n".join(line for line in xml.splitlines() if 'value="COUNTRY"' not in line)
    rules = {"represents": {"head": ["PERSON"], "tail": ["ORG"]}, "based_in": {"tail": ["ORG"]}}
    schema = Schema.from_xml(bare, {name: _rule(rule) for name, rule in rules.items()})
    documents = list(corpus("train", schema))
    assert {it.label for one in documents for it in one.entities} == {"PERSON", "ORG"}
    ids = [({it.id for it in one.entities}, one.relations) for one in documents]
    assert all({link.head, link.tail} <= own for own, links in ids for link in links)


def test_small_gold_does_not_lose_what_was_known(tmp_path: Path) -> None:
    """Ten documents of one domain alone forget what the corpus taught; with it they don't."""
    settings = load_settings(CORPUS, environ={})
    schema = settings.schema_in_force()
    unseen = [one for one in corpus("unseen", schema) if one.language == "en"]
    gold = [one.model_copy(update={"language": "en"}) for one in campaign(1, 10)]
    f1 = {}
    for rehearse in (True, False):
        made = fit(gold, tmp_path / str(rehearse), schema, rehearse=rehearse, entities_only=True)
        pairs = suggested(unseen, with_pipelines(settings, made), Ledger("test"))
        f1[rehearse] = total(entities.strict(pair) for pair in pairs).f1
    built_in = suggested(unseen, with_pipelines(settings, {}), Ledger("test"))
    known = total(entities.strict(pair) for pair in built_in).f1
    assert f1[True] > known - 0.02
    assert f1[False] < known - 0.05


def _rule(rule: dict[str, list[str]]) -> object:
    from annotate.schema import RelationRule

    return RelationRule.model_validate(rule)
