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
from curator.write.formats.rows import Rows

log = logging.getLogger("curator.write")
SKIPPED, SUMMARY = "skipped.jsonl", "left_out.json"


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

    def add(self, rows: Rows) -> None:
        """
        Write the rows that fit, name the others.

        Raises: WriteError with file and line for a row that breaks the schema of the shape.
        """
        why = rows.why_not(self.format.left_out(rows))
        self._skip(rows, why)
        held = rows.filter(why.is_null())
        self._count(held)
        splits = held.places["split"]
        self.written.update(splits.to_list())
        is_special = held.drawn("[bct09]") | held.tools.is_not_null()
        self.special.update(splits.filter(is_special).to_list())
        frame = pl.DataFrame({"split": splits, "line": self.format.lines(held)})
        if frame.schema["line"] != pl.String:  # a list of lines a row
            frame = frame.explode("line", empty_as_null=False, keep_nulls=False)
        for (split,), part in frame.group_by("split", maintain_order=True):
            held_by = str(split)
            name = f"{held_by}.jsonl"
            self.lines[held_by] += write_lines(
                self._file(name), part["line"], self.gate,
                name=f"{self.where}/{name}", first=self.lines[held_by] + 1,
                fields=self.fields.setdefault(held_by, {}),
            )  # fmt: skip

    def _skip(self, rows: Rows, why: pl.Series) -> None:
        frame = rows.places.select(self.called).with_columns(reason=why)
        for row in frame.filter(why.is_not_null()).iter_rows(named=True):
            self.rows_left_out[row["reason"]] += 1
            self._file(SKIPPED).write(orjson.dumps(row) + b"\n")

    def _count(self, held: Rows) -> None:
        for name in (*self.format.FIELDS_LEFT_OUT, "reasoning"):
            self.fields_left_out[name] += int(held.has(name).sum())
        if lost := getattr(self.format, "fields_lost", None):
            for name, holds in lost(held).items():
                self.fields_left_out[name] += int(holds.sum())
        if joined := getattr(self.format, "joined", None):
            for name, holds in joined(held).items():
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
