"""Masks are proven: each row is written as the task writes it, and tokens are made of it again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from curator.engine import Engine
from curator.manifest import load
from curator.prompt import switches, system_parts
from curator.prompt.turns import Turns
from curator.task import Task
from curator.verify import trainer
from curator.verify.files import named
from curator.verify.published import Checked
from curator.verify.published.proofs import is_there, why_not
from curator.verify.published.rows import asked, shards, template, witness

PROMISE = "masks are proven"
_BATCH_ROWS = 10_000


def check(folder: Path, engine: Engine) -> Checked:
    """Find rows that the task does not write like that, and tokens that are not made of them."""
    task = Task.from_dict(load(folder).recipe.get("task") or {})
    wrong = [
        row
        for _, path in shards(folder)
        for batch in pl.scan_parquet(path).collect_batches(
            maintain_order=True, chunk_size=_BATCH_ROWS
        )
        for row in _faults(task, batch)
    ]
    table = pl.DataFrame(wrong, schema={"id": pl.String, "what": pl.String}, orient="row")
    violations = named(table, PROMISE, "{id}: {what}", where=str(folder / "dataset" / "data"))
    not_redone = []
    if template(task) is None:
        not_redone.append("the input template: it does more than put words around a text")
    if why := why_not(folder):
        not_redone.append(why)
    elif is_there(folder):
        violations += trainer.masks(witness(folder, engine), PROMISE)
    return Checked(violations=tuple(violations), not_redone=tuple(not_redone))


def _faults(task: Task, batch: pl.DataFrame) -> Iterator[tuple[str, str]]:
    turns = Turns.of(batch["messages"])
    ids, record = batch["id"], turns.record
    for bad, what in (
        (_unlike_system(task, turns), "its prompt does not begin with the task's own words"),
        (_unlike_template(task, turns), "its question does not stand in the task's input template"),
        (
            _unlike_reasoning(task, turns, batch["reasoning"]),
            "its answer does not follow its reasoning",
        ),
    ):
        rows = record[bad] if bad.dtype != np.bool_ else np.flatnonzero(bad)
        yield from ((ids[int(row)], what) for row in rows)


def _unlike_system(task: Task, turns: Turns) -> np.ndarray:
    """Give a truth for each row: whether the task's system text is not where it begins."""
    ours = "\n\n".join(part for part in system_parts(task, switches("zero_shot")) if part)
    count = len(turns.offsets) - 1
    if not ours:
        return np.zeros(count, bool)
    has_any = np.diff(turns.offsets) > 0
    first = turns.flat[turns.offsets[:-1][has_any]]
    said = first["content"].fill_null("")
    begins = (said == ours) | said.str.starts_with(f"{ours}\n\n")
    wrong = np.ones(count, bool)
    wrong[has_any] = ~((first["role"] == "system") & begins).to_numpy()
    return wrong


def _unlike_template(task: Task, turns: Turns) -> np.ndarray:
    """Give the places of user messages that the template did not write."""
    pattern = template(task)
    places = asked(turns)
    if pattern is None:
        return np.empty(0, np.int64)
    texts = turns.flat["content"].gather(places)
    bad = [pattern.fullmatch(text or "") is None for text in texts]
    return places.filter(pl.Series(bad, dtype=pl.Boolean)).to_numpy()


def _unlike_reasoning(task: Task, turns: Turns, reasoning: pl.Series) -> np.ndarray:
    """Give a truth for each row: whether its answer does not come after its reasoning."""
    count = len(turns.offsets) - 1
    wrong = np.zeros(count, bool)
    if not task.reasoning:
        return wrong
    has_some = (reasoning.fill_null("") != "").to_numpy() & (np.diff(turns.offsets) > 0)
    last = turns.flat[turns.offsets[1:][has_some] - 1]["content"].fill_null("")
    marked = reasoning.filter(pl.Series(has_some)) + f"\n\n{task.answer_marker} "
    wrong[has_some] = [not text.startswith(begin) for text, begin in zip(last, marked, strict=True)]
    return wrong
