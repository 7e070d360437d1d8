"""Write the training rows in the shapes that trainers and vendors read: one file a shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from curator.manifest import Manifest
from curator.records import IS_CHUNK, IS_EXAMPLE, message
from curator.task import Task
from curator.write import BATCH_ROWS
from curator.write.formats import catalogue, snippets, vendors
from curator.write.formats.catalogue import Format, holds_passages, lines_of, load, targets
from curator.write.formats.reasoning import convention, shown
from curator.write.formats.rows import NEEDED, Rows
from curator.write.formats.sink import Sink

__all__ = [
    "Format",
    "Options",
    "Rows",
    "Sink",
    "holds_passages",
    "laid_out",
    "lines_of",
    "load",
    "passages",
    "rows_for",
    "targets",
    "write",
]

FOLDER = "formats"


@dataclass(frozen=True, kw_only=True)
class Options:
    """Which shapes to write, and where reasoning stands in them."""

    targets: tuple[str, ...] = ("messages", "alpaca", "sharegpt", "prompt_completion")
    reasoning: str | Mapping[str, str] | None = (
        None  # for all, or by target; None: as the task says
    )
    eos_token: str = ""  # ends an answer in shapes that no template is put around
    check_for: tuple[str, ...] = ()  # vendors, or packs of rules, that must take the files

    def __post_init__(self) -> None:
        """Refuse a vendor that none of the files is for."""
        vendors.fitting(self.check_for, self.targets)


def write(
    records: pl.LazyFrame, options: Options, out: Path, *, task: Task, manifest: Manifest
) -> list[Path]:
    """
    Write ``<target>/<split>.jsonl`` for each target and each split that has rows.

    A row without a split counts as train. Passages are rows of the targets that have a place for
    them. What a shape cannot hold is named: rows with their
    reason in ``skipped.jsonl``, the counts of rows and of fields in ``left_out.json``. Beside the
    files stands what makes trainers read them as they are.

    Raises: RecipeError for an unknown target, WriteError for a row that breaks its shape's schema,
    ValidationFailed for a file that a vendor of ``check_for`` would refuse.
    """
    del manifest  # the rows say everything
    catalogue.check(options.targets)
    with ExitStack() as files:
        sinks = [Sink(target=name, folder=out / name, files=files) for name in options.targets]
        _fill(sinks, records.filter(IS_EXAMPLE).select(NEEDED), options, task)
        if holding := [sink for sink in sinks if holds_passages(sink.target)]:
            _fill(holding, passages(records), options, Task())
        written = [path for sink in sinks for path in sink.close()]
    vendors.hold(out, options.check_for, options.targets)
    return [*written, *snippets.write(out, sinks)]


def passages(records: pl.LazyFrame) -> pl.LazyFrame:
    """Give passages as examples whose answer is all of their text, and which have no prompt."""
    text = message(pl.lit("assistant"), pl.col("text"))
    chunks = records.filter(IS_CHUNK).with_columns(messages=pl.concat_list(text))
    return chunks.select(NEEDED)


def _fill(sinks: Sequence[Sink], wanted: pl.LazyFrame, options: Options, task: Task) -> None:
    for batch in wanted.collect_batches(maintain_order=True, chunk_size=BATCH_ROWS):
        for sink, rows in laid_out(sinks, batch, options, task):
            sink.add(rows)


def laid_out(
    sinks: Sequence[Sink], examples: pl.DataFrame, options: Options, task: Task
) -> Iterator[tuple[Sink, Rows]]:
    """
    Lay examples out for each sink, once for all that show reasoning alike.

    Columns: examples hold those of ``NEEDED``.
    """
    laid: dict[str | None, Rows] = {}
    for sink in sinks:
        how = _shows(sink.target, options, task)
        if how not in laid:
            laid[how] = rows_for(sink.target, examples, options, task)
        yield sink, laid[how]


def rows_for(target: str, examples: pl.DataFrame, options: Options, task: Task) -> Rows:
    """
    Lay examples out for one target.

    Columns: examples hold those of ``NEEDED``.
    """
    how = _shows(target, options, task)
    return Rows.of(examples, shown(task, examples, how), how, options.eos_token)


def _shows(target: str, options: Options, task: Task) -> str | None:
    asked = options.reasoning
    if isinstance(asked, Mapping):
        asked = asked.get(target)
    return convention(load(target).REASONING, asked, task)
