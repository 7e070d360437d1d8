"""One recipe, one source, two roads: few-shot banks and validated instruction-tuning datasets."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from curator.bank import Bank, open_bank
    from curator.errors import CuratorError, Violation
    from curator.manifest import Manifest
    from curator.pipeline.run import run
    from curator.recipe import Recipe, load
    from curator.task import Task

__all__ = [
    "Bank",
    "CuratorError",
    "Manifest",
    "Recipe",
    "Task",
    "Violation",
    "load",
    "open_bank",
    "run",
]

_HOMES = {
    "Bank": "bank",
    "CuratorError": "errors",
    "Manifest": "manifest",
    "Recipe": "recipe",
    "Task": "task",
    "Violation": "errors",
    "load": "recipe",
    "open_bank": "bank",
    "run": "pipeline.run",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: ``import curator`` itself costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'curator' has no attribute {name!r}")
    return getattr(import_module(f"curator.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
