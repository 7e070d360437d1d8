"""Choose exemplars from train that a cheap model gets wrong, or nearly, though people agree."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
import polars as pl

from curator.errors import RecipeError
from curator.select import pools
from curator.select.exemplars import UNLABELLED, VERDICT, Compared
from curator.select.pools import Chosen, Pool, Strategy, plan, told
from curator.select.shares import ticket

log = logging.getLogger("curator.select")

STEP = "hard"
MODEL_ROWS = 10_000
"""Train rows that the model knows and judges; of more, so many are drawn, by label in turns."""
FOLDS = 5
NEIGHBOURS = 10
_CONFLICT = "label_conflicts: "
_DRAWN = {"position": pl.Int64, "drawn": pl.Int64, "code": pl.Int64, "fold": pl.Int64}
_JUDGED = {"position": pl.Int64, "score": pl.Float64}


@dataclass(frozen=True, kw_only=True)
class Options(Compared):
    """``shots`` exemplars in all, evenly over the labels, or within ``per_label`` of each."""

    min_margin: float = -0.2  # what is voted down more surely looks mislabelled
    max_margin: float = 1.0  # what is voted for more surely is easy


def sign(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give what the choice needs, the input, and whether equal texts bear other labels."""
    conflict = pl.col("changes").list.eval(pl.element().str.starts_with(_CONFLICT)).list.any()
    marked = records.with_columns(is_disputed=conflict.fill_null(value=False))
    return pools.sign(
        marked, options, family=pl.coalesce("group", "id"), is_disputed=pl.col("is_disputed")
    )


def resolve(signatures: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """
    Rank the rows with the smallest margin first, and note it.

    The margin is the share of votes for a row's own label, less that of the strongest other, among
    the 10 most similar train rows of other folds; folds are drawn from groups, so that no twin
    votes. Left out are rows in a label conflict, and those beyond the two margins.

    Of banking77 with 5 % of its labels made false by chance, 2 chosen of each label: 85 % of these
    are false without a lower margin, 35 % above -0.5, 6 % above -0.2.

    Raises: RecipeError where train has fewer than two labels: there is nothing to get wrong.
    """
    narrow = signatures.drop("text")
    texts = signatures.select("position", "text")
    model = narrow.map_batches(lambda rows: _drawn(rows, options), schema=_DRAWN)
    judged = model.join(texts, on="position").map_batches(
        lambda rows: _judged(rows, options.embedder), schema=_JUDGED
    )
    known = narrow.join(judged, on="position", how="left")
    return known.map_batches(lambda rows: _choose(rows, options), schema=VERDICT)


def _drawn(rows: pl.DataFrame, options: Options) -> pl.DataFrame:
    """Draw what the model knows, by label in turns, and give it folds."""
    train = rows.filter((pl.col("split") == "train") & (pl.col("label") != UNLABELLED))
    train = train.sort("id", "position").unique("id", keep="first", maintain_order=True)
    if rows["split"].is_not_null().any() and train["label"].n_unique() < 2:
        raise RecipeError(
            f"{STEP}: train has {train['label'].n_unique()} labels, and only of two or more can "
            "one be wrong",
            hint="map a label in read, or choose exemplars with diverse or facility_location",
        )
    tickets = [ticket(options.seed, identifier) for identifier in train["id"]]
    folds = [ticket(options.seed, f"fold:{family}") % FOLDS for family in train["family"]]
    shuffled = train.with_columns(
        ticket=pl.Series(tickets, dtype=pl.UInt64), fold=pl.Series(folds, dtype=pl.Int64)
    ).sort("label", "ticket", "id")
    known = (
        shuffled.with_columns(turn=pl.int_range(pl.len()).over("label"))
        .sort("turn", "label")
        .head(MODEL_ROWS)
    )
    if known.height < shuffled.height:
        log.info("%s: chosen from %d of %d train rows", STEP, known.height, shuffled.height)
    code = pl.col("label").rank("dense").cast(pl.Int64) - 1
    drawn = pl.int_range(pl.len(), dtype=pl.Int64)
    return known.select("position", "fold", drawn=drawn, code=code).select(*_DRAWN)


def _judged(rows: pl.DataFrame, embedder: str | None) -> pl.DataFrame:
    """Let the neighbours of each row in other folds vote; a join may have brought any order."""
    from curator.kernels.votes import margins

    rows = rows.sort("drawn")
    score = margins(
        pools.points(rows["text"], embedder),
        rows["code"].to_numpy(),
        rows["fold"].to_numpy(),
        NEIGHBOURS,
    )
    return rows.select("position", score=pl.Series(score, dtype=pl.Float64))


def _choose(rows: pl.DataFrame, options: Options) -> pl.DataFrame:
    rules = {
        "in a label conflict": pl.col("is_disputed"),
        "without a label": pl.col("label") == UNLABELLED,
        "not judged": pl.col("score").is_null(),
        "looks mislabelled": pl.col("score") < options.min_margin,
        "easy": pl.col("score") > options.max_margin,
    }
    strategy = Strategy(step=STEP, choose=_hardest, rules=rules)
    return told(plan(rows, options, strategy), options, strategy)


def _hardest(pool: Pool) -> Chosen:
    from curator.kernels.budget import in_order

    score = pool.rows["score"].to_numpy()
    order = np.argsort(score, kind="stable")
    chosen = order[in_order(pool.costs[order], pool.quota, pool.budget)]
    notes = [f", margin {margin:+.2f}" for margin in score[chosen].tolist()]
    return Chosen(chosen, notes, (-score[chosen]).tolist())
