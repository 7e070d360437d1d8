"""A document as the patterns see it: its text, its blocks, and the sections that headings open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from curator.derive.page.plain import plain


class Block(NamedTuple):
    """A part of a document: half-open span in code points of its text."""

    kind: str  # heading, paragraph, list, table, code or faq
    level: int | None  # of a heading, 1 to 6
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Section:
    """What stands under one heading; the first section may have none."""

    heading: str  # without markup; "" for what stands before the first heading
    level: int  # of the heading; 0 without one
    above: tuple[str, ...]  # the headings it stands under, outermost first, without markup
    opening: Block | None  # the heading's own block
    blocks: tuple[Block, ...]  # its own, without those of the sections under it
    until: int  # where the sections under it end as well

    @property
    def span(self) -> tuple[int, int] | None:
        """From its first own block to its last one; None when it has none."""
        return (self.blocks[0].start, self.blocks[-1].end) if self.blocks else None


@dataclass(frozen=True, kw_only=True)
class Source:
    """One document."""

    id: str
    title: str
    text: str
    blocks: tuple[Block, ...]
    language: str | None = None
    row: Mapping[str, Any] = field(default_factory=dict)  # the life columns that examples inherit

    def said(self, block: Block) -> str:
        """Give the text of a block as it stands there."""
        return self.text[block.start : block.end]

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """
        Part the blocks by headings, in order.

        Keeps: every block that is no heading stands in exactly one section.
        """
        openings = [i for i, block in enumerate(self.blocks) if block.kind == "heading"]
        bounds = [*openings, len(self.blocks)]
        found = []
        if before := self.blocks[: bounds[0]]:
            until = before[-1].end
            found.append(
                Section(heading="", level=0, above=(), opening=None, blocks=before, until=until)
            )
        path: list[tuple[int, str]] = []
        for place, first in enumerate(openings):
            opening = self.blocks[first]
            level, heading = opening.level or 1, plain(self.said(opening))
            while path and path[-1][0] >= level:
                path.pop()
            later = (openings[i] for i in range(place + 1, len(openings)))
            not_under = (i for i in later if (self.blocks[i].level or 1) <= level)
            last = next(not_under, len(self.blocks)) - 1
            found.append(
                Section(
                    heading=heading,
                    level=level,
                    above=tuple(words for _, words in path),
                    opening=opening,
                    blocks=self.blocks[first + 1 : bounds[place + 1]],
                    until=self.blocks[last].end,
                )
            )
            path.append((level, heading))
        return tuple(found)
