"""What must hold before anything is published: one file a gate."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.errors import Violation


@dataclass(frozen=True, kw_only=True)
class Gate:
    """One thing that must hold: what was found, in words, and every row that stands against it."""

    name: str
    holds: bool
    said: str
    violations: tuple[Violation, ...] = ()


def gates(folder: Path, options: Any) -> list[Gate]:
    """Look at everything that ``options`` would publish of the run in ``folder``."""
    del folder, options
    return []
