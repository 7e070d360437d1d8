"""The bank as other tools load it: one folder and one file of this package a form."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import orjson
import polars as pl

from curator import schemas
from curator.errors import RecipeError, WriteError
from curator.prompt import Exemplar, Message
from curator.task import Task


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a form is made of: the exemplars by rank and, for tests of prompts, the test rows."""

    name: str
    task: Task
    exemplars: Sequence[Exemplar]
    shots: int  # how many of them a static prompt shows
    strategy: str  # the step that chose them
    examples: pl.LazyFrame
    max_tests: int
    seed: int

    @property
    def has_context(self) -> bool:
        """Whether any exemplar belongs to a passage."""
        return any(one.context for one in self.exemplars)


class Form(Protocol):
    """What the file of a form holds."""

    def write(self, held: Held, out: Path) -> dict[str, Any]:
        """Write the files of the form into ``out``, and give what is to be known of them."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """An exemplar as tools see it that know an input and an output."""

    input: str
    output: str
    context: str | None
    reasoning: str | None


@cache
def names() -> tuple[str, ...]:
    """Every form there is: the files of this folder."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def check(wanted: Iterable[str]) -> None:
    """Raise RecipeError for a form that does not exist."""
    if strange := [name for name in wanted if name not in names()]:
        raise RecipeError(
            f"unknown form {', '.join(map(repr, strange))}", hint=f"known are {', '.join(names())}"
        )


def write(held: Held, wanted: Iterable[str], out: Path) -> dict[str, dict[str, Any]]:
    """Write the ``wanted`` forms into folders of their own."""
    facts = {}
    for name in sorted(set(wanted)):
        form: Form = importlib.import_module(f"{__name__}.{name}")
        (out / name).mkdir(parents=True)
        facts[name] = form.write(held, out / name)
    return facts


def pairs(exemplars: Iterable[Exemplar]) -> tuple[list[Pair], dict[str, int]]:
    """Give the exemplars that are one question and one answer, and count why others are not."""
    found: list[Pair] = []
    left_out: Counter[str] = Counter()
    for one in exemplars:
        asked = question(one.prompt)
        answer = one.completion.get("content")
        if asked is None:
            left_out["more than one turn"] += 1
        elif not answer or one.completion.get("tool_calls"):
            left_out["an answer that is not text"] += 1
        else:
            thought = one.completion.get("reasoning") or None
            found.append(Pair(input=asked, output=answer, context=one.context, reasoning=thought))
    return found, dict(sorted(left_out.items()))


def question(prompt: Sequence[Message]) -> str | None:
    """Give the text of a prompt that is one user message after any system text, else None."""
    turns = [turn for turn in prompt if turn["role"] != "system"]
    is_alone = len(turns) == 1 and turns[0]["role"] == "user"
    return (turns[0].get("content") or "") if is_alone else None


def save(path: Path, value: Any, schema: str | None = None) -> None:
    """Write ``value`` as indented JSON. Raises WriteError where it breaks the ``schema``."""
    if schema is not None:
        gate = schemas.Gate(schemas.load(schema))
        if not gate.is_valid(value):
            place, words = next(gate.errors(value))
            raise WriteError(words, where=f"{path.name}: {place}")
    path.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def save_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 with plain line breaks."""
    path.write_text(text, encoding="utf-8", newline="\n")
