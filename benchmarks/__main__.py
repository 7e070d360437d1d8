"""Time every path and the whole recipe: python -m benchmarks --rows 100000."""

from __future__ import annotations

import argparse
import subprocess
import sys

from benchmarks import (
    bank,
    clean,
    documents,
    exact_duplicates,
    near_duplicates,
    personal_data,
    preflight,
    read,
    schema,
    selection,
    split,
    trainer_export,
)
from benchmarks.timing import RUNS, measure, show


def main() -> int:
    """Print one table, then the whole recipe; 1 if a target does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=RUNS)
    asked = parser.parse_args()
    files = (
        read,
        documents,
        clean,
        schema,
        exact_duplicates,
        near_duplicates,
        personal_data,
        split,
        selection,
        bank,
        trainer_export,
        preflight,
    )
    timings = [measure(c, asked.runs) for file in files for c in file.compare(asked.rows)]
    print(show(timings), flush=True)
    print(flush=True)
    # in small processes of their own: a child's peak of memory begins with that of its parent
    wholes = [
        subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}", "--rows", str(asked.rows), *more],
            check=False,
        )
        for name, *more in (
            ("formats", "--runs", "1"),
            ("end_to_end",),
            ("trainer_export", "--peak"),
        )
    ]
    ended = all(whole.returncode == 0 for whole in wholes)
    return 0 if ended and all(timing.holds for timing in timings) else 1


if __name__ == "__main__":
    raise SystemExit(main())
