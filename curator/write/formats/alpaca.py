"""Instruction, input and output; the task is system text, earlier turns are history."""

from __future__ import annotations

import numpy as np
import polars as pl

from curator.write.formats.rows import Rows, json_array, json_object, json_text

FIELDS_LEFT_OUT = ("name",)


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows that are more than a person and an assistant taking turns in text."""
    return rows.first_reason(
        [
            (rows.tools.is_not_null() | rows.drawn("[bct]"), "tools"),
            (rows.drawn("x"), "a turn without text"),
            (rows.drawn("0"), "an answer that is not to be trained"),
            (~rows.drawn("a$"), "no answer at the end"),
            (~rows.drawn("^s?(ua)+$"), "turns that do not alternate"),
        ]
    )


def lines(rows: Rows) -> pl.Series:
    """
    Render instruction, an empty input, output, system and ``history: [[ask, answer], ...]``.

    The whole user message is the instruction: trainers put a line break before ``input``.
    System and history only where there are any.
    """
    texts = json_text(rows.turns.flat["content"])
    first, last = rows.turns.offsets[:-1], rows.turns.offsets[1:] - 1
    has_system = rows.drawn("^s")
    is_earlier = np.ones(len(texts), bool)
    is_earlier[first[has_system.to_numpy()]] = False
    is_earlier[last] = is_earlier[last - 1] = False
    earlier = rows.turns.where(is_earlier)
    asked = pl.lit(earlier.flat["role"] == "user")
    text = pl.lit(texts.filter(pl.Series(is_earlier)))
    halves = pl.select(pl.when(asked).then("[" + text).otherwise(text + "]")).to_series()
    history = json_array(earlier.lists(halves))
    return json_object(
        {
            "instruction": texts.gather(last - 1),
            "input": pl.repeat('""', len(rows.id), eager=True),
            "output": texts.gather(last),
            "system": _where(has_system, texts.gather(first)),
            "history": _where(history != "[]", history),
        }
    )


def _where(holds: pl.Series, values: pl.Series) -> pl.Series:
    return pl.select(pl.when(pl.lit(holds)).then(pl.lit(values))).to_series()
