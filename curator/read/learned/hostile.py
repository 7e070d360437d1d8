"""Texts that readers may take for something else: a plan is held against them before it is used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from curator.kernels import json_fill
from curator.read.learned.cells import Cell, Part
from curator.read.learned.looks import Source, Unforeseen
from curator.read.learned.opening import open_text
from curator.read.learned.plan import Plan, cells, columns
from curator.read.learned.refill import refilled
from curator.read.reading import Reading
from curator.read.values import Unmappable, dumps, loads, members

TEXTS = (
    "<think>a</think>\n\nb",
    "<think>a",
    "a</think>b",
    "[]",
    '["a"]',
    '[{"role": "user", "content": "a"}]',
    "{}",
    '{"name": "a", "arguments": {"b": 1.50}}',
    " \u00a0a\n\n",
    "a\n\nb",
    "0",
    "1.50",
    "true",
    "null",
    'a"b\\',
    "user",
    "[INST] a [/INST] b</s>",
    "<|im_start|>user\na<|im_end|>",
    "a@b.c####d",
)


def check(plan: Plan, reading: Reading, texts: Sequence[str]) -> None:
    """Raise Unforeseen where ``plan`` reads a row of odd texts otherwise than the reader does."""
    for like in likes(plan, texts):
        try:
            expected = [columns(record) for record in reading.records(*members(like.row))]
        except ValueError as error:  # Unmappable
            raise Unforeseen(f"no longer read: {error}: {like.row}") from None
        if [cells(record, like.write) for record in plan.records] != expected:
            raise Unforeseen(f"read in another way: {like.row}")


def likes(plan: Plan, texts: Sequence[str]) -> Iterator[Like]:
    """Give the row whose slots hold ``texts``, and those like it of odd texts, said slowly."""
    for odd in (None, *TEXTS):
        like = _like(plan, texts, odd)
        if like.answers_alike():
            yield like


@dataclass(frozen=True)
class Like:
    """A row that a plan is meant for, and what the plan makes of it."""

    plan: Plan
    row: str
    texts: dict[int, str]  # of its slots, opened ones too once ``answers_alike`` was asked
    raw: dict[int, str]  # their very bytes

    def answers_alike(self) -> bool:
        """Say whether the plan is meant for it."""
        for look in self.plan.looks:
            if not look.is_opening:
                if not look.holds(self.texts):
                    return False
                continue
            way, cell = look.arguments
            found = open_text(self.write(cell) or "", way)
            if found is None or found.skeleton != look.answer:
                return False
            first = len(self.texts)
            self.texts.update(enumerate(found.texts, first))
            self.raw.update(enumerate(found.raw, first))
        return True

    def write(self, cell: Cell, made: Sequence[Source] | None = None) -> str | None:
        """Write a cell as ``json_fill`` does, of the plan's or of other ``made`` texts."""
        known = self.plan.made if made is None else made
        return None if cell is None else "".join(self._part(part, known) for part in cell)

    def _part(self, part: Part, made: Sequence[Source]) -> str:
        if part.kind == json_fill.LITERAL:
            return part.literal
        if part.kind == json_fill.COMPACT:
            return _compact(self.raw[part.slot])
        if part.kind == json_fill.MADE:
            text = made[part.slot].text(self.texts)
        else:
            text = (self.raw if part.kind == json_fill.RAW else self.texts)[part.slot]
        for _ in range(part.level):
            text = dumps(text)[1:-1]
        return text


def _compact(inside: str) -> str:
    """Write anew what stands in a list, or in an object."""
    try:
        return dumps(loads(f"[{inside}]"))[1:-1]
    except Unmappable:
        return dumps(loads(f"{{{inside}}}"))[1:-1]


def _like(plan: Plan, texts: Sequence[str], odd: str | None) -> Like:
    """Put ``odd`` into all slots of texts, but those whose text the plan depends on."""
    fixed = {s for look in plan.looks if look.is_fixing or look.is_opening for s in look.slots}
    told, raw = dict(enumerate(texts)), dict(enumerate(texts))

    def fill(slot: int, kind: str) -> str:
        if kind in "nw":
            return raw[slot]
        if kind == "t" and slot not in fixed and odd is not None:
            told[slot] = odd
        raw[slot] = dumps(told[slot])[1:-1]
        return f'"{raw[slot]}"'

    return Like(plan, refilled(plan.skeleton, plan.looked, fill), told, raw)
