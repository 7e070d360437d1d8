"""Verdicts laid over the records: rejected, corrected, approved, each by id; or found stale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl

from curator.records import KEPT, MESSAGES, REVIEW, prompt_over, reject, touch
from curator.review.answer import answer_shown
from curator.review.reviews import Shown, prompt_hash
from curator.review.verdicts import APPROVED, CORRECTED, REJECTED, Verdict

STEP = "review"
_TOLD = pl.Struct(
    {
        "status": pl.String,
        "by": pl.String,
        "score": pl.Float64,
        "reason": pl.String,
        "answer": pl.String,
        "label": pl.String,
    }
)


def lay(records: pl.LazyFrame, verdicts: Mapping[str, Verdict]) -> pl.LazyFrame:
    """
    Apply what was decided to the kept rows of each id; their new ids are for ``identify`` to make.

    Columns: rejected, changes, messages, label, review.
    Keeps:   every row and their order; a row without a verdict stays as it is.
    """
    decided = {name: one for name, one in verdicts.items() if one.status is not None}
    if not decided:
        return records
    told = pl.col("id").map_batches(
        partial(_told, decided), return_dtype=_TOLD, is_elementwise=True
    )
    said = pl.col("_told").struct.field
    status = pl.when(KEPT).then(said("status"))
    is_corrected = status == CORRECTED
    both = pl.struct("messages", answer=pl.when(is_corrected).then(said("answer")))
    return (
        records.with_columns(_told=told)
        .with_columns(
            review=pl.when(status.is_not_null())
            .then(pl.struct(status=said("status"), by=said("by"), score=said("score")).cast(REVIEW))
            .otherwise("review"),
            messages=both.map_batches(_answered, return_dtype=MESSAGES, is_elementwise=True),
            label=pl.when(is_corrected)
            .then(pl.coalesce(said("label"), "label"))
            .otherwise("label"),
        )
        .pipe(touch, status == APPROVED, f"{STEP}: approved")
        .pipe(touch, is_corrected & said("answer").is_not_null(), f"{STEP}: answer corrected")
        .pipe(touch, is_corrected & said("label").is_not_null(), f"{STEP}: label corrected")
        .pipe(reject, status == REJECTED, pl.format("{}: {}", pl.lit(STEP), said("reason")))
        .drop("_told")
    )


@dataclass(frozen=True, kw_only=True)
class Unmatched:
    """Verdicts whose record is no more: it has changed since it was shown."""

    stale: Sequence[Verdict]  # nothing of them is lost by leaving the record as it is now
    conflicts: Sequence[Verdict]  # a person and the source have both changed the answer


def identities(records: pl.LazyFrame) -> pl.LazyFrame:
    """Give id, question and answer of every row, by which a changed record is recognised."""
    return records.select("id", "label", prompt=prompt_over("input"), answer=answer_shown())


def unmatched(rows: pl.DataFrame, verdicts: Mapping[str, Verdict]) -> Unmatched:
    """
    Part the verdicts on records that are no more.

    Columns: rows are ``identities``. A correction that the source has made as well is stale.
    """
    gone = {name: verdicts[name] for name in verdicts.keys() - set(rows["id"])}
    if not gone:
        return Unmatched(stale=(), conflicts=())
    now: dict[str, list[tuple[str, str | None]]] = {}
    for prompt, answer, label in rows.select("prompt", "answer", "label").iter_rows():
        now.setdefault(prompt_hash(prompt or ""), []).append((answer or "", label))
    conflicts = {
        name
        for name, verdict in gone.items()
        if verdict.status == CORRECTED and _differs(verdict, now.get(verdict.shown.prompt, []))
    }
    ordered = sorted(gone)
    return Unmatched(
        stale=[gone[name] for name in ordered if name not in conflicts],
        conflicts=[gone[name] for name in ordered if name in conflicts],
    )


def _differs(verdict: Verdict, now: Sequence[tuple[str, str | None]]) -> bool:
    """Say whether the source now gives the question other answers than people or it did before."""
    wanted = _corrected(verdict, verdict.shown)
    return bool(now) and all(one != wanted for one in now)


def _corrected(verdict: Verdict, shown: Shown) -> tuple[str, str | None]:
    answer = shown.answer if verdict.answer is None else verdict.answer
    return answer, shown.label if verdict.label is None else verdict.label


def _told(decided: Mapping[str, Verdict], ids: pl.Series) -> pl.Series:
    rows = [
        None
        if (one := decided.get(name)) is None
        else {
            "status": one.status,
            "by": one.by,
            "score": one.score,
            "reason": one.reason,
            "answer": one.answer,
            "label": one.label,
        }
        for name in ids
    ]
    return pl.Series(ids.name, rows, dtype=_TOLD)


def _answered(both: pl.Series) -> pl.Series:
    """
    Put corrected answers into the last messages; a batch without one is given back as it is.

    An answer is where ``answer_shown`` found it: in the tool calls of a message that says nothing.
    """
    fields = both.struct.unnest()
    messages, answers = fields["messages"], fields["answer"]
    hits = answers.is_not_null().arg_true()
    if hits.is_empty():
        return messages
    listed = messages.gather(hits).to_list()
    for turns, answer in zip(listed, answers.gather(hits), strict=True):
        last = turns[-1]
        is_silent = not last["content"] and last["tool_calls"] is not None
        turns[-1] = {**last, "tool_calls" if is_silent else "content": answer}
    new = pl.DataFrame({"at": hits.cast(pl.UInt32), "new": pl.Series(listed, dtype=MESSAGES)})
    rows = messages.to_frame("messages").with_row_index("at")
    joined = rows.join(new, on="at", how="left", maintain_order="left")
    return joined.select(pl.coalesce("new", "messages")).to_series().alias(both.name)
