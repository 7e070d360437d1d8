"""Where rows meet rules: each pack has a desk, over which every piece of the file goes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from curator.kernels.json_cut import Places
from curator.preflight import file_checks
from curator.preflight.file_checks import Marks
from curator.preflight.json_rows import Fault, Row, read
from curator.preflight.judge import Hit, applies, marks
from curator.preflight.lines import MAX_ROW_BYTES, Piece, Source, blocks
from curator.preflight.report import Place, Tally
from curator.preflight.rules import Pack
from curator.preflight.skeletons import Judge, Look, kept_names, look

THREADS = 2
"""Blocks looked at while the last one is judged."""


def row_bytes(piece: Piece, index: int) -> bytes:
    """Give one row as it stands in the file."""
    return piece.data[piece.starts[index] : piece.ends[index]]


def read_row(piece: Piece, index: int) -> Row:
    """Read one row, or say why it cannot be."""
    if piece.is_too_long:
        return Row(None, Fault("json", f"a line of more than {MAX_ROW_BYTES:,} bytes"))
    return read(row_bytes(piece, index))


def looks(source: Source, judges: list[Judge]) -> Iterator[Look]:
    """Look at all pieces in order, the next one while the last is judged."""
    kept = kept_names([judge.pack for judge in judges])
    gates = [judge.gate for judge in judges]
    with ThreadPoolExecutor(THREADS) as pool:
        waiting: deque[Future[Look]] = deque()
        try:
            for block in blocks(source):
                waiting.append(pool.submit(look, block, kept, gates))
                if len(waiting) > THREADS:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


@dataclass(kw_only=True)
class Desk:
    """Where one pack's rules are applied, and their findings counted."""

    judge: Judge
    tally: Tally
    marks: dict[int, Marks] = field(default_factory=dict)

    @property
    def pack(self) -> Pack:
        """Whose rules they are."""
        return self.judge.pack

    def close(self, source: Source, rows: int) -> None:
        """Apply the rules on the file as a whole."""
        for index, rule in enumerate(self.pack.rules):
            if applies(rule, self.judge.split):
                seen = self.marks.get(index, Marks())
                for said, line in file_checks.broken(rule, source, rows, seen):
                    self.tally.add_of_file(index, said, line)


def judge_piece(seen: Look, desks: list[Desk], rows: int, lines: int) -> None:
    """Count what is wrong in one piece, which comes behind so many ``rows`` and ``lines``."""
    must_read = np.zeros((len(desks), len(seen.numbers)), dtype=np.bool_)
    on_lines = seen.piece.numbers + lines + 1
    by_shape = np.argsort(seen.numbers, kind="stable")
    sizes = np.bincount(seen.numbers, minlength=len(seen.written))
    ends = np.cumsum(sizes)
    found = [_Found(rows + 1, on_lines) for _ in desks]
    verdicts = []
    for at, desk in enumerate(desks):
        _blank_lines(seen.piece.blank + lines + 1, desk)
        ours, must_read[at] = desk.judge.verdicts(seen, at)
        verdicts.append(ours)
        for verdict, begin, end in zip(ours, ends - sizes, ends, strict=True):
            if verdict and (verdict.hits or verdict.marks):
                alike = by_shape[begin:end]
                alike = alike[~must_read[at, alike]]
                if len(alike):
                    found[at].add_alike(verdict.hits, alike, desk)
                    _mark(desk, verdict.marks, int(on_lines[alike[0]]), len(alike))
    for index in np.flatnonzero(must_read.any(axis=0)).tolist():
        row = read_row(seen.piece, index)
        for at in np.flatnonzero(must_read[:, index]).tolist():
            desk, verdict = desks[at], verdicts[at][seen.numbers[index]]
            known = verdict if seen.is_sound[index] else None
            found[at].add_one(desk.judge.judged(row, known), index)
            if row.value is not None:
                said = known.marks if known else marks(row.value, desk.pack)
                _mark(desk, said, int(on_lines[index]), 1)
    for at, desk in enumerate(desks):
        found[at].close(desk.tally)


def _mark(desk: Desk, said: dict[int, frozenset[int]], line: int, rows: int) -> None:
    for rule, kinds in said.items():
        desk.marks.setdefault(rule, Marks()).add(kinds, line, rows)


def _blank_lines(blank: Places, desk: Desk) -> None:
    for index, rule in enumerate(desk.pack.rules):
        if rule.check == "blank_lines" and applies(rule, desk.judge.split):
            first = blank[: max(desk.tally.room(index), 0)].tolist()
            nothing = [Place(0, line, "$", "") for line in first]
            desk.tally.add(index, nothing, findings=len(blank), rows=0)


class _Found:
    """The hits of one pack in one piece, by rule: all counted, as many placed as may be kept."""

    def __init__(self, first_row: int, lines: Places) -> None:
        self._first_row, self._lines = first_row, lines
        self._places: dict[int, list[Place]] = {}
        self._counts: dict[int, list[int]] = {}  # findings, rows

    def add_alike(self, hits: tuple[Hit, ...], rows: Places, desk: Desk) -> None:
        """Add the hits that all of ``rows`` have."""
        for rule in dict.fromkeys(hit.rule for hit in hits):
            ours = [hit for hit in hits if hit.rule == rule]
            self._count(rule, len(ours) * len(rows), len(rows))
            for index in rows[: max(desk.tally.room(rule), 0)].tolist():
                self._place(ours, index)

    def add_one(self, hits: list[Hit], index: int) -> None:
        """Add the hits of one row."""
        for rule in dict.fromkeys(hit.rule for hit in hits):
            self._count(rule, sum(hit.rule == rule for hit in hits), 1)
        self._place(hits, index)

    def _place(self, hits: list[Hit], index: int) -> None:
        row, line = self._first_row + index, int(self._lines[index])
        for hit in hits:
            self._places.setdefault(hit.rule, []).append(Place(row, line, hit.path, hit.found))

    def _count(self, rule: int, findings: int, rows: int) -> None:
        counts = self._counts.setdefault(rule, [0, 0])
        counts[0] += findings
        counts[1] += rows

    def close(self, tally: Tally) -> None:
        """Hand everything over."""
        for rule, (findings, rows) in self._counts.items():
            tally.add(rule, self._places.get(rule, ()), findings, rows)
