"""
Rows read by what was learned of others with the same skeleton.

Every shape has a reader that takes one row at a time. Here it reads a row of each skeleton whose
texts are marks and note how they are looked at: where the marks come out, the texts of all rows of
the skeleton go, if each of them gives the same answers to the same looks. What was learned is held
against odd texts, and in every piece against rows as the reader reads them one by one; whatever it
does not cover is left to the reader.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from threading import Lock
from typing import NamedTuple

import numpy as np
import polars as pl

from curator.kernels.distinct import distinct
from curator.kernels.json_skeleton import Skeletons, skeletons
from curator.kernels.json_tokens import Bytes, Places
from curator.read.learned import hostile
from curator.read.learned.frames import Assembled, Block, assembled
from curator.read.learned.looking import looked_at
from curator.read.learned.looks import Unforeseen
from curator.read.learned.plan import Plan, learn
from curator.read.learned.refill import Looked
from curator.read.learned.table import Table, alike
from curator.read.reading import Reading

log = logging.getLogger("curator.read")

MIN_PIECE_ROWS = 128
"""Rows of a piece from which on it pays to learn anything."""

MIN_ROWS = 32
"""Rows of a skeleton from which on it is learned: that takes as long as some of them."""

MAX_PLANS = 4  # of one skeleton, for rows that give other answers
MAX_SKELETONS = 20_000  # known at a time
PROVEN_ROWS = 8


class Rows(NamedTuple):
    """The rows of a piece, and the two ways to make records of them that plans need."""

    data: Bytes
    starts: Places
    ends: Places
    numbers: Places  # of the rows in their file, from 1
    lines: Places  # on which they begin
    may_be_learned: bool  # the rows are objects as they stand
    finished: Callable[[Assembled], pl.DataFrame]  # RECORD frame of what was assembled
    carefully: Callable[[Places], pl.DataFrame]  # RECORD frame of some rows, read one by one


class Learned:
    """What is known of the rows of one file; what it learns of a piece it knows in the next."""

    def __init__(self, reading: Reading) -> None:
        """Know nothing yet."""
        self._reading = reading
        self._looked: Looked | None = None
        self._plans: dict[bytes, list[Plan]] = {}
        self._closed: set[bytes] = set()  # skeletons of which no more is learned
        self._proven: set[Plan] = set()
        self._seen: Counter[bytes] = Counter()
        self._lock = Lock()

    def read(self, rows: Rows) -> tuple[pl.DataFrame | None, Places]:
        """Give a RECORD frame of the rows that are read by plans, and which they are."""
        return self.frame(self.blocks(rows), rows)

    def blocks(self, rows: Rows) -> list[Block]:
        """Find the plans by which rows can be read; they are not proven yet."""
        if len(rows.starts) < MIN_PIECE_ROWS or not rows.may_be_learned:
            return []
        with self._lock:
            if self._looked is None:
                self._looked = looked_at(self._reading, rows.data, rows.starts, rows.ends)
        found = _scan(self._reading, self._looked, rows)
        blocks: list[Block] = []
        for skeleton, members in _groups(found):
            blocks += self._blocks(skeleton, Table.of(rows.data, found, members), self._looked)
        return blocks

    def frame(self, blocks: list[Block], rows: Rows) -> tuple[pl.DataFrame | None, Places]:
        """Give a RECORD frame of the rows of those ``blocks`` that hold, and which they are."""
        while blocks:
            told = assembled(blocks)
            frame = rows.finished(told)
            wrong = self._wrong(blocks, told.rows, frame, rows.carefully)
            if not wrong:
                return frame, np.sort(np.concatenate([block.table.rows for block in blocks]))
            blocks = [block for block in blocks if block.plan not in wrong]
        return None, np.zeros(0, dtype=np.int64)

    def _blocks(self, skeleton: bytes, table: Table, looked: Looked) -> list[Block]:
        """Take the rows that known plans read, and learn how others are read."""
        blocks: list[Block] = []
        for known in tuple(self._plans.get(skeleton, ())):
            table = _taken(known, table, blocks)
        with self._lock:
            while len(table.rows) and (new := self._learned(skeleton, table, looked)):
                table = _taken(new, table, blocks)
        return blocks

    def _learned(self, skeleton: bytes, table: Table, looked: Looked) -> Plan | None:
        """Learn a plan for rows that no plan reads, if there are enough of them and it can be."""
        if skeleton in self._closed:
            return None
        if len(self._seen) > MAX_SKELETONS:
            self._seen.clear()
        self._seen[skeleton] += len(table.rows)
        plans = self._plans.get(skeleton, ())
        if self._seen[skeleton] < MIN_ROWS or len(plans) == MAX_PLANS:
            return None
        for at in dict.fromkeys((0, len(table.rows) // 2, len(table.rows) - 1)):
            texts = table.row(at)
            try:
                plan = learn(self._reading, skeleton.decode(), looked, texts)
                hostile.check(plan, self._reading, texts)
            except Unforeseen as error:
                log.debug("not learned: %s", error)
                continue
            del self._seen[skeleton]
            self._plans[skeleton] = [*plans, plan]
            return plan
        self._closed.add(skeleton)
        return None

    def _wrong(
        self,
        blocks: list[Block],
        rows: Places,
        frame: pl.DataFrame,
        carefully: Callable[[Places], pl.DataFrame],
    ) -> set[Plan]:
        """Give the plans that read a row otherwise than the reader does, and forget them."""
        wrong = set()
        for plan, table in blocks:
            sample = sampled(table, PROVEN_ROWS if plan not in self._proven else 1)
            if frame.filter(pl.Series(np.isin(rows, sample))).equals(carefully(sample)):
                self._proven.add(plan)
            else:
                log.debug("what was learned does not hold: one of the rows %s", sample)
                wrong.add(plan)
        with self._lock:
            for skeleton, plans in self._plans.items():
                if wrong.intersection(plans):
                    self._plans[skeleton] = [plan for plan in plans if plan not in wrong]
                    self._closed.add(skeleton)
        return wrong


def _scan(reading: Reading, looked: Looked, rows: Rows) -> Skeletons:
    return skeletons(
        rows.data, rows.starts, rows.ends, kept=looked.kept, inside=looked.inside,
        lists=looked.lists, max_bytes=reading.max_chars,
    )  # fmt: skip


def _groups(found: Skeletons) -> Iterator[tuple[bytes, Places]]:
    """Give each skeleton with its rows."""
    sound = np.flatnonzero(found.is_sound)
    numbers, firsts = distinct(found.offsets, found.data)
    order = sound[np.argsort(numbers[sound], kind="stable")]
    bounds = np.flatnonzero(np.diff(numbers[order], prepend=-1, append=-1))
    for start, end in pairwise(bounds):
        first = firsts[numbers[order[start]]]
        skeleton = found.data[found.offsets[first] : found.offsets[first + 1]].tobytes()
        yield skeleton, order[start:end]


def _taken(plan: Plan, table: Table, blocks: list[Block]) -> Table:
    """Give ``blocks`` the rows that ``plan`` reads, and give back the others."""
    taken, is_alike = alike(table, plan)
    if is_alike.any():
        blocks.append(Block(plan, taken))
    return table.where(~is_alike)


def sampled(table: Table, count: int) -> Places:
    """Choose rows to prove: the longest, one with escapes, the first and last, and some between."""
    spans = table.spans
    sizes = (spans[:, :, 1] - np.where(spans[:, :, 0] < 0, ~spans[:, :, 0], spans[:, :, 0])).sum(1)
    escapes = (spans[:, :, 0] < 0).sum(1)
    between = np.linspace(0, len(table.rows) - 1, count, dtype=np.int64).tolist()
    chosen = [int(sizes.argmax()), int(escapes.argmax()), *between]
    return np.sort(table.rows[list(dict.fromkeys(chosen))[:count]])
