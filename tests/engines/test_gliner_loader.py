"""GLiNER's own loader on what we write to train it: what it learns is what the gold says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gliner import GLiNER, GLiNERConfig
from transformers import BertModel

from annotate.document import Document, Entity, Relation
from annotate.formats import gliner, inline
from annotate.ledger import Ledger
from tests.engines import tiny
from tests.samples import english

CORPUS = Path(__file__).parents[2] / "corpus" / "train"
# Those of GLiNER, which writing goes by; without its augmentation, which drops types at random.
CONFIG = {"max_len": gliner.LONGEST, "max_width": gliner.WIDEST, "augment_data_prob": 0.0}


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backbone")
    tokens = tiny.tokenizer("unigram")
    tokens.save_pretrained(folder)
    # A passage may have hundreds of words, each in letters.
    BertModel(tiny.bert(tokens, positions=6000)).save_pretrained(folder)
    return folder


def model(backbone: Path, **more: Any) -> Any:
    config = GLiNERConfig(
        model_name=str(backbone), hidden_size=32, span_mode="markerV0", **CONFIG, **more
    )
    return GLiNER.from_config(config)


def exported(documents: list[Document], folder: Path, ledger: Ledger) -> list[dict[str, Any]]:
    """What GLiNER's guide to training begins with: json.load of the file."""
    path = folder / "train.gliner.json"
    gliner.write(documents, path, ledger)
    return json.loads(path.read_text("utf-8"))


def learnt(model: Any, examples: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Words and label of every span that the loader's targets say is an entity."""
    processor = model.data_processor
    for example in examples:
        raw = processor.collate_raw_batch([example])
        (labels,) = processor.create_labels(raw)
        (spans,), (names,) = raw["span_idx"], raw["id_to_classes"]
        for place, kind in labels.nonzero().tolist():
            first, last = spans[place].tolist()
            yield " ".join(raw["tokens"][0][first : last + 1]), names[kind + 1]


def words(text: str) -> str:
    """The text without white space: tokens don't tell where there was some."""
    return "".join(text.split())


def gold(documents: list[Document]) -> Counter[tuple[str, str]]:
    return Counter((words(one.text), one.label) for each in documents for one in each.entities)


def test_every_entity_of_four_languages_is_a_target(backbone: Path, tmp_path: Path) -> None:
    documents = list(inline.read(CORPUS))
    assert {one.language for one in documents} == {"bn", "vi", "fa", "en"}
    ledger = Ledger("write")
    examples = exported(documents, tmp_path, ledger)
    found = Counter((words(text), label) for text, label in learnt(model(backbone), examples))
    assert not ledger.counts[f"passages of more than {gliner.LONGEST} tokens"]
    missing = gold(documents) - found
    # GLiNER passes over wider ones in silence; the writer named them.
    assert missing.total() == ledger.counts[f"entities of more than {gliner.WIDEST} tokens"]
    assert not found - gold(documents)
    assert found.total() > 8_000


def test_an_entity_that_is_too_wide_is_no_target_and_was_named(
    backbone: Path, tmp_path: Path
) -> None:
    name = " ".join(["Board"] * (gliner.WIDEST + 1))
    wide = Entity(id="e", start=0, end=len(name), label="ORG", text=name)
    ledger = Ledger("write")
    examples = exported([Document(id="d", text=name, entities=(wide,))], tmp_path, ledger)
    assert list(learnt(model(backbone), examples)) == []
    assert [note.where for note in ledger.repaired] == ["d"]


def relations_learnt(model: Any, example: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Head, type and tail of every relation that is a target."""
    raw = model.data_processor.collate_raw_batch([example])
    (entities,), (names,), (tokens,) = raw["entities"], raw["rel_id_to_classes"], raw["tokens"]
    # Targets number the entities that are not too wide.
    known = [
        "".join(tokens[first : last + 1])
        for first, last, _ in entities
        if last - first < gliner.WIDEST
    ]
    pairs, kinds = raw["rel_idx"][0].tolist(), raw["rel_label"][0].tolist()
    return [
        (known[head], names[kind], known[tail])
        for (head, tail), kind in zip(pairs, kinds, strict=True)
        if kind
    ]


def test_every_relation_of_four_languages_is_a_target_of_the_relation_model(
    backbone: Path, tmp_path: Path
) -> None:
    documents = list(inline.read(CORPUS))
    ledger = Ledger("write")
    related = model(backbone, relations_layer="dot")
    found: Counter[tuple[str, str, str]] = Counter()
    for example in exported(documents, tmp_path, ledger):
        found.update(relations_learnt(related, example))
    wanted: Counter[tuple[str, str, str]] = Counter()
    for document in documents:
        for link in document.relations:
            head, tail = (words(document.entity(end).text) for end in (link.head, link.tail))
            wanted[head, link.label, tail] += 1
    missing = wanted - found
    # GLiNER passes over those of too wide entities in silence; the writer counted them.
    assert (
        missing.total()
        == ledger.counts[f"relations of entities of more than {gliner.WIDEST} tokens"]
    )
    assert not found - wanted
    assert found.total() > 2_000


@pytest.mark.parametrize("relations", [None, "dot"])
def test_gliner_trains_on_it(backbone: Path, tmp_path: Path, relations: str | None) -> None:
    trained = model(backbone, **({"relations_layer": relations} if relations else {}))
    examples = exported([english(), english("en-2")], tmp_path, Ledger("write"))
    collate = trained.data_collator_class(
        trained.config, data_processor=trained.data_processor, prepare_labels=True
    )
    batch = collate(examples)
    before = float(trained(**batch).loss)
    tiny.fit(trained, lambda: trained(**batch).loss, steps=20)
    assert float(trained(**batch).loss) < before


def test_two_relations_of_one_pair_are_both_targets(backbone: Path, tmp_path: Path) -> None:
    document = english()
    first = document.relations[0]
    both = document.model_copy(
        update={"relations": (first, Relation(head=first.head, tail=first.tail, label="met_with"))}
    )
    (example, *_) = exported([both], tmp_path, Ledger("write"))
    found = relations_learnt(model(backbone, relations_layer="dot"), example)
    assert sorted(label for _, label, _ in found) == ["met_with", "represents"]


def test_relations_behind_two_entities_of_one_span_are_others_as_was_counted(
    backbone: Path, tmp_path: Path
) -> None:
    """What the writer says of GLiNER's numbers is so: mended there, this fails."""
    kenya, peru = ((0, 5), (10, 14))
    text = "Kenya met Peru."
    entities = tuple(
        Entity(id=name, start=start, end=end, label=name, text=text[start:end])
        for name, (start, end) in {"a": kenya, "b": kenya, "c": peru}.items()
    )
    link = Relation(head="a", tail="c", label="met_with")
    document = Document(id="d", text=text, entities=entities, relations=(link,))
    ledger = Ledger("write")
    examples = exported([document], tmp_path, ledger)
    related = model(backbone, relations_layer="dot")
    collate = related.data_collator_class(
        related.config, data_processor=related.data_processor, prepare_labels=True
    )
    # The third of three entities is looked for among the two spans that they have.
    assert not collate(examples)["rel_matrix"].any()
    assert ledger.counts["relations moved by two entities of one span"] == 1
