"""
The front door: flags become objects, results go to stdout, words to stderr, errors to exit codes.

Commands are listed here by name and imported only when called: ``--help`` loads Click alone.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from curator.errors import CuratorError

COMMANDS = {
    "run": "Make every artifact of a recipe.",
    "check": "Find every mistake of a recipe, without running it.",
    "preview": "Show the first rows after every step, with what changed.",
    "verify": "Check the promises on a run's files, each held against the others.",
    "explain": "Tell the life of one row.",
    "inspect": "Show a pack of a trainer export with its mask.",
    "steps": "List the steps a recipe can name, or the options of one.",
    "schema": "Print a JSON Schema of the package.",
    "review": "Ask people, and bring their verdicts in.",
    "bank": "List, search, render or compare exemplars.",
    "push": "Publish a run on the Hugging Face Hub.",
    "pull": "Bring a published set back, each file checked.",
    "export": "Convert a file, or a run, into the shape that a trainer or a vendor takes.",
}


class _Group(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"curator.cli.{cmd_name}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS:
            from difflib import get_close_matches

            close = get_close_matches(args[0], COMMANDS, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"one of: {', '.join(COMMANDS)}"
            ctx.fail(f"no such command {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _print_version(ctx: click.Context, _option: click.Parameter, asked: bool) -> None:  # noqa: FBT001
    if asked:
        from importlib.metadata import version

        click.echo(f"curator {version('curator-toolkit')}")
        ctx.exit()


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version.",
)
def cli() -> None:
    """
    Turn raw documents and labelled examples into few-shot banks and instruction-tuning datasets.

    One YAML recipe makes both, with proof that nothing was lost and nothing leaks.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with the code of what went wrong, 0 when nothing did."""
    try:
        code = cli.main(args=arguments, prog_name="curator", standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        context = error.ctx if isinstance(error, click.UsageError) else None
        usage = context.get_usage() + "\n" if context else ""
        click.echo(
            usage + click.style("error: ", fg="red", bold=True) + error.format_message(), err=True
        )
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("interrupted", err=True)
        sys.exit(130)
    except CuratorError as error:
        click.echo(click.style("error: ", fg="red", bold=True) + str(error), err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone: that is no error
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)
