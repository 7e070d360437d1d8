"""Hold a file against the rules of vendors: one pass, every finding, in bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np

from curator.errors import RecipeError
from curator.preflight import file_checks
from curator.preflight.checks import Counter
from curator.preflight.file_checks import Marks
from curator.preflight.json_rows import Fault, Row, read
from curator.preflight.judge import Hit, applies, judge, marks
from curator.preflight.lines import MAX_ROW_BYTES, Piece, Source, opened, pieces
from curator.preflight.report import Held, Place, Report, Tally
from curator.preflight.rules import Pack, named
from curator.preflight.skeletons import Gate, Judge, Look, kept_names, look

Split = Literal["train", "validation"]
MAX_REPORTED = 100
THREADS = 2
_SEEN_ROWS = 100


def check(
    path: str | Path,
    vendors: str | tuple[str, ...],
    *,
    today: date,
    split: Split = "train",
    max_reported: int = MAX_REPORTED,
    tokenizer: str | None = None,
) -> Report:
    """
    Find everything that ``vendors`` would refuse, or would rather have otherwise, in one file.

    ``vendors`` are packs, vendors or ``all``. Of each rule the first ``max_reported`` findings are
    listed; all are counted. Tokens are counted by ``tokenizer``, a ``tokenizer.json`` or its
    folder; without one by the estimate that each rule states.

    Raises: RecipeError for an unknown vendor, SourceError for a file that cannot be read.
    """
    if max_reported < 0:
        raise RecipeError(f"max_reported is {max_reported}", hint="0 only counts")
    asked = (vendors,) if isinstance(vendors, str) else vendors
    source = opened(path)
    chosen = named(asked, frozenset(first_keys(source)))
    counter, counted_by = _counter(tokenizer)
    desks = [
        Desk(
            pack=pack,
            split=split,
            counter=counter,
            tally=Tally(pack=pack, today=today, most=max_reported),
            gate=Gate.of(pack, split, is_counted=counter is not None),
        )
        for pack, _ in chosen
    ]
    rows = 0
    for seen in _looks(source, desks):
        rows += len(seen.piece.starts)
        judge_piece(seen, desks)
    for desk in desks:
        desk.close(source, rows)
    return Report(
        path=str(path),
        size_bytes=source.size_bytes,
        rows=rows,
        split=split,
        tokens=counted_by,
        today=today.isoformat(),
        packs=tuple(
            Held(
                pack=pack.name,
                vendor=pack.vendor,
                title=pack.title,
                why=why,
                counts=desk.tally.by_severity(),
            )
            for (pack, why), desk in zip(chosen, desks, strict=True)
        ),
        findings=tuple(finding for desk in desks for finding in desk.tally.listed()),
        counts={name: each for desk in desks for name, each in desk.tally.counted().items()},
    )


def _counter(tokenizer: str | None) -> tuple[Counter | None, str]:
    if tokenizer is None:
        return None, "estimated from characters, as each rule says"
    from curator.tokenizer import counter

    made = counter(tokenizer)
    return made, made.name


def first_keys(source: Source) -> set[str]:
    """Give the fields that most of the first good rows have: they tell the shape of a file."""
    there: list[set[str]] = []
    with closing(pieces(source, 1 << 20)) as cut:
        for piece in cut:
            for index in range(min(len(piece.starts), 2 * _SEEN_ROWS)):
                row = read(row_bytes(piece, index))
                if row.value:
                    there.append(set(row.value))
                if len(there) == _SEEN_ROWS:
                    break
            if there:
                break
    return {
        key
        for key in set().union(*there)
        if 2 * sum(key in keys for keys in there) > len(there)
    }


def row_bytes(piece: Piece, index: int) -> bytes:
    """Give one row as it stands in the file."""
    return piece.data[piece.starts[index] : piece.ends[index]]


def read_row(piece: Piece, index: int) -> Row:
    """Read one row, or say why it cannot be."""
    if piece.is_cut:
        return Row(None, Fault("json", f"a line of more than {MAX_ROW_BYTES:,} bytes"))
    return read(row_bytes(piece, index))


def _looks(source: Source, desks: list[Desk]) -> Iterator[Look]:
    """Look at all pieces in order, the next one while the last is judged."""
    kept = kept_names([desk.pack for desk in desks])
    gates = [desk.gate for desk in desks]
    with ThreadPoolExecutor(THREADS) as pool:
        waiting: deque[Future[Look]] = deque()
        try:
            for piece in pieces(source):
                waiting.append(pool.submit(look, piece, kept, gates))
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

    pack: Pack
    split: str
    counter: Counter | None
    tally: Tally
    gate: Gate
    marks: dict[int, Marks] = field(default_factory=dict)
    skeletons: Judge = field(init=False)

    def __post_init__(self) -> None:
        self.skeletons = Judge(pack=self.pack, split=self.split)

    def close(self, source: Source, rows: int) -> None:
        """Apply the rules on the file as a whole."""
        for index, rule in enumerate(self.pack.rules):
            if applies(rule, self.split):
                seen = self.marks.get(index, Marks())
                for said, line in file_checks.broken(rule, source, rows, seen):
                    self.tally.add_of_file(index, said, line)


def judge_piece(seen: Look, desks: list[Desk]) -> None:
    """Count what is wrong in one piece."""
    must_read = np.zeros((len(desks), len(seen.numbers)), dtype=np.bool_)
    found = [_Found(seen.piece) for _ in desks]
    for at, desk in enumerate(desks):
        _blank_lines(seen.piece, desk)
        verdicts = [desk.skeletons.verdict(each) if each else None for each in seen.written]
        reads = np.array([verdict is None or verdict.must_read for verdict in verdicts], dtype=bool)
        must_read[at] = reads[seen.numbers] | ~seen.is_sound | seen.suspects[at]
        for number, verdict in enumerate(verdicts):
            if verdict and not verdict.must_read and (verdict.hits or verdict.marks):
                alike = np.flatnonzero((seen.numbers == number) & ~must_read[at])
                if len(alike):
                    found[at].add_alike(verdict.hits, alike, desk)
                    _mark(desk, verdict.marks, int(seen.piece.lines[alike[0]]), len(alike))
    for index in np.flatnonzero(must_read.any(axis=0)).tolist():
        row = read_row(seen.piece, index)
        for at in np.flatnonzero(must_read[:, index]).tolist():
            desk = desks[at]
            found[at].add_one(judge(row, desk.pack, desk.split, desk.counter), index)
            if row.value is not None:
                _mark(desk, marks(row.value, desk.pack), int(seen.piece.lines[index]), 1)
    for at, desk in enumerate(desks):
        found[at].close(desk.tally)


def _mark(desk: Desk, said: dict[int, frozenset[int]], line: int, rows: int) -> None:
    for rule, kinds in said.items():
        desk.marks.setdefault(rule, Marks()).add(kinds, line, rows)


def _blank_lines(piece: Piece, desk: Desk) -> None:
    for index, rule in enumerate(desk.pack.rules):
        if rule.check == "blank_lines" and applies(rule, desk.split):
            lines = piece.blank[: max(desk.tally.room(index), 0)].tolist()
            nothing = [Place(0, line, "$", "") for line in lines]
            desk.tally.add(index, nothing, findings=len(piece.blank), rows=0)


class _Found:
    """The hits of one pack in one piece, by rule: all counted, as many placed as may be kept."""

    def __init__(self, piece: Piece) -> None:
        self._piece = piece
        self._places: dict[int, list[Place]] = {}
        self._counts: dict[int, list[int]] = {}  # findings, rows

    def add_alike(self, hits: tuple[Hit, ...], rows: np.ndarray, desk: Desk) -> None:  # type: ignore[type-arg]
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
        row, line = self._piece.first_row + index, int(self._piece.lines[index])
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
