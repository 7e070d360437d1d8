"""``curator preview``: the first rows after every step, with what changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curator.cli.options import format_option, load_recipe, print_json, recipe_options
from curator.errors import shorten

if TYPE_CHECKING:
    from curator.pipeline.preview import Stop

_SHOWN_BLOCKS = 8
_AROUND = 20  # characters on either side of a passage


@click.command("preview", short_help="Show the first rows after every step, with what changed.")
@recipe_options
@click.option("--rows", default=5, show_default=True, type=click.IntRange(1, 10_000))
@format_option
def command(
    recipe: Path, variables: dict[str, str], sets: dict[str, str], *, rows: int, form: str
) -> None:
    """
    Walk the first rows through RECIPE and show what each step does to them; nothing is written.

    A document is shown with its blocks, a derived example under the passage that it came from.
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
    texts: dict[str, str] = {}  # of the documents seen so far, by id
    for stop in stops:
        click.echo(click.style(stop.step, bold=True) + f"  {_count(stop)}")
        changed = stop.rows.filter(stop.rows["position"].is_in(stop.changed)).to_dicts()
        known = texts.keys() | set()
        texts |= {row["id"]: row["text"] for row in changed if row["text"] is not None}
        for row in changed[:rows]:
            for line in _lines(row, texts, is_new=row["id"] not in known):
                click.echo(f"  {line}")
        if len(changed) > rows:
            click.echo(f"       … {len(changed) - rows:,} more")


def _count(stop: Stop) -> str:
    if stop.made:
        return f"{len(stop.changed):,} made"
    if stop.step == "read":
        return f"{stop.rows.height} rows"
    return f"{len(stop.changed)} changed" if stop.changed else "no change"


def _lines(row: dict[str, Any], texts: dict[str, str], *, is_new: bool) -> Iterator[str]:
    """Show a record on one line; under a new document its blocks, over an answer its passage."""
    origin = row["provenance"]
    source = texts.get(origin["document_id"] or "")
    if source is not None and not row["rejected"]:
        yield _quote(source, origin["start"], origin["end"])
    yield _line(row)
    if is_new and row["text"] is not None and source is None and not row["rejected"]:
        blocks = row["blocks"] or []
        for block in blocks[:_SHOWN_BLOCKS]:
            words = shorten(row["text"][block["start"] : block["end"]], 60)
            kind = f"{block['kind']} {block['level'] or ''}".strip()
            place = f"{block['start']}-{block['end']}"
            yield click.style(f"       {kind:<11}{place:>13}  {words}", dim=True)
        if len(blocks) > _SHOWN_BLOCKS:
            yield click.style(f"       … {len(blocks) - _SHOWN_BLOCKS} more blocks", dim=True)


def _quote(text: str, start: int, end: int) -> str:
    """Show the span of a document with some words around it, the span itself between marks."""
    before = shorten(text[max(0, start - _AROUND) : start].lstrip(), _AROUND)
    after = shorten(text[end : end + _AROUND].rstrip(), _AROUND)
    said = click.style(f"[{shorten(text[start:end])}]", bold=True)
    return click.style(f"     > {before}", dim=True) + said + click.style(after, dim=True)


def _line(row: dict[str, Any]) -> str:
    """Show one record on one line: where it stands, its label, and its words or its rejection."""
    said = row["text"] or " / ".join(m["content"] or "" for m in row["messages"] or [])
    facts = [f"{row['position']:>4}", (row["id"] or "")[:8]]
    facts += [f"[{shorten(row[key], 30)}]" for key in ("label", "split") if row[key]]
    if row["exemplar_rank"] is not None:
        facts.append(f"exemplar {row['exemplar_rank']}")
    if row["rejected"]:
        return " ".join([*facts, click.style(f"rejected: {shorten(row['rejected'])}", fg="red")])
    if row["title"]:
        facts.append(click.style(shorten(row["title"], 40), bold=True))
    return " ".join([*facts, shorten(said or row["raw"] or "")])
