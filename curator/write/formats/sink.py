"""The open files of one target, and the count of what was written and what was left out."""

from __future__ import annotations

import logging
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import orjson
import polars as pl

from curator import schemas
from curator.schemas.lines import LineGate
from curator.write import write_lines
from curator.write.formats.catalogue import Format, load
from curator.write.formats.judged import Judged, judged
from curator.write.formats.rows import Rows
from curator.write.ready import NOTHING, Ready, ReadyRows

log = logging.getLogger("curator.write")
SKIPPED, SUMMARY = "skipped.jsonl", "left_out.json"
_NO_ROWS = ReadyRows()
_NO_LINES = pl.DataFrame(schema={"number": pl.Int64, "line": pl.String})


@dataclass(kw_only=True)
class Sink:
    """
    Takes rows batch by batch; ``close`` says what became of them.

    Keeps: rows given = rows written + rows left out, each of these named in ``skipped.jsonl``.
    """

    target: str
    folder: Path
    files: ExitStack
    called: tuple[str, ...] = ("id", "split")  # columns of Rows.places by which rows are named
    where: str = ""  # how words and errors name the folder; formats/<target> if it is not said
    open_files: dict[str, IO[bytes]] = field(default_factory=dict)
    written: Counter[str] = field(default_factory=Counter)  # rows of each split
    lines: Counter[str] = field(default_factory=Counter)  # a row may be two of them
    rows_left_out: Counter[str] = field(default_factory=Counter)
    fields_left_out: Counter[str] = field(default_factory=Counter)
    joined: Counter[str] = field(default_factory=Counter)
    fields: dict[str, dict[str, int]] = field(default_factory=dict)  # of each split; first byte
    special: Counter[str] = field(default_factory=Counter)  # rows with functions or weights of 0

    def __post_init__(self) -> None:
        """Make the folder, and load what the rows are held against."""
        self.folder.mkdir(parents=True)
        self.format: Format = load(self.target)
        self.gate = LineGate(schemas.load(self.target))
        self.where = self.where or f"formats/{self.target}"

    def add(self, rows: Rows, ready: ReadyRows = _NO_ROWS) -> None:
        """
        Write the rows that fit, name the others; rows that are ready come among them.

        Raises: WriteError with file and line for a row that breaks the schema of the shape.
        """
        told = judged(self.format, rows)
        named = rows.places.select(self.called).with_columns(reason=told.why)
        left_out = named.filter(told.why.is_not_null())
        if ready.left_out is not None:
            left_out = pl.concat([left_out, ready.left_out]).sort("row", maintain_order=True)
        self._skip(left_out)
        self._count(told)
        splits = told.held.places["split"]
        at = told.lines["row"]
        frame = pl.DataFrame(
            {
                "split": splits.gather(at),
                "number": told.held.places["row"].gather(at),
                "line": told.lines["line"],
            }
        )
        parts = dict(frame.partition_by("split", as_dict=True, maintain_order=True))
        for split in dict.fromkeys([*(str(name) for (name,) in parts), *ready.lines]):
            part = parts.get((split,), frame.clear())
            self._write(split, part, ready.lines.get(split, NOTHING))

    def add_ready(self, ready: ReadyRows) -> None:
        """Write rows that are ready."""
        if ready.left_out is not None:
            self._skip(ready.left_out)
        for split, lines in ready.lines.items():
            self._write(split, _NO_LINES, lines)

    def _write(self, split: str, part: pl.DataFrame, ready: Ready) -> None:
        name = f"{split}.jsonl"
        self.written[split] += ready.rows
        self.special[split] += ready.special
        self.fields_left_out.update(ready.fields_left_out)
        self.joined.update(ready.joined)
        numbers = part["number"].to_numpy() if len(ready.numbers) else None
        self.lines[split] += write_lines(
            self._file(name), part["line"], self.gate, name=f"{self.where}/{name}",
            first=self.lines[split] + 1, fields=self.fields.setdefault(split, {}),
            ready=ready, numbers=numbers,
        )  # fmt: skip

    def _skip(self, left_out: pl.DataFrame) -> None:
        for row in left_out.iter_rows(named=True):
            self.rows_left_out[row["reason"]] += 1
            self._file(SKIPPED).write(orjson.dumps(row) + b"\n")

    def _count(self, told: Judged) -> None:
        splits = told.held.places["split"]
        self.written.update(splits.to_list())
        self.special.update(splits.filter(told.is_special).to_list())
        for name, holds in told.fields_left_out.items():
            self.fields_left_out[name] += int(holds.sum())
        for name, holds in told.joined.items():
            self.joined[name] += int(holds.sum())

    def _file(self, name: str) -> IO[bytes]:
        if name not in self.open_files:
            opened = (self.folder / name).open("wb")
            self.open_files[name] = self.files.enter_context(opened)
        return self.open_files[name]

    def summary(self) -> dict[str, Any]:
        """Count rows by split, and what was left out by its reason; lines where rows are two."""
        said: dict[str, Any] = {
            "written": _counts(self.written),
            "rows_left_out": _counts(self.rows_left_out),
            "fields_left_out": _counts(self.fields_left_out),
        }
        if self.lines != self.written:
            said["lines"] = _counts(self.lines)
        if joined := _counts(self.joined):
            said["joined"] = joined
        return said

    def close(self) -> list[Path]:
        """Write the summary, and list this target's files."""
        if self.rows_left_out:
            counts = ", ".join(f"{why} {n:,}" for why, n in self.rows_left_out.most_common())
            total = self.rows_left_out.total()
            log.info("%s: %s rows left out (%s)", self.where, f"{total:,}", counts)
        for opened in self.open_files.values():
            opened.flush()
        path = self.folder / SUMMARY
        path.write_bytes(orjson.dumps(self.summary(), option=orjson.OPT_INDENT_2) + b"\n")
        return sorted([path, *(self.folder / name for name in self.open_files)])


def _counts(counter: Counter[str]) -> dict[str, int]:
    return {name: n for name, n in sorted(counter.items()) if n}
