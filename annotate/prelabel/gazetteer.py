"""Suggests the names of a list of one's own, ``gazetteer`` in annotate.toml."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, Span

from annotate.errors import ConfigError
from annotate.prelabel.countries import code_of
from annotate.prelabel.fold import split
from annotate.prelabel.merge import COUNTRY, Mention
from annotate.prelabel.phrases import Phrase, Phrases, overlapping, place

COLUMNS = ["form", "label", "code"]
SCORE = 0.95


@Language.factory(
    "annotate_gazetteer",
    assigns=["doc.ents", "token.ent_type", "token.ent_iob", "span._.score"],
    default_config={"language": "xx", "path": None, "rows": []},
)
def make_gazetteer(
    nlp: Language, name: str, language: str, path: str | None, rows: list[dict[str, str]]
) -> Gazetteer:
    """Make the component for texts in ``language`` (ISO 639 code).

    The names are those of the CSV file at ``path`` and of ``rows``, dicts with the
    same keys. Raises ConfigError as :func:`read_names` does.
    """
    listed = read_names(Path(path)) if path else []
    return Gazetteer([*listed, *rows], language)


def read_names(path: Path, labels: Collection[str] | None = None) -> list[dict[str, str]]:
    """The rows of a names file: ``{"form": …, "label": …, "code": …}``.

    ``labels``: those that a row may have, any by default. Raises ConfigError, naming
    file and line, at the first row that can't be used.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _rows(path, csv.DictReader(file, strict=True), labels)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(
            f"{path}: can't be read as a list of names: {error}. Write UTF-8 CSV with the "
            f"columns {','.join(COLUMNS)}, or take gazetteer out of annotate.toml."
        ) from None


def _rows(
    path: Path, table: csv.DictReader[str], labels: Collection[str] | None
) -> list[dict[str, str]]:
    if table.fieldnames != COLUMNS:
        raise ConfigError(f"{path}, line 1: write {','.join(COLUMNS)} there, and names below.")
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for row in table:
        where = f"{path}, line {table.line_num}"
        if None in row or None in row.values():
            raise ConfigError(
                f"{where}: not three cells. Put a cell with a comma in quotes, and end the "
                "line with a comma where there is no code."
            )
        cells = {key: value.strip() for key, value in row.items()}
        _check(where, cells, labels)
        same = rows.setdefault(split(cells["form"]), cells)
        if (same["label"], same["code"]) != (cells["label"], cells["code"]):
            raise ConfigError(
                f"{where}: {cells['form']!r} is already listed with another label or code. "
                "Keep one of the two."
            )
    return list(rows.values())


def _check(where: str, row: Mapping[str, str], labels: Collection[str] | None) -> None:
    label, code = row["label"], row["code"]
    if not any(letter.isalnum() for letter in row["form"]):
        raise ConfigError(f"{where}: no name in the column form. Write one, or remove the line.")
    if not label or (labels is not None and label not in labels):
        known = f" It has {', '.join(labels)}." if labels else ""
        raise ConfigError(f"{where}: label {label!r} is not in the label config.{known}")
    if code and label != COUNTRY:
        raise ConfigError(f"{where}: a code on {label}; only {COUNTRY} has one. Remove it.")
    if code and not re.fullmatch("[A-Z]{2}", code):
        raise ConfigError(f"{where}: code {code!r}: write ISO 3166-1 alpha-2, such as KE.")


class Gazetteer:
    """Puts listed names into ``doc.ents``, with ``span._.score`` 0.95.

    A listed name takes the place of what it overlaps, except of a longer span around
    it. ``span.kb_id_`` is the row's code, else the country list's.
    """

    def __init__(self, rows: Iterable[Mapping[str, str]], language: str) -> None:
        self.language = language
        self._phrases = Phrases((_phrase(row, language) for row in rows), language)

    def __call__(self, doc: Doc) -> Doc:
        """Set ``doc.ents``; the text and the tokens are not touched."""
        names = [name for name in self._phrases.find(doc) if not _inside(name, doc.ents)]
        if names:
            place(doc, [self._coded(doc, name) for name in names])
        return doc

    def _coded(self, doc: Doc, name: Mention) -> Mention:
        if name.label != COUNTRY or name.code:
            return name
        text = doc[name.start : name.end].text
        return replace(name, code=code_of(text, self.language) or "")


def _phrase(row: Mapping[str, str], language: str) -> Phrase:
    return Phrase(row.get("code", ""), row["form"], language, row["label"], SCORE)


def _inside(name: Mention, ents: Sequence[Span]) -> bool:
    """Whether a longer span is around the name."""
    return any(
        ent.start <= name.start and name.end <= ent.end and len(ent) > name.end - name.start
        for ent in overlapping(name, ents)
    )
