"""Texts that hold JSON, opened: their skeletons and slots, as if they stood in the row itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from curator.kernels import json_fill
from curator.kernels.json_fill import Slots
from curator.kernels.json_skeleton import Skeletons, skeletons
from curator.kernels.json_texts import texts_at
from curator.kernels.json_tokens import Bytes, Places
from curator.read.learned.cells import Part, program
from curator.read.learned.looks import OPENED, Source, Unforeseen
from curator.read.learned.refill import Looked, watched_members, watched_value
from curator.read.learned.watched import Watch

WHOLE = (2, 4, 0)
"""So deep is what may be handed on in a text: all of a list, what is in its objects, nothing."""

_BEFORE, _AFTER = '{"":', "}"
_NOTHING = Slots(np.zeros(0, np.uint8), np.zeros((0, 2), np.int64), np.zeros(0, np.int64))


class Way(NamedTuple):
    """How texts are opened: a list, or an object's own lists and objects, may be handed on."""

    looked: Looked
    lists: tuple[str, ...]  # names of lists that are handed on; the text itself has no name
    box_depth: int


class Opened(NamedTuple):
    """What is in one text; its skeleton has an object around it, with an empty name."""

    skeleton: str
    texts: list[str]  # in its slots
    raw: list[str]  # their very bytes


def open_texts(slots: Slots, cell: Sequence[Part], way: Way) -> tuple[Bytes, Skeletons]:
    """
    Write the ``cell`` of N rows, which is JSON, and take it apart.

    Gives the bytes of the N texts, and their skeletons.
    """
    around = [Part(json_fill.LITERAL, _BEFORE), *cell, Part(json_fill.LITERAL, _AFTER)]
    plan = np.zeros(len(slots.first), dtype=np.int64)
    whole = json_fill.fill(plan, program([[tuple(around)]]), slots, _NOTHING)
    return whole.data, _skeletons(whole.data, whole.offsets, way)


def open_text(text: str, way: Way) -> Opened | None:
    """Take one plain text apart; nothing if it is no JSON."""
    data = np.frombuffer(f"{_BEFORE}{text}{_AFTER}".encode(), dtype=np.uint8)
    found = _skeletons(data, np.array([0, len(data)]), way)
    if not found.is_sound[0]:
        return None
    places = np.where(found.spans < 0, ~found.spans, found.spans).tolist()
    return Opened(
        found.data.tobytes().decode(),
        texts_at(data, found.spans),
        [data[start:end].tobytes().decode() for start, end in places],
    )


def _skeletons(data: Bytes, offsets: Places, way: Way) -> Skeletons:
    return skeletons(
        data, offsets[:-1], offsets[1:], kept=way.looked.kept, lists=way.lists,
        box_depth=way.box_depth,
    )  # fmt: skip


class OpeningWatch(Watch):
    """A watch that opens the texts that a reader reads as JSON."""

    def __init__(self, texts: Sequence[str], looked: Looked, whole_depth: int) -> None:
        """Watch a row; what is in texts is handed on from so deep on (0: none of it)."""
        super().__init__(list(texts))
        self.looked, self._whole_depth = looked, whole_depth
        self._known: dict[tuple[Source, Way], tuple[str, int]] = {}

    def loads(self, source: Source) -> Any:
        """Give the value that a text holds, watched."""
        skeleton, base = self._opened(source, is_value=True)
        return watched_value(skeleton, self.looked, self, base)

    def members(self, source: Source) -> tuple[dict[str, Any], dict[str, str]]:
        """Give the members of the object that a text holds, watched, and their bytes."""
        skeleton, base = self._opened(source, is_value=False)
        return watched_members(skeleton, self.looked, self, base)

    def _opened(self, source: Source, *, is_value: bool) -> tuple[str, int]:
        if source.steps:
            raise Unforeseen("JSON in a text that was made")
        cell = tuple(
            Part(json_fill.LITERAL, part)
            if isinstance(part, str)
            else Part(json_fill.RAW if part in self.as_written else json_fill.TEXT, "", part)
            for part in source.parts
        )
        text = source.text(dict(enumerate(self.texts)))
        way = self._way(is_value=is_value)
        if (source, way) in self._known:
            return self._known[source, way]
        base = len(self.texts)
        found = open_text(text, way)
        if found is None:
            raise Unforeseen("a text that is not JSON")
        self.texts += found.texts
        self.note(source, OPENED, (way, cell), found.skeleton)
        self._known[source, way] = found.skeleton, base
        return found.skeleton, base

    def _way(self, *, is_value: bool) -> Way:
        lists, depth = self.looked.lists, self._whole_depth
        if is_value and depth == WHOLE[0]:
            return Way(self.looked, (*lists, ""), 0)
        if is_value:
            return Way(self.looked, lists, depth and depth - 1)
        return Way(self.looked, lists, depth and WHOLE[0])
