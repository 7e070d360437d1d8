"""What becomes of a record in one shape, told of some records by the way that all are written."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from curator.task import Task
from curator.write.formats import Options, load, rows_for
from curator.write.formats.judged import judged
from curator.write.formats.rows import NEEDED


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The lines of one record, and what is counted of it."""

    split: str
    lines: tuple[str, ...]
    why: str | None = None  # the shape cannot hold the record
    is_special: bool = False
    fields_left_out: frozenset[str] = frozenset()
    joined: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Renderer:
    """How records are written in one shape."""

    target: str
    options: Options
    task: Task

    def outcomes(self, records: pl.DataFrame) -> list[Outcome]:
        """Say what becomes of each record; all of them are examples."""
        rows = rows_for(self.target, records.select(NEEDED), self.options, self.task)
        told = judged(load(self.target), rows)
        lines: list[list[str]] = [[] for _ in range(len(told.held))]
        for row, line in told.lines.iter_rows():
            lines[row].append(line)
        held = iter(range(len(told.held)))
        splits = rows.places["split"].to_list()
        found = []
        for split, why in zip(splits, told.why, strict=True):
            if why is not None:
                found.append(Outcome(split=split, lines=(), why=why))
                continue
            at = next(held)
            found.append(
                Outcome(
                    split=split,
                    lines=tuple(lines[at]),
                    is_special=bool(told.is_special[at]),
                    fields_left_out=_names(told.fields_left_out, at),
                    joined=_names(told.joined, at),
                )
            )
        return found


def _names(columns: dict[str, pl.Series], at: int) -> frozenset[str]:
    return frozenset(name for name, holds in columns.items() if holds[at])
