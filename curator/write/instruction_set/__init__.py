"""Write training rows as a dataset folder: Parquet shards, the card, and a Croissant file."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from curator.errors import WriteError, shorten
from curator.manifest import Manifest
from curator.prompt.training import hidden_reasoning, training_messages
from curator.records import IS_EXAMPLE, SPLITS, completion
from curator.task import Task
from curator.write import BATCH_ROWS
from curator.write.instruction_set.card import card
from curator.write.instruction_set.columns import COLUMNS
from curator.write.instruction_set.croissant import FILE, croissant
from curator.write.instruction_set.facts import Facts
from curator.write.instruction_set.made import Made
from curator.write.instruction_set.shards import Shards

FOLDER = "dataset"
log = logging.getLogger("curator.write")
_AS_THEY_ARE = ("id", "tools", "label", "group", "language", "licence", "provenance", "review")


@dataclass(frozen=True, kw_only=True)
class Options:
    """How large one file may grow."""

    max_rows_per_shard: int = 100_000


def write(
    records: pl.LazyFrame, options: Options, out: Path, *, task: Task, manifest: Manifest
) -> list[Path]:
    """
    Write ``data/<split>-00000-of-0000N.parquet`` for each split with rows, and what tells of them.

    ``README.md`` tells people, ``croissant.json`` machines.

    Columns: id, messages (zero-shot prompt and completion), tools, label, reasoning
             (of the completion), rejected_messages, group, language, licence, provenance, review.
             Lists and strings are Arrow's plain ones: ``datasets`` reads ``List`` and ``string``.
    Keeps:   every example, in order; a row without a split counts as train.
    """
    facts = Facts()
    shards = {split: Shards(out / "data", split, options.max_rows_per_shard) for split in SPLITS}
    wanted = records.filter(IS_EXAMPLE).select(
        *_AS_THEY_ARE,
        "messages",
        "context",
        "rejected_messages",
        pl.col("split").fill_null("train"),
        reasoning=completion().struct.field("reasoning"),
    )
    hidden = 0
    for batch in wanted.collect_batches(maintain_order=True, chunk_size=BATCH_ROWS):
        rows = batch.with_columns(training_messages(task, batch)).select("split", *COLUMNS)
        facts.add(rows)
        hidden += hidden_reasoning(batch, shown="in last answers")
        for split in SPLITS:
            shards[split].add(rows.filter(pl.col("split") == split).drop("split"))
    if strange := sorted(set(facts.rows) - set(SPLITS)):
        raise WriteError(
            f"a dataset has the splits {', '.join(SPLITS)}, not {shorten(', '.join(strange))}"
        )
    if hidden:
        log.warning(
            "%s: the reasoning of %s turns that are no last answer is in the records alone",
            FOLDER,
            f"{hidden:,}",
        )
    files = [path for split in SPLITS for path in shards[split].close()]
    facts.num_bytes = {split: shards[split].size_bytes for split in SPLITS}
    facts.name_files(files, out)
    readme = out / "README.md"
    made = Made(task, manifest, facts)
    readme.write_text(card(made), encoding="utf-8", newline="\n")
    described = out / FILE
    described.write_bytes(croissant(made))
    return [*files, readme, described]
