"""Lines of many rows put together by their line plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from curator.conversion.line_plans import LinePlan
from curator.kernels import json_fill
from curator.kernels.json_tokens import Places
from curator.read.learned import Rows
from curator.read.learned.cells import program
from curator.read.learned.frames import Laid, laid_out, ragged
from curator.read.learned.table import Table
from curator.write.ready import Ready, ReadyRows


class LineBlock(NamedTuple):
    """Rows whose lines are written by one plan."""

    plan: LinePlan
    table: Table


def assembled(blocks: Sequence[LineBlock], rows: Rows, uri: str) -> ReadyRows:
    """Write the lines of all rows of ``blocks`` in their order, and name those that have none."""
    plans = [block.plan for block in blocks]
    laid = laid_out([block.table for block in blocks], [plan.made for plan in plans])
    splits = dict.fromkeys(split for plan in plans for split, _ in plan.lines)
    return ReadyRows(
        lines={split: _ready(split, plans, laid, rows.numbers) for split in splits},
        left_out=_left_out(plans, laid, rows, uri),
    )


def _left_out(plans: Sequence[LinePlan], laid: Laid, rows: Rows, uri: str) -> pl.DataFrame | None:
    reasons = [[outcome.why for outcome in plan.outcomes if outcome.why] for plan in plans]
    if not any(reasons):
        return None
    at = np.repeat(laid.rows, np.array([len(each) for each in reasons])[laid.of_block])
    return pl.DataFrame(
        {
            "file": pl.repeat(uri, len(at), eager=True),
            "row": rows.numbers[at],
            "line": rows.lines[at],
            "reason": ragged(laid.of_block, reasons, object).astype(str),
        }
    )


def _ready(split: str, plans: Sequence[LinePlan], laid: Laid, numbers: Places) -> Ready:
    cells = [[cell for held, cell in plan.lines if held == split] for plan in plans]
    filled = json_fill.fill(laid.of_block, program(cells), laid.slots, laid.made)
    counts = np.array([len(each) for each in cells])[laid.of_block]
    first = np.cumsum(counts) - counts  # line of each row
    rows = np.bincount(laid.of_block, minlength=len(plans))
    told, fields = _Told(), dict[str, int]()
    for at, plan in enumerate(plans):
        told.add(split, plan, int(rows[at]))
        begin = int(first[int(np.argmax(laid.of_block == at))])
        mine = (
            names for (held, _), names in zip(plan.lines, plan.fields, strict=True) if held == split
        )
        for line, names in enumerate(mine, begin):
            for name in names:
                fields[name] = min(line, fields.get(name, line))
    return Ready(
        numbers=np.repeat(numbers[laid.rows], counts),
        offsets=filled.offsets,
        data=filled.data,
        rows=told.rows,
        special=told.special,
        fields_left_out=told.fields_left_out,
        joined=told.joined,
        fields=fields,
    )


class _Told:
    """What is counted of the rows of one split."""

    def __init__(self) -> None:
        self.rows = self.special = 0
        self.fields_left_out, self.joined = Counter[str](), Counter[str]()

    def add(self, split: str, plan: LinePlan, rows: int) -> None:
        for outcome in plan.outcomes:
            if outcome.split == split and outcome.why is None:
                self.rows += rows
                self.special += rows * outcome.is_special
                self.fields_left_out.update(dict.fromkeys(outcome.fields_left_out, rows))
                self.joined.update(dict.fromkeys(outcome.joined, rows))
