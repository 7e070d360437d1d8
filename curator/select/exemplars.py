"""What all exemplar strategies share: who may be shown, and what is told of each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

import polars as pl

from curator.errors import RecipeError, shorten
from curator.prompt.message import SHOTS
from curator.records import IS_EXAMPLE, KEPT, completion
from curator.select.shares import ticket

VERDICT = {"position": pl.Int64, "exemplar_rank": pl.Int32, "change": pl.String}
UNLABELLED = ""
DRAWING = (pl.col("why_not").is_not_null(), "label", "ticket", "id")
UNDECIDED = ("pending", "draft")
REFUSED = ("rejected", "discarded")
"""Statuses of a review that approve of nothing; every other one counts as reviewed."""

Order = Literal["label_interleaved", "as_chosen", "short_first", "nearest_last"]


@dataclass(frozen=True, kw_only=True)
class Eligible:
    """What an example must be to be shown, and in which order the chosen stand."""

    max_chars: int | None = None  # code points of all that is said in one exemplar
    require_reasoning: bool = False
    min_quality: float | None = None  # a person's score, else a step's confidence, where known
    reviewed_only: bool = False
    order: Order = "label_interleaved"


@dataclass(frozen=True, kw_only=True)
class Wanted(Eligible):
    """``per_label`` exemplars of each label, ``shots`` in all, or the one within the other."""

    shots: int | None = None  # unless per_label is given, SHOTS
    per_label: int | None = None
    max_tokens: int | None = None  # of all exemplars together, their passages included
    tokenizer: str | None = None  # path of a tokenizer.json; without it tokens are estimated
    seed: int = 0

    @property
    def in_all(self) -> int | None:
        """How many exemplars there are to be at most, if that is limited."""
        return SHOTS if self.shots is None and self.per_label is None else self.shots


@dataclass(frozen=True, kw_only=True)
class Compared(Wanted):
    """Exemplars that are chosen by how alike their inputs are."""

    embedder: str | None = None  # folder of a model, or address; without it words are compared


def keys(records: pl.LazyFrame, options: Eligible, **more: pl.Expr) -> pl.LazyFrame:
    """Give each kept example that ends in an answer what the choice needs, and ``more``."""
    field = pl.element().struct.field
    said = field("content").str.len_chars().fill_null(0) + field(
        "reasoning"
    ).str.len_chars().fill_null(0)
    reasoning = completion().struct.field("reasoning")
    status = pl.col("review").struct.field("status").str.to_lowercase()
    score = pl.col("review").struct.field("score")
    return records.filter(KEPT & IS_EXAMPLE & completion().is_not_null()).select(
        "position",
        "id",
        "split",
        "exemplar_rank",
        pl.col("label").fill_null(UNLABELLED),
        chars=pl.col("messages").list.eval(said).list.sum(),
        tokens=_tokens(options),
        is_reasoned=reasoning.is_not_null() & (reasoning != ""),
        is_reviewed=(status.is_not_null() & ~status.is_in([*UNDECIDED, *REFUSED])),
        quality=pl.coalesce(score, pl.col("provenance").struct.field("confidence")),
        **more,
    )


def candidates(
    rows: pl.DataFrame,
    options: Eligible,
    step: str,
    *,
    seed: int = 0,
    rules: Mapping[str, pl.Expr] | None = None,
) -> pl.DataFrame:
    """
    Say of each train row why it may not be shown, each content once, in order of drawing by label.

    Rows that an earlier step has chosen are left out. ``rules`` are the step's own, by what they
    say.

    Columns: adds ``why_not`` (null: it may be shown), ``ticket`` (order of drawing) and ``turn``
             (0 is drawn first of its label; counted over those that may be shown).
    Raises: RecipeError where no row has a split: what is shown must not be what is tested.
    """
    if rows.height and rows["split"].is_null().all():
        raise RecipeError(
            f"{step}: no row has a split, and exemplars come from train only",
            hint="in the recipe, put 'split' before it, or give the source a split in read",
        )
    train = rows.filter((pl.col("split") == "train") & pl.col("exemplar_rank").is_null())
    train = train.sort("id", "position").unique("id", keep="first", maintain_order=True)
    every = {**_rules(options), **(rules or {})}
    told = [pl.when(rule).then(pl.lit(why)) for why, rule in every.items()]
    tickets = [ticket(seed, identifier) for identifier in train["id"]]
    drawn = train.with_columns(
        why_not=pl.coalesce(*told, pl.lit(None, dtype=pl.String)),
        ticket=pl.Series(tickets, dtype=pl.UInt64),
    ).sort(*DRAWING)
    return drawn.with_columns(turn=pl.int_range(pl.len()).over("label"))


def ranked(chosen: pl.DataFrame, step: str, order: Order, first: int = 0) -> pl.DataFrame:
    """
    Number the chosen rows from ``first`` in the ``order`` asked for.

    ``label_interleaved``: label by label in turns, each label's first, then each label's second.
    ``as_chosen``: as the strategy chose them. ``short_first``: by length. ``nearest_last`` can only
    be known with a query: until then it is ``as_chosen``.

    Columns: reads position, id, label, chars, turn, choice, note -> VERDICT.
    """
    by = {"label_interleaved": ("turn", "label"), "short_first": ("chars",)}
    rank = pl.int_range(first, first + pl.len(), dtype=pl.Int32)
    short = {label: shorten(label) for label in chosen["label"].unique()}
    labels = pl.col("label").replace_strict(short, return_dtype=pl.String)
    named = pl.when(pl.col("label") != UNLABELLED).then(pl.format(" of label {}", labels))
    change = pl.format("{}: chosen as an exemplar | rank {}", pl.lit(step), rank)
    return chosen.sort(*by.get(order, ("choice",)), "id").select(
        "position",
        exemplar_rank=rank,
        change=pl.concat_str(change, named.fill_null(""), pl.col("note").fill_null("")),
    )


def first_free(rows: pl.DataFrame) -> int:
    """Give the rank that follows those of earlier steps."""
    ranks = rows["exemplar_rank"].drop_nulls()
    return 1 + int(ranks.cast(pl.Int64).sort()[-1]) if len(ranks) else 0


def passed_over(rows: pl.DataFrame, step: str) -> pl.DataFrame:
    """Tell rows that were wanted ``why_not``. Columns: position, why_not -> VERDICT."""
    return rows.select(
        "position",
        exemplar_rank=pl.lit(None, dtype=pl.Int32),
        change=pl.format("{}: passed over as an exemplar | {}", pl.lit(step), "why_not"),
    )


def _rules(options: Eligible) -> dict[str, pl.Expr]:
    """Name what bars a row, in the order in which it is said."""
    rules: dict[str, pl.Expr] = {}
    if options.require_reasoning:
        rules["no reasoning"] = ~pl.col("is_reasoned")
    if options.max_chars is not None:
        rules["over max_chars"] = pl.col("chars") > options.max_chars
    if isinstance(options, Wanted) and options.max_tokens is not None:
        rules["over max_tokens"] = pl.col("tokens") > options.max_tokens
    if options.min_quality is not None:
        rules["under min_quality"] = pl.col("quality") < options.min_quality
    if options.reviewed_only:
        rules["not reviewed"] = ~pl.col("is_reviewed")
    return rules


def _tokens(options: Eligible) -> pl.Expr:
    """Count the tokens of all that is shown, or none where nobody asks."""
    if not isinstance(options, Wanted) or options.max_tokens is None:
        return pl.lit(0, dtype=pl.Int64)
    field = pl.element().struct.field
    parts = [field(name) for name in ("content", "reasoning", "tool_calls")]
    said = pl.concat_str(parts, separator="\n", ignore_nulls=True)
    shown = pl.concat_str(
        [pl.col("context"), pl.col("messages").list.eval(said).list.join("\n", ignore_nulls=True)],
        separator="\n",
        ignore_nulls=True,
    )
    count = partial(_count, path=options.tokenizer)
    return shown.map_batches(count, return_dtype=pl.Int64, is_elementwise=True)


def _count(texts: pl.Series, *, path: str | None) -> pl.Series:
    from curator.tokenizer import counter

    return pl.Series(texts.name, counter(path)(texts.fill_null("").to_list()), dtype=pl.Int64)
