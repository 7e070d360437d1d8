"""
Files of one shape turned into another, beside the loop over ``json`` that people write for it.

python -m benchmarks.formats [--rows 1000000] [--peak]

Chats become each shape that holds them, pairs of answers each that holds pairs, and all of these
become ``messages`` again. The loop gets 100,000 of the rows, its time scaled by rows, and its lines
are held against ours. ``--peak`` converts in processes of their own, and tells their memory.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.formats_loop import BACK, PAIRS, THERE
from benchmarks.records import valid_lines
from benchmarks.timing import RUNS, Comparison, measure, show
from benchmarks.trainer_export import watched
from curator.export import Exported, export

LOOP_ROWS = 100_000
AT_LEAST = 5
Row = dict[str, Any]


@dataclass(frozen=True)
class Way:
    """One conversion: what is read, what is written, and what the loop does with a row."""

    source: str
    target: str
    loop: Callable[[Row], Iterable[Row]]

    @property
    def path(self) -> str:
        """Name it."""
        return f"{self.source} -> {self.target}"


WAYS = [
    way
    for source, targets in (("messages", THERE), ("trl_preference", PAIRS))
    for target, loop in targets.items()
    for way in (Way(source, target, loop), Way(target, "messages", BACK[target]))
    if way.source != way.target
]


class Files:
    """The files that are converted; of those that are made on the way, one is kept at a time."""

    def __init__(self, rows: int, folder: Path) -> None:
        """Write the chats as ``messages`` and as pairs."""
        self._folder, self._made = folder, ""
        self._given = {name: folder / f"{name}.jsonl" for name in ("messages", "trl_preference")}
        with (
            valid_lines(rows).open("rb") as chats,
            self._given["messages"].open("wb") as messages,
            self._given["trl_preference"].open("wb") as pairs,
        ):
            for line in chats:
                said = json.loads(line)["messages"]
                messages.write(_line({"messages": said}))
                worse = {"role": "assistant", "content": said[-1]["content"][::-1]}
                pairs.write(_line({"prompt": said[:-1], "chosen": said[-1:], "rejected": [worse]}))

    def source(self, way: Way) -> Path:
        """Give the file that is converted; it is made if it is not there."""
        if way.source in self._given:
            return self._given[way.source]
        if self._made != way.source:
            there = next(other for other in WAYS if other.target == way.source)
            export(self.source(there), there.target, self._folder / "made", force=True)
            self._made = way.source
        return self._folder / "made" / "train.jsonl"

    def ours(self, way: Way) -> Exported:
        """Convert all rows."""
        out = self._folder / "ours"
        return export(self.source(way), way.target, out, shape=way.source, force=True)

    def theirs(self, way: Way) -> int:
        """Convert LOOP_ROWS rows by the loop, and count its lines."""
        lines = 0
        with self.source(way).open("rb") as source, (self._folder / "theirs").open("wb") as file:
            for line in islice(source, LOOP_ROWS):
                for row in way.loop(json.loads(line)):
                    file.write(_line(row))
                    lines += 1
        return lines

    def told(self, done: Exported, lines: int) -> str:
        """Say whether both wrote the same."""
        ours, theirs = self._folder / "ours/train.jsonl", self._folder / "theirs"
        with ours.open("rb") as one, theirs.open("rb") as other:
            same = sum(map(bytes.__eq__, one, other))
        return f"{done.read:,} rows; {same:,} of the loop's {lines:,} lines are ours byte by byte"


def compare(rows: int, folder: Path) -> list[Comparison]:
    """Every way beside its loop."""
    files = Files(rows, folder)
    return [
        Comparison(
            path=way.path,
            peer="loop over json",
            ours=partial(files.ours, way),
            theirs=partial(files.theirs, way),
            at_least=AT_LEAST,
            peer_scale=max(1, rows / LOOP_ROWS),
            notes=files.told,
        )
        for way in WAYS
    ]


def peaks(rows: int, folder: Path) -> None:
    """Convert in processes of their own, one by one, and say what each took."""
    files = Files(rows, folder)
    print("path | s | rows/s | the loop's rows/s | ratio | peak MiB | without pages of files")
    for way in WAYS:
        asked = ["-m", "curator", "export", str(files.source(way)), "--from", way.source]
        asked += ["--to", way.target, "--out", str(folder / "ours"), "--force", "--quiet"]
        start = time.perf_counter()
        process = Popen([sys.executable, *asked, "--format", "json"], stdout=PIPE)
        own = watched(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        if status or process.stdout is None:
            raise SystemExit(f"{way.path} failed")
        speed = json.load(process.stdout)["read"] / seconds
        start = time.perf_counter()
        files.theirs(way)
        loop = min(rows, LOOP_ROWS) / (time.perf_counter() - start)
        said = (f"{seconds:.1f}", f"{speed:,.0f}", f"{loop:,.0f}", f"{speed / loop:.1f}")
        sizes = (f"{usage.ru_maxrss / 2**10:,.0f}", f"{own / 2**20:,.0f}")
        print(" | ".join((way.path, *said, *sizes)), flush=True)


def _line(row: Row) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def main() -> int:
    """Time them, or tell their memory; 1 if a target does not hold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--peak", action="store_true", help="convert each once; tell the memory")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        if asked.peak:
            peaks(asked.rows, Path(folder))
            return 0
        timings = [measure(each, asked.runs) for each in compare(asked.rows, Path(folder))]
    print(show(timings))
    return 0 if all(timing.holds for timing in timings) else 1


if __name__ == "__main__":
    raise SystemExit(main())
