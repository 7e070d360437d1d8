"""Paths as ``rows`` and ``map`` write them: which elements are rows, and where a field stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from curator.errors import RecipeError, Violation

GRAMMAR = "write Question, Question/@qtype, ../Focus, /Document/@source, or . for the row itself"
_NAME = re.compile(r"[^\W\d][\w.:-]*")


@dataclass(frozen=True)
class Rows:
    """Which elements are rows."""

    steps: tuple[str, ...]
    is_anywhere: bool  # the steps end the path of a row; else they are the whole of it

    def match(self, path: list[str]) -> bool:
        """Say whether the element that ``path`` (names from the root on) leads to is a row."""
        at = len(path) - len(self.steps)
        if at < 0 or (at and not self.is_anywhere):
            return False
        return all(step in ("*", name) for step, name in zip(self.steps, path[at:], strict=True))


@dataclass(frozen=True)
class Place:
    """Where a field's text stands, seen from a row."""

    up: int | None  # so many elements above the row; None: from the root on
    steps: tuple[str, ...]
    attribute: str | None = None

    @property
    def is_outside(self) -> bool:
        """Whether it lies outside the row."""
        return self.up != 0


def rows_of(path: str) -> Rows:
    """
    Read the ``rows`` of a recipe: below the root, from the root (``/a/b``), or anywhere (``//b``).

    Raises: RecipeError.
    """
    given = path.removeprefix("//") if path.startswith("//") else path.removeprefix("/")
    steps = tuple(given.split("/"))
    wrong = next((step for step in steps if step != "*" and not _NAME.fullmatch(step)), None)
    if wrong is not None:
        raise RecipeError(
            f"rows: {path!r} is not a path of elements ({_wrong(wrong)})",
            hint="write QAPairs/QAPair (below the root), /Document/QAPairs/QAPair, or //QAPair",
        )
    if path.startswith("/"):
        return Rows(steps, is_anywhere=path.startswith("//"))
    return Rows(("*", *steps), is_anywhere=False)


def places_of(fields: Iterable[tuple[str, str]]) -> dict[str, Place]:
    """Read the fields of a map, each with its target. Raises: RecipeError with every mistake."""
    found: dict[str, Place] = {}
    wrong = []
    for target, field in fields:
        try:
            found[field] = place_of(field)
        except ValueError as error:
            wrong.append(
                Violation(
                    rule="map",
                    where=f"map.{target}",
                    message=f"{field!r} is not a path ({error})",
                    hint=GRAMMAR,
                )
            )
    if wrong:
        raise RecipeError("the map does not hold together", wrong)
    return found


def place_of(field: str) -> Place:
    """Read one path. Raises: ValueError saying what is wrong in it."""
    if field.startswith("//"):
        raise ValueError("// leads to many elements: only rows takes it")
    steps = field.split("/")
    up: int | None = 0
    if field.startswith("/"):
        up, steps = None, steps[1:]
    elif steps[0] == ".":
        steps = steps[1:]
    while up is not None and steps and steps[0] == "..":
        up, steps = up + 1, steps[1:]
    attribute = steps.pop()[1:] if steps and steps[-1].startswith("@") else None
    names = [*steps, *([attribute] if attribute is not None else [])]
    for step in names:
        if not _NAME.fullmatch(step):
            raise ValueError(_wrong(step))
    if up != 0 and not steps and attribute is None:
        raise ValueError("it names all that surrounds the row")
    return Place(up, tuple(steps), attribute)


def _wrong(step: str) -> str:
    if not step:
        return "a name is missing between two slashes"
    if "[" in step or "(" in step:
        return f"{step!r}: conditions and functions are not read"
    if step.startswith("@"):
        return f"{step!r}: an attribute stands at the end"
    if step in (".", ".."):
        return f"{step!r} stands at the beginning"
    return f"{step!r} is not a name"
