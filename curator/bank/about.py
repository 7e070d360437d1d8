"""What ``bank.json`` says: where the bank lies, and the task that its prompts are for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from curator.errors import RecipeError, SourceError, shorten
from curator.task import Task

FILE = "bank.json"
SCHEMA_VERSION = 1


def found_in(path: Path) -> Path:
    """
    Give the folder of the bank: ``path`` itself, or its ``bank/``.

    Raises: SourceError where neither holds one.
    """
    for folder in (path, path / "bank"):
        if (folder / FILE).is_file():
            return folder
    raise SourceError(
        "there is no bank here",
        where=shorten(str(path)),
        hint="name the folder of a run whose recipe has 'write: [bank]', or its bank/",
    )


def read(folder: Path) -> dict[str, Any]:
    """Read ``bank.json``. Raises: SourceError where it cannot be read, or is of another version."""
    path = folder / FILE
    try:
        about = orjson.loads(path.read_bytes())
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", where=str(path)) from error
    except orjson.JSONDecodeError as error:
        raise SourceError(f"is not JSON: {error}", where=str(path)) from error
    version = about.get("schema_version") if isinstance(about, dict) else None
    if version != SCHEMA_VERSION:
        raise SourceError(
            f"is of version {shorten(version)}, and only {SCHEMA_VERSION} is known",
            where=str(path),
            hint="run the recipe again",
        )
    assert isinstance(about, dict)
    return about


def task_of(about: Mapping[str, Any], folder: Path) -> Task:
    """Read the task anew. Raises: SourceError where it is none."""
    try:
        fields = dict(about["task"])
        told = dict(fields.pop("output"))
        kind = told.pop("kind")
        return Task.from_dict({**fields, "output": told or {"format": kind}})
    except (KeyError, TypeError, ValueError, AttributeError, RecipeError) as error:
        words = error.message if isinstance(error, RecipeError) else repr(error)
        raise SourceError(
            f"its task cannot be read: {shorten(words)}", where=str(folder / FILE)
        ) from error
