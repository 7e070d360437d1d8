"""How many rows each split has, and how they were kept apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from curator import schemas
from curator.records import SPLITS
from curator.write.instruction_set.card.markdown import cell, listed, table
from curator.write.instruction_set.made import Made

MAX_LABELS = 200
_KEYS = {
    "same_content": "content",
    "same_text": "words",
    "near_duplicate": "nearly the same words",
    "group": "group",
    "document": "source document",
    "origin": "example that they were made of",
}


def blocks(made: Made) -> Iterator[str]:
    """Give the sizes, how splits were decided, what was held against what, and the labels."""
    facts = made.facts
    yield "## Splits"
    yield from table(
        ("split", "rows"), [(split, f"{facts.rows[split]:,}") for split in facts.splits]
    )
    if decided := _decided(made):
        yield decided
    yield from _apart(made)
    if facts.labels:
        yield "## Labels"
        ranked = sorted(facts.labels.items(), key=lambda item: (-item[1], item[0]))
        yield f"{len(ranked):,} labels."
        shown = ranked[:MAX_LABELS]
        yield from table(("label", "rows"), [(cell(label), f"{n:,}") for label, n in shown])
        if len(ranked) > len(shown):
            yield f"and {len(ranked) - len(shown):,} more labels."


def _decided(made: Made) -> str:
    steps = [
        given
        for step in made.manifest.recipe.get("select") or ()
        for name, given in (step.items() if isinstance(step, Mapping) else [(step, {})])
        if name == "split"
    ]
    if not steps:
        return ""
    rules = schemas.load("recipe")["$defs"]["select.split"]["properties"]
    defaults = {name: schemas.follow(rule).get("default") for name, rule in rules.items()}
    options: dict[str, Any] = {**defaults, **(steps[0] or {})}
    shares = ", ".join(f"{name} {options[name]:g}" for name in SPLITS)
    likeness = options["near_duplicates"]
    near = f"; so do rows that have {likeness} or more of their three-word runs in common"
    return (
        f"Splits were decided over groups, in the shares {shares}: rows that share a group, a "
        f"source document or their words stand in one split{near if likeness else ''}."
    )


def _apart(made: Made) -> Iterator[str]:
    """Say what the certificate says."""
    leakage = made.manifest.checks.get("split_leakage")
    if leakage is None:
        if len(made.facts.splits) > 1:
            yield "Whether rows of two splits are alike was not checked."
        return
    method, across = leakage["method"], leakage["across"]
    kinds = listed([_KEYS[key] for key in method["keys"] if key in _KEYS])
    crossing = sum(sum(pair["rows_crossing"].values()) for pair in across)
    found = f"{crossing:,} were found" if crossing else "none was found"
    yield (
        f"All rows were then held against those of the other splits, for the same {kinds}, and for "
        f"a likeness of {method['threshold']:g} or more ({cell(method['similarity'])}): {found}."
    )
    sought = method["closest_sought_from"]
    yield from table(
        ("splits", "closest pair", "likeness"),
        [
            (
                " and ".join(pair["splits"]),
                " and ".join(pair["closest"][split] for split in pair["splits"]),
                f"{pair['closest']['similarity']:.2f}",
            )
            if pair["closest"]
            else (" and ".join(pair["splits"]), f"none is more alike than {sought:g}", "")
            for pair in across
            if all(made.facts.rows[split] for split in pair["splits"])
        ],
    )
