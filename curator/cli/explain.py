"""``curator explain``: the life of one row."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curator.cli.options import format_option, print_json

if TYPE_CHECKING:
    from curator.explain import Life


@click.command("explain", short_help="Tell the life of one row.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("row_id", metavar="ID")
@format_option
def command(folder: Path, row_id: str, *, form: str) -> None:
    """
    Tell where the row ID of the run in FOLDER came from, what touched it and where it ended.

    The first characters of an id are enough when no other begins with them.

    \b
    Example:
      curator explain build/messages 78dd2023
    """  # noqa: D301 - Click's mark for a paragraph that must not be wrapped
    from curator.engine import polars
    from curator.explain import explain

    lives = explain(folder, row_id, polars)
    if form == "json":
        print_json([life.as_dict() for life in lives])
    else:
        click.echo("\n\n".join(_tell(life) for life in lives))


def _tell(life: Life) -> str:
    from curator.errors import shorten

    row, origin = life.row, life.row["provenance"]
    line = f", line {origin['line']}" if origin["line"] else ""
    lines = [
        f"id        {life.id}"
        + (f"  (read as {origin['parent_id']})" if origin["parent_id"] else ""),
        f"read      {shorten(origin['uri'])}, row {origin['row']}{line}",
        f"          sha256 {origin['sha256']}",
    ]
    if origin["derived_by"]:
        sure = "" if origin["confidence"] is None else f", confidence {origin['confidence']:g}"
        lines.append(f"derived   by {shorten(origin['derived_by'])}{sure}")
        place = f"characters {origin['start']:,} to {origin['end']:,}"
        lines.append(f"          from document {origin['document_id'][:12]}, {place}")
    if row.get("context"):
        lines.append(f"context   {shorten(row['context'])}")
    for said in row.get("messages") or []:
        what = said["content"] or said["tool_calls"] or ""
        lines.append(f"{shorten(said['role'], 9):<9} {shorten(what)}")
    if row.get("text"):
        lines.append(f"text      {shorten(row['text'])}")
    if row.get("raw"):
        lines.append(f"raw       {shorten(row['raw'])}")
    lines += [f"{name:<9} {shorten(row[name])}" for name in ("label", "group") if row.get(name)]
    lines += [f"touched   {shorten(change)}" for change in row["changes"] or []]
    for other in life.absorbed:
        place = f"{shorten(other['uri'])}, row {other['row']}"
        lines.append(f"absorbed  {other['id'][:12]} from {place} ({other['step']})")
    if life.fate == "kept":
        lines.append(f"kept      split {row['split'] or 'none'}")
        if row.get("exemplar_rank") is not None:
            lines.append(f"exemplar  rank {row['exemplar_rank']} of the bank")
        lines += [f"in        {name}" for name in life.artifacts]
        lines += [f"in        {_segment(place)}" for place in life.segments]
        lines += [f"left out  {shorten(gone['reason'])}" for gone in life.left_out]
    else:
        into = f", stands in {row['merged_into'][:12]}" if row["merged_into"] else ""
        detail = f" ({shorten(row['detail'])})" if row["detail"] else ""
        lines.append(f"{life.fate:<9} by {row['step']}: {row['reason']}{detail}{into}")
    return "\n".join(lines)


def _segment(place: dict[str, Any]) -> str:
    part = f" (part {place['part']} of it, from token {place['start_token']:,})"
    counts = f"{place['tokens']:,} tokens, {place['trained']:,} trained"
    where = f"trainer/: pack {place['pack']:,} of {place['split']}, place {place['place']}"
    return f"{where}: {counts}" + (part if place["part"] or place["start_token"] else "")
