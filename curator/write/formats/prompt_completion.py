"""The prompt's messages and the completion's apart, so that only the completion is trained."""

from __future__ import annotations

import numpy as np
import polars as pl

from curator.write.formats.rows import Rows, json_array, json_messages, json_object

FIELDS_LEFT_OUT = ()


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows whose last message is not an answer to train on."""
    return rows.first_reason(
        [
            (rows.drawn("x"), "a turn without text"),
            (rows.drawn("0$"), "an answer that is not to be trained"),
            (~rows.drawn("[abc]$"), "no answer at the end"),
        ]
    )


def lines(rows: Rows) -> pl.Series:
    """Render ``{"prompt": [...], "completion": [{...}], "tools": [...]}``."""
    messages = json_messages(rows.turns.flat)
    last = rows.turns.offsets[1:] - 1
    is_prompt = np.ones(len(messages), bool)
    is_prompt[last] = False
    before = rows.turns.where(is_prompt)
    return json_object(
        {
            "prompt": json_array(before.lists(messages.filter(pl.Series(is_prompt)))),
            "completion": "[" + messages.gather(last) + "]",
            "tools": rows.tools,
        }
    )
