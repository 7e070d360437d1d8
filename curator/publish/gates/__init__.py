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

    def as_dict(self) -> dict[str, Any]:
        """Give the fields by name, for JSON."""
        found = [one.as_dict() for one in self.violations]
        return {"name": self.name, "holds": self.holds, "said": self.said, "violations": found}


def gates(folder: Path, options: Any) -> list[Gate]:
    """Look at everything that ``options`` would publish of the run in ``folder``."""
    del folder, options
    return []
