"""Texts that readers may take for something else: a plan is held against them before it is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from curator.kernels import json_fill
from curator.read.learned.looks import Unforeseen
from curator.read.learned.opening import open_text
from curator.read.learned.plan import Cell, Part, Plan, cells, columns
from curator.read.learned.refill import Looked, refilled
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
        if not like.answers_alike():
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
            found = open_text(self.texts[look.slots[0]], look.arguments[0])
            if found is None or found.skeleton != look.answer:
                return False
            first = len(self.texts)
            self.texts.update(enumerate(found.texts, first))
            self.raw.update(enumerate(found.raw, first))
        return True

    def write(self, cell: Cell) -> str | None:
        """Write a cell as ``json_fill`` does."""
        return None if cell is None else "".join(map(self._part, cell))

    def _part(self, part: Part) -> str:
        if part.kind == json_fill.LITERAL:
            return part.literal
        if part.kind == json_fill.COMPACT:
            return dumps(loads(f"[{self.raw[part.slot]}]"))[1:-1]
        if part.kind == json_fill.MADE:
            text = self.plan.made[part.slot].text(self.texts)
        else:
            text = (self.raw if part.kind == json_fill.RAW else self.texts)[part.slot]
        for _ in range(part.level):
            text = dumps(text)[1:-1]
        return text


def _like(plan: Plan, skeleton: str, looked: Looked, texts: Sequence[str], odd: str) -> _Like:
    """Put ``odd`` into all slots of texts, but those whose text the plan depends on."""
    fixed = {s for look in plan.looks if look.is_fixing or look.is_opening for s in look.slots}
    told, raw = dict(enumerate(texts)), dict(enumerate(texts))

    def fill(slot: int, kind: str) -> str:
        if kind == "n":
            return raw[slot]
        if kind == "t" and slot not in fixed:
            told[slot] = odd
        raw[slot] = dumps(told[slot])[1:-1]
        return f'"{raw[slot]}"'

    return _Like(plan, refilled(skeleton, looked, fill), told, raw)
