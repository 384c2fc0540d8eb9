"""What the project's guidelines say of each label and relation, for a prompt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from annotate.shipped import shipped

FILE_NAME = "guidelines.md"
_BLANK_LINE = re.compile(r"\n\s*\n")


def guidelines() -> str:
    """``guidelines.md`` of the working folder, else the one that ships."""
    beside = Path(FILE_NAME)
    return (beside if beside.exists() else shipped(FILE_NAME)).read_text("utf-8")


def definitions(text: str, names: Iterable[str]) -> tuple[dict[str, str], str]:
    """Name → what defines it: a paragraph, list item or table row that begins with it.

    The second value is the rest of the text. A name that nothing begins with is left out.
    """
    defined: dict[str, str] = {}
    rest = []
    wanted = {name.lower(): name for name in names}
    for block in _blocks(text):
        head, _, body = _first_cell(block)
        name = wanted.get(head.strip("*_`: ").lower())
        if name and name not in defined:
            defined[name] = body.strip(" *_`:|\n")
        else:
            rest.append(block)
    return defined, "\n\n".join(rest)


def _blocks(text: str) -> list[str]:
    """Paragraphs; tables and lists by the line, without the lines between head and rows."""
    blocks: list[str] = []
    for paragraph in _BLANK_LINE.split(text.strip()):
        lines = paragraph.splitlines()
        if lines[0].startswith("|"):
            blocks += [line for line in lines if set(line) - set("|-: ")]
        elif re.match(r"[-*+] ", lines[0]):
            blocks += re.split(r"\n(?=[-*+] )", paragraph)
        else:
            blocks.append(" ".join(line.strip() for line in lines))
    return blocks


def _first_cell(block: str) -> tuple[str, str, str]:
    if block.startswith("|"):
        return block.strip("| ").partition("|")
    strong = re.match(r"(?:[-*+] )?(?:\*\*|__)(.+?)(?:\*\*|__)", block)
    if strong:
        return strong[1], "", block[strong.end() :]
    return re.sub(r"^[-*+] ", "", block).partition(":")
