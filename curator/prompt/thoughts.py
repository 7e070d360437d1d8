"""Reasoning written into what is said: between tags before an answer, or in a turn of its own."""

from __future__ import annotations

import polars as pl

OPEN, CLOSE = "<think>", "</think>"
"""What reasoning stands between where an answer follows it in the same text."""

ASKS_FOR_ANSWER = "Considering the above, give your final answer."
"""What a user says between reasoning and answer where each is a turn of its own."""


def thought(reasoning: pl.Expr, answer: pl.Expr) -> pl.Expr:
    """Write reasoning between its tags, then the answer."""
    return pl.concat_str(pl.lit(f"{OPEN}\n"), reasoning, pl.lit(f"\n{CLOSE}\n\n"), answer)


def parted(text: str) -> tuple[str, str] | None:
    r"""
    Part a text into the reasoning between its tags and the answer; None where it opens with none.

    The line breaks that ``thought`` writes belong to neither.

    >>> parted("<think>\n1 + 1\n</think>\n\n2")
    ('1 + 1', '2')
    >>> parted("<think>1 + 1</think>2")
    ('1 + 1', '2')
    """
    if not text.startswith(OPEN) or CLOSE not in text:
        return None
    inner, answer = text.removeprefix(OPEN).split(CLOSE, 1)
    reasoning = inner.removeprefix("\n").removesuffix("\n")
    return reasoning, answer.removeprefix("\n").removeprefix("\n")
