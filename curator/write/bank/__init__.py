"""Write the few-shot bank: exemplars in order, and ready prompts of every technique."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from curator import schemas
from curator.errors import WriteError
from curator.manifest import Manifest, sha256_of
from curator.prompt import technique_names
from curator.records import IS_EXAMPLE
from curator.task import Task
from curator.write import write_lines
from curator.write.bank.exemplars import as_line, as_shown
from curator.write.bank.prompts import CONTEXT, INPUT, prompts

FOLDER = "bank"
SCHEMA_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Options:
    """Nothing to choose: the exemplars were chosen by the ``select`` steps."""


def write(
    records: pl.LazyFrame, options: Options, out: Path, *, task: Task, manifest: Manifest
) -> list[Path]:
    """
    Write ``exemplars.jsonl`` by rank, ``prompts/<technique>.jsonl`` and ``bank.json``.

    Raises: WriteError naming the example if an exemplar is not from train or has no answer.
    """
    del options
    examples = records.filter(IS_EXAMPLE)
    rows = _chosen(examples)
    labels, train_examples = _train_labels(examples)
    shown = [as_shown(row) for row in rows]
    files = [_write(out / "exemplars.jsonl", map(as_line, rows), "exemplar")]
    (out / "prompts").mkdir()
    has_context = any(one.context for one in shown)
    ready = {
        name: list(prompts(task, shown, name, has_context=has_context))
        for name in technique_names()
    }
    files += [
        _write(out / "prompts" / f"{name}.jsonl", made, "prompt") for name, made in ready.items()
    ]

    known = labels | set(task.output.labels)
    covered = {row["label"] for row in rows if row["label"] is not None}
    reasoned = sum(one.has_reasoning for one in shown)
    about = {
        "schema_version": SCHEMA_VERSION,
        "name": manifest.name,
        "seed": manifest.seed,
        "task": task.as_dict(),
        "placeholder": {"input": INPUT, **({"context": CONTEXT} if has_context else {})},
        "counts": {
            "exemplars": len(rows),
            "with_reasoning": reasoned,
            "train_examples": train_examples,
        },
        "labels": {"covered": sorted(covered), "missing": sorted(known - covered)},
        "exemplar_ids": [one.id for one in shown],
        "prompts": {
            name: {"file": f"prompts/{name}.jsonl", "shots": [one["shots"] for one in made]}
            for name, made in ready.items()
        },
        "files": {path.relative_to(out).as_posix(): sha256_of(path) for path in files},
        "notes": _notes(task, len(rows), reasoned),
    }
    return [*files, _write_about(out / "bank.json", about)]


def _chosen(examples: pl.LazyFrame) -> list[dict[str, Any]]:
    """Collect the exemplars by rank: few rows, whatever the size of the set."""
    ranked = examples.filter(pl.col("exemplar_rank").is_not_null())
    rows = [row for batch in ranked.collect_batches() for row in batch.iter_rows(named=True)]
    return sorted(rows, key=lambda row: (row["exemplar_rank"], row["position"]))


def _train_labels(examples: pl.LazyFrame) -> tuple[set[str], int]:
    """Gather the labels of all train examples, and count the examples."""
    labels: set[str] = set()
    train_examples = 0
    train = examples.filter(pl.col("split") == "train").select("label")
    for batch in train.collect_batches():
        labels.update(batch["label"].drop_nulls().unique())
        train_examples += batch.height
    return labels, train_examples


def _write(path: Path, rows: Iterable[Mapping[str, Any]], schema: str) -> Path:
    lines = (orjson.dumps(row).decode() for row in rows)
    with path.open("wb") as file:
        write_lines(file, lines, schemas.Gate(schemas.load(schema)), name=path.name, first=1)
    return path


def _write_about(path: Path, about: Mapping[str, Any]) -> Path:
    gate = schemas.Gate(schemas.load("bank"))
    if not gate.is_valid(about):
        place, words = next(gate.errors(about))
        raise WriteError(words, where=f"{path.name}: {place}")
    path.write_bytes(orjson.dumps(about, option=orjson.OPT_INDENT_2) + b"\n")
    return path


def _notes(task: Task, exemplars: int, reasoned: int) -> list[str]:
    """Say where a technique has less to show than its name promises."""
    notes = []
    if not exemplars:
        notes.append("no example was chosen as an exemplar: few_shot shows none")
    if not reasoned:
        notes.append("no exemplar has reasoning: chain_of_thought asks for it and shows none")
    elif reasoned < exemplars:
        notes.append(
            f"chain_of_thought shows the {reasoned} of {exemplars} exemplars with reasoning"
        )
    if not task.persona:
        notes.append("the task has no persona: persona says what zero_shot says")
    return notes
