"""The manifest: what went in, what came out, and the sum that must close."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson

from curator.errors import SourceError

MANIFEST = "manifest.json"

SCHEMA_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """
    Rows read or derived, and where each of them ended.

    It closes when read + all derived = kept + all rejected.
    """

    read: int
    kept: int
    rejected: dict[str, dict[str, int]] = field(default_factory=dict)  # step -> reason -> rows
    derived: dict[str, int] = field(default_factory=dict)  # step -> rows it made

    @property
    def total(self) -> int:
        """All rows there have been, read or derived."""
        return self.read + sum(self.derived.values())

    @property
    def is_closed(self) -> bool:
        """Whether every row is accounted for."""
        return self.total == self.kept + sum(sum(why.values()) for why in self.rejected.values())

    def sentence(self) -> str:
        """``read 130 = kept 129 + rejected 1 (exact_duplicates 1)``, largest step first."""
        by_step = {step: sum(why.values()) for step, why in self.rejected.items()}
        head = f"read {self.read:,}"
        if self.derived:
            head += f" + derived {self.total - self.read:,}{_ranked(self.derived)}"
        head += f" = kept {self.kept:,} + rejected {sum(by_step.values()):,}"
        return head + _ranked(by_step)


def _ranked(by_step: dict[str, int]) -> str:
    ranked = sorted(by_step.items(), key=lambda item: (-item[1], item[0]))
    return f" ({', '.join(f'{step} {n:,}' for step, n in ranked)})" if ranked else ""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A run's birth certificate; its file is written last, so its presence means whole."""

    name: str
    recipe: dict[str, Any]  # its values, after --var and --set
    seed: int
    versions: dict[str, str]
    inputs: tuple[dict[str, Any], ...]  # uri, sha256, rows, kept
    ledger: Ledger
    changes: dict[str, dict[str, int]] = field(default_factory=dict)  # step -> what -> rows
    splits: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)  # artifact -> its token sum
    artifacts: dict[str, dict[str, Any]] = field(default_factory=dict)  # path -> sha256, size_bytes
    checks: dict[str, dict[str, Any]] = field(default_factory=dict)  # check -> facts
    review: dict[str, Any] = field(default_factory=dict)  # who said what, how far people agree
    schema_version: int = SCHEMA_VERSION

    def as_dict(self) -> dict[str, Any]:
        """Give the fields by name, for JSON."""
        return {**asdict(self), "inputs": list(self.inputs)}

    def with_artifacts(self, artifacts: dict[str, dict[str, Any]]) -> Manifest:
        """Give the same manifest with its ``artifacts`` listed."""
        return replace(self, artifacts=artifacts)


def load(folder: Path) -> Manifest:
    """
    Read the manifest of a run's folder.

    Raises: SourceError where there is none (the run did not finish) or it cannot be read.
    """
    path = folder / MANIFEST
    try:
        fields = orjson.loads(path.read_bytes())
        ledger = Ledger(**fields.pop("ledger"))
        return Manifest(**{**fields, "inputs": tuple(fields["inputs"]), "ledger": ledger})
    except FileNotFoundError as error:
        raise SourceError(
            "there is no manifest: no run has finished here",
            where=str(folder),
            hint="curator run RECIPE --out DIR",
        ) from error
    except (orjson.JSONDecodeError, TypeError, KeyError) as error:
        raise SourceError(f"the manifest cannot be read: {error}", where=str(path)) from error


def versions() -> dict[str, str]:
    """Name what the bytes depend on: this package, Python, and the libraries that write files."""
    libraries = ("curator-toolkit", "polars", "pyarrow", "numba")
    return {"python": platform.python_version(), **{name: version(name) for name in libraries}}


def sha256_of(path: Path) -> str:
    """Hash a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
