"""Training rows as every shape needs them: messages laid flat, each row drawn as letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.prompt.turns import Offsets, Turns
from curator.write.formats.reasoning import IN_FIELDS, Shown
from curator.write.json_columns import json_or_null

Reason = tuple[pl.Series, str]
"""Where it holds, and what is said of the row then."""

NEEDED = ("id", "split", "messages", "context", "tools", "rejected_messages", "provenance",
          "meta")  # fmt: skip
"""Columns of a record that ``Rows`` are made of."""

_LETTERS = {"system": "s", "user": "u", "tool": "t", "assistant": "a"}


@dataclass(frozen=True, kw_only=True)
class Rows:
    """
    A batch of training rows: columns have a value a row, ``turns.flat`` has one a message.

    ``outline`` writes each row as one letter a message: s(ystem), u(ser), t(ool), a(ssistant),
    c (an assistant that calls tools), b (calls and text), 0 and 9 (an assistant's text, or calls,
    not to be trained), x (no text at all). ``worse`` and ``worse_outline`` are the same of the
    dispreferred answer; without one it is empty.
    """

    places: pl.DataFrame  # id, split, file, row, line: what a row is called
    tools: pl.Series  # JSON text on one line, null where there are none
    lost: pl.DataFrame  # Boolean columns: the row has something that may stay behind
    unfit: pl.Series  # why no shape can hold the row as it is asked for; null where one may
    turns: Turns
    outline: pl.Series
    worse: Turns
    worse_outline: pl.Series
    reasoning: str | None = None  # the field that holds reasoning, where it stands in one
    eos_token: str = ""  # ends an answer in shapes that no template is put around

    @staticmethod
    def of(examples: pl.DataFrame, shown: Shown, how: str | None, eos_token: str = "") -> Rows:
        """Lay out the training rows of ``examples``, reasoning ``shown`` as ``how`` says."""
        origin = pl.col("provenance").struct
        places = examples.select(
            pl.col("id"), pl.col("split").fill_null("train"),
            file=origin.field("uri"), row=origin.field("row"), line=origin.field("line"),
        )  # fmt: skip
        flat = shown.turns.flat
        is_untrained = ((flat["weight"] == 0) & (flat["role"] == "assistant")).fill_null(
            value=False
        )
        return Rows(
            places=places,
            tools=examples.select(json_or_null(pl.col("tools"))).to_series(),
            lost=pl.DataFrame(
                {
                    "meta": examples["meta"].is_not_null(),
                    "reasoning": shown.lost,
                    "rejected_messages": examples["rejected_messages"].list.len().fill_null(0) > 0,
                    "weight": _any(shown.turns, is_untrained),
                }
            ),
            unfit=shown.unfit,
            turns=shown.turns,
            outline=_outline(shown.turns),
            worse=shown.rejected,
            worse_outline=_outline(shown.rejected),
            reasoning=how if how in IN_FIELDS else None,
            eos_token=eos_token,
        )

    def filter(self, is_taken: pl.Series) -> Rows:
        """Keep the rows where it is true."""
        if is_taken.all():
            return self
        return Rows(
            places=self.places.filter(is_taken),
            tools=self.tools.filter(is_taken),
            lost=self.lost.filter(is_taken),
            unfit=self.unfit.filter(is_taken),
            turns=Turns.of(self.turns.lists().filter(is_taken)),
            outline=self.outline.filter(is_taken),
            worse=Turns.of(self.worse.lists().filter(is_taken)),
            worse_outline=self.worse_outline.filter(is_taken),
            reasoning=self.reasoning,
            eos_token=self.eos_token,
        )

    def __len__(self) -> int:
        """Count the rows."""
        return self.places.height

    def has(self, name: str) -> pl.Series:
        """Say whether a row has something under ``name``, in its messages or as a whole."""
        if name in self.lost.columns:
            return self.lost[name]
        return self.some(self.turns.flat[name].is_not_null())

    def some(self, holds: pl.Series) -> pl.Series:
        """Say whether it holds for some message of a row."""
        return _any(self.turns, holds)

    def some_worse(self, holds: pl.Series) -> pl.Series:
        """Say whether it holds for some message of its dispreferred answer."""
        return _any(self.worse, holds)

    def first_reason(self, reasons: Sequence[Reason]) -> pl.Series:
        """Give the first reason that holds for each row, else null."""
        rules = [pl.when(pl.lit(holds)).then(pl.lit(reason)) for holds, reason in reasons]
        return pl.select(pl.coalesce(*rules)).to_series()

    def why_not(self, left_out: pl.Series) -> pl.Series:
        """Give what a shape says against a row, or else what no shape can hold of it."""
        return pl.select(pl.coalesce(pl.lit(left_out), pl.lit(self.unfit))).to_series()

    def drawn(self, pattern: str) -> pl.Series:
        """Say whether the outline of a row matches ``pattern`` somewhere."""
        return self.outline.str.contains(pattern)

    def worse_drawn(self, pattern: str) -> pl.Series:
        """Say whether the outline of its dispreferred answer matches ``pattern`` somewhere."""
        return self.worse_outline.str.contains(pattern)

    @cached_property
    def prompt_sizes(self) -> Offsets:
        """How many messages come before the answer, the last where an assistant wrote it, (N,)."""
        before: Offsets = np.diff(self.turns.offsets) - self.drawn("[abc09]$").to_numpy()
        return before

    @cached_property
    def position(self) -> Offsets:
        """The place of each message in its row, from 0, (M,)."""
        position: Offsets = (
            np.arange(self.turns.flat.height) - self.turns.offsets[:-1][self._record]
        )
        return position

    @cached_property
    def is_prompt(self) -> npt.NDArray[np.bool_]:
        """Whether a message comes before the answer of its row, (M,)."""
        before: npt.NDArray[np.bool_] = self.position < self.prompt_sizes[self._record]
        return before

    @cached_property
    def is_system(self) -> npt.NDArray[np.bool_]:
        """Whether a message is the system text that its row begins with, (M,)."""
        begins = self.position == 0
        leading: npt.NDArray[np.bool_] = begins & (self.turns.flat["role"] == "system").to_numpy()
        return leading

    @cached_property
    def system(self) -> pl.Series:
        """The system text that each row begins with, null where there is none."""
        texts = self.turns.flat["content"].filter(pl.Series(self.is_system))
        at = self.drawn("^s").arg_true()
        return pl.repeat(None, len(self), dtype=pl.String, eager=True).scatter(at, texts)

    @cached_property
    def answer(self) -> Offsets:
        """Where the last message of each row stands in ``turns.flat``; every row has one."""
        return self.turns.offsets[1:] - 1

    @property
    def _record(self) -> Offsets:
        return self.turns.record


def _any(turns: Turns, holds: pl.Series) -> pl.Series:
    return turns.lists(holds.fill_null(value=False)).list.any().fill_null(value=False)


def _outline(turns: Turns) -> pl.Series:
    return turns.lists(_letters(turns.flat)).list.join("")


def _letters(flat: pl.DataFrame) -> pl.Series:
    is_assistant = pl.col("role") == "assistant"
    calls = is_assistant & json_or_null(pl.col("tool_calls")).is_not_null()
    text = pl.col("content").fill_null("") != ""
    untrained = is_assistant & (pl.col("weight") == 0)
    letter = (
        pl.when(untrained & calls)
        .then(pl.lit("9"))
        .when(calls & text)
        .then(pl.lit("b"))
        .when(calls)
        .then(pl.lit("c"))
        .when(pl.col("content").is_null())
        .then(pl.lit("x"))
        .when(untrained)
        .then(pl.lit("0"))
        .otherwise(pl.col("role").replace_strict(_LETTERS, return_dtype=pl.String))
    )
    return flat.select(letter.alias("letter")).to_series()
