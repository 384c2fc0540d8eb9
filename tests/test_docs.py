"""What the documentation shows is run, and what it lists is there.

``python -m tests.test_docs`` writes docs/commands.md anew.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from annotate.cli import VERBS, cli
from annotate.config import load_settings
from annotate.document import Document
from annotate.studio.client import Client
from annotate.studio.project import find_project
from tests.studio.reviewers import submit

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
COMMANDS = DOCS / "commands.md"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
LINKING = [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", ROOT / "samples/README.md"]

_FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_MARKS = re.compile(r"(?:^<!-- [^\n]* -->\n)+\Z", re.MULTILINE)
_LINK = re.compile(r"\]\((?!\w+:)(?P<path>[^)#\s]+)")
_OUTSIDE = re.compile(r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=[\"']?(?:https?:)?//")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page, with what the HTML comments right above it say."""

    kind: str
    body: str
    marks: str

    @property
    def needs_server(self) -> bool:
        return "<!-- needs-server -->" in self.marks

    @property
    def is_run(self) -> bool:
        return "<!-- not run" not in self.marks

    @property
    def exit_code(self) -> int:
        found = re.search(r"<!-- exits (\d+) -->", self.marks)
        return int(found[1]) if found else 0

    @property
    def submitted_project(self) -> str | None:
        found = re.search(r"<!-- reviewers submit: (.+) -->", self.marks)
        return found[1] if found else None


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text("utf-8")
    for fence in _FENCE.finditer(text):
        marks = _MARKS.search(text[: fence.start()])
        yield Block(fence["kind"], fence["body"], marks[0] if marks else "")


def steps(block: Block) -> Iterator[tuple[list[str], str]]:
    """Each command of a console block, with the output shown below it."""
    for step in re.split(r"^\$ ", block.body, flags=re.MULTILINE)[1:]:
        command, _, shown = step.partition("\n")
        yield shlex.split(command), shown.strip("\n")


def is_as_shown(shown: str, seen: str) -> bool:
    """Whether the output is what the page shows; … stands for anything."""
    pattern = ".*".join(map(re.escape, shown.split("…")))
    return re.fullmatch(pattern, seen.strip("\n"), re.DOTALL) is not None


def annotate(arguments: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "annotate", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        env=os.environ | {"COLUMNS": "100"},
    )


def run_console(block: Block, folder: Path) -> None:
    for (program, *arguments), shown in steps(block):
        assert program == "annotate", f"{program}: only annotate is run; use another kind of block"
        done = annotate(arguments, folder)
        seen = f"{' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        assert done.returncode == block.exit_code, seen
        if shown:
            assert any(is_as_shown(shown, out) for out in (done.stdout, done.stderr)), seen


def run_page(page: Path, folder: Path, studio: Client | None) -> None:
    """Run its blocks in order, in a folder that has the samples."""
    shutil.copytree(ROOT / "samples", folder / "samples")
    names: dict[str, Any] = {}
    for block in blocks(page):
        if block.kind not in ("console", "python") or not block.is_run:
            continue
        if block.needs_server and studio is None:
            continue
        if studio and block.submitted_project:
            project = find_project(studio, block.submitted_project)
            for task in studio.tasks(project.id):
                submit(studio, task.id)
        if block.kind == "console":
            run_console(block, folder)
        else:
            exec(compile(block.body, str(page), "exec"), names)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, with no server named in the environment."""
    monkeypatch.delenv("LABEL_STUDIO_URL", raising=False)
    monkeypatch.delenv("LABEL_STUDIO_API_KEY", raising=False)
    place = tmp_path / "project"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def runnable(*, server: bool) -> list[Any]:
    """Pages with a block to run; for ``server``, those with one that needs it."""
    return [
        pytest.param(page, id=page.name)
        for page in PAGES
        if any(
            block.kind in ("console", "python")
            and block.is_run
            and (block.needs_server or not server)
            for block in blocks(page)
        )
    ]


@pytest.mark.parametrize("page", runnable(server=False))
def test_blocks_do_what_they_show(
    page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANNOTATE_HOME", str(folder.parent / "home"))
    run_page(page, folder, None)


@pytest.mark.server
@pytest.mark.parametrize("page", runnable(server=True))
def test_blocks_with_a_server_do_what_they_show(
    page: Path, folder: Path, real_studio: Client
) -> None:
    run_page(page, folder, real_studio)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return target


def test_the_site_has_every_page(site: Path) -> None:
    assert {path.stem for path in DOCS.glob("*.md")} <= {path.stem for path in site.glob("*.html")}


def test_the_site_fetches_nothing_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        assert not _OUTSIDE.search(page.read_text("utf-8")), page.name
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\([\"']?(?:https?:)?//", sheet.read_text("utf-8")), sheet.name


@pytest.mark.parametrize("page", LINKING, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.finditer(page.read_text("utf-8")):
        assert (page.parent / link["path"]).exists(), link["path"]


def test_toml_blocks_are_settings(tmp_path: Path) -> None:
    found = [block.body for page in PAGES for block in blocks(page) if block.kind == "toml"]
    assert found
    for body in found:
        (tmp_path / "annotate.toml").write_text(body, "utf-8")
        load_settings(tmp_path, environ={})


def test_json_blocks_are_documents() -> None:
    found = [block.body for page in PAGES for block in blocks(page) if block.kind == "json"]
    assert found
    for body in found:
        Document.model_validate(json.loads(body))


def test_the_module_map_is_whole() -> None:
    page = (DOCS / "architecture.md").read_text("utf-8")
    modules = {
        path.name
        for path in (ROOT / "annotate").rglob("*.py")
        if path.parent.name != "cli" and not path.name.startswith("_")
    }
    assert {name for name in modules if f"`{name}`" not in page} == set()


def test_every_component_is_described() -> None:
    page = (DOCS / "engineers.md").read_text("utf-8")
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
    names = {*groups["spacy_factories"], *groups["spacy_tokenizers"]}
    assert {name for name in names if f"| `{name}` |" not in page} == set()


@pytest.mark.parametrize("verb", VERBS)
def test_one_line_help_is_the_verbs_own(verb: str) -> None:
    command = cli.get_command(click.Context(cli), verb)
    assert command
    assert command.get_short_help_str(limit=200) == VERBS[verb]


def test_the_page_of_commands_is_their_help() -> None:
    again = "python -m tests.test_docs writes it anew"
    # In a process of its own: click keeps the help option with which a command was called
    # first, and other tests call verbs without their group (8.5).
    program = "import sys; from tests import test_docs as it; sys.stdout.write(it.commands_page())"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program], cwd=ROOT, capture_output=True, check=True
    )
    assert COMMANDS.read_text("utf-8") == done.stdout.decode("utf-8"), again


def commands_page() -> str:
    """docs/commands.md: every command with its help, word for word."""
    return "".join(
        [
            "# Commands\n\n",
            "What `--help` says, word for word. Options of the server may be left out: then the\n",
            "[settings](engineers.md#settings) hold, and with none, the embedded server.\n",
            *(
                f"\n{'#' * max(len(path) + 1, 2)} {' '.join(['annotate', *path])}\n\n"
                f"```text\n{help_of(path)}```\n"
                for path in command_paths(cli, [])
            ),
        ]
    )


def command_paths(command: click.Command, path: list[str]) -> Iterator[list[str]]:
    """The words of every command: a group, then what it holds."""
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner
            yield from command_paths(inner, [*path, name])


def help_of(path: Sequence[str]) -> str:
    done = CliRunner().invoke(cli, [*path, "--help"], prog_name="annotate", terminal_width=100)
    assert done.exit_code == 0, done.output
    return done.output


if __name__ == "__main__":
    COMMANDS.write_text(commands_page(), "utf-8")
