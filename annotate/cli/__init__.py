"""The command line: parse, call the API, show. One verb a file.

Verbs are imported only when they are called, so that ``annotate --help`` answers
at once; their one-line help stands here for the same reason.
"""

from __future__ import annotations

import sys
from difflib import get_close_matches
from importlib import import_module
from typing import cast

import click

VERBS = {
    "init": "Write label_config.xml, annotate.toml and guidelines.md into a folder.",
    "studio": "Start, stop or look at the embedded Label Studio.",
    "demo": "Label four sample texts in the browser, suggestions included.",
    "prelabel": "Suggest entities and relations for texts; no server needed.",
    "push": "Bring texts with suggestions into a Label Studio project.",
    "reorder": "Put the tasks of a project that nobody reviewed in a new order.",
    "status": "Show how far the review of a project has come.",
    "pull": "Fetch what people submitted, as gold JSON.",
    "effort": "Measure what becomes of suggestions, what they save, and how far they pull.",
    "learn": "Learn from reviews which names to suggest, and which not.",
    "validate": "Check a gold file by schema, offsets, types and guidelines; repair what is safe.",
    "audit": "Find what is likely wrong in gold, the most suspicious first.",
    "split": "Split gold into train, dev and test that don't leak and don't move.",
    "export": "Write gold files in other formats, and say what each could not hold.",
    "convert": "Turn labelled documents of one format into another.",
    "formats": "List the formats, and what each can hold.",
    "evaluate": "Score suggestions against gold: entities, relations, and edits saved.",
    "train": "Train entity and relation models on gold, and compare them with what serves.",
    "models": "List trained models, compare them, and choose which one serves.",
    "curve": "Show how F1 grows with the gold, and how many more documents a target needs.",
    "serve": "Suggest live in Label Studio, over its ML backend protocol.",
    "connect": "Let a project of Label Studio ask 'annotate serve' for suggestions.",
    "schema": "Print the JSON Schema of documents and gold files.",
    "doctor": "Check Python, settings, pipelines, server and key.",
}


class LazyGroup(click.Group):
    """A group whose verbs are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Verbs in the order of the work."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import the verb's module and take the command that has its name."""
        if name not in VERBS:
            return None
        return cast(click.Command, getattr(import_module(f"annotate.cli.{name}"), name))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that was named; where there is none, the error says which is meant."""
        near = get_close_matches(args[0], VERBS, n=1)
        if near and args[0] not in VERBS:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(package_name="annotate-gold", prog_name="annotate")
def cli(debug: bool) -> None:
    """From raw text to reviewed entities and relations.

    \b
    annotate demo                                   try it in the browser
    annotate push news/ --project News              suggest, and hand to reviewers
    annotate pull --project News -o exports/gold.json
    annotate export exports/gold.json --format spacy --format conll -o exports/
    annotate train exports/gold.json -o models/first --promote
    annotate push --refresh --project News          suggest anew, with what was learnt

    Exit codes: 0 done, 1 the work failed or something was refused, 2 the call is wrong.
    """


def main() -> None:
    """Run the command line; every error is one or two lines and an exit code."""
    # --debug works before and behind the verb.
    arguments = [item for item in sys.argv[1:] if item != "--debug"]
    debug = len(arguments) < len(sys.argv) - 1
    sys.exit(run(arguments, debug=debug))


def run(arguments: list[str], *, debug: bool = False) -> int:
    """Run one command line; the exit code."""
    from annotate.errors import AnnotateError

    try:
        code = cli.main(arguments, prog_name="annotate", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        # Files appear whole or not at all, and a push adds nothing twice.
        click.echo(
            "Stopped. What was finished is whole, what was being written is not there; "
            "run the same command again.",
            err=True,
        )
        return 130
    except AnnotateError as error:
        if debug:
            raise
        click.echo(f"Error: {error}", err=True)
        return error.exit_code
    except Exception as error:
        if debug:
            raise
        click.echo(
            f"Error: {type(error).__name__}: {error}\n"
            "This is a fault in annotate: run it again with --debug and report what it shows.",
            err=True,
        )
        return 1
    return code if isinstance(code, int) else 0
