"""``curator steps``: the steps a recipe can name, or the options of one."""

from __future__ import annotations

import click

from curator.cli.options import format_option, print_json


@click.command("steps", short_help="List the steps a recipe can name, or the options of one.")
@click.argument("name", required=False)
@format_option
def command(name: str | None, *, form: str) -> None:
    """
    List every step by room; with NAME, the options of that step and their defaults.

    \b
    Example:
      curator steps near_duplicates
    """  # noqa: D301 - Click's mark for a paragraph that must not be wrapped
    from curator import schemas
    from curator.errors import RecipeError
    from curator.recipe.mistakes import nearest
    from curator.recipe.steps import ROOMS, names, summary

    known = {step: room for room in ROOMS for step in names(room)}
    if name is None:
        listing = {room: {step: summary(room, step) for step in names(room)} for room in ROOMS}
        if form == "json":
            print_json(listing)
            return
        for room, steps in listing.items():
            click.secho(room, bold=True)
            for step, line in steps.items():
                click.echo(f"  {step:<18} {line}")
        return
    name = name.rpartition(".")[2]
    if name not in known:
        raise RecipeError(f"there is no step {name!r}", hint=nearest(name, known))
    entry = schemas.load("recipe")["$defs"][f"{known[name]}.{name}"]
    if form == "json":
        print_json(entry)
        return
    click.echo(f"{known[name]}.{name}: {entry['description']}")
    for option, reference in entry.get("properties", {}).items():
        rule = schemas.follow(reference)
        default = (
            rule["default"]
            if "default" in rule
            else "(needed)"
            if option in entry.get("required", ())
            else ""
        )
        click.echo(f"  {option:<18} {default!s:<14} {rule.get('description', '')}")
