"""``curator bank``: look into a bank, search it, and put prompts together from it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curator.cli.options import format_option, print_json
from curator.errors import shorten

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from curator.bank import Hit

_APART = ("compare", "render")  # each in a file of its own
_LABEL, _TEXT, _WHY = 24, 60, 60  # characters of a column


def _named(
    _ctx: click.Context, option: click.Parameter, given: tuple[str, ...]
) -> dict[str, list[str]]:
    wanted: dict[str, list[str]] = {}
    for text in given:
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise click.BadParameter(f"{shorten(text)!r} is not name=value", param=option)
        wanted.setdefault(name, []).append(value)
    return wanted


class _Bank(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_APART])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _APART:
            command: click.Command = import_module(f"curator.cli.bank_{cmd_name}").command
            return command
        return super().get_command(ctx, cmd_name)


@click.group("bank", cls=_Bank, short_help="List, search, render or compare exemplars.")
def command() -> None:
    """
    Look into the bank of a run, search it, render prompts from it, compare ways of choosing.

    \b
    Example:
      curator bank list build/messages
    """  # noqa: D301 - Click's mark for a paragraph that must not be wrapped


folder_argument = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
_where = click.option(
    "--where",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_named,
    help="Keep exemplars of a label, source, id or group; give it again for one of several.",
)
exclude_group_option = click.option(
    "--exclude-group", multiple=True, metavar="GROUP", help="Leave out exemplars of this group."
)


embedder_option = click.option(
    "--embedder",
    metavar="SPEC",
    help="Compare by vectors: the model's folder or address with which the bank was written.",
)


@command.command("list", short_help="List the exemplars by rank.")
@folder_argument
@_where
@click.option("--first", type=click.IntRange(1), metavar="N", help="Stop after so many.")
@format_option
def listing(
    folder: Path, where: Mapping[str, Sequence[str]], *, first: int | None, form: str
) -> None:
    """
    List the exemplars of the bank in DIR by rank: id, label, tokens, and why each was chosen.

    \b
    Example:
      curator bank list build/messages --first 5
    """  # noqa: D301 - Click's mark for a paragraph that must not be wrapped
    from itertools import islice

    from curator.bank import open_bank

    bank = open_bank(folder)
    kept = bank.ranks(where=where) if where else range(len(bank))
    rows = [_summary(rank, bank[rank]) for rank in islice(kept, first)]
    _count_tokens(rows)
    if form == "json":
        print_json(rows)
        return
    for row in rows:
        label = shorten(row["label"] or "-", _LABEL)
        why = shorten(row["why"] or "-", _WHY)
        click.echo(
            f"{row['rank']:>5}  {shorten(row['id'], 12)[:8]}  {label:<{_LABEL}}"
            f"  {row['tokens']:>6,}  {why}"
        )
    click.echo(f"{len(rows):,} of {len(bank):,} exemplars", err=True)


@command.command("search", short_help="Find the exemplars most like a query.")
@folder_argument
@click.argument("query")
@click.option("--k", default=8, show_default=True, type=click.IntRange(1), help="How many.")
@_where
@exclude_group_option
@embedder_option
@format_option
def search(
    folder: Path,
    query: str,
    *,
    k: int,
    embedder: str | None,
    where: Mapping[str, Sequence[str]],
    exclude_group: tuple[str, ...],
    form: str,
) -> None:
    """
    Find the exemplars of the bank in DIR that are most like QUERY, best first.

    One that says the same words is the query's own twin, and is never given.

    \b
    Example:
      curator bank search build/messages "Can I take my dog along?" --k 3
    """  # noqa: D301 - Click's mark for a paragraph that must not be wrapped
    from curator.bank import open_bank

    bank = open_bank(folder, embedder=embedder)
    hits = bank.search(query, k, where=where, exclude_group=exclude_group)
    if form == "json":
        print_json(
            [{"rank": hit.rank, "score": hit.score, "exemplar": hit.exemplar} for hit in hits]
        )
        return
    for hit in hits:
        click.echo(_hit_line(hit))
    if not hits:
        is_any = bank.ranks(where=where, exclude_group=exclude_group)
        click.echo(
            "no exemplar shares anything with the query"
            if is_any
            else "--where and --exclude-group leave no exemplar",
            err=True,
        )


def _summary(rank: int, line: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a listing shows of an exemplar."""
    why = line.get("why") or {}
    told = ": ".join(part for part in (why.get("step"), why.get("detail")) if part)
    return {
        "rank": rank,
        "id": line["id"],
        "label": line.get("label"),
        "tokens": line.get("tokens"),
        "why": told or None,
        "text": "\n".join(turn.get("content") or "" for turn in line["messages"]),
    }


def _count_tokens(rows: list[dict[str, Any]]) -> None:
    """Fill in the tokens that the bank does not tell, by estimate."""
    from curator.tokenizer import counter

    missing = [row for row in rows if row["tokens"] is None]
    for row, tokens in zip(missing, counter(None)([r["text"] for r in missing]), strict=True):
        row["tokens"] = tokens
    for row in rows:
        del row["text"]


def _hit_line(hit: Hit) -> str:
    from curator.bank import input_of

    line = hit.exemplar
    label = shorten(line.get("label") or "-", _LABEL)
    words = shorten(input_of(line["messages"][:-1]), _TEXT)
    name = shorten(line["id"], 12)[:8]
    return f"{hit.score:>8.3f}  {hit.rank:>5}  {name}  {label:<{_LABEL}}  {words}"
