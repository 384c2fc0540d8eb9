"""``splits.json``: which part each document was placed in, once and for all.

It stays beside the parts and is read again by the next split. A document that has
left the gold stays in it, and finds its part again when it comes back; until then new
parts of its story go where it was.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from annotate.document import optional
from annotate.errors import FormatError
from annotate.formats.records import replacing
from annotate.split.groups import Story, stories_of
from annotate.split.placing import Part, first_of

NAME = "splits.json"


class Placed(BaseModel):
    """Where one document is, and the SHA-256 of its text, by which it is known if renamed.

    ``story`` is the one that its meta names, if it does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    part: Part
    text: str = Field(pattern="^[0-9a-f]{64}$")
    story: str | None = optional()


class Record(BaseModel):
    """All documents that were ever placed, by id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    documents: dict[str, Placed] = Field(default_factory=dict)

    def parts(self, documents: Iterable[tuple[str, str]]) -> dict[str, Part]:
        """The parts of those documents (key, hash of the text) that were placed before.

        One that is not known by its key is known by its text.
        """
        by_text: dict[str, Part] = {}
        for placed in self.documents.values():
            by_text[placed.text] = first_of({placed.part, by_text.get(placed.text, placed.part)})
        found: dict[str, Part] = {}
        for key, digest in documents:
            if key in self.documents:
                found[key] = self.documents[key].part
            elif digest in by_text:
                found[key] = by_text[digest]
        return found

    def stories(self, without: Container[str]) -> dict[Story, set[Part]]:
        """The parts of each story that documents were in, less those of some keys."""
        found: dict[Story, set[Part]] = {}
        for key, placed in self.documents.items():
            if key not in without:
                for story in stories_of(key, placed.story):
                    found.setdefault(story, set()).add(placed.part)
        return found


def read(path: Path) -> Record:
    """The record at ``path``; an empty one if there is none. FormatError if it is no record."""
    try:
        return Record.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return Record()
    except OSError as error:
        raise FormatError(f"{path} can't be read: {error}.") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise FormatError(
            f"{path}{f', {field}' if field else ''}: {first['msg']}. It says where documents were "
            "placed: correct it or bring back an earlier copy, since without it they move."
        ) from None


def write(record: Record, path: Path) -> None:
    """Write the record, one document a line, by id: made to be compared and merged."""
    lines = [
        f"{json.dumps(key, ensure_ascii=False)}: {placed.model_dump_json()}"
        for key, placed in sorted(record.documents.items())
    ]
    told = '{"version": 1, "documents": {\n' + ",\n".join(lines) + "\n}}\n"
    with replacing(path) as part:
        part.write_text(told, "utf-8", newline="\n")
