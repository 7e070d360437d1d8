"""Find near-duplicates, verified by exact Jaccard, beside rensa's estimates."""

from __future__ import annotations

import re

import polars as pl
from rensa import RMinHash, RMinHashLSH

from benchmarks import records
from benchmarks.generate import ensure
from benchmarks.timing import Comparison, main
from curator.records import KEPT, text_over
from curator.refine import near_duplicates

THRESHOLD = 0.7
_WORD = re.compile("[a-z0-9\x80-\U0010ffff]+")


def compare(rows: int) -> list[Comparison]:
    """The inputs of all rows that differ in some byte."""
    frame = records.clean(rows).unique("id", keep="first", maintain_order=True)
    _, truth = ensure(rows)
    options = near_duplicates.Options(over="input", threshold=THRESHOLD)
    planted = {line for line, _, alike in truth["near"] if alike >= THRESHOLD}
    # rensa's flags say that a row has a like, not which of them came first
    known = {
        line for kind in ("near", "conflict", "exact") for pair in truth[kind] for line in pair[:2]
    }

    def ours() -> pl.DataFrame:
        return near_duplicates.resolve(
            near_duplicates.sign(frame.lazy(), options), options
        ).collect()

    def theirs() -> set[int]:
        texts = frame.lazy().filter(KEPT).select("position", text=text_over("input")).collect()
        return {position + 1 for position in rensa_duplicates(texts)}

    def scored(verdicts: pl.DataFrame, by_rensa: set[int]) -> str:
        out = verdicts.filter(pl.any_horizontal(pl.col("rejected", "merged_into").is_not_null()))
        ours = set((out["position"] + 1).to_list())
        there = planted & set((frame["position"] + 1).to_list())
        scores = [
            f"{name} recall {len(lines & there) / max(len(there), 1):.4f}, "
            f"precision {len(lines & known) / max(len(lines), 1):.4f}"
            for name, lines in (("ours", ours), ("rensa", by_rensa))
        ]
        return "; ".join(scores)

    return [
        Comparison(
            path="near duplicates", peer="rensa", ours=ours, theirs=theirs, at_least=3, notes=scored
        )
    ]


def rensa_duplicates(texts: pl.DataFrame) -> list[int]:
    """Give the positions of rows that rensa takes for near-duplicates of an earlier one."""
    shingles = [shingled(text) for text in texts["text"]]
    matrix = RMinHash.digest_matrix_from_token_sets(shingles, 128, 42)
    index = RMinHashLSH(threshold=THRESHOLD, num_perm=128, num_bands=16)
    flags = index.query_duplicate_flags_matrix_one_shot(matrix)
    return [position for position, is_one in zip(texts["position"], flags, strict=True) if is_one]


def shingled(text: str) -> list[str]:
    """Cut a text into runs of three words."""
    words = _WORD.findall(text.lower())
    return [" ".join(words[at : at + 3]) for at in range(max(len(words) - 2, 1))]


if __name__ == "__main__":
    main(compare)
