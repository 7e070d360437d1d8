"""``curator bank``: look into a bank, search it, and put prompts together from it."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curator.cli.options import format_option, print_json
from curator.errors import shorten

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from curator.bank import Bank, Hit
    from curator.prompt import Message

_LABEL, _TEXT, _WHY = 24, 60, 60  # characters of a column
_REASONS = 5  # that are said of exemplars left out


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
        return [*super().list_commands(ctx), "compare"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "compare":
            command: click.Command = import_module("curator.cli.bank_compare").command
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


_folder = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
_where = click.option(
    "--where",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_named,
    help="Keep exemplars of a label, source, id or group; give it again for one of several.",
)
_exclude_group = click.option(
    "--exclude-group", multiple=True, metavar="GROUP", help="Leave out exemplars of this group."
)


_embedder = click.option(
    "--embedder",
    metavar="SPEC",
    help="Compare by vectors: the model's folder or address with which the bank was written.",
)


@command.command("list", short_help="List the exemplars by rank.")
@_folder
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
@_folder
@click.argument("query")
@click.option("--k", default=8, show_default=True, type=click.IntRange(1), help="How many.")
@_where
@_exclude_group
@_embedder
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


@command.command("render", short_help="Put the prompt for a query together.")
@_folder
@click.option("--query", required=True, metavar="TEXT", help="What the model is asked.")
@click.option("--context", metavar="TEXT", help="The passage that belongs to the query.")
@click.option(
    "--technique",
    default="few_shot",
    show_default=True,
    metavar="NAME[+NAME...]",
    help="What the prompt shows: few_shot+persona, chain_of_thought, ...",
)
@click.option("--shots", default=8, show_default=True, type=click.IntRange(0))
@click.option("--max-tokens", default=2000, show_default=True, type=click.IntRange(1))
@click.option("--strategy", default="nearest", show_default=True, help="How exemplars are chosen.")
@click.option("--order", metavar="NAME", help="How they stand.  [default: by strategy]")
@click.option(
    "--exemplar-style",
    type=click.Choice(["turns", "block"]),
    help="As earlier turns, or as one block of the system text.  [default: the task's]",
)
@click.option("--tokenizer", metavar="PATH", help="A tokenizer.json; without it, an estimate.")
@_exclude_group
@_embedder
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "openai", "anthropic"]),
    default="text",
    show_default=True,
    help="For a person, or as an API takes it.",
)
def render(
    folder: Path,
    *,
    query: str,
    context: str | None,
    form: str,
    exclude_group: tuple[str, ...],
    embedder: str | None,
    **options: Any,
) -> None:
    """
    Put the prompt for a query together from the bank in DIR, within a budget of tokens.

    What was chosen last is dropped first; stderr says what was dropped, what the technique cannot
    show, and which marks a model may read as structure.

    \b
    Example:
      curator bank render build/messages --query "Where is my suitcase?" --technique few_shot+persona --shots 4
    """  # noqa: D301, E501 - Click's mark for a paragraph that must not be wrapped
    from curator.bank import open_bank
    from curator.prompt import forms

    bank = open_bank(folder, embedder=embedder)
    made = bank.fit(query, context=context, exclude_group=exclude_group, **options)
    if form == "openai":
        print_json(forms.as_openai(made.messages))
    elif form == "anthropic":
        print_json(forms.as_anthropic(made.messages))
    else:
        click.echo(_printable(forms.as_text(made.messages)))
    about = "an estimated " if made.is_estimate else ""
    click.echo(f"{len(made.shown)} shots, {about}{made.tokens:,} tokens", err=True)
    if made.dropped:
        names = ", ".join(shorten(name, 12)[:8] for name in made.dropped)
        click.echo(f"dropped to stay within {options['max_tokens']:,}: {names}", err=True)
    if len(made.shown) + len(made.dropped) < options["shots"]:
        for why, count in _left_out(bank, options["technique"]).most_common(_REASONS):
            said = f"{count:,} of {len(bank):,} exemplars left out, each because {why}"
            click.echo(shorten(said, 200), err=True)
    if marks := _marks(made.messages):
        click.echo(f"models may read as structure: {marks}", err=True)


def _left_out(bank: Bank, technique: str) -> Counter[str]:
    """Count the exemplars of the bank that a technique cannot show, by why."""
    from curator.bank.bank import as_exemplar
    from curator.prompt import left_out

    every = [as_exemplar(line) for line in bank]
    return Counter(why for _, why in left_out(every, technique, bank.task))


def _marks(messages: Sequence[Message]) -> str:
    """Name the marks in a prompt that vendors reserve, each with its vendors."""
    from curator.prompt.reserved import reserved
    from curator.prompt.tags import texts

    owners: dict[str, set[str]] = {}
    for message in messages:
        for text in texts(message):
            for found in reserved(text):
                owners.setdefault(found.mark, set()).add(found.vendor)
    named = [f"{mark!r} ({', '.join(sorted(owners[mark]))})" for mark in sorted(owners)]
    return ", ".join(named)


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


def _printable(text: str) -> str:
    """Keep line breaks, blank every other control character: a prompt is shown whole."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)
