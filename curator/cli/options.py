"""The flags that several commands share, and what they turn into."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from curator.recipe import Recipe

F = TypeVar("F", bound=Callable[..., Any])


def _pairs(_ctx: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for text in given:
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise click.BadParameter(f"{text!r} is not name=value", param=option)
        pairs[name] = value
    return pairs


def recipe_options(function: F) -> F:
    """Add RECIPE, --var and --set."""
    for decorate in (
        click.option(
            "--set",
            "sets",
            multiple=True,
            metavar="KEY=VALUE",
            callback=_pairs,
            help="Change the recipe: seed=3, refine.near_duplicates.threshold=0.9.",
        ),
        click.option(
            "--var",
            "variables",
            multiple=True,
            metavar="NAME=VALUE",
            callback=_pairs,
            help="Fill a variable that the recipe declares.",
        ),
        click.argument("recipe", type=click.Path(path_type=Path)),
    ):
        function = decorate(function)
    return function


def format_option(function: F) -> F:
    """Add --format text|json."""
    choice = click.Choice(["text", "json"])
    option = click.option(
        "--format", "form", type=choice, default="text", show_default=True, help="How to print."
    )
    return option(function)


def load_recipe(recipe: Path, variables: dict[str, str], sets: dict[str, str]) -> Recipe:
    """Build the recipe that the flags describe."""
    from curator.recipe import load

    return load(recipe, variables=variables, sets=sets)


def print_json(value: Any) -> None:
    """Print ``value`` as indented JSON on stdout."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))
