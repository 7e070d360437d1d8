"""The dataset card: front matter the Hub reads, then what a person wants to know."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import polars as pl

from curator.errors import shorten
from curator.manifest import Manifest
from curator.records import SPLITS
from curator.task import Task
from curator.write.instruction_set.shards import card_features

MAX_EXAMPLE_CHARS = 300
MAX_LABELS = 200
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


@dataclass(kw_only=True)
class Facts:
    """What is counted while the rows go by."""

    rows: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    reviewed: Counter[str] = field(default_factory=Counter)  # status -> rows
    licences: set[str] = field(default_factory=set)
    languages: set[str] = field(default_factory=set)
    example: dict[str, Any] | None = None
    num_bytes: dict[str, int] = field(default_factory=dict)  # by split, in memory
    download_bytes: int = 0  # of all files

    def add(self, rows: pl.DataFrame) -> None:
        """Count a batch; the very first row becomes the card's example."""
        self.rows.update(dict(rows["split"].value_counts().iter_rows()))
        self.labels.update(dict(rows["label"].drop_nulls().value_counts().iter_rows()))
        status = rows["review"].struct.field("status").drop_nulls()
        self.reviewed.update(dict(status.value_counts().iter_rows()))
        self.licences.update(rows["licence"].drop_nulls().unique())
        self.languages.update(rows["language"].drop_nulls().unique())
        if self.example is None and rows.height:
            self.example = rows.drop("split").row(0, named=True)


def card(task: Task, manifest: Manifest, facts: Facts) -> str:
    """Write the card; text of the data stays inside fences and table cells it cannot leave."""
    splits = [split for split in SPLITS if facts.rows[split]]
    import yaml

    front = _front(task, manifest, facts, splits)
    front_text = yaml.safe_dump(front, sort_keys=False, allow_unicode=True)
    sections = [
        f"---\n{front_text}---",
        f"# {_cell(manifest.name)}",
        *([_fence(task.instruction)] if task.instruction else []),
        "## Splits",
        _table(("split", "rows"), [(split, f"{facts.rows[split]:,}") for split in splits]),
        *_labels(facts),
        *_reviewed(facts),
        "## Columns",
        _COLUMNS,
        "## A row",
        _fence(_readable(facts.example), "json"),
        "## How it was made",
        f"{manifest.ledger.sentence()}.",
        *_rejected(manifest),
        _table(
            ("input", "sha256"),
            [(_cell(str(one.get("uri"))), str(one.get("sha256"))) for one in manifest.inputs],
        ),
        f"Seed {manifest.seed}. Made with {_versions(manifest)}.",
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


_COLUMNS = """\
- `messages`: the training row, which is the zero-shot prompt and, where an assistant has the
  last word, its completion. A message has `role`, `content`, `name`, `tool_calls` (JSON text),
  `tool_call_id` and `weight` (0: not to be trained on).
- `tools`: the functions that may be called, as JSON text.
- `label`, and `reasoning` of the completion, where the source has them.
- `rejected_messages`: the answer that was not preferred, where the source has one.
- `group`: rows that share it stand in the same split.
- `language`, `licence`, and `provenance` (file, hash, row, line, span) of the row.
- `review`: what people decided (`status`: approved or corrected), who (`by`), and their `score`."""


def _reviewed(facts: Facts) -> list[str]:
    if not facts.reviewed:
        return []
    counts = ", ".join(f"{_cell(name)} {n:,}" for name, n in sorted(facts.reviewed.items()))
    return [f"People have reviewed {facts.reviewed.total():,} of the rows: {counts}."]


def _front(task: Task, manifest: Manifest, facts: Facts, splits: Sequence[str]) -> dict[str, Any]:
    info = [
        {"name": split, "num_bytes": facts.num_bytes[split], "num_examples": facts.rows[split]}
        for split in splits
    ]
    configs = {
        "config_name": "default",
        "data_files": [{"split": split, "path": f"data/{split}-*.parquet"} for split in splits],
    }
    total = sum(facts.rows.values())
    return {
        "pretty_name": manifest.name,
        **_licence(sorted(facts.licences)),
        **({"language": sorted(facts.languages)} if facts.languages else {}),
        "task_categories": [
            "text-classification" if task.output.kind == "labels" else "text-generation"
        ],
        "tags": ["instruction-tuning", "curator"],
        "size_categories": [next((word for size, word in _SIZES if total < size), "1M<n<10M")],
        "dataset_info": {
            "features": card_features(),
            "splits": info,
            "download_size": facts.download_bytes,
            "dataset_size": sum(facts.num_bytes.values()),
        },
        "configs": [configs],
    }


def _licence(licences: Sequence[str]) -> dict[str, str]:
    """Name the licence as the Hub does where all rows share one that reads like an identifier."""
    if not licences:
        return {}
    if len(licences) == 1 and re.fullmatch(r"[A-Za-z0-9.-]+", licences[0]):
        return {"license": licences[0].lower()}
    return {"license": "other", "license_name": ", ".join(map(shorten, licences))}


def _labels(facts: Facts) -> list[str]:
    if not facts.labels:
        return []
    ranked = sorted(facts.labels.items(), key=lambda item: (-item[1], item[0]))
    rows = [(_cell(label), f"{count:,}") for label, count in ranked[:MAX_LABELS]]
    more = len(ranked) - len(rows)
    tail = [f"and {more:,} more labels."] if more else []
    return [f"## Labels\n\n{len(ranked):,} labels.", _table(("label", "rows"), rows), *tail]


def _rejected(manifest: Manifest) -> list[str]:
    rows = [
        (step, _cell(why), f"{count:,}")
        for step, reasons in sorted(manifest.ledger.rejected.items())
        for why, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    ]
    return [_table(("step", "rejected because", "rows"), rows)] if rows else []


def _versions(manifest: Manifest) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(manifest.versions.items()))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) if rows else ""


def _cell(text: str) -> str:
    """Show text on one line, what Markdown or HTML would read as theirs escaped."""
    return re.sub(r"([\\`*_{}\[\]<>|#!&~])", r"\\\1", shorten(text))


def _fence(text: str, language: str = "text") -> str:
    """Put text into a fence longer than any run of backticks inside."""
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    marks = "`" * max(3, longest + 1)
    return f"{marks}{language}\n{text}\n{marks}"


def _readable(row: dict[str, Any] | None) -> str:
    return orjson.dumps(_short(row), option=orjson.OPT_INDENT_2).decode()


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= MAX_EXAMPLE_CHARS else f"{value[: MAX_EXAMPLE_CHARS - 1]}…"
    if isinstance(value, dict):
        return {key: _short(inner) for key, inner in value.items() if inner is not None}
    return [_short(inner) for inner in value] if isinstance(value, list) else value
