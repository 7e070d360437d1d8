"""What a gate gives: whether it holds, in words, and the rows that stand against it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from curator.errors import Violation

MAX_NAMED = 9
"""Rows that one gate names; the others are counted."""


@dataclass(frozen=True, kw_only=True)
class Gate:
    """One thing that must hold: what was found, in words, and every row that stands against it."""

    name: str
    holds: bool
    said: str
    violations: tuple[Violation, ...] = ()


class Wanted(Protocol):
    """What a publication asks of the rows."""

    @property
    def private(self) -> bool: ...  # noqa: D102
    @property
    def include(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def licences(self) -> tuple[str, ...] | None: ...  # noqa: D102
    @property
    def personal_data(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def min_alpha(self) -> float | None: ...  # noqa: D102


class Named:
    """Violations as they are found: the first few are kept, the rest only counted."""

    def __init__(self, rule: str, *, hint: str = "") -> None:
        """Collect for one gate; ``hint`` says what to do about each."""
        self.rule, self.hint = rule, hint
        self.count = 0
        self._kept: list[Violation] = []

    def add(self, message: str, *, where: str = "", record_id: str | None = None) -> None:
        """Take one more."""
        self.count += 1
        if len(self._kept) < MAX_NAMED:
            self._kept.append(
                Violation(
                    rule=self.rule,
                    message=message,
                    where=where,
                    record_id=record_id,
                    hint=self.hint,
                )
            )

    @property
    def has_room(self) -> bool:
        """Whether the next one would be named."""
        return self.count < MAX_NAMED

    def more(self, count: int) -> None:
        """Count some without naming them."""
        self.count += count

    def gate(self, said: str) -> Gate:
        """Give the gate: it holds where nothing was found."""
        return Gate(name=self.rule, holds=not self.count, said=said, violations=self._all())

    def _all(self) -> tuple[Violation, ...]:
        rest = self.count - len(self._kept)
        tail = [Violation(rule=self.rule, message=f"and {rest:,} more like these")] if rest else []
        return (*self._kept, *tail)


def counted(counts: Iterable[tuple[str, int]]) -> str:
    """Read as ``email 3, phone 1``, the most first."""
    ranked = sorted(counts, key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name} {n:,}" for name, n in ranked)
