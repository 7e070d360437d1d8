"""The first rows after every step, with what changed: a recipe tried out before it is run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from curator import records as rows
from curator.engine import Engine
from curator.pipeline.observer import Silent
from curator.pipeline.run import derived, judge, sources
from curator.recipe import Recipe


@dataclass(frozen=True, kw_only=True)
class Stop:
    """Where the walk pauses: the rows after ``step``, and the positions of those it has changed."""

    step: str
    rows: pl.DataFrame
    changed: tuple[int, ...]
    made: bool = False  # the rows that changed are new


def preview(recipe: Recipe, engine: Engine, *, limit: int) -> Iterator[Stop]:
    """
    Walk the first ``limit`` rows through read, derive, refine and select; nothing is written.

    Whole-set steps see only these rows, so their verdicts may differ from those of the whole run.
    """
    before = engine.gather(sources(recipe).head(limit))
    yield Stop(step="read", rows=before, changed=tuple(before["position"]))
    with TemporaryDirectory() as work:
        for step in recipe.room("derive"):
            made = engine.gather(derived(step, before.lazy(), before.height))
            before = pl.concat([before, made])
            yield Stop(step=str(step), rows=before, changed=tuple(made["position"]), made=True)
        for step in (*recipe.room("refine"), *recipe.room("select")):
            plan = before.lazy()
            if step.is_whole_set:
                plan = judge(step, plan, engine, Path(work), Silent().advance)
            else:
                plan = step.module.refine(plan, step.options)
            after = engine.gather(rows.identify(plan))
            yield Stop(step=str(step), rows=after, changed=_differing(before, after))
            before = after


def _differing(before: pl.DataFrame, after: pl.DataFrame) -> tuple[int, ...]:
    columns = [name for name in before.columns if name != "provenance"]
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_after")) for name in columns)
    renamed = after.select(pl.col(columns).name.suffix("_after"))
    pairs = pl.concat([before, renamed], how="horizontal")
    return tuple(pairs.filter(~same)["position"])
