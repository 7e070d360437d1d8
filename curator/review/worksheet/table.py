"""What a worksheet holds: which columns, in which order, and what stands in a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from curator.review.item import Item, Scalar
from curator.review.questions import ANSWER, LABEL, Question

ID, WHY, PROMPT, PASSAGE, REASONING = "id", "why", "prompt", "passage", "reasoning"
CALLS = "calls"
ANSWER_NOW, LABEL_NOW = "answer now", "label now"
REVIEWER = "reviewer"

Row = Mapping[str, Scalar | None]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A worksheet to be filled in."""

    shown: Sequence[str]  # columns that say what is reviewed
    asked: Sequence[Question]  # one column each
    metadata: Sequence[str]  # columns to sort and filter by
    guidelines: str
    rows: Sequence[Row]

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, from left to right."""
        return (*self.shown, *(one.name for one in self.asked), REVIEWER, *self.metadata)


class Table(NamedTuple):
    """A worksheet that came back: the name of a column and a row's number give the cell's place."""

    columns: Sequence[str]
    rows: Sequence[tuple[int, Mapping[str, Any]]]
    place: Callable[[int, str], str]
    file: str


def sheet(items: Sequence[Item], asked: Sequence[Question], guidelines: str) -> Sheet:
    """
    Lay out ``items``; one that several people answer stands there once for each of them.

    Keeps: their order, all first rows before all second ones, so that each person has a block.
    """
    shown = [ID, WHY, PROMPT, PASSAGE, REASONING, CALLS, ANSWER_NOW, LABEL_NOW]
    if all(item.reasoning is None for item in items):
        shown.remove(REASONING)
    if all(item.calls is None for item in items):
        shown.remove(CALLS)
    taken = {*shown, *(one.name for one in asked), REVIEWER, LABEL}
    metadata = {name: None for item in items for name in item.metadata if name not in taken}
    rounds = range(max((item.people for item in items), default=1))
    return Sheet(
        shown=tuple(shown),
        asked=tuple(asked),
        metadata=tuple(metadata),
        guidelines=guidelines,
        rows=[_row(item, asked) for nth in rounds for item in items if item.people > nth],
    )


def prefilled(item: Item, question: Question) -> str:
    """Give what stands in a question's cell before anybody has answered."""
    return {ANSWER: item.answer, LABEL: item.label or ""}.get(question.name, "")


def _row(item: Item, asked: Sequence[Question]) -> Row:
    return {
        **item.metadata,
        ID: item.id,
        WHY: item.why,
        PROMPT: "\n\n".join(f"{one['role']}: {one['content']}" for one in item.messages),
        PASSAGE: item.passage,
        REASONING: item.reasoning,
        CALLS: item.calls,
        ANSWER_NOW: item.answer,
        LABEL_NOW: item.label,
        REVIEWER: None,
        **{one.name: prefilled(item, one) or None for one in asked},
    }


def letters(index: int) -> str:
    """
    Name a column as spreadsheets do, counted from 0.

    >>> letters(0), letters(27)
    ('A', 'AB')
    """
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name
