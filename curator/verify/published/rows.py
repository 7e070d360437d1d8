"""The rows of a published dataset as records: what the files themselves say of what was kept."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from curator.engine import Engine
from curator.prompt.turns import Turns
from curator.records import MESSAGE, MESSAGES, SPLITS, complete
from curator.task import Task
from curator.verify.witness import Witness


def shards(folder: Path) -> list[tuple[str, Path]]:
    """List the files of the dataset with their splits, in the order of splits and shards."""
    found = sorted((folder / "dataset" / "data").glob("*.parquet"))
    return [(s, path) for s in SPLITS for path in found if path.name.split("-")[0] == s]


def rows(folder: Path) -> pl.LazyFrame:
    """
    Scan every row of the dataset, split by split.

    Columns: those of RECORD; messages are as they are trained: rendered, reasoning in the content.
    """
    scans = [
        pl.scan_parquet(path).with_columns(split=pl.lit(split)) for split, path in shards(folder)
    ]
    if not scans:
        return complete(pl.LazyFrame(schema={"id": pl.String}))
    whole = pl.element().struct.with_fields(reasoning=pl.lit(None, dtype=pl.String))
    ordered = whole.struct.field([field.name for field in MESSAGE.fields])
    messages = pl.col("messages").list.eval(pl.struct(ordered))
    numbered = pl.concat(scans).with_row_index("position")
    return complete(numbered.with_columns(messages=messages.cast(MESSAGES)))


def witness(folder: Path, engine: Engine) -> Witness:
    """Call the rows of the dataset as witness: they are rendered, so no task is left to do."""
    kept = rows(folder)
    return Witness(
        folder=folder,
        kept=kept,
        task=Task,
        numbered=partial(_numbered, engine.gather(kept.select("position", "id"))),
    )


def _numbered(known: pl.DataFrame, segments: pl.DataFrame) -> pl.DataFrame:
    """
    Count ``row`` by the dataset, where a row stands behind those of the splits before its own.

    Both hold the rows of one content in one order, so the n-th of an id is the n-th there too.
    """
    places = known.sort("position").select(
        "id", _row="position", _turn=pl.int_range(pl.len()).over("id").cast(pl.Int64)
    )
    turn = pl.col("row").rank("dense").over("id").cast(pl.Int64) - 1
    both = segments.with_columns(_turn=turn).join(
        places, on=["id", "_turn"], how="left", maintain_order="left"
    )
    nowhere = pl.col("row") + known.height  # a number that no row has
    kind = segments.schema["row"]
    return both.with_columns(row=pl.coalesce("_row", nowhere).cast(kind)).drop("_row", "_turn")


def template(task: Task) -> re.Pattern[str] | None:
    """
    Give a pattern for what the input template writes; what it puts words around are its groups.

    None where the template does more than that.
    """
    parts = task.parts()
    if parts is None:
        return None
    body = "".join(re.escape(value) if kind == "text" else "(.*)" for kind, value in parts)
    before = "" if task.names_context() else r"(.*\n\n)??"
    return re.compile(f"{before}{body}", re.DOTALL)


def unwrapped(kept: pl.LazyFrame, pattern: re.Pattern[str]) -> pl.LazyFrame:
    """Take the template's words off the last user message: they are alike in all rows."""
    words = partial(_unwrapped, pattern=pattern)
    return kept.with_columns(
        messages=pl.col("messages").map_batches(words, return_dtype=MESSAGES, is_elementwise=True)
    )


def _unwrapped(messages: pl.Series, *, pattern: re.Pattern[str]) -> pl.Series:
    turns = Turns.of(messages)
    last = asked(turns)
    texts = turns.flat["content"].gather(last)
    bare = [_bare(pattern, text) for text in texts]
    content = turns.flat["content"].scatter(last, bare)
    return turns.lists(turns.flat.with_columns(content.alias("content")).to_struct()).alias(
        messages.name
    )


def _bare(pattern: re.Pattern[str], text: str | None) -> str | None:
    found = pattern.fullmatch(text or "")
    return "\n".join(filter(None, found.groups())) if found else text


def asked(turns: Turns) -> pl.Series:
    """Give the place of the last user message of each row that has one."""
    last = turns.last((turns.flat["role"] == "user").to_numpy())
    return pl.Series(last[last >= 0].astype(np.int64))
