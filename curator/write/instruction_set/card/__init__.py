"""The dataset card: front matter that the Hub reads, then what a person wants to know."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from curator.write.instruction_set.card import (
    front,
    making,
    opening,
    people,
    personal,
    row,
    sources,
    splits,
    words,
)
from curator.write.instruction_set.made import Made

SECTIONS: tuple[Callable[[Made], Iterator[str]], ...] = (
    opening.blocks,
    splits.blocks,
    row.blocks,
    making.blocks,
    people.blocks,
    personal.blocks,
    sources.blocks,
    words.blocks,
)


def card(made: Made) -> str:
    """
    Write the card out of the manifest and the rows; what only people can say is the recipe's.

    Keeps: text of the data inside fences and table cells that it cannot leave.
    """
    blocks = [front.matter(made), *(block for section in SECTIONS for block in section(made))]
    return "\n\n".join(blocks) + "\n"
