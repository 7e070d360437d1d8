"""Write the training rows in the shapes that trainers and vendors read: one file a shape."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any, Protocol

import orjson
import polars as pl

from curator import schemas
from curator.errors import RecipeError
from curator.manifest import Manifest
from curator.prompt.training import training_turns
from curator.records import IS_EXAMPLE
from curator.task import Task
from curator.write import BATCH_ROWS, write_lines
from curator.write.formats.rows import Rows

log = logging.getLogger("curator.write")
FOLDER = "formats"
NEEDED = ("id", "split", "messages", "context", "tools", "rejected_messages")


@dataclass(frozen=True, kw_only=True)
class Options:
    """Which shapes to write."""

    targets: tuple[str, ...] = ("messages", "alpaca", "sharegpt", "prompt_completion")


class Format(Protocol):
    """What a shape's file holds."""

    FIELDS_LEFT_OUT: tuple[str, ...]

    def left_out(self, rows: Rows) -> pl.Series:
        """Say why the shape cannot hold a row; null where it can."""

    def lines(self, rows: Rows) -> pl.Series:
        """Render rows that the shape can hold as JSON."""


@cache
def targets() -> tuple[str, ...]:
    """Every shape there is: the files of this folder that have a schema."""
    files = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in files if name != "rows"))


def write(
    records: pl.LazyFrame, options: Options, out: Path, *, task: Task, manifest: Manifest
) -> list[Path]:
    """
    Write ``<target>/<split>.jsonl`` for each target and each split that has rows.

    A row without a split counts as train. What a shape cannot hold is named: rows with their
    reason in ``skipped.jsonl``, the counts of rows and of fields in ``left_out.json``.

    Raises: RecipeError for an unknown target, WriteError for a row that breaks its shape's schema.
    """
    del manifest  # the rows say everything
    if strange := [name for name in options.targets if name not in targets()]:
        raise RecipeError(
            f"unknown format {', '.join(map(repr, strange))}",
            hint=f"known are {', '.join(targets())}",
        )
    with ExitStack() as files:
        sinks = [_Sink(target=name, folder=out / name, files=files) for name in options.targets]
        wanted = records.filter(IS_EXAMPLE).select(NEEDED)
        for batch in wanted.collect_batches(maintain_order=True, chunk_size=BATCH_ROWS):
            rows = Rows.of(batch, training_turns(task, batch), shows_reasoning=task.reasoning)
            for sink in sinks:
                sink.add(rows)
    return [path for sink in sinks for path in sink.close()]


@dataclass(kw_only=True)
class _Sink:
    """The open files of one target, and the count of what it wrote and left out."""

    target: str
    folder: Path
    files: ExitStack
    open_files: dict[str, IO[bytes]] = field(default_factory=dict)
    written: Counter[str] = field(default_factory=Counter)
    rows_left_out: Counter[str] = field(default_factory=Counter)
    fields_left_out: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.format: Format = importlib.import_module(f"{__name__}.{self.target}")
        self.gate = schemas.Gate(schemas.load(self.target))

    def add(self, rows: Rows) -> None:
        """Write the rows that fit, name the others."""
        why = self.format.left_out(rows)
        self._skip(rows, why)
        held = rows.filter(why.is_null())
        for name in (*self.format.FIELDS_LEFT_OUT, "reasoning", "rejected_messages"):
            self.fields_left_out[name] += int(held.has(name).sum())
        frame = pl.DataFrame({"split": held.split, "line": self.format.lines(held)})
        for (split,), part in frame.group_by("split", maintain_order=True):
            name = f"{split}.jsonl"
            self.written[str(split)] += write_lines(
                self._file(name), part["line"].to_list(), self.gate,
                name=f"{FOLDER}/{self.target}/{name}", first=self.written[str(split)] + 1,
            )  # fmt: skip

    def _skip(self, rows: Rows, why: pl.Series) -> None:
        frame = pl.DataFrame({"id": rows.id, "split": rows.split, "reason": why})
        for row in frame.filter(why.is_not_null()).iter_rows(named=True):
            self.rows_left_out[row["reason"]] += 1
            self._file("skipped.jsonl").write(orjson.dumps(row) + b"\n")

    def _file(self, name: str) -> IO[bytes]:
        if name not in self.open_files:
            opened = (self.folder / name).open("wb")
            self.open_files[name] = self.files.enter_context(opened)
        return self.open_files[name]

    def close(self) -> list[Path]:
        """Write the summary, and list this target's files."""
        summary: dict[str, Any] = {
            "written": {split: self.written[split] for split in sorted(self.written)},
            "rows_left_out": dict(sorted(self.rows_left_out.items())),
            "fields_left_out": {name: n for name, n in sorted(self.fields_left_out.items()) if n},
        }
        if self.rows_left_out:
            counts = ", ".join(f"{why} {n:,}" for why, n in self.rows_left_out.most_common())
            total = self.rows_left_out.total()
            log.info("%s/%s: %s rows left out (%s)", FOLDER, self.target, f"{total:,}", counts)
        path = self.folder / "left_out.json"
        path.write_bytes(orjson.dumps(summary, option=orjson.OPT_INDENT_2) + b"\n")
        return sorted([path, *(self.folder / name for name in self.open_files)])
