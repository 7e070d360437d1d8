"""Where every token of a trainer export went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.records import SPLITS


@dataclass(frozen=True, kw_only=True)
class TokenCounts:
    """Tokens that came in, and where they went."""

    tokens: int = 0
    trained: int = 0  # written, and the loss sees them
    context: int = 0  # written, and the loss does not
    truncated: int = 0  # cut off the end of a row that is written
    dropped: int = 0  # of rows, or parts of them, that are left out

    def __add__(self, other: TokenCounts) -> TokenCounts:
        mine, theirs = asdict(self), asdict(other)
        return TokenCounts(**{name: mine[name] + theirs[name] for name in mine})

    @property
    def is_closed(self) -> bool:
        """Whether every token is accounted for."""
        return self.tokens == self.trained + self.context + self.truncated + self.dropped


@dataclass(frozen=True, kw_only=True)
class TokenLedger:
    """
    Tokens of an export by split.

    It closes when in each split tokens = trained + context + truncated + dropped.

    >>> train = TokenCounts(tokens=12_345, trained=4_000, context=8_000, truncated=300, dropped=45)
    >>> TokenLedger(splits={"train": train}).sentence()
    'tokens in 12,345 = trained 4,000 + context 8,000 + truncated 300 + dropped 45'
    """

    splits: Mapping[str, TokenCounts] = field(default_factory=dict)  # in the order of SPLITS

    @classmethod
    def of(cls, split: pl.Series, **counts: NDArray[np.int64]) -> Self:
        """
        Add up what ``counts`` says of N rows: the fields of TokenCounts by name, else 0.

        The ledger proves something only where ``tokens`` were counted before any was left out.

        Shapes: split (N,), each of ``counts`` (N,).
        """
        rows = pl.DataFrame(counts).cast(pl.Int64).with_columns(split.alias("split"))
        sums = {
            row.pop("split"): TokenCounts(**row)
            for row in rows.group_by("split").sum().iter_rows(named=True)
        }
        return cls(splits=_ordered(sums))

    @classmethod
    def from_dict(cls, counts: Mapping[str, Any]) -> Self:
        """Read what ``as_dict`` gave."""
        return cls(splits={name: TokenCounts(**each) for name, each in counts["splits"].items()})

    def __add__(self, other: TokenLedger) -> TokenLedger:
        """Add what other rows have."""
        both = dict(self.splits)
        for name, counts in other.splits.items():
            both[name] = both.get(name, TokenCounts()) + counts
        return TokenLedger(splits=_ordered(both))

    @property
    def total(self) -> TokenCounts:
        """All splits together."""
        return sum(self.splits.values(), TokenCounts())

    @property
    def is_closed(self) -> bool:
        """Whether every token of every split is accounted for."""
        return all(counts.is_closed for counts in self.splits.values())

    def sentence(self) -> str:
        """``tokens in 12,345 = trained 4,000 + context 8,000 + truncated 300 + dropped 45``."""
        went = asdict(self.total)
        arrived = went.pop("tokens")
        return f"tokens in {arrived:,} = " + " + ".join(f"{to} {n:,}" for to, n in went.items())

    def as_dict(self) -> dict[str, Any]:
        """Give the totals, and those of each split, for JSON."""
        each = {name: asdict(counts) for name, counts in self.splits.items()}
        return {**asdict(self.total), "splits": each}


def _ordered(splits: Mapping[str, TokenCounts]) -> dict[str, TokenCounts]:
    return {name: splits[name] for name in sorted(splits, key=SPLITS.index)}
