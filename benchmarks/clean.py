"""Normalise and measure texts, beside the same work as ``datasets.map``."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import datasets
import polars as pl

from benchmarks import records
from benchmarks.generate import ensure
from benchmarks.timing import Comparison, main
from curator.refine import normalize_text, text_length

LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
SPACES = re.compile("[\xa0\u2000-\u200a\u202f\u205f]")
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)


def compare(rows: int) -> list[Comparison]:
    """All rows normalised, and those outside a length range marked."""
    frame = records.read(rows)
    talks = frame.filter(pl.col("rejected").is_null()).select(
        pl.col("messages").list.eval(
            pl.struct(pl.element().struct.field("role"), pl.element().struct.field("content"))
        )
    )
    source = datasets.Dataset(talks.to_arrow(compat_level=pl.CompatLevel.oldest()))
    _, truth = ensure(rows)

    def ours() -> pl.DataFrame:
        plan = normalize_text.refine(frame.lazy(), normalize_text.Options())
        options = text_length.Options(
            min_chars=20, max_chars=100_000, min_words=5, over="input_output"
        )
        return text_length.refine(plan, options).collect()

    def theirs() -> datasets.Dataset:
        datasets.disable_progress_bars()
        return source.map(clean_row, load_from_cache_file=False, keep_in_memory=True)

    def counted(made: pl.DataFrame, _: Any) -> str:
        changed = made.filter(pl.col("changes").list.len() > 0).height
        planted = len(truth["unclean"])
        return f"{changed} rows put in order; {planted} planted"

    return [
        Comparison(
            path="clean", peer="datasets.map", ours=ours, theirs=theirs, at_least=15, notes=counted
        )
    ]


def clean_text(text: str) -> str:
    """Put one text in order."""
    text = INVISIBLE.sub("", SPACES.sub(" ", LINE_ENDS.sub("\n", text)))
    return unicodedata.normalize("NFC", text).strip()


def clean_row(row: dict[str, Any]) -> dict[str, Any]:
    """Put one row in order and say whether its length will do."""
    messages = [
        {**message, "content": clean_text(message["content"])} for message in row["messages"]
    ]
    text = "\n".join(message["content"] for message in messages)
    fits = 20 <= len(text) <= 100_000 and len(text.split()) >= 5
    return {"messages": messages, "fits": fits}


if __name__ == "__main__":
    main(compare)
