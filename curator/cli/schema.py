"""``curator schema``: print a JSON Schema of the package."""

from __future__ import annotations

import click

from curator.cli.options import print_json


@click.command("schema", short_help="Print a JSON Schema of the package.")
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """
    Print the JSON Schema NAME (recipe, record, manifest, ...); without NAME, list what there is.

    Point an editor at the recipe schema and it completes and checks as you type.

    \b
    Example:
      curator schema recipe
    """  # noqa: D301 - Click's mark for a paragraph that must not be wrapped
    from curator import schemas
    from curator.errors import RecipeError
    from curator.recipe.mistakes import nearest

    known = schemas.names()
    if name is None:
        click.echo("\n".join(known))
    elif name not in known:
        raise RecipeError(f"there is no schema {name!r}", hint=nearest(name, known))
    else:
        print_json(schemas.load(name))
