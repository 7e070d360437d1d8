"""
The whole recipe as a user runs it, beside the plain ``datasets.map`` version of the same work.

python -m benchmarks.end_to_end --rows 100000 [--no-peers]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.generate import ensure

RECIPE = Path(__file__).parent / "chats.yaml"
TARGET = 2
"""How many times as fast as the plain version we mean to be, with the proofs that it lacks."""

Lines = dict[str, set[int]]


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one process took, and the lines it dropped by kind."""

    name: str
    seconds: float
    peak_bytes: int
    dropped: Lines


def ours(data: Path, out: Path) -> Run:
    """Run the command line, as a user does."""
    recipe = shutil.copy(RECIPE, out.parent)  # splits are remembered beside a recipe
    asked = [recipe, "--var", f"data={data}", "--out", str(out), "--quiet"]
    seconds, peak = spend(["-m", "curator", "run", *map(str, asked)])
    rejected = pl.read_parquet(out / "rejected.parquet", columns=["rejected", "provenance"])
    step = pl.col("rejected").str.split(":").list.first()
    lines = rejected.select(step.alias("step"), line=pl.col("provenance").struct.field("line"))
    named = {"read": "invalid", "exact_duplicates": "exact", "near_duplicates": "near"}
    dropped: Lines = {kind: set() for kind in named.values()}
    for name, line in lines.iter_rows():
        dropped.setdefault(named.get(name, name), set()).add(line)
    return Run(name="curator run", seconds=seconds, peak_bytes=peak, dropped=dropped)


def plain(data: Path, out: Path) -> Run:
    """Run the plain version."""
    out.mkdir()
    seconds, peak = spend(["-m", "benchmarks.peer_datasets", str(data), str(out)])
    told = json.loads((out / "dropped.json").read_text())
    dropped = {kind: set(told.get(kind, ())) for kind in ("invalid", "exact", "near")}
    return Run(name="datasets.map", seconds=seconds, peak_bytes=peak, dropped=dropped)


def spend(arguments: list[str]) -> tuple[float, int]:
    """Run Python with ``arguments``; give its seconds and its peak of resident bytes."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"python {' '.join(arguments)} ended with {process.returncode}")
    return seconds, usage.ru_maxrss * 1024


def quality(dropped: Lines, truth: dict[str, Any]) -> str:
    """Say for each kind what part of the planted is found, and what part of the found is right."""
    planted = {
        "invalid": {line for line, _ in truth["invalid"]},
        "exact": {line for line, _ in truth["exact"]},
        "near": {line for line, _, alike in truth["near"] if alike >= 0.7},
    }
    repeats = {line for kind in ("exact", "near", "conflict") for line, *_ in truth[kind]}
    fine = {"invalid": planted["invalid"], "exact": repeats, "near": repeats}
    scores = []
    for kind, lines in planted.items():
        found = dropped[kind] | (dropped["exact"] if kind == "near" else set())
        recall = len(found & lines) / max(len(lines), 1)
        precision = len(dropped[kind] & fine[kind]) / max(len(dropped[kind]), 1)
        scores.append(f"{kind} recall {recall:.4f} precision {precision:.4f}")
    return ", ".join(scores)


def report(rows: int, *, peers: bool) -> bool:
    """Print rows/s, peak memory and quality of each; give whether the target holds."""
    data, truth = ensure(rows)
    with tempfile.TemporaryDirectory() as folder:
        runs = [ours(data, Path(folder) / "ours")]
        if peers:
            runs.append(plain(data, Path(folder) / "plain"))
    for run in runs:
        print(
            f"{run.name}: {rows:,} rows in {run.seconds:.1f} s, {rows / run.seconds:,.0f} rows/s, "
            f"peak {run.peak_bytes / 2**20:,.0f} MiB; {quality(run.dropped, truth)}"
        )
    if not peers:
        return True
    ratio = runs[1].seconds / runs[0].seconds
    print(
        f"ratio {ratio:.1f}, target >= {TARGET}: {'holds' if ratio >= TARGET else 'DOES NOT HOLD'}"
    )
    return ratio >= TARGET


def main() -> int:
    """Time the whole recipe for so many rows as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    asked = parser.parse_args()
    return 0 if report(asked.rows, peers=asked.peers) else 1


if __name__ == "__main__":
    raise SystemExit(main())
