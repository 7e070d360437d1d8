"""Time two ways of doing the same work in turns, and hold their ratio against a target."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

Work = Callable[[], Any]
RUNS = 3


@dataclass(frozen=True)
class Timed:
    """Work that knows what each run of it took, for notes."""

    work: Work
    seconds: list[float] = field(default_factory=list)

    def __call__(self) -> Any:
        """Do it once."""
        start = time.perf_counter()
        made = self.work()
        self.seconds.append(time.perf_counter() - start)
        return made

    @property
    def median_s(self) -> float:
        """What a run takes, the first left out: it compiles."""
        return median(self.seconds[1:] or self.seconds)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One path: our way, a peer's, and how many times as fast we mean to be (below 1: slower)."""

    path: str
    peer: str
    ours: Work
    theirs: Work
    at_least: float
    peer_scale: float = 1  # where the peer does a share of the work, how much more the whole is
    notes: Callable[[Any, Any], str] = field(default=lambda ours, theirs: "")  # noqa: ARG005


@dataclass(frozen=True, kw_only=True)
class Timing:
    """What a comparison gave: medians of runs in turn, so that a noisy minute hits both."""

    path: str
    peer: str
    ours_s: float
    peer_s: float
    at_least: float
    note: str

    @property
    def ratio(self) -> float:
        """How many times as fast ours is."""
        return self.peer_s / self.ours_s

    @property
    def holds(self) -> bool:
        """Whether the target is met."""
        return self.ratio >= self.at_least


def measure(comparison: Comparison, runs: int = RUNS) -> Timing:
    """Run both in turns, after one unmeasured run of ours that compiles and caches."""
    comparison.ours()
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(runs):
        for work, spent in ((comparison.ours, ours), (comparison.theirs, theirs)):
            start = time.perf_counter()
            result = work()
            spent.append(time.perf_counter() - start)
            if spent is ours:
                made = result
    return Timing(
        path=comparison.path,
        peer=comparison.peer,
        ours_s=median(ours),
        peer_s=median(theirs) * comparison.peer_scale,
        at_least=comparison.at_least,
        note=comparison.notes(made, result),
    )


def show(timings: Sequence[Timing]) -> str:
    """Lay the timings out as a table, notes below."""
    head = ("path", "peer", "ours s", "peer s", "ratio", "target", "holds")
    rows = [
        (
            timing.path,
            timing.peer,
            f"{timing.ours_s:.3f}",
            f"{timing.peer_s:.3f}",
            f"{timing.ratio:.2f}",
            f">= {timing.at_least:g}",
            "yes" if timing.holds else "NO",
        )
        for timing in timings
    ]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [
        " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, tuple("-" * width for width in widths), *rows)
    ]
    notes = [f"{timing.path}: {timing.note}" for timing in timings if timing.note]
    return "\n".join([*lines, *notes])


def main(compare: Callable[[int], list[Comparison]], rows: int = 100_000) -> None:
    """Time the comparisons of one file, for so many rows as the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=rows)
    parser.add_argument("--runs", type=int, default=RUNS)
    asked = parser.parse_args()
    print(show([measure(comparison, asked.runs) for comparison in compare(asked.rows)]))
