"""``curator bank render``: the prompt for a query, in the form that an API takes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curator.cli.bank import embedder_option, exclude_group_option, folder_argument
from curator.cli.options import print_json
from curator.errors import shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from curator.bank import Bank
    from curator.prompt import Message
    from curator.prompt.budget import Prompt

_REASONS = 5  # that are said of exemplars left out


@click.command("render", short_help="Put the prompt for a query together.")
@folder_argument
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
@exclude_group_option
@embedder_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "openai", "anthropic"]),
    default="text",
    show_default=True,
    help="For a person, or as an API takes it.",
)
def command(
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
        print_json(forms.as_anthropic(made.messages, _tools(bank, made)))
    else:
        click.echo(_printable(forms.as_text(made.messages)))
    about = "an estimated " if made.is_estimate else ""
    shots = "1 shot" if len(made.shown) == 1 else f"{len(made.shown)} shots"
    click.echo(f"{shots}, {about}{made.tokens:,} tokens", err=True)
    if made.dropped:
        names = ", ".join(shorten(name, 12)[:8] for name in made.dropped)
        click.echo(f"dropped to stay within {options['max_tokens']:,}: {names}", err=True)
    if len(made.shown) + len(made.dropped) < options["shots"]:
        for why, count in _left_out(bank, options["technique"]).most_common(_REASONS):
            said = f"{count:,} of {len(bank):,} exemplars left out, each because {why}"
            click.echo(shorten(said, 200), err=True)
    if marks := _marks(made.messages):
        click.echo(f"models may read as structure: {marks}", err=True)


def _tools(bank: Bank, made: Prompt) -> list[dict[str, Any]]:
    """Gather the tools of the exemplars whose calls a prompt shows, each name once."""
    if not any(message.get("tool_calls") for message in made.messages):
        return []
    shown = set(made.shown)
    held: dict[str, dict[str, Any]] = {}
    for line in bank:
        for tool in line.get("tools") or () if line["id"] in shown else ():
            held.setdefault(tool.get("function", tool)["name"], tool)
    return list(held.values())


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


def _printable(text: str) -> str:
    """Keep line breaks, blank every other control character: a prompt is shown whole."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)
