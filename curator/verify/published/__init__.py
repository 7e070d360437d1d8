"""
Check the promises on what was published of a run: its dataset, with manifest and proofs.

Records and rejects are not there, so less can be done anew; what was not done is said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from curator.engine import Engine
from curator.errors import Violation
from curator.pipeline.folder import RECORDS
from curator.publish.layout import PUBLICATION


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was found against a promise, and what could not be looked at."""

    violations: tuple[Violation, ...]
    not_redone: tuple[str, ...] = ()


Check = Callable[[Path, Engine], Checked]


def is_published(folder: Path) -> bool:
    """Say whether a folder holds what was published of a run, not the run."""
    return (folder / PUBLICATION).is_file() and not (folder / RECORDS).is_file()
