"""What makes an example look weak to a program, so that a person should look at it."""

from __future__ import annotations

from functools import partial

import polars as pl

from curator.records import text_over
from curator.review.answer import answer_shown, breach, is_calls
from curator.task import Task

OFF_CONTRACT = "low quality: not what the task asks for"
GARBLED = "low quality: unreadable characters"
ECHO = "low quality: the answer repeats the question"
LOOP = "low quality: the answer repeats itself"
CUT = "low quality: the answer is cut off"

_GARBLED = "\ufffd|[ÃÂ][\u0080-\u00bf]|â€"
"""A lost character, or UTF-8 that was read as Windows-1252."""
_SENTENCE = r"[^.!?\n]{20,}"
_FENCE = r"(?m)^\s*```"
MIN_REPEATED, MIN_SHARE = 2, 0.3


def weakness(task: Task) -> pl.Expr:
    """Why a row looks weak, the gravest first; null where nothing is to be seen. Dtype String."""
    text = pl.when(~is_calls()).then(answer_shown())
    asked = text_over("input")
    sentences = text.str.extract_all(_SENTENCE).list.eval(pl.element().str.strip_chars())
    repeated = sentences.list.len() - sentences.list.n_unique()
    return (
        pl.when(_off_contract(task))
        .then(pl.lit(OFF_CONTRACT))
        .when(pl.concat_str(asked, text, ignore_nulls=True).str.contains(_GARBLED))
        .then(pl.lit(GARBLED))
        .when(_plain(asked) == _plain(text))
        .then(pl.lit(ECHO))
        .when((repeated >= MIN_REPEATED) & (repeated >= MIN_SHARE * sentences.list.len()))
        .then(pl.lit(LOOP))
        .when(text.str.count_matches(_FENCE) % 2 == 1)
        .then(pl.lit(CUT))
    )


def _plain(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase().str.strip_chars()


def _off_contract(task: Task) -> pl.Expr:
    both = pl.struct(text=answer_shown(), is_calls=is_calls())
    return both.map_batches(partial(_breaks, task), return_dtype=pl.Boolean, is_elementwise=True)


def _breaks(task: Task, rows: pl.Series) -> pl.Series:
    fields = rows.struct.unnest()
    hits = [
        text is not None and breach(task, text, is_calls=calls) is not None
        for text, calls in fields.select("text", "is_calls").iter_rows()
    ]
    return pl.Series(rows.name, hits, dtype=pl.Boolean)
