"""Pictures and tables of made curves."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from annotate.curve.curve import Panel
from annotate.curve.forecast import check, forecast
from annotate.curve.lines import HEADER, rows, sentences
from annotate.curve.plot import draw
from annotate.errors import CallError
from tests.curve.made import LEVEL, Law, curve


def panel(name: str, law: Law, target: float, *, relations: bool = True) -> Panel:
    made = curve(law, 4, from_none=True)
    related = made if relations else []
    return Panel(name, 40, made, related, forecast(made, target), check(made))


PANELS = [
    panel("all", Law(1.2, 0.5, 30, 0.05), 0.86),
    panel("en", Law(1.2, 0.5, 30, 0.05), 0.999),
    panel("fa", LEVEL, 0.9, relations=False),
    panel("vi", Law(1.2, 0.5, 30, 0.05), 0.5),
]


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_the_same_curve_gives_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    one, other = tmp_path / f"new/one{suffix}", tmp_path / f"other{suffix}"
    draw(PANELS, one)
    draw(PANELS, other)
    assert one.read_bytes() == other.read_bytes()
    assert len(one.read_bytes()) > 10_000


def test_the_svg_is_a_picture(tmp_path: Path) -> None:
    draw(PANELS[:1], tmp_path / "curve.svg")
    assert ElementTree.parse(tmp_path / "curve.svg").getroot().tag.endswith("svg")


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CallError, match=r"\.svg or \.png"):
        draw(PANELS, tmp_path / "curve.pdf")


def test_the_table_has_a_row_for_each_size() -> None:
    found = rows(PANELS)
    assert found[0] == HEADER
    assert len(found) == 1 + 7 * len(PANELS)
    assert {len(row) for row in found} == {len(HEADER)}
    assert [row[0] for row in found if row[0]] == ["all", "en", "fa", "vi"]


def test_every_panel_says_what_it_can() -> None:
    said = "\n".join(sentences(PANELS))
    assert "all: F1 86.0: " in said
    assert "more documents, most likely" in said
    assert "en: F1 99.9: can't tell how many more documents: it is out of reach" in said
    assert "fa: F1 90.0: can't tell how many more documents: the curve is flat" in said
    assert "vi: F1 50.0 is reached" in said
    assert "0 documents: the built-in pipeline" in said


def test_all_of_it_is_json() -> None:
    told = json.loads(json.dumps([one.as_dict() for one in PANELS]))
    assert told[0]["forecast"]["more"]["low"] <= told[0]["forecast"]["more"]["high"]
    assert told[2]["forecast"]["more"] is None
    assert len(told[0]["entities"]) == 7
