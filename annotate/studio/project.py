"""The Label Studio project that documents are pushed to and pulled from."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from annotate.errors import CallError, ConfigError, ProjectNotFound
from annotate.ledger import Ledger
from annotate.schema import RelationRule, Schema
from annotate.shipped import shipped
from annotate.studio.client import Project, Studio

GUIDELINES = "guidelines.md"
# More titles than these are not listed in an error.
_SHOWN = 5


def find_project(studio: Studio, title: str) -> Project:
    """The project of that title.

    Raises ProjectNotFound when there is none, CallError when there are several:
    Label Studio lets two projects share a title.
    """
    found = studio.find_projects(title)
    if not found:
        raise ProjectNotFound(
            f"{studio.url}: there is no project {title!r}. {_hint(studio, title)}"
        )
    if len(found) > 1:
        numbers = ", ".join(str(project.id) for project in found)
        raise CallError(
            f"{studio.url}: projects {numbers} are all named {title!r}; rename all but one."
        )
    return found[0]


def _hint(studio: Studio, title: str) -> str:
    titles = list(dict.fromkeys(studio.titles()))
    if near := get_close_matches(title, titles, n=1):
        return f"Did you mean {near[0]!r}?"
    shown = ", ".join(map(repr, titles[:_SHOWN])) + (", …" if len(titles) > _SHOWN else "")
    return f"There are: {shown}." if titles else "'annotate push' makes one."


def ensure_project(
    studio: Studio, title: str, schema: Schema, folder: Path, ledger: Ledger
) -> Project:
    """The project of that title with this label config and instructions, made if missing.

    Instructions that stand in the project give way only to a ``guidelines.md`` of
    the folder, and the ledger says so. Raises CallError for a title that Label
    Studio would refuse, ConfigError when the project has labels that the label
    config has lost: annotations may use them.
    """
    if not 3 <= len(title) <= 50:
        raise CallError(f"--project {title!r}: Label Studio wants a name of 3 to 50 characters.")
    instructions = instructions_html(folder)
    if not studio.find_projects(title):
        return studio.create_project(title, schema.xml, instructions)
    project = find_project(studio, title)
    if project.label_config.strip() != schema.xml.strip():
        _check_nothing_lost(project, schema)
        studio.update_project(project.id, label_config=schema.xml)
        ledger.repair(title, "took over label_config.xml")
    if (folder / GUIDELINES).is_file() and project.instructions != instructions:
        studio.update_project(project.id, expert_instruction=instructions)
        ledger.repair(title, f"took over the instructions from {GUIDELINES}")
    return project


def schema_of(project: Project, rules: dict[str, RelationRule]) -> Schema:
    """The label set that the project's annotators had, with our constraints."""
    source = f"the label config of project {project.title!r}"
    return Schema.from_xml(project.label_config, rules, source)


def instructions_html(folder: Path) -> str:
    """The guidelines as HTML: ``guidelines.md`` of the folder, else the shipped page.

    Raw HTML inside the Markdown is escaped. Label Studio (1.23) takes margins, bullets and
    all styles away: line breaks stand between blocks, and list items begin with their mark.
    """
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    beside = folder / GUIDELINES
    path = beside if beside.is_file() else shipped(GUIDELINES)
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens: list[Token] = []
    mark = ""
    for token in markdown.parse(path.read_text("utf-8")):
        if tokens and token.level == 0 and token.nesting >= 0:
            tokens.append(Token("html_block", "", 0, content="<br>\n"))
        if token.type == "list_item_open":
            mark = f"{token.info}. " if token.info else "• "
        elif token.type == "inline" and mark and token.children is not None:
            token.children.insert(0, Token("text", "", 0, content=mark))
            mark = ""
        tokens.append(token)
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def _check_nothing_lost(project: Project, schema: Schema) -> None:
    before = Schema.from_xml(project.label_config)
    names = {*before.labels, *(kind.label for kind in before.relations)}
    lost = names - {*schema.labels, *(kind.label for kind in schema.relations)}
    if lost:
        raise ConfigError(
            f"project {project.title!r} has {', '.join(sorted(lost))}, which label_config.xml "
            "has lost; annotations may use them. Push to a project of another name."
        )
