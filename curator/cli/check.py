"""``curator check``: find every mistake of a recipe, without running it."""

from __future__ import annotations

from pathlib import Path

import click

from curator.cli.options import format_option, load_recipe, print_json, recipe_options


@click.command("check", short_help="Find every mistake of a recipe, without running it.")
@recipe_options
@format_option
def command(recipe: Path, variables: dict[str, str], sets: dict[str, str], *, form: str) -> None:
    """
    Find every mistake of RECIPE at once: each with its line, the nearest right word and a mend.

    Exits 2 when there are any.

    \b
    Example:
      curator check recipes/messages.yaml
    """  # noqa: D301 - Click's mark for a paragraph that must not be wrapped
    from curator.errors import RecipeError

    try:
        plan = load_recipe(recipe, variables, sets)
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
