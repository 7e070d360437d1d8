"""Rows to export, some at a time, as the texts that a model is given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.errors import WriteError, shorten
from curator.prompt.training import hidden_reasoning, training_turns
from curator.prompt.turns import Turns
from curator.records import IS_CHUNK, IS_EXAMPLE, SPLITS
from curator.task import Task
from curator.tokenizer import Encoder, TokenizerFiles
from curator.write import BATCH_ROWS
from curator.write.trainer.columns import Columns
from curator.write.trainer.options import Options
from curator.write.trainer.rendered import Rendered
from curator.write.trainer.template import ChatTemplate
from curator.write.trainer.trained import Spans, trained_spans, whole
from curator.write.trainer.written import TemplateFault

_EXAMPLE = ("id", "split", "provenance", "messages", "context", "tools")
_CHUNK = ("id", "split", "provenance", "text")
_SAID = ("content", "reasoning", "name", "tool_call_id")
_ESCAPE = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|/)")


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Some rows in reading order: their texts, and which bytes of these count."""

    first: int  # place of the first row among all that are exported
    id: pl.Series
    split: pl.Series
    rendered: Rendered
    spans: Spans
    turns: Turns | None = None  # of examples
    tools: pl.Series | None = None
    provenance: pl.Series | None = None
    hidden_reasoning: int = 0  # turns whose reasoning the texts do not show

    def name(self, row: int) -> str:
        """Name a row as a person finds it: by its id, and where it was read."""
        place = None if self.provenance is None else self.provenance[row]
        return _named(self.id[row], place)

    @cached_property
    def bytes(self) -> NDArray[np.int64]:
        """How long each text is, (N,)."""
        return self.rendered.texts.str.len_bytes().to_numpy().astype(np.int64)


def examples(
    records: pl.LazyFrame, options: Options, task: Task, template: ChatTemplate, encoder: Encoder
) -> Iterator[Batch]:
    """
    Write each example as a chat.

    Raises: WriteError with the row, where the template cannot be trained with.
    """
    columns = Columns(template, options.train_on)
    shown = _shown_reasoning(options, task)
    first = 0
    for rows in _batches(records.filter(IS_EXAMPLE).select(_EXAMPLE)):
        turns = training_turns(task, rows, reasoning=options.reasoning)
        try:
            rendered = columns.render(turns, rows["tools"])
        except TemplateFault as fault:
            where = f"template {template.name}"
            if fault.row is not None:
                where += f", row {_named(rows['id'][fault.row], rows['provenance'][fault.row])}"
            raise WriteError(fault.message, where=where, hint=fault.hint) from fault
        weights = turns.flat["weight"].fill_null(1).to_numpy().astype(np.int8)
        yield Batch(
            first=first,
            id=rows["id"],
            split=rows["split"],
            rendered=rendered.without(_holds_control_token(turns, rows["tools"], encoder)),
            spans=trained_spans(rendered, turns.offsets, weights, options.train_on),
            turns=turns,
            tools=rows["tools"],
            provenance=rows["provenance"],
            hidden_reasoning=hidden_reasoning(rows, shown=shown),
        )
        first += rows.height


def _shown_reasoning(
    options: Options, task: Task
) -> Literal["in no turn", "in last answers", "in all turns"]:
    if not task.reasoning:
        return "in no turn"
    return "in all turns" if options.reasoning == "field" else "in last answers"


def chunks(records: pl.LazyFrame, files: TokenizerFiles, encoder: Encoder) -> Iterator[Batch]:
    """Write each passage as a text that begins and ends as the tokenizer's texts do; all counts."""
    first = 0
    begin, end = files.begins_with or "", files.eos_token or ""
    for rows in _batches(records.filter(IS_CHUNK).select(_CHUNK)):
        texts = begin + rows["text"] + end
        none = np.zeros(0, np.int64)
        rendered = Rendered(
            texts=texts.alias("text"),
            why=_control_token(rows["text"], encoder),
            prompt_bytes=np.full(rows.height, -1),
            row=none, message=none, role=none.astype(np.int8), start=none, end=none,
        )  # fmt: skip
        lengths = texts.str.len_bytes().to_numpy().astype(np.int64)
        yield Batch(
            first=first,
            id=rows["id"],
            split=rows["split"],
            rendered=rendered,
            spans=whole(lengths),
            provenance=rows["provenance"],
        )
        first += rows.height


def _batches(wanted: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    known = wanted.with_columns(pl.col("split").fill_null("train"))
    for rows in known.collect_batches(maintain_order=True, chunk_size=BATCH_ROWS):
        strange = rows.filter(~pl.col("split").is_in(SPLITS))
        if strange.height:
            raise WriteError(
                f"an export has the splits {', '.join(SPLITS)}, not {strange['split'][0]}",
                where=f"row {strange['id'][0]}",
            )
        yield rows


def _named(name: str, place: Mapping[str, Any] | None) -> str:
    if not place or place["uri"] is None:
        return name
    return f"{name} ({shorten(place['uri'], 200)}, row {place['row']})"


def _holds_control_token(turns: Turns, tools: pl.Series, encoder: Encoder) -> pl.Series:
    """Say of each row which control token its own words hold, if any."""
    said = [turns.flat[name] for name in _SAID if name in turns.flat]
    parts = [*said, _unescaped(turns.flat["tool_calls"])]
    flat = pl.select(pl.concat_str(parts, separator="\n", ignore_nulls=True)).to_series()
    found = turns.lists(_control_token(flat, encoder)).list.drop_nulls().list.first()
    return pl.select(pl.coalesce(found, _control_token(_unescaped(tools), encoder))).to_series()


def _unescaped(texts: pl.Series) -> pl.Series:
    """Write JSON without escapes that could hide a control token, however deep they lie."""
    if not texts.str.contains("\\", literal=True).any():
        return texts
    plain = [text if text is None else _ESCAPE.sub(_character, text) for text in texts]
    return pl.Series(texts.name, plain, dtype=pl.String)


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16)) if escape[1] else "/"


def _control_token(texts: pl.Series, encoder: Encoder) -> pl.Series:
    """Word what is wrong with texts that a tokenizer would read marks of its own in."""
    marks = list(encoder.control_tokens)
    nothing = pl.Series([None] * len(texts), dtype=pl.String)
    if not marks or not (hit := texts.str.contains_any(marks).fill_null(value=False)).any():
        return nothing
    any_mark = "|".join(re.escape(mark) for mark in sorted(marks, key=len, reverse=True))
    words = "its text holds the control token " + texts.filter(hit).str.extract(f"({any_mark})")
    return nothing.scatter(hit.arg_true(), words)
