"""Which records people see, and why; and how each is shown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import polars as pl

from curator import similarity
from curator.records import IS_EXAMPLE, KEPT, completion, prompt_messages, prompt_over, text_over
from curator.review.answer import answer_shown, is_calls
from curator.review.asked import Asked
from curator.review.item import Item
from curator.review.reviews import Shown, prompt_hash
from curator.review.verdicts import REJECTED
from curator.review.weakness import weakness
from curator.task import Task
from curator.tokenizer import counter

LOW_CONFIDENCE = 0.7
"""Derived examples of which their step is less sure are suspicious."""
NEAR = 0.8
"""Inputs as like as this that bear different labels are suspicious."""
SLICE = 1_000
AROUND_CHARS = 300
"""Characters of the document shown before and after what an answer was drawn from."""

EXEMPLAR, CONFLICT, LOOKALIKE = "in the bank", "label conflict", "like one of another label"
UNSURE, DRAWN, EVERY = "low confidence", "drawn for the sample", "all are reviewed"

STATUS = pl.col("review").struct.field("status")
_QUEUE = {"position": pl.Int64, "id": pl.String, "why": pl.String, "people": pl.Int64}


def queue(records: pl.LazyFrame, asked: Asked, task: Task | None = None) -> pl.DataFrame:
    """
    Choose the kept, answered examples that people see; exemplars are always among them.

    Columns: position, id, why, people (how many must answer); exemplars by rank, then the others in
             reading order, each content once.
    Keeps:   a sample that people have seen stays theirs: what they corrected or rejected counts.
    """
    rows = records.filter(KEPT & IS_EXAMPLE & completion().is_not_null())
    conflict = pl.col("changes").list.eval(pl.element().str.starts_with("label_conflicts: "))
    unsure = pl.col("provenance").struct.field("confidence") < LOW_CONFIDENCE
    rest = {
        "all": pl.lit(EVERY),
        "sample": pl.when(pl.lit(value=False)).then(pl.lit("")),
        "suspicious": pl.when(unsure).then(pl.lit(UNSURE)).otherwise(weakness(task or Task())),
    }[asked.queue]
    known = rows.select(
        "position",
        "id",
        "label",
        "exemplar_rank",
        is_reviewed=STATUS.is_not_null(),
        why=pl.when(pl.col("exemplar_rank").is_not_null())
        .then(pl.lit(EXEMPLAR))
        .when(conflict.list.any().fill_null(value=False))
        .then(pl.lit(CONFLICT))
        .otherwise(rest),
    ).collect()
    if asked.queue == "suspicious":
        alike = pl.col("position").is_in(_lookalikes(rows).implode())
        looks = pl.when(alike).then(pl.lit(LOOKALIKE))
        known = known.with_columns(why=pl.coalesce("why", looks))
    elif asked.queue == "sample":
        gone = records.filter(~KEPT & (STATUS == REJECTED)).select(pl.len()).collect().item()
        known = _sampled(known, asked, max(0, asked.size - gone))
    chosen = (
        known.filter(pl.col("why").is_not_null())
        .sort("exemplar_rank", "position", nulls_last=True)
        .unique("id", keep="first", maintain_order=True)
    )
    many = [_ticket(asked.seed, "overlap", name) < asked.overlap for name in chosen["id"]]
    people = pl.when(pl.Series(many, dtype=pl.Boolean)).then(asked.people).otherwise(1)
    return chosen.select("position", "id", "why", people=people.cast(pl.Int64)).select(*_QUEUE)


def items(
    records: pl.LazyFrame, documents: pl.LazyFrame | None, chosen: pl.DataFrame
) -> Iterator[Item]:
    """
    Show each chosen record as a person sees it, in the order of the queue.

    ``documents`` hold what derived answers were drawn from, if there are any.

    Keeps: the texts of no more than ``SLICE`` records are held.
    """
    for part in chosen.iter_slices(SLICE):
        yield from _items(records, documents, part)


def _items(
    records: pl.LazyFrame, documents: pl.LazyFrame | None, chosen: pl.DataFrame
) -> Iterator[Item]:
    fields = pl.col("provenance").struct.field
    shown = (
        records.select(
            "position",
            "label",
            "split",
            "exemplar_rank",
            "context",
            source=fields("uri"),
            confidence=fields("confidence"),
            document=fields("document_id"),
            start=fields("start"),
            end=fields("end"),
            messages=prompt_messages(),
            answer=answer_shown(),
            calls=pl.when(~is_calls()).then(completion().struct.field("tool_calls")),
            reasoning=completion().struct.field("reasoning"),
            text=text_over("input_output"),
        )
        .filter(pl.col("position").is_in(chosen["position"].implode()))
        .collect()
    )
    shown = shown.with_columns(
        tokens=pl.Series(counter(None)(shown["text"].fill_null("").to_list()))
    )
    rows = chosen.join(shown, on="position", how="left", maintain_order="left")
    pages = _pages(documents, rows)
    for row in rows.iter_rows(named=True):
        yield Item(
            id=row["id"],
            messages=[
                {"role": turn["role"], "content": _said(turn["content"], turn["tool_calls"])}
                for turn in row["messages"]
            ],
            answer=row["answer"] or "",
            calls=row["calls"],
            label=row["label"],
            reasoning=row["reasoning"],
            passage=row["context"] or _around(pages.get(row["document"]), row["start"], row["end"]),
            why=row["why"],
            people=row["people"],
            metadata={
                name: row[name]
                for name in (
                    "split",
                    "label",
                    "source",
                    "tokens",
                    "confidence",
                    "exemplar_rank",
                    "why",
                )
                if row[name] is not None
            },
        )


def _said(*texts: str | None) -> str:
    return "\n\n".join(text for text in texts if text)


def as_shown(records: pl.LazyFrame, chosen: pl.DataFrame) -> dict[str, Shown]:
    """Keep of each chosen record what was shown of it, by id."""
    rows = (
        records.select(
            "position",
            "label",
            prompt=prompt_over("input"),
            answer=answer_shown(),
            is_calls=is_calls(),
        )
        .filter(pl.col("position").is_in(chosen["position"].implode()))
        .collect()
    )
    joined = chosen.join(rows, on="position", how="left", maintain_order="left")
    return {
        row["id"]: Shown(
            record_id=row["id"],
            prompt=prompt_hash(row["prompt"] or ""),
            answer=row["answer"] or "",
            label=row["label"],
            people=row["people"],
            is_calls=row["is_calls"],
        )
        for row in joined.iter_rows(named=True)
    }


def _lookalikes(rows: pl.LazyFrame) -> pl.Series:
    """Find the positions of rows that are nearly like one of another label."""
    signed = rows.filter(pl.col("label").is_not_null()).select(
        "position",
        "label",
        text=text_over("input"),
        bands=similarity.bands(text_over("input"), threshold=NEAR),
    )
    met = similarity.pairs(signed.collect().lazy(), threshold=NEAR, across="label").collect()
    return pl.concat([met["left"], met["right"].alias("left")]).unique().sort()


def _sampled(known: pl.DataFrame, asked: Asked, size: int) -> pl.DataFrame:
    """
    Draw ``size`` rows, label by label in turns, beside those that are in the queue anyway.

    Reviewed rows come first: a corrected one has another id and perhaps another label, and would
    make room for one that nobody has seen, round after round.
    """
    free = known.filter(pl.col("why").is_null())
    tickets = [_ticket(asked.seed, "sample", name) for name in free["id"]]
    drawn = (
        free.with_columns(ticket=pl.Series(tickets, dtype=pl.Float64))
        .sort(~pl.col("is_reviewed"), "ticket", "id", "position")
        .with_columns(turn=pl.int_range(pl.len()).over("label"))
        .sort(~pl.col("is_reviewed"), "turn", "label", "ticket", "id", nulls_last=True)
        .head(size)["position"]
    )
    is_drawn = pl.col("position").is_in(drawn.implode())
    return known.with_columns(why=pl.coalesce("why", pl.when(is_drawn).then(pl.lit(DRAWN))))


def _pages(documents: pl.LazyFrame | None, rows: pl.DataFrame) -> dict[str, str]:
    wanted = rows["document"].drop_nulls().unique()
    if documents is None or wanted.is_empty():
        return {}
    texts = documents.filter(pl.col("id").is_in(wanted.implode())).select("id", "text")
    return dict(texts.collect().iter_rows())


def _around(text: str | None, start: int | None, end: int | None) -> str | None:
    """Cut what an answer was drawn from out of its document, and a little around it."""
    if text is None or start is None or end is None:
        return None
    first, last = max(0, start - AROUND_CHARS), min(len(text), end + AROUND_CHARS)
    return ("…" if first else "") + text[first:last] + ("…" if last < len(text) else "")


def _ticket(seed: int, what: str, name: str) -> float:
    """Draw a number in [0, 1) that depends on these and nothing else."""
    digest = hashlib.blake2b(f"{seed}:{what}:{name}".encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big") / 2**48
