"""What every way of asking people has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Queue = Literal["suspicious", "sample", "all"]
Resolve = Literal["majority", "unanimous", "latest"]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which rows people see, how many of them see each, and when their word is enough."""

    queue: Queue = "suspicious"
    size: int = 200  # rows of a sample
    people: int = 1  # who must answer a row that several see
    overlap: float = 1.0  # share of the rows that several see; the others are seen by one
    resolve: Resolve = "majority"  # of several people; a tie is no verdict
    min_alpha: float | None = None  # agreement on the verdict, over rows that several saw
    required: bool = True  # the run waits until every row of the queue has a verdict
    seed: int = 0
