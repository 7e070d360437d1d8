"""Find the steps: the file's name is its recipe word, nothing is registered."""

from __future__ import annotations

import ast
import pkgutil
from dataclasses import dataclass, fields
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from curator import schemas
from curator.errors import RecipeError

ROOMS = ("read", "derive", "refine", "select", "review", "validate", "write", "publish")
"""In the order in which a run walks through them; it stops before it would publish."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of a recipe: which file runs, with which options, and where the recipe says so."""

    room: str
    name: str
    options: Any
    where: str

    @cached_property
    def module(self) -> ModuleType:
        """The file that holds the step."""
        return module(self.room, self.name)

    def check_ready(self) -> None:
        """
        Accept a step that has what it needs, such as a tokenizer.

        Raises: RecipeError that says where the recipe asks for what is not there.
        """
        is_ready = getattr(self.module, "is_ready", None)
        if is_ready is None:
            return
        try:
            is_ready(self.options)
        except RecipeError as error:
            error.where = error.where or self.where
            raise

    @property
    def is_whole_set(self) -> bool:
        """Whether the step must see all rows at once (sign and resolve)."""
        return hasattr(self.module, "sign")

    def __str__(self) -> str:
        """Read as ``room.name``."""
        return f"{self.room}.{self.name}"


def module(room: str, name: str) -> ModuleType:
    """Import the file of a step."""
    return import_module(f"curator.{room}.{name}")


@cache
def names(room: str) -> tuple[str, ...]:
    """List the recipe words of a room, alphabetically: those that the recipe schema describes."""
    prefix = f"{room}."
    definitions = schemas.load("recipe")["$defs"]
    return tuple(sorted(key.removeprefix(prefix) for key in definitions if key.startswith(prefix)))


def files(room: str) -> tuple[str, ...]:
    """List the files of a room that hold a step: those with ``Options`` and the room's verb."""
    folder = Path(import_module(f"curator.{room}").__path__[0])
    verbs = {"send"} if room == "review" else {room, "sign"}

    def is_step(name: str) -> bool:
        file = folder / f"{name}.py"
        source = file if file.is_file() else folder / name / "__init__.py"
        tree = ast.parse(source.read_text(encoding="utf-8"))
        top = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        taken = (node.names for node in tree.body if isinstance(node, ast.ImportFrom))
        top |= {alias.name for names in taken for alias in names if alias.name == "Options"}
        return "Options" in top and bool(top & verbs)

    return tuple(
        sorted(found.name for found in pkgutil.iter_modules([str(folder)]) if is_step(found.name))
    )


def summary(room: str, name: str) -> str:
    """Give the one-line description that the step's file opens with, without importing it."""
    description: str = schemas.load("recipe")["$defs"][f"{room}.{name}"]["description"]
    return description


def options_of(room: str, name: str, given: dict[str, Any], *, seed: int) -> Any:
    """
    Build the step's Options from the recipe's values; lists become tuples.

    Raises: whatever ``Options`` raises for values that do not fit together.
    """
    kind = module(room, name).Options
    known = {field.name for field in fields(kind)}
    if "seed" in known:
        given = {"seed": seed, **given}
    return kind(**{key: tuple(v) if isinstance(v, list) else v for key, v in given.items()})
