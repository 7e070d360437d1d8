"""
When two texts are near-duplicates: the exact Jaccard similarity of their sets of word shingles.

What a word and a shingle are is said in ``kernels.minhash``, and nowhere else. A caller signs its
rows with ``bands``, asks ``pairs`` for those that are alike, and ``clusters`` for what hangs
together.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import polars as pl

from curator.records import IS_CHUNK

THRESHOLD = 0.7
PAIR = {"left": pl.Int64(), "right": pl.Int64(), "jaccard": pl.Float64()}
CLUSTERED = {
    "position": pl.Int64(),
    "cluster": pl.Int64(),
    "nearest": pl.Int64(),
    "jaccard": pl.Float64(),
}
CLOSEST = {"left_side": pl.String(), "right_side": pl.String(), **PAIR}


def same(text: pl.Expr) -> pl.Expr:
    """Give texts with the same words in the same order one key, as UInt64; null without words."""
    return text.map_batches(_same, return_dtype=pl.UInt64, is_elementwise=True)


def setting() -> pl.Expr:
    """
    Give one key to rows with the same context, and one to all chunks; null to all others.

    The same words in another setting are no repeat: a question put to another passage, a document
    and its only chunk.
    """
    return pl.when(IS_CHUNK).then(pl.lit(0, dtype=pl.UInt64)).otherwise(same(pl.col("context")))


def bands(text: pl.Expr, *, threshold: float = THRESHOLD) -> pl.Expr:
    """
    Sign each text, so that two that are alike share a cell. Opaque: only ``pairs`` reads it.

    Two texts as similar as ``threshold`` meet with a probability of 0.985 or more; the more
    similar, the surer. Ask ``pairs`` for no less than the threshold with which the bands were made.
    """
    from curator.kernels.minhash import KEY_CELLS, PERMUTATIONS, rows_per_band

    if not 0 < threshold <= 1:
        raise ValueError(f"a similarity threshold lies above 0 and up to 1, not at {threshold:g}")
    rows = rows_per_band(threshold)
    cells = KEY_CELLS + PERMUTATIONS // rows
    return text.map_batches(
        partial(_sign, rows=rows, cells=cells),
        return_dtype=pl.Array(pl.UInt32, cells),
        is_elementwise=True,
    )


def same_words(signed: pl.Expr) -> pl.Expr:
    """Give what ``same`` gives, from the ``bands`` of a text: the words need no second reading."""
    high, low = (signed.arr.get(cell).cast(pl.UInt64) for cell in (0, 1))
    key = low + high * pl.lit(1 << 32, dtype=pl.UInt64)
    return pl.when(key != 0).then(key)


def pairs(
    signatures: pl.LazyFrame,
    *,
    threshold: float,
    within: str | None = None,
    across: str | None = None,
) -> pl.LazyFrame:
    """
    Find the pairs of rows whose similarity is at least ``threshold``; none is below.

    With ``within``, both have the same value in that column (null is one); with ``across``, not.

    Rows with the same words (and the same value in the column named) are compared once, by their
    first. The others are paired with it or, if ``across``, with what it is paired with. Where more
    than 32 rows share a cell, the pairs link all that belongs together without being all there are.

    Columns: position, text, bands, and those named -> left < right (positions), jaccard; sorted.
    """
    return _pairs(signatures, threshold, threshold, within, across)


def closest(
    signatures: pl.LazyFrame, *, side: str = "split", threshold: float = THRESHOLD
) -> pl.LazyFrame:
    """
    Find for each two values of ``side`` the most similar pair of rows across them.

    As certain as ``pairs`` from ``threshold`` up. Below it, the best of what has met; no row if
    nothing has. Ties go to the smallest positions.

    Columns: position, text, bands, ``side`` -> left_side < right_side, left, right (positions on
        these sides), jaccard; sorted.
    """
    met = _pairs(signatures, threshold, 0.0, None, side)
    sides = signatures.select("position", _side=pl.col(side))
    for end in ("left", "right"):
        met = met.join(sides.rename({"position": end, "_side": f"{end}_side"}), on=end)
    turned = pl.col("left_side") > pl.col("right_side")
    swap = {
        f"{end}{tail}": pl.when(turned).then(f"{other}{tail}").otherwise(f"{end}{tail}")
        for end, other in (("left", "right"), ("right", "left"))
        for tail in ("", "_side")
    }
    both = ("left_side", "right_side")
    return (
        met.with_columns(**swap)
        .sort(*both, "jaccard", "left", "right", descending=[False, False, True, False, False])
        .unique(both, keep="first", maintain_order=True)
        .select(*CLOSEST)
    )


def clusters(pairs: pl.LazyFrame) -> pl.LazyFrame:
    """
    Name for each row in a pair the smallest position that it hangs together with.

    Two rows of a cluster need not be alike: a chain of pairs connects them. ``nearest`` is the
    position of the row that each is most like (the smallest such), ``jaccard`` how much.

    Columns: left, right, jaccard -> position, cluster, nearest, jaccard; sorted by position.
    """
    return pairs.select(*PAIR).map_batches(_clusters, schema=CLUSTERED)


def _lowered(texts: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    from curator.kernels.buffers import text_buffers

    offsets, data = text_buffers(texts)
    if data.max(initial=0) < 128:  # the kernels lower ASCII themselves
        return offsets, data
    return text_buffers(texts.str.to_lowercase())


def _same(texts: pl.Series) -> pl.Series:
    from curator.kernels.minhash import same_words

    keys = pl.Series(texts.name, same_words(*_lowered(texts)))
    return keys.set(keys == 0, None)


def _sign(texts: pl.Series, *, rows: int, cells: int) -> pl.Series:
    from curator.kernels.minhash import sign

    signatures = np.empty((len(texts), cells), np.uint32)
    sign(*_lowered(texts), rows, signatures)
    return pl.Series(texts.name, signatures, dtype=pl.Array(pl.UInt32, cells))


def _shingles(texts: pl.Series) -> pl.Series:
    from curator.kernels.buffers import as_lists
    from curator.kernels.minhash import shingles

    return as_lists(*shingles(*_lowered(texts))).alias(texts.name)


def _pairs(
    signatures: pl.LazyFrame, threshold: float, least: float, within: str | None, across: str | None
) -> pl.LazyFrame:
    """Gather keys first, then the shingles of those rows that have met, never all the texts."""
    if within is not None and across is not None:
        raise ValueError("pairs are sought within one column or across it, not both")
    side = within or across
    cells = signatures.collect_schema()["bands"]
    keys = signatures.select(
        "position", "bands", _side=pl.lit(None) if side is None else pl.col(side)
    )
    met = keys.map_batches(
        partial(_met, across=across is not None),
        schema={"position": pl.Int64, "first": pl.Int64, "side": pl.Int64, "bands": cells},
    )
    compared = pl.when(pl.col("first") == pl.col("position")).then("text")
    shingled = compared.map_batches(_shingles, return_dtype=pl.List(pl.UInt64), is_elementwise=True)
    return (
        signatures.select("position", "text")
        .join(met, on="position")
        .select("position", "first", "side", "bands", sets=shingled)
        .with_columns(pl.col("sets").list.unique().list.sort())
        .map_batches(
            partial(_verified, threshold=threshold, least=least, across=across is not None),
            schema=PAIR,
        )
    )


def _met(keys: pl.DataFrame, *, across: bool) -> pl.DataFrame:
    """Keep the rows that have met another, and name for each the first one with the same words."""
    from curator.kernels.minhash import KEY_CELLS
    from curator.kernels.near_pairs import Sides

    rows = keys.sort("position").with_columns(
        side=pl.col("_side").rank("dense").fill_null(0).cast(pl.Int64)
    )
    cells = rows["bands"].to_numpy()
    key = np.ascontiguousarray(cells[:, :KEY_CELLS]).view(np.uint64)[:, 0]
    rows = rows.select(
        "position",
        pl.col("position").first().over(pl.lit(pl.Series(key)), "side").alias("first"),
        "side",
        "bands",
    ).filter(pl.lit(pl.Series(cells[:, -1] > 0)))
    alone = (rows["first"] == rows["position"]).to_numpy()
    sides = Sides(rows["side"].to_numpy()[alone], across)
    keep = ~alone
    keep[alone] = sides.meeting(rows["bands"].to_numpy()[alone, KEY_CELLS:])
    return rows.filter(pl.Series(keep))


def _verified(met: pl.DataFrame, *, threshold: float, least: float, across: bool) -> pl.DataFrame:
    """Compare the first rows, then pair the others that have the same words."""
    from curator.kernels.minhash import KEY_CELLS
    from curator.kernels.near_pairs import Sides, near_pairs

    met = met.sort("position")
    leads = met.filter(pl.col("first") == pl.col("position"))
    copies = met.filter(pl.col("first") != pl.col("position")).select("first", "position")
    bands = leads["bands"].to_numpy()[:, KEY_CELLS:]
    ends, similarity = near_pairs(
        bands, leads["sets"], Sides(leads["side"].to_numpy(), across), threshold, least
    )
    position = leads["position"].to_numpy()
    found = pl.DataFrame(
        {"left": position[ends[:, 0]], "right": position[ends[:, 1]], "jaccard": similarity},
        schema=PAIR,
    )
    if across:
        also = [
            found.join(copies, left_on=end, right_on="first").with_columns(
                pl.col("position").alias(end)
            )
            for end in ("left", "right")
        ]
    else:
        also = [copies.select(left="first", right="position", jaccard=pl.lit(1.0))]
    ordered = {
        "left": pl.min_horizontal("left", "right"),
        "right": pl.max_horizontal("left", "right"),
    }
    every = pl.concat([found, *(more.select(*PAIR) for more in also)])
    return every.with_columns(**ordered).sort("left", "right")


def _clusters(pairs: pl.DataFrame) -> pl.DataFrame:
    from curator.kernels.union_find import components

    ends = np.stack([pairs["left"].to_numpy(), pairs["right"].to_numpy()])
    position, index = np.unique(ends, return_inverse=True)
    left, right = index.reshape(ends.shape).astype(np.int64)
    root = components(position.size, left, right)
    turned = pairs.select(position="right", nearest="left", jaccard="jaccard")
    nearest = (
        pairs.select(position="left", nearest="right", jaccard="jaccard")
        .vstack(turned)
        .sort("position", "jaccard", "nearest", descending=[False, True, False])
        .unique("position", keep="first", maintain_order=True)
    )
    return nearest.with_columns(cluster=pl.Series(position[root])).select(*CLUSTERED)
