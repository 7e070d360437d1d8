"""Rows of a run given to people, and their answers taken: what was sent is kept as a ticket."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from curator.errors import ReviewError
from curator.pipeline import folder, ticket
from curator.recipe import Recipe, Step
from curator.recipe.steps import module
from curator.records import IS_EXAMPLE
from curator.review import reviews
from curator.review.asked import Asked
from curator.review.guidelines import guidelines
from curator.review.item import Response
from curator.review.questions import questions
from curator.review.queue import as_shown, items, queue
from curator.review.reviews import Shown
from curator.review.verdicts import verdicts
from curator.task import Task

if TYPE_CHECKING:
    from curator.review.agreement import Agreement

log = logging.getLogger("curator.review")
OPEN, ASIDE, UNSEEN = "open", "begun or discarded", "not seen"
Progress = Callable[[int], None]


def send(recipe: Recipe, step: Step, out: Path, *, progress: Progress) -> dict[str, Any]:
    """
    Send the queue of ``step`` and write the ticket beside the recipe; give it with its ``rows``.

    What an earlier ticket lists stays listed, with its place: its answers are still to come.

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
    sent = {name: asdict(one) for name, one in as_shown(records, chosen).items()}
    before = ticket.begin(recipe, sent)
    options = step.options
    if getattr(options, "path", "") is None:
        options = replace(options, path=str(recipe.beside("review.xlsx")))
    place: dict[str, Any] = step.module.send(
        items(records, folder.documents(out), chosen),
        options,
        name=recipe.name,
        task=task,
        asked=asked,
        guidelines=guidelines(task, asked, in_sheet=step.name == "worksheet"),
        progress=progress,
    )
    return {**ticket.finish(recipe, before, place, sent), "rows": len(sent)}


def collect(recipe: Recipe, *, progress: Progress) -> dict[str, Any]:
    """
    Add new responses to the reviews of a recipe, and count how its rows stand.

    Raises: ReviewError where nothing was sent or the service fails.
    """
    held = ticket.read(recipe)
    answered = _answered(recipe, held, progress)
    known = {**held.get("going", {}), **held["sent"]}
    shown = {name: Shown(**fields) for name, fields in known.items()}
    added = reviews.append(recipe.reviews, answered, shown)
    aside = {one.record_id for one in answered if not one.values}
    steps = [step.options for step in recipe.room("review")]
    resolve = (steps[0] if steps else Asked()).resolve
    decided = verdicts(reviews.read(recipe.reviews), resolve, recipe.task)
    open_rows = {name: decided[name].open for name in held["sent"] if name in decided}
    unseen = {name: ASIDE if name in aside else UNSEEN for name in held["sent"]}
    status = Counter(
        (decided[name].status or OPEN) if name in decided else word for name, word in unseen.items()
    )
    return {
        "reviews": str(recipe.reviews),
        "added": added,
        "sent": len(held["sent"]),
        "status": dict(sorted(status.items())),
        "open": {name: words for name, words in open_rows.items() if words},
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


def _answered(recipe: Recipe, held: Mapping[str, Any], progress: Progress) -> list[Response]:
    """Give what was said in every place; one of earlier sendings may have been taken away since."""
    where = ticket.places(held)
    if not where:
        raise ReviewError(
            "the sending was never finished",
            where=str(recipe.beside(ticket.FILE)),
            hint=f"curator review send {recipe.path}: it goes on from where it stopped",
        )
    found: list[Response] = []
    for place in where[:-1]:
        try:
            found += module("review", place["backend"]).collect(place, progress=progress)
        except ReviewError as error:
            log.warning("nothing was collected from where rows were sent earlier: %s", error)
    return [*found, *module("review", where[-1]["backend"]).collect(where[-1], progress=progress)]
