"""Find rows that repeat another, beside hash columns that no disk may see and a set in Python."""

from __future__ import annotations

from typing import Any

import polars as pl

from benchmarks import records
from benchmarks.generate import ensure
from benchmarks.timing import Comparison, main
from curator.records import KEPT, text_over
from curator.refine import exact_duplicates


def compare(rows: int) -> list[Comparison]:
    """Input and output of all rows."""
    frame = records.clean(rows)
    _, truth = ensure(rows)
    options = exact_duplicates.Options(over="input_output")
    kept = frame.filter(KEPT)

    def ours() -> pl.DataFrame:
        return exact_duplicates.resolve(
            exact_duplicates.sign(frame.lazy(), options), options
        ).collect()

    def hashed() -> int:
        keys = kept.lazy().select(text_over("input_output").hash(seed=0)).collect()
        return int(keys.to_series().is_duplicated().sum())

    def in_python() -> int:
        texts = kept.lazy().select(text_over("input_output")).collect().to_series()
        seen: set[str] = set()
        return sum(text in seen or seen.add(text) is not None for text in texts)

    def found(verdicts: pl.DataFrame, _: Any) -> str:
        out = verdicts.filter(pl.any_horizontal(pl.col("rejected", "merged_into").is_not_null()))
        lines = set((out["position"] + 1).to_list())
        planted = {line for line, _ in (*truth["exact"], *truth["conflict"])}
        exact = {line for line, _ in truth["exact"]}
        recall, precision = len(lines & exact) / len(exact), len(lines & planted) / len(lines)
        return f"recall {recall:.4f}, precision {precision:.4f}"

    same = {"path": "exact duplicates", "ours": ours, "notes": found}
    return [
        Comparison(peer="polars hash column", theirs=hashed, at_least=0.5, **same),
        Comparison(peer="a set in Python", theirs=in_python, at_least=1, **same),
    ]


if __name__ == "__main__":
    main(compare)
