"""Split without parting near-duplicates, beside ``train_test_split``, which parts them."""

from __future__ import annotations

import datasets

from benchmarks import records
from benchmarks.generate import ensure
from benchmarks.timing import Comparison, main
from curator.records import KEPT
from curator.select import split


def compare(rows: int) -> list[Comparison]:
    """All rows, near-duplicates still among them, so that there is something to part."""
    frame = records.clean(rows)
    _, truth = ensure(rows)
    options = split.Options(seed=17)
    source = datasets.Dataset(frame.filter(KEPT).select("position").to_arrow())
    pairs = [
        (line - 1, of - 1)
        for kind in ("near", "exact")
        for line, of, *alike in truth[kind]
        if not alike or alike[0] >= 0.7
    ]

    def ours() -> dict[int, str]:
        signed = split.sign(frame.lazy(), options).collect().lazy()  # as the pipeline settles it
        verdicts = split.resolve(signed, options).collect()
        return dict(verdicts.select("position", "split").iter_rows())

    def theirs() -> dict[int, str]:
        parts = source.train_test_split(test_size=0.2, seed=17)
        held = parts["test"].train_test_split(test_size=0.5, seed=17)
        named = {"train": parts["train"], "validation": held["train"], "test": held["test"]}
        return {at: name for name, part in named.items() for at in part["position"]}

    def leaks(of: dict[int, str]) -> int:
        return sum(of.get(a) != of.get(b) for a, b in pairs if a in of and b in of)

    def scored(mine: dict[int, str], other: dict[int, str]) -> str:
        return f"pairs parted: {leaks(mine)} by ours, {leaks(other)} by the peer, of {len(pairs)}"

    return [
        Comparison(
            path="split",
            peer="datasets.train_test_split",
            ours=ours,
            theirs=theirs,
            at_least=0.1,
            notes=scored,
        )
    ]


if __name__ == "__main__":
    main(compare)
