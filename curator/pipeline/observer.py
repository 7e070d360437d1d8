"""Who watches a run: told when a stage begins, how many rows have gone by, and when it ends."""

from __future__ import annotations

from typing import Protocol


class Observer(Protocol):
    """What the pipeline tells. Stages do not nest."""

    def begin(self, stage: str) -> None:
        """Hear that ``stage`` begins."""

    def advance(self, rows: int) -> None:
        """Hear that ``rows`` more went by; may be called from another thread."""

    def end(self, stage: str) -> None:
        """Hear that ``stage`` is over."""


class Silent:
    """Watches without a word."""

    def begin(self, stage: str) -> None:
        """Ignore it."""

    def advance(self, rows: int) -> None:
        """Ignore it."""

    def end(self, stage: str) -> None:
        """Ignore it."""
