"""Write the few-shot bank: exemplars, ready prompts, an index, and forms for other tools."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import polars as pl

from curator import schemas
from curator.bank.retrieval import INDEX
from curator.errors import WriteError
from curator.manifest import Manifest, sha256_of
from curator.prompt import Exemplar, technique_names
from curator.records import IS_EXAMPLE, prompt_over, text_over
from curator.schemas.lines import LineGate
from curator.task import Task
from curator.tokenizer import Counter as TokenCounter
from curator.tokenizer import counter
from curator.write import BATCH_ROWS, write_lines
from curator.write.bank import coverage, forms
from curator.write.bank.exemplars import as_line, as_shown, shown_text
from curator.write.bank.flags import flags
from curator.write.bank.prompts import CONTEXT, INPUT, MAX_SHOTS, prompts
from curator.write.bank.slots import BUDGET, empty_slots, in_all, strategies, why

FOLDER = "bank"
SCHEMA_VERSION = 1
STATIC_SHOTS = 32
"""Exemplars that the prompts of other tools show at most."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is written beside the exemplars, which the ``select`` steps chose."""

    forms: tuple[str, ...] = ("dspy", "langchain", "messages", "promptfoo")
    max_tests: int = 100  # test rows in the promptfoo form, drawn by seed
    index: bool = True
    embedder: str | None = None  # makes vectors for the index, beside its words
    tokenizer: str | None = None  # counts tokens; None: that of the strategy, else the estimate
    seed: int = 0


def write(
    records: pl.LazyFrame, options: Options, out: Path, *, task: Task, manifest: Manifest
) -> list[Path]:
    """
    Write ``exemplars.jsonl`` by rank, ``prompts/``, ``forms/``, ``index/`` and ``bank.json``.

    Keeps:  no text of a test or validation row but in the tests of the promptfoo form.
    Raises: WriteError naming the example if an exemplar is not from train or has no answer;
            RecipeError for a form that does not exist.
    """
    forms.check(options.forms)
    examples = records.filter(IS_EXAMPLE)
    rows = _chosen(examples)
    steps = strategies(manifest, Counter(_steps(rows)))
    last: dict[str, Any] = steps[-1] if steps else {"step": "", "options": {}}
    count = counter(options.tokenizer or last["options"].get("tokenizer"))
    shown = [as_shown(row) for row in rows.iter_rows(named=True)]
    tokens = _write_exemplars(out / "exemplars.jsonl", rows, count)
    has_context = any(one.context for one in shown)
    ready = _write_prompts(out / "prompts", task, shown, has_context=has_context)
    held = forms.Held(
        name=manifest.name, task=task, exemplars=shown, strategy=last["step"],
        shots=min(len(shown), STATIC_SHOTS), examples=examples,
        max_tests=options.max_tests, seed=options.seed,
    )  # fmt: skip
    loaded = forms.write(held, options.forms, out / "forms")
    if options.index:
        _write_index(out / INDEX, rows, options.embedder)
        _write_offsets(out / "exemplars.jsonl", out / INDEX / "lines.npy")

    labels, train_examples = _train_labels(examples)
    known = labels | set(task.output.labels)
    covered = set(rows["label"].drop_nulls())
    reasoned = sum(one.has_reasoning for one in shown)
    limits = {key: last["options"].get(key) for key in BUDGET}
    limits["shots"] = in_all(last["options"])
    texts = rows["text"]
    files = sorted(path for path in out.rglob("*") if path.is_file())
    about = {
        "schema_version": SCHEMA_VERSION,
        "name": manifest.name,
        "seed": manifest.seed,
        "task": task.as_dict(),
        "strategy": steps,
        "budget": {key: limit for key, limit in limits.items() if limit is not None},
        "tokens": {"exemplars": tokens, "counted_by": count.name},
        "placeholder": {"input": INPUT, **({"context": CONTEXT} if has_context else {})},
        "counts": {
            "exemplars": len(shown),
            "with_reasoning": reasoned,
            "train_examples": train_examples,
        },
        "labels": {"covered": sorted(covered), "missing": sorted(known - covered)},
        "empty_slots": empty_slots(examples, last["options"], sorted(known), last["step"]),
        "coverage": coverage.coverage(examples, texts),
        "nearest_test": coverage.nearest_test(examples, texts),
        "reserved": flags(rows),
        "exemplar_ids": [one.id for one in shown],
        "prompts": ready,
        "forms": loaded,
        "files": {path.relative_to(out).as_posix(): sha256_of(path) for path in files},
        "notes": [*_notes(task, len(shown), reasoned), *_held(rows)],
    }
    return [*files, _write_about(out / "bank.json", about)]


def _chosen(examples: pl.LazyFrame) -> pl.DataFrame:
    """Collect the exemplars by rank, each with the text that a search compares."""
    ranked = examples.filter(pl.col("exemplar_rank").is_not_null())
    return (
        ranked.with_columns(text=prompt_over("input")).collect().sort("exemplar_rank", "position")
    )


def _steps(rows: pl.DataFrame) -> Iterator[str]:
    """Name for each exemplar the step that chose it, where its life says so."""
    for changes in rows["changes"].to_list():
        if (chosen := why(changes)) is not None:
            yield chosen["step"]


def _write_exemplars(path: Path, rows: pl.DataFrame, count: TokenCounter) -> int:
    """Write a line for each exemplar, and say how many tokens they have together."""
    gate = LineGate(schemas.load("exemplar"))
    written = total = 0
    with path.open("wb") as file:
        for batch in rows.iter_slices(BATCH_ROWS):
            tokens = count(batch.select(shown_text()).to_series().fill_null("").to_list())
            pairs = zip(batch.iter_rows(named=True), tokens, strict=True)
            lines = (orjson.dumps(as_line(row, size)).decode() for row, size in pairs)
            written += write_lines(file, lines, gate, name=path.name, first=written + 1)
            total += sum(tokens)
    return total


def _write_prompts(
    folder: Path, task: Task, shown: Sequence[Exemplar], *, has_context: bool
) -> dict[str, dict[str, Any]]:
    """Write the ready prompts of each technique, and name their files."""
    folder.mkdir()
    gate = LineGate(schemas.load("prompt"))
    ready = {}
    for name in technique_names():
        made = list(prompts(task, shown, name, has_context=has_context))
        lines: Iterable[str] = (orjson.dumps(one).decode() for one in made)
        with (folder / f"{name}.jsonl").open("wb") as file:
            write_lines(file, lines, gate, name=f"prompts/{name}.jsonl", first=1)
        ready[name] = {"file": f"prompts/{name}.jsonl", "shots": [one["shots"] for one in made]}
    return ready


def _write_index(folder: Path, rows: pl.DataFrame, embedder: str | None) -> None:
    """Index the inputs of the exemplars by rank, and what a search may keep to or keep out."""
    from curator.bank.index import build
    from curator.embed import open_embedder

    place = pl.col("provenance").struct.field
    columns = rows.select(
        "id", "group", "label", source=place("uri"), document_id=place("document_id")
    )
    model = None if embedder is None else open_embedder(embedder)
    build(rows.select(text_over("input")).to_series(), columns, folder, embedder=model)


def _write_offsets(lines: Path, out: Path) -> None:
    """Say where each line begins and the last one ends: a bank is opened without reading it."""
    data = np.frombuffer(lines.read_bytes(), np.uint8)
    ends = np.flatnonzero(data == ord("\n")) + 1
    np.save(out, np.concatenate([[0], ends]).astype(np.int64))


def _train_labels(examples: pl.LazyFrame) -> tuple[set[str], int]:
    """Gather the labels of all train examples, and count the examples."""
    train = examples.filter(pl.col("split") == "train")
    facts = train.select(pl.len(), labels=pl.col("label").drop_nulls().unique().implode()).collect()
    return set(facts["labels"][0]), int(facts["len"][0])


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
    if exemplars > MAX_SHOTS:
        notes.append(f"ready prompts show the first {MAX_SHOTS} of {exemplars} exemplars at most")
    if exemplars > coverage.MEASURED:
        notes.append(f"coverage is that of the first {coverage.MEASURED} exemplars")
    if not reasoned:
        notes.append("no exemplar has reasoning: chain_of_thought asks for it and shows none")
    elif reasoned < exemplars:
        notes.append(
            f"chain_of_thought shows the {reasoned} of {exemplars} exemplars with reasoning"
        )
    if not task.persona:
        notes.append("the task has no persona: persona says what zero_shot says")
    return notes


def _held(rows: pl.DataFrame) -> list[str]:
    """Warn of exemplars that say what the placeholder says: theirs is not to be filled in."""
    holders = rows.select(shown_text().str.contains(INPUT, literal=True).sum()).item()
    if not holders:
        return []
    told = "1 exemplar holds" if holders == 1 else f"{holders} exemplars hold"
    return [f"{told} the text {INPUT}: put the query into the last message alone"]
