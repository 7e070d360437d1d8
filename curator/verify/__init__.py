"""
Check the five promises on the files of a run: each file is held against the others.

The manifest is one witness among several: what it says must agree with what the files hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from curator.engine import Engine, polars
from curator.errors import SourceError, Violation
from curator.manifest import load
from curator.pipeline.folder import RECORDS, REJECTED
from curator.verify import bytes_hold, leaks, life, losses, masks

Check = Callable[[Path, Engine], list[Violation]]

PROMISES: dict[str, tuple[str, Check]] = {
    "nothing is lost": (
        "every row read is kept, rejected or merged, in every artifact",
        losses.check,
    ),
    "nothing leaks": (
        "no text, near-repeat or group in two splits; exemplars from train",
        leaks.check,
    ),
    "same bytes": ("ids match contents, files match the manifest", bytes_hold.check),
    "masks are proven": ("prompts end where completions begin, word for word", masks.check),
    "rows tell their life": (
        "source, span, steps and fate are known for each row",
        life.check,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One promise, and every way in which the files break it."""

    name: str
    means: str
    violations: tuple[Violation, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was found against it."""
        return not self.violations


def verify(folder: Path, engine: Engine = polars) -> list[Promise]:
    """
    Check every promise; one that is broken does not keep the others from being checked.

    Raises: SourceError where the folder is not that of a finished run.
    """
    load(folder)
    for name in (RECORDS, REJECTED):
        if not (folder / name).is_file():
            raise SourceError(f"{name} is missing", where=str(folder), hint="run the recipe again")
    return [
        Promise(name=name, means=means, violations=tuple(check(folder, engine)))
        for name, (means, check) in PROMISES.items()
    ]
