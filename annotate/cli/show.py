"""What the verbs share: options of a server, accounts as text or JSON, progress."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from annotate.config import Settings, load_settings
from annotate.document import LANGUAGE, Document
from annotate.ledger import Ledger, Loss, Note

Verb = TypeVar("Verb", bound=Callable[..., Any])

# Beyond this, refusals are counted and only --json lists them all.
SHOWN = 20


def server_options(verb: Verb) -> Verb:
    """``--url`` and ``--api-key``."""
    key = click.option("--api-key", metavar="KEY", help="Better: LABEL_STUDIO_API_KEY.")
    url = click.option("--url", metavar="URL", help="A server of your own. [LABEL_STUDIO_URL]")
    return url(key(verb))


def gold_argument(verb: Verb) -> Verb:
    """One or more gold files."""
    files = click.Path(exists=True, dir_okay=False, path_type=Path)
    return click.argument("gold", nargs=-1, required=True, type=files)(verb)


def project_option(verb: Verb) -> Verb:
    """``--project``."""
    return click.option("--project", "-p", metavar="NAME", required=True)(verb)


def json_option(verb: Verb) -> Verb:
    """``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")(verb)


def language_option(verb: Verb) -> Verb:
    """``--language``."""
    return click.option(
        "--language",
        "-l",
        metavar="CODE",
        callback=_language,
        help="Of all texts; detected otherwise.",
    )(verb)


def _language(ctx: click.Context, option: click.Parameter, code: str | None) -> str | None:
    if code is not None and not re.fullmatch(LANGUAGE, code):
        raise click.BadParameter(f"{code!r} is no language code; give one of ISO 639, such as en.")
    return code


def note_unreviewed(documents: Sequence[Document]) -> None:
    """Say on stderr how many documents may hold suggestions that nobody looked at."""
    number = sum(document.provenance is None for document in documents)
    if number:
        click.echo(
            f"Note: {number} of {len(documents)} documents say of no review; if they are not gold "
            "of other tools, they are suggestions that nobody looked at.",
            err=True,
        )


def settings_for(url: str | None, api_key: str | None) -> Settings:
    """Settings of the working folder, with what the call gave."""
    return load_settings(url=url, api_key=api_key)


def with_progress(
    documents: Iterable[Document], paths: Sequence[Path], label: str
) -> Iterator[Document]:
    """Pass documents through a bar on stderr that counts bytes of the files read."""
    total = sum(_size(path) for path in paths)
    with click.progressbar(
        length=max(total, 1),
        label=label,
        file=sys.stderr,
    ) as bar:
        for document in documents:
            yield document
            bar.update(len(document.text.encode("utf-8")))


def counted(label: str) -> Callable[[Iterable[Any]], Iterator[Any]]:
    """Passes items through a bar on stderr that counts them."""

    def watch(items: Iterable[Any]) -> Iterator[Any]:
        with click.progressbar(items, label=label, show_pos=True, file=sys.stderr) as bar:
            yield from bar

    return watch


def _size(path: Path) -> int:
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())


def account(ledger: Ledger, headline: str, *, as_json: bool, **more: Any) -> int:
    """Show a stage's account; the exit code that it calls for."""
    if as_json:
        answer = json.dumps(ledger.as_dict() | more, ensure_ascii=False, indent=2)
        click.echo(printable(answer))
        return 0 if ledger.clean else 1
    click.echo(headline)
    for name, number in sorted(ledger.counts.items()):
        if number:
            click.echo(f"  {number:6}  {name}")
    losses = [Note(loss.where, f"{loss.kind}: {loss.what}") for loss in _listed(ledger)]
    _notes("Lost", losses)
    _notes("Repaired", ledger.repaired)
    _notes("Refused", ledger.refused)
    return 0 if ledger.clean else 1


def plural(number: int, noun: str) -> str:
    """A number with its noun: 1 document, 2 documents."""
    return f"{number} {noun}{'s' * (number != 1)}"


def printable(text: str) -> str:
    """The text with halves of characters escaped, as JSON does it: no terminal takes them."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def refusals(notes: Sequence[Note]) -> None:
    """Name what was refused, on stderr."""
    _notes("Refused", notes)


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows as columns; numbers stand to the right, and the last column is not padded."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    numeric = [all(_is_number(cell) for cell in column[1:]) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, numeric, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _is_number(cell: str) -> bool:
    return cell.replace(",", "").isdigit()


def _listed(ledger: Ledger) -> list[Loss]:
    return ledger.losses if isinstance(ledger.losses, list) else []


def _notes(title: str, notes: Sequence[Note]) -> None:
    if not notes:
        return
    click.echo(f"{title}: {len(notes)}", err=True)
    for note in notes[:SHOWN]:
        click.echo(printable(f"  {note.where}: {note.what}"), err=True)
    if len(notes) > SHOWN:
        click.echo(f"  … and {len(notes) - SHOWN} more; --json lists them all", err=True)
