"""Choose the exemplars that a person names by their ids."""

from __future__ import annotations

import logging
from bisect import bisect_left
from dataclasses import dataclass

import polars as pl

from curator.errors import RecipeError, Violation, shorten
from curator.select.exemplars import (
    VERDICT,
    Eligible,
    Order,
    candidates,
    first_free,
    keys,
    passed_over,
    ranked,
)

log = logging.getLogger("curator.select")

STEP = "fixed"


@dataclass(frozen=True, kw_only=True)
class Options(Eligible):
    """The ``ids``, whole or as much of each as is unique; an id from before a change counts too."""

    ids: tuple[str, ...]
    order: Order = "as_chosen"


def sign(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give each kept example that ends in an answer what the choice needs, and its former id."""
    return keys(records, options, former=pl.col("provenance").struct.field("parent_id"))


def resolve(signatures: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """
    Rank the examples in the order in which they are named.

    Raises: RecipeError naming every id that is of no train example, of several, or given twice.
    """
    return signatures.map_batches(lambda rows: _choose(rows, options), schema=VERDICT)


def _choose(rows: pl.DataFrame, options: Options) -> pl.DataFrame:
    drawn = candidates(rows, options, STEP)
    named = _found(rows.sort("id", "position").unique("id", keep="first"), options.ids)
    order = pl.DataFrame({"id": named, "choice": range(len(named))})
    chosen = drawn.join(order, on="id", maintain_order="left").with_columns(
        turn=pl.int_range(pl.len()).over("label", order_by="choice"),
        note=pl.lit(None, dtype=pl.String),
    )
    barred = chosen.filter(pl.col("why_not").is_not_null())
    for row in barred.sort("choice").iter_rows(named=True):
        log.warning("%s: %s is not shown: %s", STEP, row["id"], row["why_not"])
    shown = chosen.filter(pl.col("why_not").is_null())
    verdict = ranked(shown, STEP, options.order, first_free(rows))
    return pl.concat([verdict, passed_over(barred.sort("id"), STEP)])


def _found(rows: pl.DataFrame, ids: tuple[str, ...]) -> list[str]:
    """Find the rows that are named."""
    known = sorted(
        {(name, row["id"]) for row in rows.iter_rows(named=True) for name in _names(row)}
    )
    split = {row["id"]: row["split"] or "no split" for row in rows.iter_rows(named=True)}
    taken = set(rows.filter(pl.col("exemplar_rank").is_not_null())["id"])
    found: list[str] = []
    wrong: list[Violation] = []
    for name in ids:
        match = _match(known, name.strip().lower())
        if len(match) != 1:
            why = "several examples have" if match else "no kept example with an answer has"
            why += " an id that begins so" if match else " this id"
        elif split[match[0]] != "train":
            why = f"it is in {split[match[0]]}, and exemplars come from train only"
        elif match[0] in found:
            why = "it is named twice"
        elif match[0] in taken:
            why = "an earlier step has chosen it"
        else:
            found.append(match[0])
            continue
        wrong.append(Violation(rule=STEP, message=why, where=shorten(name) or "(empty)"))
    if wrong:
        raise RecipeError(f"{STEP}: {len(wrong)} of {len(ids)} ids name no exemplar", wrong)
    return found


def _names(row: dict[str, str | None]) -> list[str]:
    return [name for name in (row["id"], row["former"]) if name]


def _match(known: list[tuple[str, str]], start: str) -> list[str]:
    """Give the ids of rows that are called so: exactly where there is one, else from the start."""
    at = bisect_left(known, (start, ""))
    prefixed: set[str] = set()
    exact: set[str] = set()
    while at < len(known) and known[at][0].startswith(start) and len(prefixed) < 2:
        prefixed.add(known[at][1])
        if known[at][0] == start:
            exact.add(known[at][1])
        at += 1
    if start in exact:  # the id that it has now comes before those that others once had
        return [start]
    return sorted(exact or prefixed)
