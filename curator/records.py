"""
The columns of a record, and what may be said about a row: kept, rejected, merged, touched.

A record is one row of the frame: an *example* (``messages``) or a *document* (``text``). Nobody
filters: ``reject`` writes the first reason and keeps the row; later steps look at ``KEPT``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial
from typing import Literal

import numpy as np
import polars as pl

MESSAGE = pl.Struct(
    {
        "role": pl.String,  # system, user, assistant or tool
        "content": pl.String,
        "reasoning": pl.String,
        "name": pl.String,
        "tool_calls": pl.String,  # JSON text: Arrow would union the keys and invent nulls
        "tool_call_id": pl.String,
        "weight": pl.Int8,  # 0: never trained on; null counts as 1
    }
)
MESSAGES = pl.List(MESSAGE)
BLOCK = pl.Struct({"kind": pl.String, "level": pl.Int8, "start": pl.Int64, "end": pl.Int64})
PROVENANCE = pl.Struct(
    {
        "uri": pl.String,  # the file as the recipe names it
        "sha256": pl.String,  # of the file's bytes
        "row": pl.Int64,  # 1-based, within the file
        "line": pl.Int64,  # 1-based line on which the row begins, where lines exist
        "document_id": pl.String,
        "start": pl.Int64,  # span in code points of the document's text, half-open
        "end": pl.Int64,
        "parent_id": pl.String,  # the id this row had before its content was changed
        "derived_by": pl.String,  # the step that made the row out of a document
        "confidence": pl.Float64,  # 0 to 1, of what was derived
        "template": pl.String,  # words around the span in a derived answer; null: the span alone
    }
)
REVIEW = pl.Struct({"status": pl.String, "by": pl.String, "score": pl.Float64})

_LIFE: dict[str, pl.DataType] = {
    "position": pl.Int64(),  # reading order, unique within a run: the key of sign and resolve
    "id": pl.String(),
    "group": pl.String(),  # the user's key: rows that share it share a split
    "split": pl.String(),  # train, validation or test
    "language": pl.String(),
    "licence": pl.String(),
    "provenance": PROVENANCE,
    "changes": pl.List(pl.String),  # "step: what", in the order in which it happened
    "rejected": pl.String(),  # "step: reason", the first one
    "merged_into": pl.String(),  # id of the row that stands for this one
    "meta": pl.String(),  # JSON object: what the source had beside the mapped fields
}
_CONTENT: dict[str, pl.DataType] = {
    "messages": MESSAGES,
    "tools": pl.String(),  # JSON array of function schemas
    "label": pl.String(),
    "context": pl.String(),  # passages that belong to the prompt
    "rejected_messages": MESSAGES,  # the dispreferred answer
}
_EXAMPLE_ONLY: dict[str, pl.DataType] = {"exemplar_rank": pl.Int32(), "review": REVIEW}
_DOCUMENT: dict[str, pl.DataType] = {
    "title": pl.String(),
    "text": pl.String(),
    "blocks": pl.List(BLOCK),
}
_UNREADABLE: dict[str, pl.DataType] = {"raw": pl.String()}  # source text of a row that is no record

EXAMPLE: Mapping[str, pl.DataType] = {**_LIFE, **_CONTENT, **_EXAMPLE_ONLY}
DOCUMENT: Mapping[str, pl.DataType] = {**_LIFE, **_DOCUMENT}
RECORD: Mapping[str, pl.DataType] = {**EXAMPLE, **_DOCUMENT, **_UNREADABLE}
VERDICT: tuple[str, ...] = ("rejected", "merged_into", "group", "split", "exemplar_rank", "change")
"""What ``resolve`` may say of a ``position``; ``change`` is appended to ``changes``."""

SPLITS = ("train", "validation", "test")
ROLES = ("system", "user", "assistant", "tool")
KEPT = pl.col("rejected").is_null()
IS_DOCUMENT = pl.col("text").is_not_null()
IS_CHUNK = IS_DOCUMENT & pl.col("provenance").struct.field("derived_by").is_not_null()
IS_EXAMPLE = pl.col("messages").is_not_null()

Over = Literal["input", "input_output", "messages"]
"""Which text of an example a step looks at; a document always means its whole text."""


def reject(records: pl.LazyFrame, where: pl.Expr, reason: str | pl.Expr) -> pl.LazyFrame:
    """Mark kept rows ``where`` it holds with ``reason`` ("step: why"); null counts as false."""
    why = pl.lit(reason) if isinstance(reason, str) else reason
    hit = KEPT & where.fill_null(value=False)
    return records.with_columns(rejected=pl.when(hit).then(why).otherwise(pl.col("rejected")))


def touch(records: pl.LazyFrame, where: pl.Expr, change: str | pl.Expr) -> pl.LazyFrame:
    """Append ``change`` ("step: what") to the life of the rows ``where`` it holds."""
    what = pl.lit(change) if isinstance(change, str) else change
    longer = pl.concat_list(pl.col("changes"), what)
    changed = pl.when(where.fill_null(value=False)).then(longer).otherwise(pl.col("changes"))
    return records.with_columns(changes=changed)


def complete(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Give ``rows`` every column of RECORD, in order; what they lack is null or no change."""
    have = rows.collect_schema()
    return rows.select(
        pl.col(name).cast(dtype)
        if name in have
        else pl.lit([] if name == "changes" else None, dtype=dtype).alias(name)
        for name, dtype in RECORD.items()
    )


def message(role: pl.Expr, content: pl.Expr, **fields: pl.Expr) -> pl.Expr:
    """Build a MESSAGE struct; fields not named are null."""
    given = {"role": role, "content": content, **fields}
    return pl.struct(
        given.get(field.name, pl.lit(None)).cast(field.dtype).alias(field.name)
        for field in MESSAGE.fields
    )


def completion() -> pl.Expr:
    """The last message where an assistant wrote it, else null. Dtype MESSAGE."""
    last = pl.col("messages").list.last()
    return pl.when(last.struct.field("role") == "assistant").then(last)


def prompt_messages() -> pl.Expr:
    """All messages before the completion. Dtype MESSAGES."""
    messages = pl.col("messages")
    ends_in_answer = messages.list.last().struct.field("role") == "assistant"
    return messages.list.head(
        messages.list.len() - ends_in_answer.fill_null(value=False).cast(pl.UInt32)
    )


def text_over(over: Over = "input") -> pl.Expr:
    """
    One text per row: what a person would compare. Null for rows that could not be read.

    ``input`` is the prompt without system text, ``input_output`` adds the completion,
    ``messages`` is everything that was said or called, roles included.
    """
    field = pl.element().struct.field
    if over == "messages":
        said = ("role", "content", "reasoning", "tool_calls")
        parts = pl.concat_str([field(name) for name in said], separator=" ", ignore_nulls=True)
        text = pl.col("messages").list.eval(parts).list.join("\n")
    else:
        spoken = pl.when(field("role") != "system").then(field("content"))
        messages = prompt_messages() if over == "input" else pl.col("messages")
        text = messages.list.eval(spoken).list.join("\n", ignore_nulls=True)
    return pl.coalesce(pl.col("text"), text)


def prompt_over(over: Over = "input") -> pl.Expr:
    """One text per row as ``text_over`` gives it, after the passages that belong to its prompt."""
    both = pl.concat_str(["context", text_over(over)], separator="\n")
    return pl.when(pl.col("context").is_null()).then(text_over(over)).otherwise(both)


def origin() -> pl.Expr:
    """The first id of the row or, for a row that was made out of an example, of that example."""
    return pl.coalesce(pl.col("provenance").struct.field("parent_id"), "id")


def is_made_of_example() -> pl.Expr:
    """Whether a step made the row out of another example, such as a question with passages."""
    place = pl.col("provenance").struct.field
    return IS_EXAMPLE & place("derived_by").is_not_null() & place("parent_id").is_not_null()


def shared_origin() -> pl.Expr:
    """Name the origin of rows of which one was made out of the other; null for all other rows."""
    made = pl.col("origin").filter(pl.col("is_made")).unique()
    return pl.when(pl.col("origin").is_in(made.implode())).then("origin")


def content_id(where: pl.Expr | None = None) -> pl.Expr:
    """
    128 bits over the canonical content of a row and nothing else, as 32 hexadecimal digits.

    Canonical bytes are netstrings (length, colon, text) of each content field, "-" for null, so
    that no two contents share them. A document is its title and text, a row that could not be
    read its raw text. Rows outside ``where``
    give null and cost next to nothing. Source: BLAKE2b, RFC 7693.
    """
    field = pl.element().struct.field

    def net(value: pl.Expr) -> list[pl.Expr]:
        length = value.str.len_bytes().cast(pl.String).fill_null("-")
        return [length, pl.lit(":"), value.fill_null("")]

    def some(column: str) -> pl.Expr:
        return pl.col(column) if where is None else pl.when(where).then(pl.col(column))

    one = [net(field(inner.name).cast(pl.String)) for inner in MESSAGE.fields]
    spoken = pl.concat_str([part for parts in one for part in parts])
    columns = [
        some("messages").list.eval(spoken).list.join(""),
        some("rejected_messages").list.eval(spoken).list.join(""),
        *(some(name) for name in ("tools", "label", "context", "title", "text", "raw")),
    ]
    canonical = pl.concat_str([part for column in columns for part in net(column)])
    if where is not None:
        canonical = pl.when(where).then(canonical)
    return canonical.map_batches(_blake2b, return_dtype=pl.String, is_elementwise=True)


def _blake2b(texts: pl.Series) -> pl.Series:
    digests = (
        None if text is None else hashlib.blake2b(text, digest_size=16).hexdigest()
        for text in texts.cast(pl.Binary)
    )
    return pl.Series(texts.name, digests, dtype=pl.String)


def identify(records: pl.LazyFrame) -> pl.LazyFrame:
    """
    Give new rows an ``id`` and changed rows a new one; ``provenance.parent_id`` keeps the first.

    A step that rewrites content must ``touch`` the row: untouched rows keep their id unhashed.
    """
    stale = pl.col("id").is_null() | (pl.col("changes").list.len() > 0)
    former, born = pl.col("id"), pl.col("provenance").struct.field("parent_id")
    changed = former.is_not_null() & (former != pl.col("_id"))
    parent = pl.when(changed).then(pl.coalesce(born, former)).otherwise(born)
    return (
        records.with_columns(_id=pl.coalesce(content_id(stale), "id"))
        .with_columns(provenance=pl.col("provenance").struct.with_fields(parent_id=parent))
        .with_columns(id=pl.col("_id"))
        .drop("_id")
    )


def judge(records: pl.LazyFrame, verdicts: pl.DataFrame) -> pl.LazyFrame:
    """
    Apply what a whole-set step resolved, by position; rows it says nothing of stay as they are.

    Columns: verdicts hold ``position`` (unique) and any of VERDICT.
    Keeps:   every row and their order; the first rejection of a row stands.
    """
    said = [name for name in VERDICT if name in verdicts.columns]
    look_up = partial(_look_up, verdicts.sort("position"), said)
    told = pl.Struct({name: verdicts.schema[name] for name in said})
    verdict = pl.col("position").map_batches(look_up, return_dtype=told, is_elementwise=True)
    given = {name: pl.col("_verdict").struct.field(name) for name in said}
    updates = {
        name: pl.when(KEPT).then(pl.coalesce(given[name], name)).otherwise(pl.col(name))
        for name in said
        if name != "change"
    }
    if "change" in said:
        longer = pl.concat_list("changes", given["change"])
        is_told = given["change"].is_not_null()
        updates["changes"] = pl.when(is_told).then(longer).otherwise(pl.col("changes"))
    return records.with_columns(_verdict=verdict).with_columns(**updates).drop("_verdict")


def _look_up(verdicts: pl.DataFrame, said: list[str], positions: pl.Series) -> pl.Series:
    """Find the verdicts on some rows; a join would hold up the long text that streams by."""
    known, asked = verdicts["position"].to_numpy(), positions.to_numpy()
    at = np.searchsorted(known, asked)
    is_known = np.append(known, -1)[at] == asked
    index = pl.select(pl.when(pl.Series(is_known)).then(pl.Series(at))).to_series()
    return verdicts.select(pl.col(said).gather(index)).to_struct(positions.name)


REASON_SEPARATOR = " | "
"""Behind it stand the numbers and names of one row: counts are by what stands before it."""


def reasons() -> dict[str, pl.Expr]:
    """Take ``rejected`` apart: ``step``, ``reason`` (counted by) and ``detail`` (of that row)."""
    text = pl.col("rejected")
    step = text.str.splitn(": ", 2).struct.field("field_0")
    why = text.str.splitn(": ", 2).struct.field("field_1").str.splitn(REASON_SEPARATOR, 2)
    return {
        "step": step,
        "reason": why.struct.field("field_0"),
        "detail": why.struct.field("field_1"),
    }
