"""Personal data in the rows of a frame: in every text of it, however deep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from curator.personal_data import TYPES, found

IN_ROWS = {
    "row": pl.UInt32(),
    "field": pl.String(),
    "type": pl.String(),
    "text": pl.String(),
    "start": pl.UInt32(),
    "end": pl.UInt32(),
    "is_nobodys": pl.Boolean(),
}
"""The columns of what was found in rows."""


def found_in(rows: pl.DataFrame, types: Iterable[str] = TYPES) -> pl.DataFrame:
    """
    Find personal data in every text of the rows: columns, members of structs, elements of lists.

    Columns: row (place in ``rows``), field (such as ``messages[1].content``), type, text (what was
             found), start and end (in the text of the field), is_nobodys.
    Keeps:   order by row, then by field as the columns have them.
    """
    whole = pl.DataFrame({"row": pl.int_range(rows.height, dtype=pl.UInt32, eager=True)})
    leaves = [leaf for name in rows.columns for leaf in _leaves(rows[name], whole, name)]
    if not leaves:
        return pl.DataFrame(schema=IN_ROWS)
    texts = pl.concat(leaves, how="diagonal")
    once = texts["text"].unique()  # the same words of a system stand in every row
    finds = found(once, types)
    finds = finds.with_columns(whole=once.gather(finds["row"])).drop("row")
    length = pl.col("end") - pl.col("start")
    return (
        texts.join(finds, left_on="text", right_on="whole", maintain_order="left_right")
        .with_columns(field=_field(texts.columns), text=pl.col("text").str.slice("start", length))
        .sort("row", maintain_order=True)
        .select(pl.col(name).cast(dtype) for name, dtype in IN_ROWS.items())
    )


def _leaves(values: pl.Series, places: pl.DataFrame, field: str) -> Iterator[pl.DataFrame]:
    """Give the texts at the leaves of a column: row, field, text, and its place in each list."""
    if values.dtype == pl.String:
        yield places.with_columns(values.alias("text"), field=pl.lit(field)).drop_nulls("text")
    elif isinstance(values.dtype, pl.Struct):
        for inner in values.dtype.fields:
            yield from _leaves(values.struct.field(inner.name), places, f"{field}.{inner.name}")
    elif isinstance(values.dtype, pl.List):
        at = f"at {len(places.columns) - 1}"
        listed = places.with_columns(values.alias("value")).with_columns(
            pl.int_ranges(pl.col("value").list.len()).alias(at)
        )
        each = listed.explode("value", at, empty_as_null=False, keep_nulls=False)
        yield from _leaves(each["value"], each.drop("value"), f"{field}[{{}}]")


def _field(columns: Iterable[str]) -> pl.Expr:
    """Put the places in lists into the names of fields."""
    named = pl.col("field")
    for column in columns:
        if column.startswith("at "):
            place = pl.col(column).cast(pl.String).fill_null("")
            named = named.str.replace("{}", place, literal=True)
    return named


def masked(text: str) -> str:
    """
    Show that there is something, and not what: its first and last character.

    >>> masked("jane@ferry.org")
    'j…g (14 characters)'
    """
    return f"{text[:1]}…{text[-1:]} ({len(text):,} characters)"
