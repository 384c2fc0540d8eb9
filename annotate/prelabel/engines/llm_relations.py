"""Relations by a language model: spacy.REL.v1 over the entities that all others left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span

from annotate.prelabel.engines.guidelines import definitions, guidelines
from annotate.prelabel.engines.llm import asker, letters, model_block, share
from annotate.prelabel.engines.windows import Window, windows

NOT_KEPT = "lines of the model's answers that name no relation that may be"


class Suggested(NamedTuple):
    """A relation between two of ``doc.ents``, by index; the model gives no score."""

    head: int
    tail: int
    label: str
    score: float | None = None


def config(model: str, relations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The component's config; ``relations`` is that of ``annotate_relations``."""
    defined, _ = definitions(guidelines(), [kind["label"] for kind in relations])
    said = {
        kind["label"]: f"from {' or '.join(kind['head'])} to {' or '.join(kind['tail'])}: "
        + defined.get(kind["label"], "").rpartition("|")[2].strip()
        for kind in relations
    }
    return {"model": model_block(model), "relations": relations, "definitions": said}


@Language.factory(
    "annotate_llm_relations",
    requires=["doc.ents"],
    assigns=["doc._.relations"],
    default_config={"model": None, "relations": [], "definitions": {}},
)
def make_llm_relations(
    nlp: Language,
    name: str,
    model: Callable[..., Any],
    relations: list[dict[str, Any]],
    definitions: dict[str, str],
) -> Callable[[Doc], Doc]:
    """Make the component that sets ``doc._.relations``, within the constraints of each type.

    What it can't keep is counted in ``doc._.left_out``. Raises as ``annotate_llm`` does.
    """
    from spacy_llm.registry import registry

    ask = asker(model)
    kinds = {kind["label"]: kind for kind in relations}
    task = registry.llm_tasks.get("spacy.REL.v1")(labels=list(kinds), label_definitions=definitions)

    def relate(doc: Doc) -> Doc:
        said: Counter[str] = Counter()
        kept: dict[tuple[int, int, str], Suggested] = {}
        for part in windows(doc.text, nlp, share):
            inside = list(_inside(doc, part))
            if len(inside) < 2:
                continue
            for found in _answered(task, ask, _marked(doc, part, inside), said):
                suggested = _suggested(doc, kinds, inside, found)
                if suggested:
                    kept.setdefault(suggested[:3], suggested)
                else:
                    said[NOT_KEPT] += 1
        doc._.relations = tuple(kept[key] for key in sorted(kept))
        doc._.left_out = dict(Counter(doc._.left_out) + said)
        return doc

    return relate


def _inside(doc: Doc, part: Window) -> Iterator[int]:
    end = part.start + len(part.text)
    for index, ent in enumerate(doc.ents):
        if part.start <= ent.start_char and ent.end_char <= end:
            yield index


def _marked(doc: Doc, part: Window, inside: Iterable[int]) -> Doc:
    """The window's text with its entities."""
    marked = letters(doc.vocab, part.text)
    ents = [doc.ents[index] for index in inside]
    marked.ents = [
        Span(marked, ent.start_char - part.start, ent.end_char - part.start, ent.label_)
        for ent in ents
    ]
    return marked


def _answered(task: Any, ask: Callable[[str], str], doc: Doc, said: Counter[str]) -> list[Any]:
    """The relations of an answer, as spacy-llm reads it; lines that it can't read are counted."""
    ((prompts, shards),) = task.generate_prompts([doc])
    answers = [ask(prompt) for prompt in prompts]
    (read,) = task.parse_responses([shards], [answers])
    lines = sum("{" in line for answer in answers for line in answer.splitlines())
    said[NOT_KEPT] += lines - len(read._.rel)
    return list(read._.rel)


def _suggested(
    doc: Doc, kinds: Mapping[str, Mapping[str, Any]], inside: Sequence[int], found: Any
) -> Suggested | None:
    kind = kinds.get(found.relation)
    head, tail = inside[found.dep], inside[found.dest]
    if kind is None or head == tail:
        return None
    if kind["symmetric"] and tail < head:
        head, tail = tail, head
    labels = doc.ents[head].label_, doc.ents[tail].label_
    turned = kind["symmetric"] and labels[1] in kind["head"] and labels[0] in kind["tail"]
    if not turned and not (labels[0] in kind["head"] and labels[1] in kind["tail"]):
        return None
    return Suggested(head, tail, found.relation)
