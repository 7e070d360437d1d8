"""The tokens of a split as files that trainers read: one file of this package a format."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from curator.errors import RecipeError
from curator.write.trainer.options import Options
from curator.write.trainer.tokens import Packs, Segments

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class SplitTokens:
    """What is written of one split; every example has at least one token."""

    split: str
    segments: Segments  # in reading order
    packs: Packs
    max_length: int
    shard_tokens: int
    vocab_size: int


class Shard(Protocol):
    """What the files of a format hold."""

    def write(self, tokens: SplitTokens, folder: Path) -> list[Path]:
        """Write the files of a split; one without examples leaves none."""


@cache
def targets() -> tuple[str, ...]:
    """Every format there is: the files of this folder but the one that Parquet formats share."""
    files = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in files if name != "parquet"))


def check(options: Options) -> None:
    """
    Accept formats that there are and that can hold the rows, before anything is tokenised.

    Raises: RecipeError naming the formats, or a way to cut that the rows do not have.
    """
    if strange := [name for name in options.formats if name not in targets()]:
        raise RecipeError(
            f"unknown format {', '.join(map(repr, strange))}",
            hint=f"known are {', '.join(targets())}",
        )
    if options.rows == "examples" and "megatron" in options.formats:
        raise RecipeError(
            "format 'megatron' has no labels: every token of an example would be trained on",
            hint="use megatron_bridge for examples, or rows: chunks",
        )
    if options.rows == "chunks" and "messages" in options.formats:
        raise RecipeError("format 'messages' holds examples, not chunks", hint="use packed")
    if options.rows == "chunks" and options.overflow == "split_turns":
        raise RecipeError(
            "overflow: split_turns cuts where a user speaks, and in chunks nobody does",
            hint="derive: chunks with max_tokens makes shorter ones; or drop, truncate_end",
        )
    if options.reasoning == "field" and "messages" in options.formats:
        raise RecipeError(
            "format 'messages' has no field for reasoning",
            hint="reasoning: content, or leave the format out",
        )


def write(name: str, tokens: SplitTokens, folder: Path) -> list[Path]:
    """Write a split in the format ``name``, any but messages, into ``folder``."""
    shard = cast("Shard", importlib.import_module(f"{__name__}.{name}"))
    return shard.write(tokens, folder)


def runs(before: NDArray[np.int64], limit: int) -> list[tuple[int, int]]:
    """
    Cut items into runs, as few in order as hold at most ``limit``, or one item that is larger.

    Shapes: before (K + 1,), item k is ``before[k + 1] - before[k]`` large.

    >>> runs(np.array([0, 3, 5, 9, 20]), 6)
    [(0, 2), (2, 3), (3, 4)]
    """
    found, first, count = [], 0, before.size - 1
    while first < count:
        fits = int(np.searchsorted(before, before[first] + limit, side="right")) - 1
        last = min(max(fits, first + 1), count)
        found.append((first, last))
        first = last
    return found


def files(tokens: SplitTokens, packs: Packs) -> Iterator[Packs]:
    """Give the packs of each file: at most ``shard_tokens``, unless one pack alone is longer."""
    before = np.concatenate([[0], np.cumsum(tokens.segments.lengths[packs.segments])])
    for first, last in runs(before[packs.offsets], tokens.shard_tokens):
        yield between(packs, first, last)


def between(packs: Packs, first: int, last: int) -> Packs:
    """Take the packs from ``first`` up to ``last``."""
    begin, end = packs.offsets[first], packs.offsets[last]
    return Packs(packs.offsets[first : last + 1] - begin, packs.segments[begin:end])


def ahead(items: Iterable[T]) -> Iterator[T]:
    """Give ``items`` in order; while one is used, a thread makes the next."""
    source = iter(items)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(next, source, None)
        while (item := waiting.result()) is not None:
            waiting = pool.submit(next, source, None)
            yield item
