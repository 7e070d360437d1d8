"""Count the labels of each split, and report what cannot be learned or would mislead a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from curator.errors import Violation, shorten
from curator.records import IS_EXAMPLE, KEPT, SPLITS
from curator.validate import Report

UNSPLIT = "none"


@dataclass(frozen=True, kw_only=True)
class Options:
    """Limits that are null are not checked; ``max_skew`` compares shares of labels with train."""

    allow_unseen: bool = False
    min_per_label: int | None = None
    max_skew: float | None = None
    max_reported: int = 100


def validate(records: pl.LazyFrame, options: Options) -> Report:
    """
    Report labels of validation and test that train lacks, and those that break a limit.

    The facts count each label in each split; rows without a label are counted, never reported.
    """
    kept = records.filter(KEPT & IS_EXAMPLE)
    plan = kept.group_by(pl.col("split").fill_null(UNSPLIT), "label").agg(n=pl.len())
    counts: dict[str, dict[str, int]] = {split: {} for split in (*SPLITS, UNSPLIT)}
    unlabelled = 0
    for rows in plan.collect_batches():
        for split, label, count in rows.iter_rows():
            if label is None:
                unlabelled += count
            else:
                counts.setdefault(split, {})[label] = count
    used = {split: counts[split] for split in counts if counts[split]}
    labels = sorted({label for held in used.values() for label in held})
    found = [
        *_unseen(used, options),
        *_rare(used, labels, options),
        *_skewed(used, labels, options),
    ]
    if len(found) > options.max_reported:
        found = [*found[: options.max_reported], f"{len(found) - options.max_reported} more"]
    facts: dict[str, Any] = {
        "labels": len(labels),
        "unlabelled": unlabelled,
        "splits": {
            split: {label: held.get(label, 0) for label in labels} for split, held in used.items()
        },
    }
    violations = (Violation(rule="label_balance", message=message) for message in found)
    return Report(violations=tuple(violations), facts=facts)


def _unseen(used: dict[str, dict[str, int]], options: Options) -> list[str]:
    """A label that is tested but never trained; a set without train has nothing to lack."""
    if options.allow_unseen or "train" not in used:
        return []
    return [
        f"label '{shorten(label)}' has {count} {split} rows and no train row"
        for split in ("validation", "test")
        for label, count in sorted(used.get(split, {}).items())
        if label not in used["train"]
    ]


def _rare(used: dict[str, dict[str, int]], labels: list[str], options: Options) -> list[str]:
    if options.min_per_label is None:
        return []
    return [
        f"label '{shorten(label)}' has {held.get(label, 0)} {split} rows, "
        f"fewer than min_per_label {options.min_per_label}"
        for split, held in used.items()
        for label in labels
        if held.get(label, 0) < options.min_per_label
    ]


def _skewed(used: dict[str, dict[str, int]], labels: list[str], options: Options) -> list[str]:
    if options.max_skew is None or "train" not in used:
        return []
    share = {
        split: {label: held.get(label, 0) / sum(held.values()) for label in labels}
        for split, held in used.items()
    }
    return [
        f"label '{shorten(label)}' makes up {share[split][label]:.1%} of {split} and "
        f"{share['train'][label]:.1%} of train, further apart than max_skew {options.max_skew:g}"
        for split in used
        for label in labels
        if abs(share[split][label] - share["train"][label]) > options.max_skew
    ]
