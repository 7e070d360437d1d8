"""Word the mistakes of a recipe: all at once, each with its line, the right word and a mend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from difflib import get_close_matches
from typing import Any

from curator import schemas
from curator.errors import Violation, shorten
from curator.recipe.steps import ROOMS, Step
from curator.recipe.yaml_lines import Lines, Path

RULE = "recipe"


def nearest(word: str, known: Iterable[str]) -> str:
    """Say "did you mean X?" where a known word is close, else list what is known."""
    choices = sorted(known)
    close = get_close_matches(word, choices, n=1, cutoff=0.6)
    told = f"one of: {', '.join(choices)}" if choices else "it has none"
    return f"did you mean {close[0]!r}?" if close else told


def find(recipe: Any, lines: Lines) -> list[Violation]:
    """Hold a recipe against ``recipe.schema.json``. Each step must be a one-key mapping by now."""
    schema = _strict_schema()
    if schemas.Gate(schema).is_valid(recipe):
        return []  # jsonschema, which words the errors, takes most of a second to import
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(schema)
    found = (one for error in validator.iter_errors(recipe) for one in _word(error, lines))
    return list(dict.fromkeys(found))


def written_twice(step: Step, earlier: Iterable[Step]) -> Iterator[Violation]:
    """Tell of a step of write that stands there already: both would make the same folder."""
    if step.room == "write" and any(
        (one.room, one.name) == (step.room, step.name) for one in earlier
    ):
        message = f"{step.name} stands under write already: both would make the same folder"
        hint = "give the second a recipe of its own"
        yield Violation(rule=RULE, message=message, where=step.where, hint=hint)


def in_order(found: Iterable[Violation]) -> list[Violation]:
    """Sort mistakes as a reader meets them in the file."""
    return sorted(found, key=lambda one: (_line(one.where), one.where, one.message))


def _strict_schema() -> dict[str, Any]:
    """The shipped schema also takes a bare step name; here each step has been spelled out."""
    schema = deepcopy(schemas.load("recipe"))
    for room in ROOMS:
        items = schema["properties"][room]["items"]
        if "anyOf" in items:
            schema["properties"][room]["items"] = items["anyOf"][1]
    return schema


def _line(where: str) -> int:
    parts = where.split(":")
    return int(parts[-2]) if len(parts) > 1 and parts[-2].strip().isdigit() else 0


def _word(error: Any, lines: Lines) -> Iterator[Violation]:
    path: Path = tuple(error.absolute_path)
    if error.validator in {"anyOf", "oneOf"} and error.context:
        yield from _word(_deepest(error.context), lines)
    elif error.validator == "additionalProperties":
        known = list(error.schema.get("properties", {}))
        for key in sorted(set(error.instance) - set(known)):
            yield _violation(lines, (*path, key), _unknown(path, key), nearest(key, known))
    elif error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        for key in missing:
            yield _violation(lines, path, f"{_owner(path)} needs {key!r}", f"add {key}: ...")
    else:
        message, hint = _value(error)
        yield _violation(lines, path, message, hint)


def _value(error: Any) -> tuple[str, str]:  # noqa: PLR0911 - one return a rule
    shown, wanted = shorten(error.instance), error.validator_value
    match error.validator:
        case "type":
            kinds = wanted if isinstance(wanted, list) else [wanted]
            needed = " or ".join(_KINDS.get(kind, str(kind)) for kind in kinds)
            return f"{shown} is not {needed}", f"give {needed}"
        case "enum":
            words = [str(choice) for choice in wanted]
            return f"{shown!r} is not one of {', '.join(words)}", nearest(
                str(error.instance), words
            )
        case "minimum" | "exclusiveMinimum":
            relation = "at least" if error.validator == "minimum" else "above"
            return f"{shown} is too small", f"give a number {relation} {wanted}"
        case "maximum" | "exclusiveMaximum":
            relation = "at most" if error.validator == "maximum" else "below"
            return f"{shown} is too large", f"give a number {relation} {wanted}"
        case "minItems" | "minProperties":
            return f"{_owner(tuple(error.absolute_path))} is empty", f"give at least {wanted}"
        case "pattern":
            return f"{shown!r} does not read as it should", str(error.schema.get("description", ""))
        case "maxProperties":
            return f"{len(error.instance)} steps stand in one entry", "begin each step with '- '"
        case _:
            return shorten(error.message, 160), ""


_KINDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "empty",
}


def _deepest(errors: Sequence[Any]) -> Any:
    """Of several branches that all failed, the one that got furthest is what was meant."""
    return max(errors, key=lambda e: (len(e.absolute_path), e.validator != "type"))


def _owner(path: Path) -> str:
    """Name what a path belongs to, as a person would: the step, the key, or the recipe."""
    named = [part for part in path if isinstance(part, str)]
    return str(named[-1]) if named else "the recipe"


def _unknown(path: Path, key: str) -> str:
    if len(path) == 2 and path[0] in ROOMS:
        return f"{key!r} is not a step of {path[0]}"
    if not path:
        return f"{key!r} is not a key of a recipe"
    return f"{key!r} is not an option of {_owner(path)}"


def _violation(lines: Lines, path: Path, message: str, hint: str) -> Violation:
    return Violation(rule=RULE, message=message, where=lines.where(path), hint=hint)
