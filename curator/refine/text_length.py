"""Reject texts outside a length range, in characters or words."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from curator.errors import RecipeError
from curator.records import Over, reject, text_over

GLANCE_CHARS = 16
"""So much of a text for each word that it must have is looked at first."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """Both ends belong to the range; what is not given does not limit."""

    min_chars: int = 1  # Unicode code points, not bytes
    max_chars: int | None = None
    min_words: int = 0  # runs of anything but white space
    max_words: int | None = None
    over: Over = "input"

    def __post_init__(self) -> None:
        """Refuse a range that no text can meet."""
        for unit in ("chars", "words"):
            low, high = getattr(self, f"min_{unit}"), getattr(self, f"max_{unit}")
            if high is not None and low > high:
                raise RecipeError(
                    f"min_{unit} {low} is above max_{unit} {high}: no text could be kept",
                    hint="exchange the two numbers",
                )


def refine(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """
    Mark kept rows whose text is shorter or longer than asked; a missing text has length 0.

    Columns: reads text_over(over). The length found stands in the reason, behind " | ".
    """
    text = text_over(options.over).fill_null("")
    records = records.with_columns(_text=text, _chars=text.str.len_chars())
    measured = [("characters", pl.col("_chars"), options.min_chars, options.max_chars)]
    if options.min_words or options.max_words is not None:
        measured.append(("words", _words(options), options.min_words, options.max_words))
    for unit, length, low, high in measured:
        records = records.with_columns(_length=length)
        found = pl.col("_length")
        short = pl.format("text_length: too short | {} " + unit, found)
        long = pl.format("text_length: too long | {} " + unit, found)
        records = reject(records, found < low, short)
        if high is not None:
            records = reject(records, found > high, long)
    return records.drop("_text", "_chars", "_length")


def _words(options: Options) -> pl.Expr:
    """Count the words of texts that may break the range; null where a glance shows they do not."""
    text, word = pl.col("_text"), r"\S+"
    glance = text.str.head(GLANCE_CHARS * options.min_words)
    suspect = glance.str.count_matches(word) < options.min_words
    if options.max_words is not None:  # a word and its space are two characters at least
        suspect |= pl.col("_chars") >= 2 * options.max_words + 1
    counted = pl.when(suspect).then(text).otherwise(pl.lit("")).str.count_matches(word)
    return pl.when(suspect).then(counted)
