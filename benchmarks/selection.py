"""Choose 64 exemplars of all rows by each strategy, beside plain NumPy over as many texts."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import polars as pl

from benchmarks import records
from benchmarks.timing import Comparison, main
from curator.records import text_over
from curator.select import (
    diverse,
    facility_location,
    hard,
    mmr,
    nearest,
    pools,
    random,
    representative,
    stratified,
)

SHOTS = 64
POOLED = {diverse: 100_000, mmr: 100_000, representative: 100_000, facility_location: 5_000}


def compare(rows: int) -> list[Comparison]:
    """All rows as train rows; only ``hard`` sees their labels, the others choose of one pool."""
    frame = records.clean(rows).with_columns(split=pl.lit("train"))
    whole = frame.with_columns(label=pl.lit(None, dtype=pl.String))
    return [
        *(_drawn(strategy, whole) for strategy in (random, stratified, nearest)),
        *(_pooled(strategy, whole) for strategy in POOLED),
        _hard(frame),
    ]


def _ours(strategy: ModuleType, frame: pl.DataFrame) -> pl.DataFrame:
    options = strategy.Options() if strategy is nearest else strategy.Options(shots=SHOTS)
    signed = strategy.sign(frame.lazy(), options).collect().lazy()  # as the pipeline settles it
    return strategy.resolve(signed, options).collect()


def _drawn(strategy: ModuleType, frame: pl.DataFrame) -> Comparison:
    """Beside a shuffle of the rows, which knows nothing of answers, splits and repeats."""
    return Comparison(
        path=f"choose: {strategy.STEP}",
        peer="DataFrame.sample",
        ours=lambda: _ours(strategy, frame),
        theirs=lambda: frame.sample(fraction=1, shuffle=True, seed=0),
        at_least=0.02,
    )


def _pooled(strategy: ModuleType, frame: pl.DataFrame) -> Comparison:
    plain = {
        diverse: plain_k_center,
        mmr: plain_mmr,
        representative: plain_k_means,
        facility_location: plain_facility_location,
    }[strategy]

    def theirs() -> list[int]:
        texts = frame.lazy().select(text=text_over("input")).head(POOLED[strategy]).collect()
        points = pools.points(texts["text"], None)
        return plain(points / 1024)

    return Comparison(
        path=f"choose: {strategy.STEP}",
        peer=plain.__name__.replace("_", " "),
        ours=lambda: _ours(strategy, frame),
        theirs=theirs,
        at_least=0.4 if strategy is representative else 1,  # ours is seeded, and of more texts
    )


def _hard(frame: pl.DataFrame) -> Comparison:
    def theirs() -> int:
        rows = frame.lazy().select("label", text=text_over("input")).head(hard.MODEL_ROWS)
        made = rows.collect()
        points = pools.points(made["text"], None) / 1024
        labels = made["label"].fill_null("").to_numpy()
        return sum(
            int((labels[np.argsort(-(points @ point))[1:11]] != label).sum() > 5)
            for point, label in zip(points, labels, strict=True)
        )

    return Comparison(
        path="choose: hard",
        peer="row by row",
        ours=lambda: _ours(hard, frame),
        theirs=theirs,
        at_least=1,
    )


def plain_k_center(points: np.ndarray) -> list[int]:
    """Compare every point with all chosen at each step."""
    chosen = [int(np.argmax(points @ points.mean(0)))]
    while len(chosen) < SHOTS:
        chosen.append(int(np.argmin((points @ points[chosen].T).max(1))))
    return chosen


def plain_mmr(points: np.ndarray) -> list[int]:
    """Compare every point with all chosen at each step."""
    relevance = points @ points.mean(0)
    chosen = [int(np.argmax(relevance))]
    while len(chosen) < SHOTS:
        score = 0.5 * relevance - 0.5 * (points @ points[chosen].T).max(1)
        score[chosen] = -np.inf
        chosen.append(int(np.argmax(score)))
    return chosen


def plain_k_means(points: np.ndarray) -> list[int]:
    """Assign every point to a centre, ten times over."""
    centres = points[:SHOTS].copy()
    for _ in range(10):
        home = np.argmin(((points**2).sum(1)[:, None] - 2 * points @ centres.T), axis=1)
        for cluster in np.unique(home):
            centres[cluster] = points[home == cluster].mean(0)
    return [int(np.argmax(points @ centre)) for centre in centres]


def plain_facility_location(points: np.ndarray) -> list[int]:
    """Hold all likenesses, and try every point at every step."""
    likeness = np.maximum(points @ points.T, 0).astype(np.float32)
    covered = np.zeros(len(points), np.float32)
    chosen: list[int] = []
    while len(chosen) < SHOTS:
        chosen.append(int(np.argmax(np.maximum(likeness, covered).sum(1))))
        covered = np.maximum(covered, likeness[chosen[-1]])
    return chosen


if __name__ == "__main__":
    main(compare)
