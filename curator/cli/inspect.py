"""``curator inspect``: one pack of a trainer export, with its mask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from curator.cli.options import format_option, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from curator.verify.packs import Pack, Segment

_OPEN, _SHUT = "⟦", "⟧"
_SPLITS = ("train", "validation", "test")
_FILES = ("packed", "unpacked", "megatron_bridge", "mds", "megatron")


@click.command("inspect", short_help="Show a pack of a trainer export with its mask.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--pack", default=0, show_default=True, type=click.IntRange(0), help="Which one.")
@click.option("--split", default="train", show_default=True, type=click.Choice(_SPLITS))
@click.option(
    "--files", type=click.Choice(_FILES), help="Of which format.  [default: the first there is]"
)
@format_option
def command(folder: Path, *, pack: int, split: str, files: str | None, form: str) -> None:
    """
    Show one pack of the trainer export of the run in DIR: each segment, and what is trained on.

    In unpacked and megatron files a pack is a row.

    \b
    Example:
      curator inspect build/messages --pack 3
    """  # noqa: D301 - Click's mark for a paragraph that must not be wrapped
    from curator.verify.packs import open_pack

    found = open_pack(folder, split, pack, files=files)
    if form == "json":
        print_json(found.as_dict())
        return
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    is_coloured = console.color_system is not None and not console.no_color
    for line in _lines(found, is_coloured=is_coloured):
        _print(console, line)


def _print(console: Console, parts: list[tuple[str, str]]) -> None:
    from rich.text import Text

    text = Text.assemble(*parts)
    console.print(text, end="" if text.plain.endswith("\n") else "\n")


def _lines(pack: Pack, *, is_coloured: bool) -> Iterator[list[tuple[str, str]]]:
    """Give the words of each paragraph with their styles."""
    count = f"{len(pack.segments):,} segment{'s' if len(pack.segments) != 1 else ''}"
    sums = f"{pack.tokens:,} tokens, {pack.trained:,} trained"
    yield [(f"{pack.split}, pack {pack.number:,} of {pack.packs:,}", "bold")]
    yield [(f"{pack.file}: {count}, {sums}", "")]
    if is_coloured:
        yield [("trained on", "bold green"), (", ", ""), ("only read", "dim")]
    else:
        yield [(f"what is trained on stands between {_OPEN} and {_SHUT}", "")]
    for place, segment in enumerate(pack.segments):
        part = f", part {segment.part} from token {segment.start_token:,}" if segment.part else ""
        trained = f"{segment.trained:,} of {segment.tokens:,} tokens trained"
        yield [("", "")]
        yield [(f"{place}  {_safe(segment.id)}{part}  {trained}", "bold")]
        yield _text(segment, is_coloured=is_coloured)


def _text(segment: Segment, *, is_coloured: bool) -> list[tuple[str, str]]:
    parts: list[tuple[str, str]] = []
    for text, is_trained in segment.runs():
        words = _safe(text)
        if is_coloured:
            parts.append((words, "bold green" if is_trained else "dim"))
        else:
            parts.append((f"{_OPEN}{words}{_SHUT}" if is_trained else words, ""))
    return parts


def _safe(text: str) -> str:
    """Keep line breaks, blank every other control character, and leave our marks to us."""
    kept = "".join(char if char.isprintable() or char == "\n" else " " for char in text)
    return kept.replace(_OPEN, "[[").replace(_SHUT, "]]")
