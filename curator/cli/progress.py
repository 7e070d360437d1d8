"""Show how far a run is, on stderr: a bar on a terminal, one plain line a stage elsewhere."""

from __future__ import annotations

import logging
import sys
import time
from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


class Bar:
    """Watches a run. A context manager, so that the terminal is left clean whatever happens."""

    def __init__(self, *, quiet: bool = False) -> None:
        """Choose bar or lines by where stderr goes; ``quiet`` shows neither."""
        self._quiet = quiet
        self._rows, self._started = 0, 0.0
        self._unit = "rows"
        self._total: int | None = None  # rows of the run, known once they are read
        self._task: TaskID | None = None
        self._progress: Progress | None = None
        if sys.stderr.isatty() and not quiet:
            self._progress = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(bar_width=10),
                TextColumn("{task.completed:,.0f} {task.fields[unit]}"),
                TextColumn("{task.fields[rate]}"),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                transient=True,
            )

    def __enter__(self) -> Self:
        """Take the line."""
        if self._progress:
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the line back."""
        if self._progress:
            self._progress.stop()

    def begin(self, stage: str, unit: str = "rows") -> None:
        """Start counting rows, or what else ``unit`` names, for ``stage``."""
        self._rows, self._started, self._unit = 0, time.perf_counter(), unit
        if self._progress:
            total = self._total if unit == "rows" else None
            self._task = self._progress.add_task(stage, total=total, rate="", unit=unit)

    def advance(self, rows: int) -> None:
        """Count ``rows``, or what else is counted, more."""
        self._rows += rows
        if self._progress and self._task is not None:
            self._progress.update(self._task, completed=self._rows, rate=self._rate())

    def end(self, stage: str) -> None:
        """Leave one line behind: the stage, its rows, its rate and its seconds."""
        seconds = time.perf_counter() - self._started
        if self._unit == "rows":
            self._total = self._total or self._rows or None
        if self._progress and self._task is not None:
            self._progress.remove_task(self._task)
        if self._quiet:
            return
        counted = f"{self._rows:>10,} {self._unit} {self._rate():>14}" if self._rows else " " * 30
        line = f"  {stage:<34} {counted} {seconds:>7.1f} s"
        if self._progress:
            self._progress.console.print(line, style="dim", highlight=False, markup=False)
        else:
            click.echo(line, err=True)

    def _rate(self) -> str:
        seconds = time.perf_counter() - self._started
        return f"{self._rows / seconds:,.0f} {self._unit}/s" if seconds > 0 else ""


def speak() -> None:
    """Let what is logged on the way appear on stderr, one plain line each."""
    logger = logging.getLogger("curator")
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("  %(message)s"))
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)
