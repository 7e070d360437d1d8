"""YAML -> a frozen Recipe; every mistake is found at once, with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import yaml

from curator.errors import RecipeError, Violation, shorten
from curator.recipe import mistakes, steps
from curator.recipe.mistakes import RULE, nearest
from curator.recipe.steps import ROOMS, Step
from curator.recipe.yaml_lines import Lines, json_path, parse, scalar
from curator.recipe.yaml_lines import Path as JsonPath
from curator.task import Task

__all__ = ["Recipe", "Step", "load", "locate", "shipped_folder"]

T = TypeVar("T")
_VAR = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What a run will do. Built by ``load``; nothing in it can change or run anything by itself."""

    name: str
    path: Path
    seed: int
    task: Task
    steps: tuple[Step, ...]
    max_rejected: float = 1.0
    values: dict[str, Any] = field(default_factory=dict, repr=False)

    def room(self, room: str) -> tuple[Step, ...]:
        """Give the steps of one room, in the recipe's order."""
        return tuple(step for step in self.steps if step.room == room)

    @property
    def memory(self) -> Path:
        """Where the splits of earlier runs are remembered."""
        return self.beside("splits.parquet")

    @property
    def reviews(self) -> Path:
        """Where people's verdicts are kept."""
        return self.beside("reviews.jsonl")

    def beside(self, what: str) -> Path:
        """
        Give the path of a file that belongs to the recipe and lies beside it.

        A recipe that was installed with the package has no place of the user's beside it: here.
        """
        installed = shipped_folder().name == "_recipes" and self.path.parent == shipped_folder()
        folder = Path() if installed else self.path.parent
        return folder / f"{self.path.stem}.{what}"


def shipped_folder() -> Path:
    """Where the recipes lie that ship with the package."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_recipes"
    return installed if installed.is_dir() else package.parent / "recipes"


def locate(name: str | Path) -> Path:
    """
    Find a recipe by path, or a shipped one by its bare name.

    Raises: RecipeError naming the nearest recipe.
    """
    path = Path(name)
    if path.is_file():
        return path
    shipped = {found.stem: found for found in sorted(shipped_folder().glob("*.yaml"))}
    if path.suffix == "" and path.name == str(name) and path.name in shipped:
        return shipped[path.name]
    near = [found.name for found in path.parent.glob("*.y*ml")] if path.parent.is_dir() else []
    hint = nearest(path.name, [*near, *(f"{name}" for name in shipped)])
    raise RecipeError("no such recipe", where=str(name), hint=hint)


def load(
    path: str | Path,
    *,
    variables: Mapping[str, str] | None = None,
    sets: Mapping[str, str] | None = None,
) -> Recipe:
    """
    Read a recipe, fill its vars, apply ``sets`` (dotted key -> YAML scalar), and build every step.

    Raises: RecipeError holding one Violation for each mistake.
    """
    path = locate(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(
            f"is no recipe: {error}", where=str(path), hint="a recipe is YAML, in UTF-8"
        ) from error
    values, lines = parse(text, str(path))
    if not isinstance(values, dict):
        raise RecipeError(
            "a recipe is a mapping of keys", where=f"{path}:1", hint="begin with name: ..."
        )
    found: list[Violation] = []
    values = _spell_out_steps(values)
    found += _apply_sets(values, sets or {}, lines)
    values = _spell_out_steps(values)  # what --set put there may be bare names as well
    values = _fill(values, _variables(values, variables or {}, lines, found), lines, (), found)
    found += mistakes.find(values, lines)
    task = _attempt(("task",), lambda: Task.from_dict(values.get("task") or {}), lines, found)
    built = _build_steps(values, lines, found)
    if found or task is None:
        raise _all_mistakes(path, mistakes.in_order(found))
    return Recipe(
        name=values["name"],
        path=path,
        seed=values.get("seed", 0),
        task=task,
        steps=tuple(built),
        max_rejected=(values.get("limits") or {}).get("max_rejected", 1.0),
        values=values,
    )


def _all_mistakes(path: Path, found: list[Violation]) -> RecipeError:
    count = f"{len(found)} mistake{'s' if len(found) > 1 else ''}"
    return RecipeError(count, found, where=str(path))


def _spell_out_steps(values: dict[str, Any]) -> dict[str, Any]:
    """A bare step name, or one without options, means the step with its defaults."""
    for room in ROOMS:
        if isinstance(values.get(room), list):
            values[room] = [
                {entry: {}}
                if isinstance(entry, str)
                else {key: {} if given is None else given for key, given in entry.items()}
                if isinstance(entry, dict)
                else entry
                for entry in values[room]
            ]
    return values


def _variables(
    values: dict[str, Any], given: Mapping[str, str], lines: Lines, found: list[Violation]
) -> dict[str, str]:
    declared = values.get("vars") or {}
    if not isinstance(declared, dict):
        return {}
    for name in sorted(set(given) - set(declared)):
        hint = nearest(name, declared) if declared else "declare it under vars:"
        message = f"--var {name}: the recipe declares no such variable"
        found.append(Violation(rule=RULE, message=message, where=lines.where(("vars",)), hint=hint))
    filled: dict[str, str] = {}
    for name, declaration in declared.items():
        default = declaration.get("default") if isinstance(declaration, dict) else None
        value = given.get(name, default)
        if value is None:
            message, where = f"the variable {name!r} has no value", lines.where(("vars", name))
            found.append(
                Violation(rule=RULE, message=message, where=where, hint=f"--var {name}=...")
            )
        filled[name] = "" if value is None else str(value)
    return filled


def _fill(
    value: Any, variables: dict[str, str], lines: Lines, path: JsonPath, found: list[Violation]
) -> Any:
    if path == ("vars",):
        return value
    if isinstance(value, dict):
        return {k: _fill(v, variables, lines, (*path, k), found) for k, v in value.items()}
    if isinstance(value, list):
        return [_fill(v, variables, lines, (*path, i), found) for i, v in enumerate(value)]
    if not isinstance(value, str):
        return value

    def replace(match: re.Match[str]) -> str:
        name = match[1]
        if name not in variables:
            message = f"${{{name}}} is not declared under vars"
            hint = (
                nearest(name, variables) if variables else f"add vars: {{{name}: {{default: ...}}}}"
            )
            found.append(Violation(rule=RULE, message=message, where=lines.where(path), hint=hint))
        return variables.get(name, "")

    return _VAR.sub(replace, value)


def _apply_sets(values: dict[str, Any], sets: Mapping[str, str], lines: Lines) -> list[Violation]:
    """``refine.near_duplicates.threshold=0.9`` reaches into the step of that name."""
    found = []
    for key, text in sets.items():
        *parents, last = key.split(".")
        target: Any = values
        for part in parents:
            if isinstance(target, list):
                target = next((entry[part] for entry in target if part in entry), None)
            elif isinstance(target, dict):
                target = target.setdefault(part, {})
        message, hint = "nothing of that name", "name a key, or room.step.option of a step it has"
        try:
            if isinstance(target, dict):
                target[last] = scalar(text)
                continue
        except yaml.YAMLError:
            message, hint = f"{shorten(text)} is not YAML", "quote it for the shell"
        said = f"--set {key}: {message}"
        found.append(Violation(rule=RULE, message=said, where=lines.source, hint=hint))
    return found


def _build_steps(values: dict[str, Any], lines: Lines, found: list[Violation]) -> list[Step]:
    """Build the steps in which no mistake has been found yet; their Options may find more."""
    built: list[Step] = []
    for room in ROOMS:
        entries = values.get(room)
        for index, entry in enumerate(entries if isinstance(entries, list) else []):
            if not (isinstance(entry, dict) and len(entry) == 1):
                continue  # told already: this is no step
            ((name, given),) = entry.items()
            at: JsonPath = (room, index, name)
            make = partial(steps.options_of, room, name, given, seed=values.get("seed", 0))
            if options := _attempt(at, make, lines, found):
                step = Step(room=room, name=name, options=options, where=lines.where(at))
                found += mistakes.written_twice(step, built)
                built.append(step)
    return built


def _attempt(
    where: JsonPath, make: Callable[[], T], lines: Lines, found: list[Violation]
) -> T | None:
    """Build what stands at ``where``, unless it is known to be wrong; keep what that finds."""
    place = json_path(where)
    if any(one.where.rpartition(": ")[2].startswith(place) for one in found):
        return None
    try:
        return make()
    except RecipeError as error:
        for one in error.violations or (error,):
            inner = tuple(one.where.split(".")[1:]) if one.where.startswith("$.") else where
            at = lines.where(inner)
            found.append(Violation(rule=RULE, message=one.message, where=at, hint=one.hint))
    except ValueError as error:
        found.append(Violation(rule=RULE, message=str(error), where=lines.where(where)))
    return None
