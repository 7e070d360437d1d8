"""Texts that readers may take for something else: a plan is held against them before it is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from curator.kernels import json_fill
from curator.read.learned.plan import Cell, Looked, Part, Plan, cells, columns, refilled
from curator.read.learned.watched import Unforeseen, answered, made_of
from curator.read.reading import Reading
from curator.read.values import dumps, loads, members

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


def check(
    plan: Plan, reading: Reading, skeleton: str, looked: Looked, texts: Sequence[str]
) -> None:
    """Raise Unforeseen where ``plan`` reads a row of odd texts otherwise than the reader does."""
    for odd in TEXTS:
        like = _like(plan, skeleton, looked, texts, odd)
        if any(answered(look, like.texts) != look.answer for look in plan.looks):
            continue
        try:
            expected = [columns(record) for record in reading.records(*members(like.row))]
        except ValueError as error:  # Unmappable
            raise Unforeseen(f"{odd!r} is no longer read: {error}") from None
        if [cells(record, like.write) for record in plan.records] != expected:
            raise Unforeseen(f"{odd!r} is read in another way")


@dataclass(frozen=True)
class _Like:
    """A row with odd texts, and what a plan makes of it, said slowly."""

    row: str
    texts: dict[int, str]
    raw: dict[int, str]
    made: list[str]

    def write(self, cell: Cell) -> str | None:
        """Write a cell as ``json_fill`` does."""
        return None if cell is None else "".join(map(self._part, cell))

    def _part(self, part: Part) -> str:
        if part.kind == json_fill.LITERAL:
            return part.literal
        if part.kind == json_fill.RAW:
            return self.raw[part.slot]
        if part.kind == json_fill.COMPACT:
            return dumps(loads(f"[{self.raw[part.slot]}]"))[1:-1]
        text = self.made[part.slot] if part.kind == json_fill.MADE else self.texts[part.slot]
        for _ in range(part.level):
            text = dumps(text)[1:-1]
        return text


def _like(plan: Plan, skeleton: str, looked: Looked, texts: Sequence[str], odd: str) -> _Like:
    """Put ``odd`` into all slots of texts, but those whose text a plan depends on."""
    fixed = {look.source.slot for look in plan.looks if look.is_fixing}
    told, raw = dict(enumerate(texts)), dict(enumerate(texts))

    def fill(slot: int, kind: str) -> str:
        if kind == "n":
            return raw[slot]
        if kind == "t" and slot not in fixed:
            told[slot] = odd
        raw[slot] = dumps(told[slot])[1:-1]
        return f'"{raw[slot]}"'

    row = refilled(skeleton, looked, fill)
    return _Like(row, told, raw, [made_of(told[slot], steps) for slot, steps in plan.made])
