"""What all exemplar strategies share: who may be shown, how many of each label, in which order."""

from __future__ import annotations

import heapq
import logging
from typing import Protocol

import polars as pl

from curator.errors import RecipeError, shorten
from curator.records import IS_EXAMPLE, KEPT, completion
from curator.select.shares import ticket

log = logging.getLogger("curator.select")

VERDICT = {"position": pl.Int64, "exemplar_rank": pl.Int32, "change": pl.String}
UNLABELLED = ""
MAX_NAMED = 20
"""Labels that a message names before it only counts."""


class Wanted(Protocol):
    """The options that every strategy has."""

    @property
    def shots(self) -> int:
        """Exemplars in all, where ``per_label`` is not given."""

    @property
    def per_label(self) -> int | None:
        """Exemplars of each label."""

    @property
    def max_chars(self) -> int | None:
        """Code points of all that is said in an exemplar."""

    @property
    def require_reasoning(self) -> bool:
        """Whether an exemplar must show its reasoning."""

    @property
    def seed(self) -> int:
        """What draws are made with."""


def keys(records: pl.LazyFrame, **more: pl.Expr) -> pl.LazyFrame:
    """Give each kept example that ends in an answer what the choice needs, and ``more``."""
    field = pl.element().struct.field
    said = field("content").str.len_chars().fill_null(0) + field(
        "reasoning"
    ).str.len_chars().fill_null(0)
    reasoning = completion().struct.field("reasoning")
    return records.filter(KEPT & IS_EXAMPLE & completion().is_not_null()).select(
        "position",
        "id",
        "split",
        pl.col("label").fill_null(UNLABELLED),
        chars=pl.col("messages").list.eval(said).list.sum(),
        is_reasoned=reasoning.is_not_null() & (reasoning != ""),
        **more,
    )


def candidates(rows: pl.DataFrame, options: Wanted, step: str) -> pl.DataFrame:
    """
    Keep the train rows that may be shown, each content once, in order of drawing by label.

    Columns: adds ``turn`` (0 is drawn first of its label) and ``ticket``.
    Raises: RecipeError where no row has a split: what is shown must not be what is tested.
    """
    if rows.height and rows["split"].is_null().all():
        raise RecipeError(
            f"{step}: no row has a split, and exemplars come from train only",
            hint="in the recipe, put 'split' before it, or give the source a split in read",
        )
    fits = pl.lit(value=True) if options.max_chars is None else pl.col("chars") <= options.max_chars
    reasoned = pl.col("is_reasoned") if options.require_reasoning else pl.lit(value=True)
    shown = rows.filter((pl.col("split") == "train") & fits & reasoned).sort("id", "position")
    shown = shown.unique("id", keep="first", maintain_order=True)
    tickets = [ticket(options.seed, identifier) for identifier in shown["id"]]
    shown = shown.with_columns(ticket=pl.Series(tickets, dtype=pl.UInt64)).sort(
        "label", "ticket", "id"
    )
    return shown.with_columns(turn=pl.int_range(pl.len()).over("label"))


def quotas(
    shown: pl.DataFrame, rows: pl.DataFrame, options: Wanted, step: str, *, proportional: bool
) -> pl.DataFrame:
    """
    Say how many exemplars each label gets, and log every label that gets fewer than it should.

    ``per_label`` where given; else ``shots`` in all, one for each label first, the rest evenly or
    ``proportional`` to the candidates (Sainte-Laguë). Labels are those of all ``rows``.

    Columns: label, quota.
    """
    have = dict(shown.group_by("label").len().iter_rows())
    labels = sorted(set(rows["label"].to_list()))
    if options.per_label is not None:
        quota = {label: min(options.per_label, have.get(label, 0)) for label in labels}
        _tell_short(step, quota, options.per_label, have)
    else:
        quota = _seats(have, options.shots, proportional=proportional)
        missing = {label: 0 for label in labels if label not in quota}
        _tell_short(step, missing, 1, have)
        tell_few(step, sum(quota.values()), options.shots)
    return pl.DataFrame(
        list(quota.items()), schema={"label": pl.String, "quota": pl.Int64}, orient="row"
    )


def ranked(chosen: pl.DataFrame, step: str) -> pl.DataFrame:
    """
    Number the chosen rows label by label in turns: each label's first, then each label's second.

    Columns: reads position, label, turn -> position, exemplar_rank, change.
    """
    rank = pl.int_range(pl.len(), dtype=pl.Int32)
    labels = pl.col("label").map_elements(shorten, return_dtype=pl.String)  # a few rows
    change = pl.format("{}: chosen as an exemplar | rank {}", pl.lit(step), rank)
    named = pl.format("{} of label {}", change, labels)
    return chosen.sort("turn", "label").select(
        "position",
        exemplar_rank=rank,
        change=pl.when(pl.col("label") == UNLABELLED).then(change).otherwise(named),
    )


def tell_few(step: str, have: int, wanted: int) -> None:
    """Log that there are too few candidates, if so."""
    if have < wanted:
        log.warning("%s: %d exemplars were asked for, %d can be had", step, wanted, have)


def _seats(have: dict[str, int], shots: int, *, proportional: bool) -> dict[str, int]:
    """Share ``shots`` out one by one; if there are more labels, the most frequent win."""
    first = sorted(have, key=lambda label: (-have[label], label))[:shots]
    quota = dict.fromkeys(first, 1)

    def claim(label: str) -> float:
        return -(have[label] if proportional else 1) / (2 * quota[label] + 1)

    queue = [(claim(label), label) for label in first if have[label] > 1]
    heapq.heapify(queue)
    for _ in range(shots - len(first)):
        if not queue:
            break
        _, label = heapq.heappop(queue)
        quota[label] += 1
        if quota[label] < have[label]:
            heapq.heappush(queue, (claim(label), label))
    return quota


def _tell_short(step: str, quota: dict[str, int], wanted: int, have: dict[str, int]) -> None:
    short = {label: got for label, got in quota.items() if got < wanted}
    if short:
        named = [
            f"{shorten(label, 40) or 'no label'} {got} (of {have.get(label, 0)} candidates)"
            for label, got in list(short.items())[:MAX_NAMED]
        ]
        rest = f" and {len(short) - MAX_NAMED} more" if len(short) > MAX_NAMED else ""
        log.warning(
            "%s: %d labels get fewer than %d exemplars: %s%s",
            step,
            len(short),
            wanted,
            ", ".join(named),
            rest,
        )
