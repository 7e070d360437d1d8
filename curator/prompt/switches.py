"""The four switches a technique sets."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache, reduce

from curator.errors import RecipeError


@dataclass(frozen=True, kw_only=True)
class Switches:
    """What a prompt shows beside the instruction and the query."""

    shots: bool = False
    reasoning: bool = False
    persona: bool = False
    output_format: bool = False

    def __or__(self, other: Switches) -> Switches:
        """Join two techniques: what either shows is shown."""
        return Switches(
            shots=self.shots or other.shots,
            reasoning=self.reasoning or other.reasoning,
            persona=self.persona or other.persona,
            output_format=self.output_format or other.output_format,
        )


@cache
def technique_names() -> tuple[str, ...]:
    """Every technique there is, by name: the files of ``techniques/``."""
    folder = importlib.import_module("curator.prompt.techniques")
    return tuple(sorted(module.name for module in pkgutil.iter_modules(folder.__path__)))


@cache
def switches(technique: str) -> Switches:
    """
    Read a technique, or several joined by ``+`` ("few_shot+persona").

    Raises: RecipeError naming what is unknown and what is known.
    """
    names = [name.strip() for name in technique.split("+")]
    if strange := [name for name in names if name not in technique_names()]:
        raise RecipeError(
            f"unknown technique {', '.join(map(repr, strange))}",
            hint=f"known are {', '.join(technique_names())}, joined by +",
        )
    found = [
        importlib.import_module(f"curator.prompt.techniques.{name}").SWITCHES for name in names
    ]
    joined: Switches = reduce(Switches.__or__, found)
    return joined
