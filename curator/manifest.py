"""The manifest: what went in, what came out, and the sum that must close."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SCHEMA_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Rows read, and where each of them ended. It closes when read = kept + all rejected."""

    read: int
    kept: int
    rejected: dict[str, dict[str, int]] = field(default_factory=dict)  # step -> reason -> rows

    @property
    def is_closed(self) -> bool:
        """Whether every row read is accounted for."""
        return self.read == self.kept + sum(sum(why.values()) for why in self.rejected.values())

    def sentence(self) -> str:
        """``read 13,083 = kept 12,900 + rejected 183 (near_duplicates 120, ...)``, largest first."""
        by_step = {step: sum(why.values()) for step, why in self.rejected.items()}
        total = sum(by_step.values())
        head = f"read {self.read:,} = kept {self.kept:,} + rejected {total:,}"
        ranked = sorted(by_step.items(), key=lambda item: (-item[1], item[0]))
        return f"{head} ({', '.join(f'{step} {n:,}' for step, n in ranked)})" if ranked else head


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """An artifact folder's birth certificate; its file is written last, so its presence means whole."""

    name: str
    recipe_sha256: str
    seed: int
    versions: dict[str, str]
    inputs: tuple[dict[str, Any], ...]  # uri, sha256, rows, kept
    ledger: Ledger
    changes: dict[str, dict[str, int]] = field(default_factory=dict)  # step -> what -> rows
    splits: dict[str, int] = field(default_factory=dict)
    artifacts: dict[str, dict[str, Any]] = field(default_factory=dict)  # path -> sha256, size_bytes
    checks: dict[str, dict[str, Any]] = field(default_factory=dict)  # check -> facts
    schema_version: int = SCHEMA_VERSION
