"""How the dataset was made: the steps, and what became of every row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from curator import schemas
from curator.write.instruction_set.card.markdown import cell, table
from curator.write.instruction_set.made import Made

ROOMS = ("read", "derive", "refine", "select", "review", "validate")
_PRIVATE = {"path", "dataset", "workspace", "api_url"}  # where things are on the team's machines


def blocks(made: Made) -> Iterator[str]:
    """Give the recipe's steps, the sum of all rows, why rows were left out, what was changed."""
    manifest = made.manifest
    yield "## How it was made"
    if made.about.collection:
        yield made.about.collection.strip()
    yield from table(
        ("step", "what it does", "options"),
        [(cell(step), cell(does, 200), cell(o, 200)) for step, does, o in steps(manifest.recipe)],
    )
    yield f"{manifest.ledger.sentence()}."
    yield from table(
        ("step", "rejected because", "rows"),
        [
            (cell(step), cell(why), f"{count:,}")
            for step, reasons in sorted(manifest.ledger.rejected.items())
            for why, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
        ],
    )
    yield from table(
        ("step", "changed or noted", "rows"),
        [
            (cell(step), cell(what), f"{count:,}")
            for step, changes in sorted(manifest.changes.items())
            for what, count in sorted(changes.items(), key=lambda item: (-item[1], item[0]))
        ],
    )
    versions = ", ".join(f"{name} {number}" for name, number in sorted(manifest.versions.items()))
    yield f"Seed {manifest.seed}. Made with {versions}."


def steps(recipe: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Give room and name of each step, what it does, and its options, as plain text."""
    known = schemas.load("recipe")["$defs"]
    for room in ROOMS:
        for step in recipe.get(room) or ():
            for name, given in step.items() if isinstance(step, Mapping) else [(step, {})]:
                does = known.get(f"{room}.{name}", {}).get("description", "")
                yield f"{room}: {name}", does, _options(given or {})


def _options(given: Mapping[str, Any]) -> str:
    told = [f"{name}: {_plain(value)}" for name, value in given.items() if name not in _PRIVATE]
    return "; ".join(told)


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_plain(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_plain, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
