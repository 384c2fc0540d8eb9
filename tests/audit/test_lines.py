"""Findings as people and programs read them."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from annotate.audit.findings import write
from annotate.audit.lines import context, rows
from annotate.audit.mark import Finding, entity_mark
from tests.audit.made import document
from tests.strategies import texts

TEXT = "تهران\u2028وزیر خارجهٔ ایران\nبا آقای زارع‌پور دیدار کرد."


def test_a_row_says_where_what_and_instead_of_what() -> None:
    gold = document("fa-1", TEXT, ("زارع‌پور", "ORG"), language="fa")
    mark = entity_mark(gold, gold.entities[0])
    table = rows(
        [Finding(mark._replace(proposed="PERSON"), 0.934, ""), Finding(mark, 0.5, "")],
        {"fa-1": gold},
    )
    place = f"{mark.start}:{mark.end}"
    assert table[1][:5] == ("0.93", "fa-1", place, "ORG", "PERSON")
    assert "[زارع‌پور]" in table[1][5]
    assert table[2][4] == "look again"


def test_the_file_has_one_finding_a_line_and_every_letter(tmp_path: Path) -> None:
    gold = document("fa-1", TEXT, ("تهران\u2028وزیر", "ORG"), language="fa")
    path = tmp_path / "new" / "found.jsonl"
    write([Finding(entity_mark(gold, gold.entities[0]), 0.5, "why")] * 2, path)
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) == 2
    found = json.loads(lines[0])
    assert found["words"] == gold.entities[0].text == TEXT[found["start"] : found["end"]]


@given(st.data(), texts())
def test_a_context_is_one_line_that_holds_what_is_suspected(data: DataObject, text: str) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    shown = context(text, start, end)
    assert len(shown.splitlines()) <= 1
    assert shown.count("[") >= 1
    assert "".join(text[start:end].split()) in "".join(shown.split())
