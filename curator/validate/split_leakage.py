"""Prove that nothing stands in two splits: no content, no text, no group, no near-duplicate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import polars as pl

from curator import records as rows_of
from curator import similarity
from curator.errors import Violation
from curator.kernels.minhash import PERMUTATIONS, rows_per_band
from curator.records import IS_DOCUMENT, KEPT, SPLITS, Over, prompt_over
from curator.validate import Report

ARTIFACT = "leakage.json"

_KINDS = {
    "same_content": "has the same content as",
    "same_text": "has the same words as",
    "near_duplicate": "is a near-duplicate of",
    "group": "shares a group with",
    "document": "is from the same document as",
    "origin": "was made out of the same example as",
}
SMALL = 20_000
"""Rows up to which the closest pairs are sought far below the threshold: it takes a moment."""
FAR = 0.3
_HINT = "select: split keeps such rows together: run it with near_duplicates at {:g} or below"
_STRENGTH = {split: strength for strength, split in enumerate(SPLITS)}


@dataclass(frozen=True, kw_only=True)
class Options:
    """Rows of two splits may not be as similar as ``threshold``."""

    threshold: float = 0.7
    over: Over = "input"
    max_reported: int = 100


def validate(records: pl.LazyFrame, options: Options) -> Report:
    """
    Report every row that stands too near to a row of a stronger split (test > validation > train).

    The facts are the certificate: how it was checked, how many rows cross each pair of splits and
    by what, and the closest pair across each, even below the threshold.
    """
    of = pl.col("provenance").struct.field
    text = prompt_over(options.over)
    split_rows = records.filter(KEPT & pl.col("split").is_in(SPLITS))
    words = similarity.same_words(pl.col("bands")).cast(pl.String)
    signed = _gather(
        split_rows.select(
            "position",
            "split",
            "exemplar_rank",
            "group",
            text=text,
            same_content="id",
            document=pl.coalesce(of("document_id"), pl.when(IS_DOCUMENT).then("id")),
            origin=rows_of.origin(),
            is_made=rows_of.is_made_of_example(),
            source=pl.concat_str([of("uri"), pl.coalesce(of("line"), of("row"))], separator=":"),
        )
        .with_columns(bands=similarity.bands(pl.col("text"), threshold=options.threshold))
        .with_columns(same_text=pl.coalesce(words, pl.when(pl.col("text") != "").then("text")))
        .drop("text")
    )
    rows = signed.drop("bands").with_columns(origin=rows_of.shared_origin())
    rows = rows.drop("is_made").sort("same_content", "position")
    # the bands are in memory, the long texts still on disk: they are read for the few that meet
    texts = split_rows.select("position", text=text).join(
        signed.lazy().select("position", "split", "bands"), on="position"
    )
    near = _gather(similarity.pairs(texts, threshold=options.threshold, across="split"))
    reach = options.threshold
    if rows.height <= SMALL:
        reach = min(reach, FAR)
        bands = similarity.bands(pl.col("text"), threshold=reach)
        texts = split_rows.select("position", "split", text=text).with_columns(bands=bands)
    closest = _gather(similarity.closest(texts, threshold=reach))
    crossings = _crossings(rows, near)
    violations = [*_words(rows, crossings, options), *_shown(rows)]
    if len(violations) > options.max_reported:
        more = f"{len(violations) - options.max_reported} more crossings"
        violations = violations[: options.max_reported]
        violations.append(Violation(rule="split_leakage", message=more))
    facts = _facts(rows, crossings, closest, options, reach)
    return Report(violations=tuple(violations), facts=facts)


def _gather(plan: pl.LazyFrame) -> pl.DataFrame:
    """Hold a narrow ``plan``; it is read twice where it says so, not kept whole in memory."""
    flags = pl.QueryOptFlags(comm_subplan_elim=False)
    parts = list(plan.collect_batches(maintain_order=True, optimizations=flags))
    return pl.concat(parts) if parts else plan.collect_schema().to_frame()


def _crossings(rows: pl.DataFrame, near: pl.DataFrame) -> pl.DataFrame:
    """Pair each row that shares something with a stronger split with the first such row there."""
    strength = pl.col("split").replace_strict(_STRENGTH, return_dtype=pl.Int8)
    rows = rows.with_columns(strength=strength)
    parts = [_near(rows, near)]
    for order, key in enumerate(_KINDS):
        if key in rows.columns:
            held = rows.drop_nulls(key).sort("strength", descending=True, maintain_order=True)
            first = held.unique(key, keep="first", maintain_order=True)
            both = held.join(first, on=key, suffix="_strong", maintain_order="left")
            crossing = both.filter(pl.col("strength") < pl.col("strength_strong"))
            parts.append(_pairs(crossing, order, pl.lit(None, dtype=pl.Float64)))
    return pl.concat(parts).sort("kind", "weak", "strong")


def _near(rows: pl.DataFrame, near: pl.DataFrame) -> pl.DataFrame:
    """Turn near-duplicate pairs so that the weaker row comes first; equal texts are left out."""
    ends = rows.select("position", "split", "strength", "same_text")
    either = pl.concat([near, near.select(left="right", right="left", jaccard="jaccard")]).rename(
        {"left": "position", "right": "position_strong"}
    )
    both = either.join(ends, on="position").join(
        ends, left_on="position_strong", right_on="position", suffix="_strong"
    )
    is_turned = pl.col("strength") < pl.col("strength_strong")
    is_new = pl.col("same_text") != pl.col("same_text_strong")
    kind = list(_KINDS).index("near_duplicate")
    return _pairs(both.filter(is_turned & is_new), kind, pl.col("jaccard"))


def _pairs(both: pl.DataFrame, kind: int, jaccard: pl.Expr) -> pl.DataFrame:
    return both.select(
        weak="position",
        strong="position_strong",
        weak_split="split",
        strong_split="split_strong",
        kind=pl.lit(kind, dtype=pl.Int8),
        jaccard=jaccard,
    )


def _words(rows: pl.DataFrame, crossings: pl.DataFrame, options: Options) -> Iterator[Violation]:
    """Name both rows of each crossing once, by the most telling thing that they have in common."""
    why = list(_KINDS.values())
    names = rows.select("position", "same_content", "source")
    told = (
        crossings.unique(["weak", "strong"], keep="first", maintain_order=True)
        .join(names, left_on="weak", right_on="position", maintain_order="left")
        .join(names, left_on="strong", right_on="position", suffix="_of", maintain_order="left")
    )
    for pair in told.iter_rows(named=True):
        alike = "" if pair["jaccard"] is None else f" (similarity {pair['jaccard']:.2f})"
        other = f"{pair['strong_split']} row {pair['same_content_of']}"
        place = f" at {pair['source_of']}" if pair["source_of"] else ""
        yield Violation(
            rule="split_leakage",
            message=f"a {pair['weak_split']} row {why[pair['kind']]} {other}{place}{alike}",
            where=pair["source"] or "",
            record_id=pair["same_content"],
            hint=_HINT.format(options.threshold),
        )


def _shown(rows: pl.DataFrame) -> Iterator[Violation]:
    """Report the exemplars that are not train rows."""
    stray = rows.filter(pl.col("exemplar_rank").is_not_null() & (pl.col("split") != "train"))
    for row in stray.sort("exemplar_rank", "position").iter_rows(named=True):
        yield Violation(
            rule="split_leakage",
            message=f"exemplar {row['exemplar_rank']} is a {row['split']} row",
            where=row["source"] or "",
            record_id=row["same_content"],
            hint="exemplars come from train only: choose them after the split",
        )


def _facts(
    rows: pl.DataFrame,
    crossings: pl.DataFrame,
    closest: pl.DataFrame,
    options: Options,
    reach: float,
) -> dict[str, Any]:
    """Give the certificate: JSON, in an order that never changes."""
    ids = dict(zip(rows["position"], rows["same_content"], strict=True))
    nearest = {
        frozenset((pair["left_side"], pair["right_side"])): {
            pair["left_side"]: ids[pair["left"]],
            pair["right_side"]: ids[pair["right"]],
            "similarity": round(pair["jaccard"], 4),
        }
        for pair in closest.iter_rows(named=True)
    }
    counted = crossings.unique(["weak", "strong_split", "kind"])
    counts = counted.group_by("weak_split", "strong_split", "kind").len()
    count = {(weak, strong, kind): n for weak, strong, kind, n in counts.iter_rows()}
    sizes = dict(rows.group_by("split").len().iter_rows())
    per_band = rows_per_band(options.threshold)
    exemplars = rows.filter(pl.col("exemplar_rank").is_not_null())
    return {
        "schema_version": 1,
        "method": {
            "over": options.over,
            "similarity": "Jaccard of the sets of 3-word shingles, exact for every pair that met",
            "threshold": options.threshold,
            "closest_sought_from": reach,
            "permutations": PERMUTATIONS,
            "bands": PERMUTATIONS // per_band,
            "rows_per_band": per_band,
            "keys": [kind for kind in _KINDS if kind != "near_duplicate"],
        },
        "rows": {split: sizes.get(split, 0) for split in SPLITS},
        "across": [
            {
                "splits": [weak, strong],
                "rows_crossing": {
                    kind: count.get((weak, strong, order), 0) for order, kind in enumerate(_KINDS)
                },
                "closest": nearest.get(frozenset((weak, strong))),
            }
            for weak, strong in combinations(SPLITS, 2)
        ],
        "exemplars": {
            "count": exemplars.height,
            "outside_train": exemplars.filter(pl.col("split") != "train").height,
        },
    }
