"""Give whole groups to splits so that each split gets its share of every label."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curator.kernels.fill import fill
from curator.records import SPLITS
from curator.select.ties import FREE, Indices, Mask

log = logging.getLogger("curator.select")

GIANT_SHARE, GIANT_TIMES = 0.1, 5
"""A giant holds more than this share of all rows, and more than so many times the mean group."""


@dataclass(frozen=True, kw_only=True)
class Groups:
    """Groups that have no split yet."""

    size: Indices  # rows
    label: Indices  # the most frequent one; 0: none
    ticket: NDArray[np.uint64]  # order of drawing

    def giants(self, total: int) -> Mask:
        """Tell which would swallow a split: chains of near-duplicates and of keys percolate."""
        mean = self.size.sum() / max(self.size.size, 1)
        giants: Mask = (self.size > GIANT_SHARE * total) & (self.size > GIANT_TIMES * mean)
        return giants


def ticket(seed: int, identifier: str) -> int:
    """Draw 64 bits that depend on ``seed`` and ``identifier`` and on nothing else."""
    drawn = hashlib.blake2b(f"{seed}:{identifier}".encode(), digest_size=8)
    return int.from_bytes(drawn.digest(), "little")


def share_out(groups: Groups, taken: NDArray[np.int64], shares: tuple[float, ...]) -> Indices:
    """
    Give each group a split; shares hold over all rows, and label by label as far as groups allow.

    Giants go to train. So does the only group of a label, unless such labels are the rule: a label
    that is tested but never shown helps nobody.

    Shapes: taken (labels, splits), rows that have their split already -> (G,) indices in SPLITS.
    """
    total = int(taken.sum() + groups.size.sum())
    taken, label = taken.copy(), groups.label.copy()
    split = np.full(label.size, FREE)
    haven = 0 if shares[0] > 0 else int(np.argmax(shares))
    giants = groups.giants(total)
    split[giants] = haven
    for size in sorted(groups.size[giants].tolist(), reverse=True):
        log.warning(
            "split: a group of %d rows (%.0f %%) is too large to share out: it goes to %s",
            size, 100 * size / total, SPLITS[haven],
        )  # fmt: skip
    alone = (np.bincount(label, minlength=len(taken)) == 1) & (taken.sum(1) == 0)
    rare = alone[label] & (label > 0) & ~giants
    if groups.size[rare].sum() <= shares[haven] * total / 2:
        split[rare] = haven
    else:
        label[rare] = 0
    np.add.at(taken, (label[split != FREE], haven), groups.size[split != FREE])

    free = np.flatnonzero(split == FREE)
    free = free[np.lexsort((groups.ticket[free], label[free]))]
    label, size = label[free], groups.size[free]
    rows = np.bincount(label, weights=size, minlength=len(taken))
    missing = np.clip(np.outer(rows + taken.sum(1), shares) - taken, 0, None)
    wanted = missing * (rows / np.maximum(missing.sum(1), 1e-9))[:, None]
    opens = (taken[:, 0] == 0) & (shares[0] > 0)
    filled = fill(label, size, wanted, opens)
    can_move = size == 1
    can_move[np.unique(label, return_index=True)[1]] = (
        False  # it may be all that train has of a label
    )
    held = np.zeros_like(wanted)
    np.add.at(held, (label, filled), size)
    split[free] = _level(filled, label, held - wanted, can_move)
    return split


def _level(split: Indices, label: Indices, excess: NDArray[np.float64], can_move: Mask) -> Indices:
    """Move single rows until no split has too many, first of labels that have too many there."""
    surplus = np.rint(excess.sum(0)).astype(np.int64)
    for source in np.flatnonzero(surplus > 0):
        single = np.flatnonzero((split == source) & can_move)
        single = single[np.argsort(-excess[label[single], source], kind="stable")]
        for target in np.flatnonzero(surplus < 0):
            count = min(surplus[source], -surplus[target], single.size)
            split[single[:count]], single = target, single[count:]
            surplus[source] -= count
            surplus[target] += count
    return split
