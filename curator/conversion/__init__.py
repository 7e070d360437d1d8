"""
Rows of one shape turned into lines of another, by columns where that can be foretold.

Marks that stand for the texts of a row are read and written as any texts are: where they come out,
the texts of all rows of its skeleton go, as they stand in the source. What was learned so is held
against odd texts, and again and again against rows that are read and written one by one; all other
rows are given back as records.
"""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from threading import Lock

import numpy as np
import polars as pl

from curator.conversion.line_plans import Candidate, LinePlan, learn
from curator.conversion.lines import LineBlock, assembled
from curator.conversion.rendering import Renderer
from curator.kernels.json_tokens import Places
from curator.read import jsonl
from curator.read.json_pieces import Piece, pieces
from curator.read.learned import PROVEN_ROWS, Rows, sampled
from curator.read.learned.frames import Block
from curator.read.learned.plan import Plan
from curator.read.rows import in_order
from curator.records import KEPT
from curator.schemas.lines import LineGate
from curator.write.ready import ReadyRows

log = logging.getLogger("curator.write")

MIN_ROWS = 512
"""Rows of a plan from which on its lines are learned: that takes as long as rendering some."""

_Fate = tuple[list[str], dict[str, list[str]]]
"""Why records of a row are left out, and the lines of the others by split."""

PROVEN_EVERY = 8  # times that a plan is used: one row is proven


@dataclass(frozen=True)
class Converted:
    """What became of a piece: rows that are ready, and records of the others."""

    ready: ReadyRows
    rest: pl.DataFrame


class Conversion:
    """Turns the rows of one file into lines; what it learns of a piece it knows in the next."""

    def __init__(
        self, plan: jsonl.Plan, renderer: Renderer, gate: LineGate, splits: tuple[str, ...]
    ) -> None:
        """Know nothing yet; only lines of ``splits`` are written, if any are named."""
        self._plan, self._renderer, self._gate, self._splits = plan, renderer, gate, splits
        self._known: dict[Plan, LinePlan | None] = {}
        self._seen: Counter[Plan] = Counter()
        self._uses: Counter[LinePlan] = Counter()
        self._lock = Lock()

    def pieces(self) -> Iterator[Converted]:
        """Yield all pieces in order, a few of them being worked on at a time."""
        plan = self._plan
        with ThreadPoolExecutor(jsonl.THREADS) as pool:
            waiting: deque[Future[Converted]] = deque()
            try:
                with closing(pieces(plan.source, plan.form, plan.encoding)) as cut:
                    for piece in cut:
                        waiting.append(pool.submit(self._convert, piece))
                        if len(waiting) > jsonl.THREADS:
                            yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _convert(self, piece: Piece) -> Converted:
        rows, learned = jsonl.rows_of(piece, self._plan), self._plan.learned
        left = np.ones(len(rows.starts), dtype=np.bool_)
        ready = ReadyRows()
        parts = []
        if learned:
            found = learned.blocks(rows)
            ready, blocks = self._lines(found, rows)
            for block in found:
                left[block.table.rows] = False
            for block in blocks:
                left[block.table.rows] = True
            frame, known = learned.frame(blocks, rows)
            if frame is not None:
                parts.append(frame)
                left[known] = False
        return Converted(ready, in_order([*parts, rows.carefully(np.flatnonzero(left))]))

    def _lines(self, blocks: list[Block], rows: Rows) -> tuple[ReadyRows, list[Block]]:
        """Write the lines of those blocks that have line plans that hold; give the others back."""
        plans = self._plans(blocks)
        ours = [(block, plan) for block in blocks if (plan := plans[block.plan]) is not None]
        others = [block for block in blocks if plans[block.plan] is None]
        while ours:
            lines = [LineBlock(plan, block.table) for block, plan in ours]
            ready = assembled(lines, rows, self._plan.source.uri)
            wrong = self._wrong(ours, ready, rows)
            if not wrong:
                return ready, others
            others += [block for block, plan in ours if plan in wrong]
            ours = [(block, plan) for block, plan in ours if plan not in wrong]
        return ReadyRows(), others

    def _plans(self, blocks: list[Block]) -> dict[Plan, LinePlan | None]:
        """Give the line plans of blocks, and learn those of plans that are often used."""
        with self._lock:
            new = []
            for plan, table in blocks:
                self._seen[plan] += len(table.rows)
                if plan not in self._known and self._seen[plan] >= MIN_ROWS:
                    new.append(Candidate(plan, table.row(0)[: plan.slots]))
            if new and self._plan.reading:
                found = learn(new, self._plan.reading, self._renderer, self._gate)
                for candidate, lines in zip(new, found, strict=True):
                    self._known[candidate.plan] = lines if self._is_wanted(lines) else None
            return {block.plan: self._known.get(block.plan) for block in blocks}

    def _is_wanted(self, plan: LinePlan | None) -> bool:
        return plan is not None and (
            not self._splits or all(split in self._splits for split, _ in plan.lines)
        )

    def _wrong(
        self, ours: list[tuple[Block, LinePlan]], ready: ReadyRows, rows: Rows
    ) -> set[LinePlan]:
        """Give the plans whose lines are not what rows become one by one, and forget them."""
        samples = {}
        for block, plan in ours:
            count = PROVEN_ROWS if not self._uses[plan] else not self._uses[plan] % PROVEN_EVERY
            self._uses[plan] += 1
            if count:
                samples[plan] = sampled(block.table, int(count))
        wrong = {plan for _, plan in ours if not plan.is_covered and not self._pass(ready)}
        if samples:
            expected = self._one_by_one(np.sort(np.concatenate(list(samples.values()))), rows)
            for plan, sample in samples.items():
                numbers = rows.numbers[sample].tolist()
                why = [outcome.why for outcome in plan.outcomes if outcome.why]
                if any((why, _told(ready, at)) != expected.get(at) for at in numbers):
                    log.debug("lines do not hold: one of the rows %s", numbers)
                    wrong.add(plan)
        with self._lock:
            for block, plan in ours:
                if plan in wrong:
                    self._known[block.plan] = None
        return wrong

    def _pass(self, ready: ReadyRows) -> bool:
        """Say whether all lines pass the schema."""
        judge = self._gate.judge
        every = ready.lines.values()
        verdicts = (judge(each.data, each.offsets[:-1], each.offsets[1:] - 1) for each in every)
        return all(verdict.bad is None for verdict in verdicts)

    def _one_by_one(self, sample: Places, rows: Rows) -> dict[int, _Fate]:
        """Read and write some rows one by one: say of each by its number what becomes of it."""
        records = rows.carefully(sample).filter(KEPT)
        numbers = records["provenance"].struct.field("row").to_list()
        found: dict[int, _Fate] = {}
        for number, outcome in zip(numbers, self._renderer.outcomes(records), strict=True):
            why, lines = found.setdefault(number, ([], {}))
            if outcome.why:
                why.append(outcome.why)
            else:
                lines.setdefault(outcome.split, []).extend(outcome.lines)
        return found


def _told(ready: ReadyRows, number: int) -> dict[str, list[str]]:
    """Give the lines of one row by split."""
    found = {}
    for split, lines in ready.lines.items():
        first, last = np.searchsorted(lines.numbers, [number, number + 1])
        if first < last:
            whole = lines.data[lines.offsets[first] : lines.offsets[last]].tobytes()
            found[split] = whole.decode().split("\n")[:-1]
    return found
