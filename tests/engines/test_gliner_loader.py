"""GLiNER's own loaders on what we write to train it: what it learns is what the gold says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from gliner import GLiNER, GLiNERConfig
from hypothesis import given, settings
from tokenizers import Tokenizer, models
from transformers import BertModel, PreTrainedTokenizerFast

from annotate.document import Document, Relation
from annotate.formats import gliner, inline
from annotate.ledger import Ledger
from tests.engines import tiny
from tests.samples import english, entity
from tests.strategies import collections

CORPUS = Path(__file__).parents[2] / "corpus" / "train"
ENTITY, RELATION = f"entity in {gliner.PART}", f"relation in {gliner.PART}"
BATCH = 8  # as in training


class Learnt(NamedTuple):
    """Targets: entities with where they start and end, relations between such places."""

    entities: Counter[tuple[Any, ...]]
    relations: Counter[tuple[Any, ...]]


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every word is one piece: which, is no matter to the targets, and letters take time."""
    folder = tmp_path_factory.mktemp("backbone")
    words = [*tiny.SPECIAL, *dict.fromkeys(english().text.split())]
    level = models.WordLevel({word: at for at, word in enumerate(words)}, unk_token="[UNK]")
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]"}
    tokens = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(level), **names)
    tokens.save_pretrained(folder)
    BertModel(tiny.bert(tokens, positions=512)).save_pretrained(folder)
    return folder


def made(backbone: Path, **more: Any) -> Any:
    config = GLiNERConfig(
        model_name=str(backbone),
        hidden_size=32,
        span_mode="markerV0",
        max_len=gliner.LONGEST,
        max_width=gliner.WIDEST,
        **more,
    )
    return GLiNER.from_config(config)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all, since hypothesis runs a test many times."""
    return tmp_path_factory.mktemp("written")


@pytest.fixture(scope="module")
def plain(backbone: Path) -> Any:
    return made(backbone)


@pytest.fixture(scope="module")
def related(backbone: Path) -> Any:
    """A relation model, without its augmentation: that leaves types out at random."""
    return made(backbone, relations_layer="dot", augment_data_prob=0.0)


def exported(documents: Iterable[Document], folder: Path, ledger: Ledger) -> list[dict[str, Any]]:
    """What GLiNER's guide to training begins with: json.load of the file."""
    path = folder / "train.gliner.json"
    gliner.write(documents, path, ledger)
    examples: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return examples


def collator(model: Any, **returned: bool) -> Any:
    return model.data_collator_class(
        model.config, data_processor=model.data_processor, prepare_labels=True, **returned
    )


def learnt(model: Any, examples: list[dict[str, Any]]) -> Iterator[Learnt]:
    """Of each item what the tensors say that the collator makes for a training step.

    Places are first and last tokens.
    """
    collate = collator(model, return_tokens=True, return_id_to_classes=True)
    for begin in range(0, len(examples), BATCH):
        rows = examples[begin : begin + BATCH]
        batch = collate(rows)
        for at, example in enumerate(rows):
            words = example["tokenized_text"][: gliner.LONGEST]
            assert batch["tokens"][at] == (words or ["[PAD]"])
            yield _learnt(batch, at)


def _learnt(batch: dict[str, Any], at: int) -> Learnt:
    marks = batch["labels"][at].nonzero().tolist()
    # One for two labels: ends of relations are numbers among these.
    places = sorted({place for place, _ in marks})
    spans = [tuple(span) for span in batch["span_idx"][at][places].tolist()]
    at_place = dict(zip(places, spans, strict=True))
    kinds = batch["id_to_classes"][at]
    found = Learnt(Counter((at_place[place], kinds[kind + 1]) for place, kind in marks), Counter())
    if "rel_matrix" in batch:
        names = {number: name for name, number in batch["rel_class_to_ids"][at].items()}
        # Pairs between which nothing is are among them.
        pairs = batch["adj_matrix"][at].nonzero().tolist()
        found.relations.update(
            (spans[pairs[pair][0]], names[kind + 1], spans[pairs[pair][1]])
            for pair, kind in batch["rel_matrix"][at].nonzero().tolist()
        )
    return found


def in_texts(model: Any, examples: list[dict[str, Any]]) -> Learnt:
    """All of them, places being document, start and end in its text."""
    found = Learnt(Counter(), Counter())
    before: Counter[str] = Counter()
    for example, item in zip(examples, learnt(model, examples), strict=True):
        name, offsets = example["document"], example["offsets"]
        places = {
            span: (name, before[name] + offsets[span[0]][0], before[name] + offsets[span[1]][1])
            for span, _ in item.entities
        }
        found.entities.update((places[span], label) for span, label in item.entities)
        found.relations.update(
            (places[head], label, places[tail]) for head, label, tail in item.relations
        )
        before[name] += len(example["text"])
    return found


def gold(documents: Iterable[Document], without: Iterable[tuple[str, str]] = ()) -> Learnt:
    """What the documents say, without entities of those documents and ids."""
    found = Learnt(Counter(), Counter())
    for document in documents:
        places = {
            each.id: ((document.id, each.start, each.end), each.label)
            for each in document.entities
            if (document.id, each.id) not in without
        }
        found.entities.update(places.values())
        found.relations.update(
            (places[link.head][0], link.label, places[link.tail][0])
            for link in document.relations
            if {link.head, link.tail} <= places.keys()
        )
    return found


def lost_entities(documents: Iterable[Document], ledger: Ledger) -> set[tuple[str, str]]:
    """Document and id of each entity that the ledger names."""
    named = {loss.where for loss in ledger.losses if loss.kind == ENTITY}
    return {
        (document.id, each.id)
        for document in documents
        for each in document.entities
        if f"{document.id} {each.start}:{each.end}" in named
    }


def test_every_entity_and_relation_of_a_document_is_a_target(
    plain: Any, related: Any, tmp_path: Path
) -> None:
    documents = [english(), english("en-2")]
    examples = exported(documents, tmp_path, Ledger("export"))
    assert in_texts(plain, examples).entities == gold(documents).entities
    assert in_texts(related, examples) == gold(documents)
    assert [sum(each.values()) for each in gold(documents)] == [10, 6]


def test_of_a_corpus_in_four_languages_all_but_what_was_named(
    plain: Any, related: Any, tmp_path: Path
) -> None:
    documents = list(inline.read(CORPUS))
    assert {document.language for document in documents} == {"bn", "vi", "fa", "en"}
    ledger = Ledger("export")
    examples = exported(documents, tmp_path, ledger)
    named = lost_entities(documents, ledger)
    wanted = gold(documents, without=named)
    alone, both = in_texts(plain, examples), in_texts(related, examples)
    for found, said in (
        (alone.entities, wanted.entities),
        (both.entities, wanted.entities),
        (both.relations, wanted.relations),
    ):
        # So that a failure shows what differs, not the thousands that don't.
        assert (found - said, said - found) == (Counter(), Counter())
    # Too wide, each of them, and their relations.
    lost = gold(documents).relations.total() - wanted.relations.total()
    assert ledger.lost == {ENTITY: len(named), RELATION: lost}
    assert named
    assert wanted.entities.total() > 8_000
    assert wanted.relations.total() > 2_000


def test_two_relations_of_one_pair_are_both_targets(related: Any, tmp_path: Path) -> None:
    document = english()
    first = document.relations[0]
    both = (first, Relation(head=first.head, tail=first.tail, label="met_with"))
    document = document.model_copy(update={"relations": both})
    found = in_texts(related, exported([document], tmp_path, Ledger("export")))
    assert found == gold([document])


def test_behind_two_entities_of_one_span_relations_are_lost_and_were_named(
    related: Any, tmp_path: Path
) -> None:
    text = "Kenya met Peru and Lima today"
    marks = [("Kenya", "COUNTRY"), ("Kenya", "ORG"), ("Peru", "COUNTRY"), ("Lima", "CITY")]
    entities = tuple(
        entity(text, mention, label, id=str(number))
        for number, (mention, label) in enumerate(marks)
    )
    links = (
        Relation(head="0", tail="2", label="met_with"),
        Relation(head="2", tail="3", label="has"),
    )
    document = Document(id="d", text=text, entities=entities, relations=links)
    ledger = Ledger("export")
    found = in_texts(related, exported([document], tmp_path, ledger))
    assert found.entities == gold([document]).entities
    # Not with Peru, and nothing of what Peru has.
    assert list(found.relations) == [(("d", 0, 5), "met_with", ("d", 19, 23))]
    assert ledger.lost == {RELATION: 2}


def test_behind_where_gliner_cuts_nothing_is_learnt_and_all_was_named(
    plain: Any, related: Any, tmp_path: Path
) -> None:
    text = "Kenya met Peru " + "word " * (gliner.LONGEST - 4) + "Lima Oslo Bern"
    marks = ("Kenya", "Peru", "Lima", "Oslo", "Bern")
    entities = tuple(entity(text, mention, "PLACE", id=mention) for mention in marks)
    ends = [("Kenya", "Peru"), ("Peru", "Lima"), ("Kenya", "Oslo"), ("Bern", "Oslo")]
    links = tuple(Relation(head=head, tail=tail, label="met_with") for head, tail in ends)
    document = Document(id="d", text=text, entities=entities, relations=links)
    ledger = Ledger("export")
    examples = exported([document], tmp_path, ledger)
    assert [len(each["tokenized_text"]) for each in examples] == [gliner.LONGEST + 2]
    wanted = gold([document], without=[("d", "Oslo"), ("d", "Bern")])
    with pytest.warns(UserWarning, match="truncated"):
        alone = in_texts(plain, examples)
    with pytest.warns(UserWarning, match="truncated"):
        both = in_texts(related, examples)
    assert (alone.entities, both) == (wanted.entities, wanted)
    assert lost_entities([document], ledger) == {("d", "Oslo"), ("d", "Bern")}
    assert ledger.lost == {ENTITY: 2, RELATION: 2}


@settings(deadline=None, max_examples=30)
@given(documents=collections(overlapping=True))
def test_any_item_is_learnt_as_it_stands_or_was_named(
    related: Any, folder: Path, documents: list[Document]
) -> None:
    # Each by itself, so that what was named of one excuses no other.
    for document in documents:
        _check_learnt(related, document, folder)


def _check_learnt(related: Any, document: Document, folder: Path) -> None:
    ledger = Ledger("export")
    examples = exported([document], folder, ledger)
    for example, found in zip(examples, learnt(related, examples), strict=True):
        spans = [(first, last) for first, last, _ in example["ner"]]
        narrow = [last - first < gliner.WIDEST for first, last in spans]
        entities = {
            (span, label)
            for span, fits, (*_, label) in zip(spans, narrow, example["ner"], strict=True)
            if fits
        }
        assert found.entities.keys() == entities
        relations = {
            (spans[head], label, spans[tail])
            for head, tail, label in example["relations"]
            if narrow[head] and narrow[tail]
        }
        moved = any("have one span" in loss.what for loss in ledger.losses)
        assert found.relations.keys() == relations or moved


@pytest.mark.parametrize("kind", ["plain", "related"])
def test_gliner_trains_on_it(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    model = request.getfixturevalue(kind)
    batch = collator(model)(exported([english(), english("en-2")], tmp_path, Ledger("export")))
    before = model(**batch).loss.item()
    tiny.fit(model, lambda: model(**batch).loss, steps=20)
    assert model(**batch).loss.item() < before
