"""Texts that hold JSON, opened: their skeletons and slots, as if they stood in the row itself."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from curator.kernels.json_fill import LITERAL, TEXT, Program, Slots, fill
from curator.kernels.json_skeleton import Skeletons, skeletons
from curator.kernels.json_texts import texts_at
from curator.kernels.json_tokens import Bytes, Places
from curator.read.learned.looks import OPENED, Source, Unforeseen
from curator.read.learned.refill import Looked, watched_members, watched_value
from curator.read.learned.watched import Watch

_BEFORE, _AFTER = b'{"":', b"}"
_NOTHING = Slots(np.zeros(0, np.uint8), np.zeros((0, 2), np.int64), np.zeros(0, np.int64))
_WRAPPED = Program(
    np.array([0, 1]),
    np.array([0, 3]),
    np.array([False]),
    np.array([(LITERAL, 0, 4), (TEXT, 0, 0), (LITERAL, 4, 5)]),
    np.frombuffer(_BEFORE + _AFTER, dtype=np.uint8),
)


class Way(NamedTuple):
    """How texts are opened: a list, or an object's own lists and objects, may be handed on."""

    looked: Looked
    hands_on: bool  # the list itself
    has_boxes: bool  # the lists and objects in it


class Opened(NamedTuple):
    """What is in one text; its skeleton has an object around it, with an empty name."""

    skeleton: str
    texts: list[str]  # in its slots
    raw: list[str]  # their very bytes


def open_texts(data: Bytes, spans: Places, way: Way) -> tuple[Bytes, Skeletons]:
    """
    Take the texts of JSON at ``spans`` apart that are JSON again.

    Shapes: spans (N, 2) -> the bytes of N rows, and their skeletons.
    """
    rows = np.arange(len(spans))
    whole = fill(np.zeros_like(rows), _WRAPPED, Slots(data, spans, rows), _NOTHING)
    return whole.data, _skeletons(whole.data, whole.offsets, way)


def open_text(text: str, way: Way) -> Opened | None:
    """Take one plain text apart; nothing if it is no JSON."""
    data = np.frombuffer(_BEFORE + text.encode() + _AFTER, dtype=np.uint8)
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
    kept, lists, _ = way.looked
    return skeletons(
        data, offsets[:-1], offsets[1:], kept=kept, lists=(*lists, "") if way.hands_on else lists,
        box_depth=2 if way.has_boxes else 0,
    )  # fmt: skip


class OpeningWatch(Watch):
    """A watch that opens the texts that a reader reads as JSON."""

    def __init__(self, texts: list[str], looked: Looked, *, hands_on: bool) -> None:
        """Watch a row; what can be handed on is, if ``hands_on`` is true."""
        super().__init__(texts)
        self.looked, self._hands_on = looked, hands_on

    def loads(self, source: Source) -> Any:
        """Give the value that a text holds, watched."""
        way = Way(self.looked, self._hands_on, has_boxes=False)
        skeleton, base = self._opened(source, way)
        looked = self.looked
        if self._hands_on:
            looked = looked._replace(lists=(*looked.lists, ""))
        return watched_value(skeleton, looked, self, base)

    def members(self, source: Source) -> tuple[dict[str, Any], dict[str, str]]:
        """Give the members of the object that a text holds, watched, and their bytes."""
        way = Way(self.looked, hands_on=False, has_boxes=self._hands_on)
        skeleton, base = self._opened(source, way)
        return watched_members(skeleton, self.looked, self, base, has_boxes=way.has_boxes)

    def _opened(self, source: Source, way: Way) -> tuple[str, int]:
        if source.slot is None:
            raise Unforeseen("JSON in a text that was made")
        base = len(self.texts)
        found = open_text(self.texts[source.slot], way)
        if found is None:
            raise Unforeseen("a text that is not JSON")
        self.texts += found.texts
        self.note(source, OPENED, (way,), found.skeleton)
        return found.skeleton, base
