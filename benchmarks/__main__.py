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
    read,
    schema,
    selection,
    split,
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
        split,
        selection,
        bank,
    )
    timings = [measure(c, asked.runs) for file in files for c in file.compare(asked.rows)]
    print(show(timings), flush=True)
    print(flush=True)
    # in a small process of its own: a child's peak of memory begins with that of its parent
    whole = subprocess.run(
        [sys.executable, "-m", "benchmarks.end_to_end", "--rows", str(asked.rows)], check=False
    )
    return 0 if whole.returncode == 0 and all(timing.holds for timing in timings) else 1


if __name__ == "__main__":
    raise SystemExit(main())
