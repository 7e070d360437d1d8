"""``curator preview``: the first rows after every step, with what changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from curator.cli.options import format_option, load_recipe, print_json, recipe_options


@click.command("preview", short_help="Show the first rows after every step, with what changed.")
@recipe_options
@click.option("--rows", default=5, show_default=True, type=click.IntRange(1, 10_000))
@format_option
def command(
    recipe: Path, variables: dict[str, str], sets: dict[str, str], *, rows: int, form: str
) -> None:
    """
    Walk the first rows through RECIPE and show what each step does to them; nothing is written.

    Steps that compare rows see only these: splits and exemplars of a few rows are a sketch.

    \b
    Example:
      curator preview recipes/messages.yaml --rows 3
    """  # noqa: D301 - Click's mark for a paragraph that must not be wrapped
    import logging

    from curator.engine import polars
    from curator.pipeline.preview import preview

    logging.getLogger("curator").setLevel(logging.ERROR)  # shares of a few rows mean nothing
    stops = list(preview(load_recipe(recipe, variables, sets), polars, limit=rows))
    if form == "json":
        print_json(
            [
                {"step": stop.step, "changed": stop.changed, "rows": stop.rows.to_dicts()}
                for stop in stops
            ]
        )
        return
    for stop in stops:
        n = len(stop.changed)
        count = (
            f"{stop.rows.height} rows"
            if stop.step == "read"
            else f"{n} changed"
            if n
            else "no change"
        )
        click.echo(click.style(stop.step, bold=True) + f"  {count}")
        for row in stop.rows.to_dicts():
            if row["position"] in stop.changed:
                click.echo(f"  {_line(row)}")


def _line(row: dict[str, Any]) -> str:
    """Show one record on one line: where it stands, its label, and its words or its rejection."""
    from curator.errors import shorten

    said = row["text"] or " / ".join(m["content"] or "" for m in row["messages"] or [])
    facts = [f"{row['position']:>4}", (row["id"] or "")[:8]]
    facts += [f"[{shorten(row[key], 30)}]" for key in ("label", "split") if row[key]]
    if row["exemplar_rank"] is not None:
        facts.append(f"exemplar {row['exemplar_rank']}")
    if row["rejected"]:
        return " ".join([*facts, click.style(f"rejected: {shorten(row['rejected'])}", fg="red")])
    return " ".join([*facts, shorten(said or row["raw"] or "")])
