"""A model of relations trained on a handful of texts, bounded by the types in force."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.document import Document, Entity, Relation
from annotate.prelabel.relation_features import REACH
from annotate.prelabel.relation_model import Choices, RelationModel, model_path
from annotate.prelabel.relations import Relations, Suggestion, sentences
from tests.prelabel.test_relations import config, marked
from tests.strategies import texts

TRAINING = Path(__file__).parents[2] / "training"
pytestmark = pytest.mark.skipif(not TRAINING.exists(), reason="training/ is not in this copy")

GOLD = [
    ("[P:Ana Sol] runs [O:Tea Board].", "works_for 0 1"),
    ("[P:Li Wen] runs [O:Rice Fund].", "works_for 0 1"),
    ("[O:Tea Board] is run by [P:Ana Sol].", "works_for 1 0"),
    ("[P:Ana Sol] mocked [O:Rice Fund].", ""),
    ("[P:Li Wen] mocked [O:Tea Board].", ""),
    ("[C:Peru] aids [C:Chile].", "cooperates_with 0 1"),
    ("[C:Japan] aids [C:Peru].", "cooperates_with 0 1"),
    ("[C:Japan] mocked [C:Chile].", ""),
    ("[O:Tea Board] owns [O:Rice Fund].", "owns 0 1"),
    ("[O:Rice Fund] belongs to [O:Tea Board].", "owns 1 0"),
    ("[O:Sea Bank] owns [O:Port Board].", "owns 0 1"),
    ("[O:Port Board] belongs to [O:Sea Bank].", "owns 1 0"),
]
OWNS = {"label": "owns", "head": ["ORG"], "tail": ["ORG"], "symmetric": False}


def document(number: int, text: str, links: str) -> Document:
    doc = marked(text, "en")
    entities = tuple(
        Entity(
            id=f"e{at}",
            start=ent.start_char,
            end=ent.end_char,
            label=ent.label_,
            text=ent.text,
            country_code=ent.kb_id_ or None,
        )
        for at, ent in enumerate(doc.ents)
    )
    label, *ends = links.split() or [""]
    relations = (Relation(head=f"e{ends[0]}", tail=f"e{ends[1]}", label=label),) if label else ()
    return Document(
        id=str(number), text=doc.text, language="en", entities=entities, relations=relations
    )


def gold() -> list[Document]:
    return [document(number, *each) for number, each in enumerate(GOLD * 4)]


def kinds() -> list[Any]:
    own = {"works_for", "cooperates_with"}
    return [*(kind for kind in config() if kind["label"] in own), OWNS]


@cache
def train() -> Callable[[Sequence[Document], Path, Sequence[Any]], None]:
    made: Callable[[Sequence[Document], Path, Sequence[Any]], None] = runpy.run_path(
        str(TRAINING / "relations.py")
    )["train"]
    return made


@cache
def model() -> Path:
    path = Path(mkdtemp()) / "en.relations.crf"
    train()(gold(), path, kinds())
    return path


def suggested(text: str, types: list[Any]) -> list[tuple[str, int, int]]:
    found: tuple[Suggestion, ...] = Relations("en", types, model())(marked(text, "en"))._.relations
    assert all(0 < each.score <= 1 for each in found)
    return [(each.label, each.head, each.tail) for each in found]


def test_it_suggests_what_it_was_taught() -> None:
    assert suggested("[P:Tom Reed] runs [O:Star News].", kinds()) == [("works_for", 0, 1)]
    assert suggested("[O:Star News] is run by [P:Tom Reed].", kinds()) == [("works_for", 1, 0)]
    assert suggested("[P:Tom Reed] mocked [O:Star News].", kinds()) == []


def test_the_direction_is_learned_where_labels_leave_it_open() -> None:
    assert suggested("[O:Star News] owns [O:Sun News].", kinds()) == [("owns", 0, 1)]
    assert suggested("[O:Star News] belongs to [O:Sun News].", kinds()) == [("owns", 1, 0)]


def test_a_symmetric_relation_starts_at_the_earlier_mention() -> None:
    assert suggested("[C:Chile] aids [C:Japan].", kinds()) == [("cooperates_with", 0, 1)]
    assert suggested("[C:Japan] aids [C:Chile].", kinds()) == [("cooperates_with", 0, 1)]


def test_a_type_that_was_removed_is_never_suggested() -> None:
    assert suggested("[P:Tom Reed] runs [O:Star News].", [OWNS]) == []


def test_labels_that_a_type_does_not_join_are_not_joined() -> None:
    states_only = {"label": "owns", "head": ["COUNTRY"], "tail": ["ORG"], "symmetric": False}
    assert suggested("[O:Star News] owns [O:Sun News].", [states_only]) == []


def test_types_that_the_model_does_not_know_are_left_to_the_rules() -> None:
    text = "[P:Wang Li], foreign minister of [C:China], met [P:John Carter] in [C:Kenya]."
    ruled = Relations("en", config())(marked(text, "en"))._.relations
    assert {it.label for it in ruled} == {"represents", "met_with"}
    found = Relations("en", config(), model())(marked(text, "en"))._.relations
    assert set(ruled) <= set(found)
    bribes = {"label": "bribes", "head": ["PERSON"], "tail": ["ORG"], "symmetric": False}
    assert suggested("[P:Tom Reed] runs [O:Star News].", [bribes]) == []


def test_the_nearest_mention_of_a_side_is_taken() -> None:
    text = "[C:Chile] wins and so [C:Chile] aids [C:Japan]."
    assert suggested(text, kinds()) == [("cooperates_with", 1, 2)]


def test_a_side_stands_in_no_relation_with_itself() -> None:
    assert suggested("[C:Chile] aids [C:Chile].", kinds()) == []


def test_candidates_of_a_long_list_grow_with_its_length_not_its_square() -> None:
    def candidates(size: int) -> int:
        doc = marked(", ".join(f"[O:Body {chr(97 + at)}]" for at in range(size)), "en")
        (sentence,) = sentences(doc)
        return len(list(Choices(kinds()).pairs(sentence, "en", [])))

    assert candidates(26) - candidates(25) <= REACH + 1


def test_the_same_texts_give_the_same_bytes(tmp_path: Path) -> None:
    """In another process too, where sets of strings have another order."""
    lines = tmp_path / "gold.jsonl"
    lines.write_text("".join(each.model_dump_json() + "\n" for each in gold()), "utf-8")
    path = tmp_path / "again.crf"
    program = (
        "import json, sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path\n"
        "from relations import train; from annotate.document import Document\n"
        "lines = Path(sys.argv[2]).read_text('utf-8')\n"
        "gold = [Document.model_validate_json(line) for line in lines.splitlines()]\n"
        "train(gold, Path(sys.argv[3]), json.loads(sys.argv[4]))\n"
    )
    arguments = [str(TRAINING), str(lines), str(path), json.dumps(kinds())]
    subprocess.run([sys.executable, "-c", program, *arguments], check=True, timeout=120)
    assert path.read_bytes() == model().read_bytes()


def test_a_model_is_found_by_its_languages() -> None:
    path = model_path("bn")
    assert path
    assert path == model_path("en-GB")
    assert model_path("xx") is None
    assert model_path("de") is None


def test_the_shipped_model_knows_the_types_that_ship() -> None:
    path = model_path("en")
    assert path
    assert RelationModel(path, config()).labels == {kind["label"] for kind in config()}


PIECES = ["[P:Ana Sol]", "[O:Tea Board]", "[C:Peru]", "[C:Chile]", "[O:পানি বিভাগ]", "[P:علی]"]


@given(st.lists(st.sampled_from(PIECES) | texts().map(lambda it: it.replace("[", ""))))
def test_any_text_comes_through_with_allowed_pairs_once(pieces: list[str]) -> None:
    doc = marked(" ".join(pieces), "en")
    before = doc.text, [(ent.start, ent.end, ent.label_) for ent in doc.ents]
    found = Relations("en", config(), model_path("en"))(doc)._.relations
    assert before == (doc.text, [(ent.start, ent.end, ent.label_) for ent in doc.ents])
    assert len({(it.head, it.tail) for it in found}) == len(found)
    allowed = {kind["label"]: kind for kind in config()}
    for it in found:
        kind, ends = allowed[it.label], (doc.ents[it.head].label_, doc.ents[it.tail].label_)
        assert ends[0] in kind["head"]
        assert ends[1] in kind["tail"]
        assert not kind["symmetric"] or it.head < it.tail
