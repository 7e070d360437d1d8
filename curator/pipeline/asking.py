"""Rows of a run given to people, and their answers taken: what was sent is kept as a ticket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl

from curator.errors import ReviewError, shorten
from curator.pipeline import folder
from curator.recipe import Recipe, Step
from curator.recipe.steps import module
from curator.records import IS_EXAMPLE
from curator.review import reviews
from curator.review.asked import Asked
from curator.review.guidelines import guidelines
from curator.review.item import Item
from curator.review.questions import questions
from curator.review.queue import as_shown, items, queue
from curator.review.reviews import Shown
from curator.review.verdicts import verdicts
from curator.task import Task

if TYPE_CHECKING:
    from curator.review.agreement import Agreement

TICKET, VERSION = "review.json", 1
Progress = Callable[[int], None]


def send(recipe: Recipe, step: Step, out: Path, *, progress: Progress) -> dict[str, Any]:
    """
    Send the queue of ``step`` and write the ticket beside the recipe.

    What an earlier ticket of the same place lists stays listed: its answers are still to come.

    Raises: ReviewError where nothing has been run, nothing is to be reviewed, or the service fails.
    """
    if not (out / folder.RECORDS).is_file():
        raise ReviewError(
            "there are no records to review",
            where=str(out),
            hint=f"curator run {recipe.path}, or name its folder with --out",
        )
    kept = folder.kept_rows(out)
    records = kept.filter(IS_EXAMPLE)
    is_new = pl.col("review").struct.field("status").is_null()
    task = _task(recipe.task, records)
    chosen = queue(folder.all_rows(out), step.options, task)
    chosen = chosen.join(
        records.filter(is_new).select("position").collect(), on="position", how="semi"
    )
    if chosen.is_empty():
        raise ReviewError("no row waits for a review", where=str(out), hint="review another queue")
    asked = questions(task)
    sent = as_shown(records, chosen)
    shown: list[Item] = list(items(records, folder.documents(out), chosen))
    options = step.options
    if getattr(options, "path", "") is None:
        options = replace(options, path=str(recipe.beside("review.xlsx")))
    place: dict[str, Any] = step.module.send(
        shown,
        options,
        name=recipe.name,
        task=task,
        asked=asked,
        guidelines=guidelines(task, asked, in_sheet=step.name == "worksheet"),
        progress=progress,
    )
    before = _read(recipe) if recipe.beside(TICKET).is_file() else {"sent": {}}
    ticket = {
        "version": VERSION,
        **place,
        "sent": {**before["sent"], **{name: asdict(one) for name, one in sent.items()}},
    }
    recipe.beside(TICKET).write_bytes(orjson.dumps(ticket, option=orjson.OPT_INDENT_2))
    return ticket


def collect(recipe: Recipe, *, progress: Progress) -> dict[str, Any]:
    """
    Add new responses to the reviews of a recipe, and count how its rows stand.

    Raises: ReviewError where nothing was sent or the service fails.
    """
    ticket = _read(recipe)
    shown = {name: Shown(**fields) for name, fields in ticket["sent"].items()}
    backend = module("review", ticket["backend"])
    answered = list(backend.collect(ticket, progress=progress))
    added = reviews.append(recipe.reviews, answered, shown)
    steps = [step.options for step in recipe.room("review")]
    resolve = (steps[0] if steps else Asked()).resolve
    decided = verdicts(reviews.read(recipe.reviews), resolve, recipe.task)
    status = Counter(
        (decided[name].status or "open") if name in decided else "not seen" for name in shown
    )
    return {
        "reviews": str(recipe.reviews),
        "added": added,
        "sent": len(shown),
        "status": dict(sorted(status.items())),
        "open": {
            name: decided[name].open for name in shown if name in decided and decided[name].open
        },
    }


def agreement(recipe: Recipe) -> Agreement:
    """
    Measure the agreement of people over the reviews beside a recipe.

    Raises: ReviewError where there are none.
    """
    from curator.review.agreement import agreement as measure

    said = reviews.read(recipe.reviews)
    if not said:
        raise ReviewError(
            "there are no reviews yet",
            where=str(recipe.reviews),
            hint=f"curator review send {recipe.path}, then curator review collect {recipe.path}",
        )
    labels = sorted({one.shown.label for one in said if one.shown.label})
    task = replace(recipe.task).with_labels(labels) if labels else recipe.task
    return measure(reviews.responses(said), questions(task))


def _task(task: Task, records: pl.LazyFrame) -> Task:
    labels = records.select(pl.col("label").drop_nulls().unique()).collect()["label"]
    return task.with_labels(sorted(labels)) if task.output.labels_from_data else task


def _read(recipe: Recipe) -> Mapping[str, Any]:
    path = recipe.beside(TICKET)
    hint = f"curator review send {recipe.path}"
    try:
        ticket: dict[str, Any] = orjson.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise ReviewError("nothing was sent yet", where=str(path), hint=hint) from error
    except orjson.JSONDecodeError as error:
        words = f"this is no ticket: {shorten(str(error))}"
        raise ReviewError(words, where=str(path), hint=hint) from error
    if not isinstance(ticket, dict) or ticket.get("version") != VERSION:
        raise ReviewError("this is no ticket of this version", where=str(path), hint=hint)
    return ticket
