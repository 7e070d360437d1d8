"""
Check the five promises on the files of a run: each file is held against the others.

The manifest is one witness among several: what it says must agree with what the files hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from curator.engine import Engine, polars
from curator.errors import SourceError, Violation, shorten
from curator.manifest import load
from curator.pipeline.folder import RECORDS, REJECTED
from curator.verify import bytes_hold, leaks, life, losses, masks, published
from curator.verify.published import counts, origins, rendered, same_bytes, splits

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


PUBLISHED: dict[str, tuple[str, published.Check]] = {
    "nothing is lost": (
        "the manifest's sum closes, and each split has the rows that it says",
        counts.check,
    ),
    "nothing leaks": (
        "no text, near-repeat or group in two splits; exemplars from train",
        splits.check,
    ),
    "same bytes": ("files are those that were pushed, and that the run made", same_bytes.check),
    "masks are proven": ("each row is written as the task writes it", rendered.check),
    "rows tell their life": ("each row names its file, and the row there", origins.check),
}


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One promise, every way in which the files break it, and what could not be done anew."""

    name: str
    means: str
    violations: tuple[Violation, ...]
    not_redone: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing was found against it."""
        return not self.violations


def verify(folder: Path, engine: Engine = polars) -> list[Promise]:
    """
    Check every promise; one that is broken does not keep the others from being checked.

    What was published of a run is checked as far as its files go.

    Raises: SourceError where the folder is neither that of a finished run nor a published set.
    """
    load(folder)
    if published.is_published(folder):
        return [
            _promise(name, means, partial(check, folder, engine))
            for name, (means, check) in PUBLISHED.items()
        ]
    for name in (RECORDS, REJECTED):
        if not (folder / name).is_file():
            raise SourceError(f"{name} is missing", where=str(folder), hint="run the recipe again")

    def checked(check: Check) -> published.Checked:
        return published.Checked(violations=tuple(check(folder, engine)))

    return [
        _promise(name, means, partial(checked, check)) for name, (means, check) in PROMISES.items()
    ]


def _promise(name: str, means: str, check: Callable[[], published.Checked]) -> Promise:
    """A file that cannot be read breaks the promise for which it was read."""
    try:
        found = check()
    except (pl.exceptions.PolarsError, OSError) as error:
        words = f"a file cannot be read: {shorten(str(error))}"
        found = published.Checked(violations=(Violation(rule=name, message=words),))
    return Promise(name=name, means=means, violations=found.violations, not_redone=found.not_redone)
