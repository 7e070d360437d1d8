"""Which call each tool's reply answers, for shapes that name calls by other means than their id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson
import polars as pl

from curator.write.formats.calls import Call, calls_of
from curator.write.formats.rows import Reason, Rows

NO_CALL = "a tool reply without its call"
NO_REPLY = "tool calls without replies"
OUT_OF_ORDER = "tool replies out of order"


@dataclass(frozen=True, kw_only=True)
class Links:
    """
    The call that each tool's message answers: a value a message, null where it answers none.

    Calls are numbered within their row, from 0.
    """

    name: pl.Series  # of the function
    id: pl.Series  # of the call, as it was given
    number: pl.Series  # of the call; for a message that calls, of its first
    flaws: pl.Series  # (N,) why calls and replies do not fit together, null where they do

    def flaw(self, *which: str) -> list[Reason]:
        """Say which rows have one of these flaws."""
        return [((self.flaws == name).fill_null(value=False), name) for name in which]


@dataclass
class _Row:
    """One row on the way: calls that are open, and what went wrong."""

    calls: int = 0
    waiting: list[tuple[int, Call]] = field(default_factory=list)
    flaw: str | None = None

    def hear(
        self, role: str, calls: Sequence[Call], reply_to: str | None
    ) -> tuple[int, Call] | None:
        if role != "tool":
            if self.waiting:
                self.flaw = self.flaw or NO_REPLY
            self.waiting = [(self.calls + at, call) for at, call in enumerate(calls)]
            self.calls += len(calls)
            return None
        found = next((one for one in self.waiting if reply_to in (None, one[1].id)), None)
        if found is None:
            self.flaw = NO_CALL
            return None
        first = next(one for one in self.waiting if one[1].name == found[1].name)
        if first is not found:
            self.flaw = self.flaw or OUT_OF_ORDER
        self.waiting.remove(found)
        return found


def linked(rows: Rows) -> Links:
    """Walk through the rows that call something, and tie replies to calls by id, or by order."""
    flat, offsets = rows.turns.flat, rows.turns.offsets
    found: dict[int, tuple[str | None, str | None, int]] = {}
    flaws: list[str | None] = [None] * len(rows)
    for at in rows.drawn("[bc9t]").arg_true():
        start, end = int(offsets[at]), int(offsets[at + 1])
        said = flat[start:end].select("role", "tool_calls", "tool_call_id")
        row = _Row()
        for index, (role, text, reply_to) in enumerate(said.iter_rows(), start):
            if calls := _calls(text):
                found[index] = (None, None, row.calls)
            if answered := row.hear(role, calls, reply_to):
                found[index] = (answered[1].name, answered[1].id, answered[0])
        flaws[at] = row.flaw
    columns = {"name": pl.String, "id": pl.String, "number": pl.Int64}
    known = pl.DataFrame(list(found.values()), schema=columns, orient="row")
    at_message = pl.Series(list(found), dtype=pl.UInt32)
    name, number_id, number = (
        pl.repeat(None, flat.height, dtype=dtype, eager=True).scatter(at_message, known[column])
        for column, dtype in columns.items()
    )
    return Links(name=name, id=number_id, number=number, flaws=pl.Series(flaws, dtype=pl.String))


def _calls(text: str | None) -> list[Call]:
    try:
        return calls_of(text)
    except orjson.JSONDecodeError:
        return []
