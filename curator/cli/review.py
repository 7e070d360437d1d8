"""``curator review``: ask people, and bring their verdicts in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from curator.cli.options import format_option, load_recipe, print_json, recipe_options
from curator.cli.review_serve import command as serve

if TYPE_CHECKING:
    from curator.recipe import Recipe, Step

BACKENDS = ("argilla", "worksheet")
_MAX_LINES = 5
_INSIDE = ("sent", "going", "shown", "earlier")
"""What a ticket keeps for itself."""
QUEUES = ("suspicious", "sample", "all")


@click.group("review", short_help="Ask people, and bring their verdicts in.")
def command() -> None:
    """
    Let people review examples: serve a page, send rows to it, collect what was said.

    \b
    Example:
      curator review send recipes/messages.yaml --backend worksheet
    """  # noqa: D301 - Click's mark for a paragraph that must not be wrapped


command.add_command(serve)


@command.command("send", short_help="Give rows to people: in Argilla, or as a worksheet.")
@recipe_options
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder of the run.  [default: build/NAME]"
)
@click.option("--backend", type=click.Choice(BACKENDS), help="Where.  [default: the recipe's]")
@click.option("--queue", type=click.Choice(QUEUES), help="Which rows.  [default: the recipe's]")
@format_option
def send(
    recipe: Path,
    variables: dict[str, str],
    sets: dict[str, str],
    *,
    out: Path | None,
    backend: str | None,
    queue: str | None,
    form: str,
) -> None:
    """
    Send the rows of RECIPE that people are to see; its run must have been started once.

    RECIPE may be the folder of a finished run. What people say is then kept in NAME.reviews.jsonl
    here: beside the recipe, its runs apply it. Sent twice is sent once: a row is known by its id.

    \b
    Example:
      curator review send recipes/messages.yaml --backend worksheet
    """  # noqa: D301 - Click's mark for a paragraph that must not be wrapped
    from curator.cli.progress import Bar
    from curator.pipeline.asking import send as ask
    from curator.pipeline.ticket import address

    plan = _plan(recipe, variables, sets)
    folder = out or (recipe if recipe.is_dir() else Path("build") / plan.name)
    step = _step(plan, backend, queue)
    with Bar() as bar:
        bar.begin("review.send")
        ticket = ask(plan, step, folder, progress=bar.advance)
        bar.end("review.send")
    if form == "json":
        print_json({key: value for key, value in ticket.items() if key not in _INSIDE})
        return
    click.echo(f"{ticket['rows']:,} rows are out for review: {address(ticket)}")
    click.echo(f"when people have answered: curator review collect {recipe}")


@command.command("collect", short_help="Bring in what people have said.")
@recipe_options
@format_option
def collect(recipe: Path, variables: dict[str, str], sets: dict[str, str], *, form: str) -> None:
    """
    Add what people have submitted to the reviews beside RECIPE; the next run applies them.

    \b
    Example:
      curator review collect recipes/messages.yaml
    """  # noqa: D301 - Click's mark for a paragraph that must not be wrapped
    from collections import Counter

    from curator.cli.progress import Bar
    from curator.pipeline.asking import collect as gather

    plan = _plan(recipe, variables, sets)
    with Bar() as bar:
        bar.begin("review.collect")
        found = gather(plan, progress=bar.advance)
        bar.end("review.collect")
    if form == "json":
        print_json(found)
        return
    statuses = ", ".join(f"{name} {n:,}" for name, n in found["status"].items())
    click.echo(f"{found['added']:,} new reviews in {found['reviews']}")
    click.echo(f"of {found['sent']:,} rows: {statuses}")
    why = Counter(found["open"].values())
    for words, count in why.most_common(_MAX_LINES):
        click.echo(f"  open {count:,}: {words}")
    if recipe.is_dir():
        click.echo(f"next: curator run, on a recipe that has {found['reviews']} beside it")
    else:
        click.echo(f"next: curator run {recipe}")


@command.command("agreement", short_help="How far people agree.")
@recipe_options
@format_option
def agreement(recipe: Path, variables: dict[str, str], sets: dict[str, str], *, form: str) -> None:
    """
    Measure how far the people who reviewed RECIPE agree, over rows that several of them saw.

    \b
    Example:
      curator review agreement recipes/messages.yaml
    """  # noqa: D301 - Click's mark for a paragraph that must not be wrapped
    from curator.pipeline.asking import agreement as measure

    found = measure(_plan(recipe, variables, sets))
    if form == "json":
        print_json(found.as_dict())
    else:
        click.echo(found.table())


def _plan(given: Path, variables: dict[str, str], sets: dict[str, str]) -> Recipe:
    """Read the recipe, or take from a finished run what a review needs of it."""
    if not given.is_dir():
        return load_recipe(given, variables, sets)
    from curator.manifest import load
    from curator.recipe import Recipe
    from curator.task import Task

    manifest = load(given)
    return Recipe(
        name=manifest.name,
        path=Path(f"{manifest.name}.yaml"),
        seed=manifest.seed,
        task=Task.from_dict(manifest.recipe.get("task") or {}),
        steps=(),
    )


def _step(plan: Recipe, backend: str | None, queue: str | None) -> Step:
    """Take the review step of the recipe, or one with defaults; flags change it."""
    from dataclasses import replace

    from curator.recipe.steps import Step as Made
    from curator.recipe.steps import options_of

    known = [step for step in plan.room("review") if backend in (None, step.name)]
    name = backend or "argilla"
    step = (
        known[0]
        if known
        else Made(
            room="review",
            name=name,
            options=options_of("review", name, {}, seed=plan.seed),
            where=str(plan.path),
        )
    )
    return replace(step, options=replace(step.options, queue=queue)) if queue else step
