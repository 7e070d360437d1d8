"""``curator check``: find every mistake of a recipe, or of a data file for its vendor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from curator.cli.options import format_option, load_recipe, print_json, recipe_options


@click.command("check", short_help="Find every mistake of a recipe, or of a file for its vendor.")
@recipe_options
@click.option(
    "--for",
    "vendors",
    multiple=True,
    metavar="VENDOR",
    help="Take RECIPE for a data file, and hold it against the rules of a vendor, or of all.",
)
@click.option(
    "--split",
    type=click.Choice(["train", "validation"]),
    default="train",
    show_default=True,
    help="What the file is for.",
)
@click.option("--tokenizer", metavar="PATH", help="Count tokens by it.  [default: estimates]")
@click.option(
    "--max-reported",
    type=click.IntRange(0),
    default=100,
    show_default=True,
    help="Findings listed of each rule; all are counted.",
)
@click.option("--strict", is_flag=True, help="Warnings and notices fail too.")
@click.option("--fix", is_flag=True, help="Mend what can be mended, into a new file.")
@click.option("--out", type=click.Path(path_type=Path), help="The new file.  [default: beside]")
@click.option("--force", is_flag=True, help="Write over files that are there.")
@format_option
def command(
    recipe: Path, variables: dict[str, str], sets: dict[str, str], *, form: str, **asked: Any
) -> None:
    """
    Find every mistake of RECIPE at once: each with its line, the nearest right word and a mend.

    With --for, RECIPE is a file of JSON lines (.jsonl, .jsonl.gz), and what is found is what a
    vendor would refuse: together, fireworks, vertex, bedrock, openai, azure, mistral, or all.
    Where a vendor has several methods, the one that fits the rows is taken.

    Exits 2 for mistakes in a recipe, 4 for a file that would be refused.

    \b
    Example:
      curator check recipes/messages.yaml
      curator check samples/chats.jsonl --for openai
    """  # noqa: D301 - Click's mark for a paragraph that must not be wrapped
    if asked["vendors"]:
        if variables or sets:
            raise click.UsageError("--var and --set are for recipes, --for is for data files")
        from curator.cli.check_data import check_data

        check_data(recipe, form=form, **asked)
        return
    context = click.get_current_context()
    for name in ("split", "tokenizer", "max_reported", "strict", "fix", "out", "force"):
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{name.replace('_', '-')} needs --for VENDOR")
    _check_recipe(recipe, variables, sets, form)


def _check_recipe(recipe: Path, variables: dict[str, str], sets: dict[str, str], form: str) -> None:
    from curator.errors import RecipeError

    try:
        plan = load_recipe(recipe, variables, sets)
        for step in plan.steps:
            step.check_ready()  # a tokenizer that is not there would end the run as well
    except RecipeError as error:
        if form == "json":
            found = [violation.as_dict() for violation in error.violations]
            alone = {"rule": "recipe", "message": error.message, "where": error.where}
            print_json({"valid": False, "mistakes": found or [{**alone, "hint": error.hint}]})
            raise click.exceptions.Exit(error.exit_code) from error
        raise
    if form == "json":
        print_json({"valid": True, "mistakes": [], "steps": [str(step) for step in plan.steps]})
    else:
        click.echo(f"{plan.path}: no mistakes in {len(plan.steps)} steps")
