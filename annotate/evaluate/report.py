"""All figures of an evaluation, for all documents and for each language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from annotate.evaluate import entities, relations
from annotate.evaluate.confusion import Confusion, EntityError, confusion, errors
from annotate.evaluate.edits import Edits, all_edits
from annotate.evaluate.pairs import Pair, in_one_form
from annotate.evaluate.scores import Score, Share, Table, share, table, total
from annotate.evaluate.suggester import Suggester


class Figures(NamedTuple):
    """The scores of some documents; ``with_gold`` is None without a suggester."""

    documents: int
    strict: Table
    overlap: Table
    span: Score
    codes: Share
    ceiling: Share
    with_gold: Table | None
    end_to_end: Table
    edits: Edits

    def as_dict(self) -> dict[str, Any]:
        """The figures as JSON-ready data."""
        return {
            "documents": self.documents,
            "entities": {
                "strict": self.strict.as_dict(),
                "overlap": self.overlap.as_dict(),
                "span": self.span.as_dict(),
                "codes": self.codes.as_dict(),
            },
            "relations": {
                "ceiling": self.ceiling.as_dict(),
                "with_gold_entities": self.with_gold.as_dict() if self.with_gold else None,
                "end_to_end": self.end_to_end.as_dict(),
            },
            "edits": self.edits.as_dict(),
        }


class Evaluation(NamedTuple):
    """Figures of everything and by language, the confusion table and the errors."""

    everything: Figures
    languages: dict[str, Figures]
    confusion: Confusion
    errors: list[EntityError]

    def as_dict(self) -> dict[str, Any]:
        """All of it as JSON-ready data; a label is null where that side has no entity."""
        return {
            "everything": self.everything.as_dict(),
            "languages": {name: item.as_dict() for name, item in self.languages.items()},
            "confusion": [
                {"gold": gold, "predicted": predicted, "count": count}
                for (gold, predicted), count in self.confusion.most_common()
            ],
            "errors": [error.as_dict() for error in self.errors],
        }


def evaluate(
    pairs: Sequence[Pair], suggest: Suggester | None = None, symmetric: Sequence[str] = ()
) -> Evaluation:
    """Compare suggestions with gold.

    ``suggest`` gives a gold document with relations suggested between its entities;
    without it relations with gold entities are not scored. It may raise PipelineError.
    """
    between = [
        Pair(in_one_form(suggest(pair.gold), symmetric), pair.gold) for pair in pairs if suggest
    ]
    named = sorted({pair.gold.language for pair in pairs})
    return Evaluation(
        figures(pairs, between),
        {name: figures(_of(name, pairs), _of(name, between)) for name in named},
        confusion(pairs),
        list(errors(pairs)),
    )


def figures(pairs: Sequence[Pair], between: Sequence[Pair] = ()) -> Figures:
    """The figures of some pairs; ``between`` has relations suggested on gold entities."""
    sides = [side for pair in pairs for side in pair]
    labels = {item.label for side in sides for item in side.entities}
    types = {item.label for side in sides for item in side.relations}
    return Figures(
        documents=len(pairs),
        strict=table(pairs, entities.strict, labels),
        overlap=table(pairs, entities.overlap, labels),
        span=total(entities.span(pair) for pair in pairs),
        codes=share([entities.codes(pair) for pair in pairs]),
        ceiling=share([relations.ceiling(pair.gold) for pair in pairs]),
        with_gold=table(between, relations.end_to_end, types) if between else None,
        end_to_end=table(pairs, relations.end_to_end, types),
        edits=all_edits(pairs),
    )


def _of(language: str, pairs: Sequence[Pair]) -> list[Pair]:
    return [pair for pair in pairs if pair.gold.language == language]
