"""Where receivers look for reasoning: in the answer, between tags, in a field, in its own turn."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from curator.prompt.thoughts import ASKS_FOR_ANSWER, CLOSE, thought
from curator.prompt.training import rejected_turns, training_turns, worked_texts
from curator.prompt.turns import Turns
from curator.task import Task

IN_ANSWER = "in_answer"  # as the task's own contract writes it: reasoning, marker, answer
THINK = "think"
IN_FIELDS = ("reasoning_content", "thinking")
TWO_MESSAGES = "two_messages"
CONVENTIONS = (IN_ANSWER, THINK, *IN_FIELDS, TWO_MESSAGES)

IN_TEXT = (IN_ANSWER, THINK)
"""What any shape with a place for an answer has a place for."""
IN_TURNS = (*IN_TEXT, TWO_MESSAGES)
"""What shapes of several turns have a place for."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Training rows and dispreferred answers with their reasoning where a receiver looks for it."""

    turns: Turns
    rejected: Turns
    lost: pl.Series  # true: the row has reasoning that is not shown
    unfit: pl.Series  # why the reasoning of a row cannot be shown so; null where it can


def convention(places: tuple[str, ...], asked: str | None, task: Task) -> str | None:
    """
    Choose among the ``places`` of a shape: the one asked for, or its own where the task wants it.

    None: reasoning stays behind, because nobody wants it, or the shape has no such place.
    """
    if asked is not None:
        return asked if asked in places else None
    return places[0] if task.reasoning and places else None


def shown(task: Task, examples: pl.DataFrame, how: str | None) -> Shown:
    """
    Render training rows with their reasoning as ``how`` says; with None, without it.

    Columns: turns have those of ``training_turns``; ``reasoning`` where it stands in a field;
             ``lead``, the characters before the answer itself, where it stands in the same text.
    """
    wanted = replace(task, reasoning=how is not None)
    both = training_turns, rejected_turns
    if how is None:
        turns, rejected = (render(wanted, examples) for render in both)
        lost = _has_reasoning(examples, spares_last=False)
        return Shown(turns=turns, rejected=rejected, lost=lost, unfit=_fits(examples))
    turns, rejected = (render(wanted, examples, reasoning="field") for render in both)
    if how == IN_ANSWER:
        lost = _has_reasoning(examples, spares_last=True)
        turns, rejected = _worked(wanted, turns), _worked(wanted, rejected)
        return Shown(turns=turns, rejected=rejected, lost=lost, unfit=_fits(examples))
    lost = pl.repeat(value=False, n=examples.height, eager=True)
    if how == THINK:
        unfit = pl.select(pl.coalesce(_unfit(turns), _unfit(rejected))).to_series()
        turns, rejected = _thought(turns), _thought(rejected)
        return Shown(turns=turns, rejected=rejected, lost=lost, unfit=unfit)
    if how == TWO_MESSAGES:
        turns, lost = _parted(turns)
        rejected, _ = _parted(rejected)
    return Shown(turns=turns, rejected=rejected, lost=lost, unfit=_fits(examples))


def _fits(examples: pl.DataFrame) -> pl.Series:
    return pl.repeat(None, examples.height, dtype=pl.String, eager=True)


def _has_reasoning(examples: pl.DataFrame, *, spares_last: bool) -> pl.Series:
    """Say whether reasoning stays behind: any, or that of turns before the last."""
    messages = pl.col("messages")
    if spares_last:
        messages = messages.list.head(messages.list.len().clip(1) - 1)
    said = messages.list.eval(pl.element().struct.field("reasoning").fill_null("") != "")
    return examples.select(said.list.any().fill_null(value=False)).to_series()


def _worked(task: Task, turns: Turns) -> Turns:
    """Write the reasoning of last answers before them, as the task's contract has it."""
    flat = turns.flat
    is_last = np.zeros(flat.height, bool)
    is_last[turns.offsets[1:][np.diff(turns.offsets) > 0] - 1] = True
    is_answer = pl.Series(is_last) & (flat["role"] == "assistant")
    return _written(turns, worked_texts(task, flat["content"], flat["reasoning"], is_answer))


def _thought(turns: Turns) -> Turns:
    """Write all reasoning between tags, before its answer."""
    reasoning, content = pl.col("reasoning"), pl.col("content")
    whole = thought(reasoning, content.fill_null(""))
    has_some = reasoning.fill_null("") != ""
    text = pl.when(has_some).then(whole).otherwise(content)
    return _written(turns, turns.flat.select(text.alias("content")).to_series())


def _written(turns: Turns, content: pl.Series) -> Turns:
    chars = [
        texts.str.len_chars().fill_null(0).cast(pl.Int64)
        for texts in (content, turns.flat["content"])
    ]
    lead = (chars[0] - chars[1]).alias("lead")
    flat = turns.flat.drop("reasoning").with_columns(content, lead)
    return Turns(flat=flat, offsets=turns.offsets)


def _unfit(turns: Turns) -> pl.Series:
    """Name the rows whose reasoning would end where its tag stands in it."""
    holds = turns.flat["reasoning"].str.contains(CLOSE, literal=True).fill_null(value=False)
    said = turns.lists(holds).list.any().fill_null(value=False)
    return pl.select(
        pl.when(pl.lit(said)).then(pl.lit(f"reasoning that holds {CLOSE}"))
    ).to_series()


def _parted(turns: Turns) -> tuple[Turns, pl.Series]:
    """Give reasoning and answer a turn each, and say where that cannot be: beside calls."""
    flat = turns.flat
    has_some = (flat["reasoning"].fill_null("") != "") & (flat["role"] == "assistant")
    is_parted = has_some & flat["tool_calls"].is_null() & flat["content"].is_not_null()
    counts = 1 + 2 * is_parted.to_numpy()
    ends = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    source = np.repeat(np.arange(flat.height), counts)
    place = np.arange(len(source)) - ends[:-1][source]
    kind = pl.lit(pl.Series(np.where(counts[source] == 3, place, 2)))
    blank = pl.lit(None)
    longer = flat[source].with_columns(
        role=pl.when(kind == 1).then(pl.lit("user")).otherwise("role"),
        content=pl.when(kind == 0).then("reasoning").when(kind == 1)
        .then(pl.lit(ASKS_FOR_ANSWER)).otherwise("content"),
        name=pl.when(kind == 1).then(blank).otherwise("name"),
        weight=pl.when(kind == 1).then(blank).otherwise("weight"),
    )  # fmt: skip
    lost = turns.lists(has_some & ~is_parted).list.any().fill_null(value=False)
    return Turns(flat=longer.drop("reasoning"), offsets=ends[turns.offsets]), lost
