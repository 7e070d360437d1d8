"""Time every path and the whole recipe: python -m benchmarks --rows 100000."""

from __future__ import annotations

import argparse

from benchmarks import clean, end_to_end, exact_duplicates, near_duplicates, read, schema, split
from benchmarks.timing import RUNS, measure, show


def main() -> int:
    """Print one table, then the whole recipe; 1 if a target does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=RUNS)
    asked = parser.parse_args()
    files = (read, clean, schema, exact_duplicates, near_duplicates, split)
    timings = [measure(c, asked.runs) for file in files for c in file.compare(asked.rows)]
    print(show(timings))
    print()
    whole = end_to_end.report(asked.rows, peers=True)
    return 0 if whole and all(timing.holds for timing in timings) else 1


if __name__ == "__main__":
    raise SystemExit(main())
