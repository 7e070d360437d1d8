"""Decide train, validation and test once, over groups, so that nothing leaks across."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
import polars as pl

from curator import records as rows_of
from curator import similarity
from curator.errors import RecipeError, shorten
from curator.records import IS_DOCUMENT, KEPT, SPLITS, Over, prompt_over, reject, touch
from curator.select.shares import Groups, share_out, ticket
from curator.select.ties import FREE, Indices, Mask, Ties, codes

log = logging.getLogger("curator.select")

_VERDICT = {"position": pl.Int64, "rejected": pl.String, "split": pl.String, "change": pl.String}
_SIGNED = ("position", "id", "label", "group", "document", "origin", "is_made")
GIANT = len(SPLITS)
"""The note of a row that a giant group took along; the notes before it name the split followed."""
_ORDER = {split: strength for strength, split in enumerate(SPLITS)}


@dataclass(frozen=True, kw_only=True)
class Options:
    """Shares of all rows; rows at least as similar as ``near_duplicates`` are never parted."""

    train: float = 0.8
    validation: float = 0.1
    test: float = 0.1
    near_duplicates: float | None = 0.7
    over: Over = "input"
    stratify: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse shares that do not add up."""
        if min(self.shares) < 0 or abs(sum(self.shares) - 1) > 1e-9:
            raise ValueError("train, validation and test must be at least 0 and add up to 1")

    @property
    def shares(self) -> tuple[float, ...]:
        """In the order of SPLITS."""
        return self.train, self.validation, self.test


def sign(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """
    Give each kept row what ties it to others, its label, and the split that it has already.

    A document that was merged comes as well, with the id that stands for it: what was derived from
    the two is from one document.
    """
    is_merged = IS_DOCUMENT & pl.col("merged_into").is_not_null()
    stands = pl.when(is_merged).then("merged_into")
    of = pl.col("provenance").struct.field("document_id")
    own = pl.when(IS_DOCUMENT).then(pl.col("id"))
    text = pl.col("text")
    rows = (
        records.filter(KEPT | is_merged)
        .with_columns(document=pl.coalesce(of, own), text=prompt_over(options.over), stands=stands)
        .with_columns(origin=rows_of.origin(), is_made=rows_of.is_made_of_example())
        .select(*_SIGNED, "split", "stands", "text")
    )
    if options.near_duplicates is None:
        words = rows.with_columns(twin=similarity.same(text))
    else:
        bands = similarity.bands(text, threshold=options.near_duplicates)
        words = rows.with_columns(bands=bands).with_columns(
            twin=similarity.same_words(pl.col("bands"))
        )
    wordless = pl.when(pl.col("twin").is_null() & (text != "")).then(text)
    twin = wordless.map_batches(_twins, return_dtype=pl.UInt64, is_elementwise=True)
    keys = words.with_columns(twin=pl.coalesce("twin", twin))
    return keys.drop("text") if options.near_duplicates is None else keys


def resolve(signatures: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """
    Give every row a split, and reject rows that would join two splits.

    A row that comes with a split keeps it, and the rows tied to it follow. Where a tie joins two
    splits, the row of the weaker one goes (test > validation > train). All other groups fill the
    shares in the order of a hash of their smallest id.
    Keeps:  no two kept rows with a tie in two splits; the result for any order of rows and any
    threads.
    """
    rows = signatures.select("split", "stands", "twin", *_SIGNED)
    signatures = signatures.filter(pl.col("stands").is_null())
    if options.near_duplicates is None:
        none = (pl.lit(None, dtype=dtype).alias(name) for name, dtype in similarity.PAIR.items())
        rows = rows.with_columns(none)
    else:
        texts = signatures.select("position", "text", "bands", "split")
        fixed = texts.filter(pl.col("split").is_not_null())
        threshold = options.near_duplicates
        # Pairs link what belongs together; which fixed rows cross must be known row by row.
        linked = similarity.pairs(texts, threshold=threshold)
        across = similarity.pairs(fixed, threshold=threshold, across="split")
        rows = pl.concat([rows, linked, across], how="diagonal")
    return rows.map_batches(lambda frame: _decide(frame, options), schema=_VERDICT)


def recall(records: pl.LazyFrame, memory: pl.LazyFrame) -> pl.LazyFrame:
    """
    Fill ``split`` from an earlier run where the source gives none.

    A row into which a remembered one was merged inherits its split. A row that was test and now
    comes as anything else is rejected.

    What split had to say of the row then is said again: a second run writes the same bytes. Rows
    with one content are told apart by their group, and within it by their order; if none has a
    remembered group, the first one is the one that was there.

    Columns: memory has id, group, copy (0 for the first row of this id and group), split, change.
    """
    was = memory.select("id", _was="split").unique()
    said = memory.select("id", "group", _copy="copy", _said="change", _was_there=pl.lit(value=True))
    merged = records.select("id", "merged_into").drop_nulls()
    heirs = merged.join(was, on="id").select("_was", id="merged_into")
    strength = pl.col("_was").replace_strict(_ORDER, return_dtype=pl.Int8)
    was = pl.concat([was, heirs.select("id", "_was")])
    was = was.group_by("id").agg(pl.col("_was").sort_by(strength).last())
    moves = KEPT & (pl.col("split") != pl.col("_was"))
    is_there = pl.col("_was_there").is_not_null()
    is_first = (pl.col("position") == pl.col("position").min()) & ~is_there.any()
    is_old = KEPT & (is_there | is_first.over("id"))
    key = ["id", "group", "_copy"]
    return (
        records.join(was, on="id", how="left", maintain_order="left")
        .with_columns(_copy=_copy())
        .join(said, on=key, how="left", maintain_order="left", nulls_equal=True)
        .pipe(reject, moves & (pl.col("_was") == "test"), "split: was test in an earlier run")
        .pipe(touch, moves, pl.format("split: was {} in an earlier run", "_was"))
        .pipe(touch, is_old & pl.col("_said").is_not_null(), pl.col("_said"))
        .with_columns(split=pl.when(is_old).then(pl.coalesce("split", "_was")).otherwise("split"))
        .drop("_was", "_said", "_copy", "_was_there")
    )


def remember(records: pl.LazyFrame, memory: pl.LazyFrame | None = None) -> pl.LazyFrame:
    """
    List id and split of every kept row, by id; what ``memory`` holds of other ids stays.

    Columns: id, group, copy, split, change (what split has said of the row).
    """
    ours = pl.element().filter(pl.element().str.starts_with("split: "))
    change = pl.col("changes").list.eval(ours).list.last()
    kept = records.filter(KEPT & pl.col("split").is_not_null())
    columns = ("id", "group", "copy", "split", "change")
    now = kept.with_columns(copy=_copy(), change=change).select(columns)
    past = [] if memory is None else [memory.join(now, on="id", how="anti").select(columns)]
    return pl.concat([now, *past]).sort("id", "group", "copy")


def _copy() -> pl.Expr:
    """Number the kept rows of one content and one group, in their order."""
    return (KEPT.cum_sum() - 1).over("id", "group").cast(pl.Int64)


def last_standing(document: str, stands: dict[str, str]) -> str:
    """Follow merges to the document that is kept."""
    seen = set()
    while document in stands and document not in seen:
        seen.add(document)
        document = stands[document]
    return document


def _twins(texts: pl.Series) -> pl.Series:
    """Give texts without words 64 stable bits; a collision would tie two rows, no more."""
    bits = (None if text is None else ticket(0, text) for text in texts)
    return pl.Series(texts.name, bits, dtype=pl.UInt64)


def _decide(frame: pl.DataFrame, options: Options) -> pl.DataFrame:
    # An index into rows sorted by id is an order that survives any shuffling of the input.
    rows = frame.filter(pl.col("left").is_null()).sort("id", "position")
    merges = rows.filter(pl.col("stands") != pl.col("document"))  # twins share one id
    stands = dict(merges.select("document", "stands").iter_rows())
    rows = rows.filter(pl.col("stands").is_null()).with_columns(
        pl.col("document").replace({merged: last_standing(merged, stands) for merged in stands}),
        origin=rows_of.shared_origin(),
    )
    strange = sorted(set(rows["split"].drop_nulls()) - set(SPLITS))
    if strange:
        raise RecipeError(
            f"split: the source gives the split '{shorten(strange[0])}'",
            hint=f"the splits are {', '.join(SPLITS)}: say which of them it is in read",
        )
    ties = Ties.of(rows, frame.filter(pl.col("left").is_not_null()))
    own = rows["split"].replace_strict(_ORDER, default=FREE, return_dtype=pl.Int64).to_numpy()
    alive = np.ones(rows.height, np.bool_)
    rejected = ties.crossings(own, alive)
    alive[list(rejected)] = False

    group = ties.groups(alive)
    low, high = _span(group, own, alive)
    for row in np.flatnonzero(alive & (own == FREE) & (low < high)[group]).tolist():
        one, other = SPLITS[low[group[row]]], SPLITS[high[group[row]]]
        rejected[row] = f"split: would join a {one} group to a {other} group"
        alive[row] = False
    split = np.where(own == FREE, high[group], own)
    notes = np.where(alive & (own == FREE), split, FREE)

    split, giant = _fill(rows, group, split, alive, options)
    notes[giant] = GIANT
    _report(split[alive], options)
    return _verdict(rows, np.where(alive & (own == FREE), split, FREE), notes, rejected)


def _span(group: Indices, own: Indices, alive: Mask) -> tuple[Indices, Indices]:
    """Give the weakest and strongest split that rows of each group come with; FREE for none."""
    fixed = np.flatnonzero(alive & (own != FREE))
    count = int(group.max(initial=FREE)) + 2  # the last one serves rows without a group
    low, high = np.full(count, len(SPLITS)), np.full(count, FREE)
    np.minimum.at(low, group[fixed], own[fixed])
    np.maximum.at(high, group[fixed], own[fixed])
    return np.where(high == FREE, FREE, low), high


def _fill(
    rows: pl.DataFrame, group: Indices, split: Indices, alive: Mask, options: Options
) -> tuple[Indices, Indices]:
    """Share out the groups that have no split yet; say also which rows are of a giant group."""
    free = np.flatnonzero(alive & (split == FREE))
    label = codes(rows["label"]) if options.stratify else np.zeros(rows.height, np.int64)
    taken = np.zeros((int(label.max(initial=0)) + 1, len(SPLITS)), np.int64)
    settled = np.flatnonzero(alive & (split != FREE))
    np.add.at(taken, (label[settled], split[settled]), 1)
    _, first, number = np.unique(group[free], return_index=True, return_inverse=True)
    ids = rows["id"].gather(free[first])
    groups = Groups(
        size=np.bincount(number, minlength=first.size),
        label=_prevailing(number, label[free]),
        ticket=np.array([ticket(options.seed, name) for name in ids], np.uint64),
    )
    filled = split.copy()
    filled[free] = share_out(groups, taken, options.shares)[number]
    return filled, free[groups.giants(int(alive.sum()))[number]]


def _prevailing(group: Indices, label: Indices) -> Indices:
    """Give the most frequent label of each group, of equals the first."""
    order = np.lexsort((label, group))
    both = np.stack([group[order], label[order]])
    start = np.flatnonzero(np.any(np.diff(both, prepend=FREE - 1), axis=0))
    count = np.diff(start, append=group.size)
    best = np.lexsort((both[1, start], -count, both[0, start]))
    _, first = np.unique(both[0, start][best], return_index=True)
    prevailing: Indices = both[1, start][best][first]
    return prevailing


def _report(split: Indices, options: Options) -> None:
    counts = np.bincount(split, minlength=len(SPLITS))
    for name, share, count in zip(SPLITS, options.shares, counts, strict=True):
        if share and not count:
            log.warning("split: %s gets no row, although %g of all were asked for", name, share)


def _verdict(
    rows: pl.DataFrame, split: Indices, said: Indices, rejected: dict[int, str]
) -> pl.DataFrame:
    """Say what changes: the split of rows that had none, why they have it, who is out."""
    name = pl.Series([*SPLITS, None], dtype=pl.String)
    note = [f"split: follows the {split} row it is tied to" for split in SPLITS]
    note.append("split: goes with a group too large to share out")
    notes = pl.Series([*note, None], dtype=pl.String)
    return pl.DataFrame(  # FREE is -1: counted from the end, the place of None
        [
            rows["position"],
            pl.Series("rejected", map(rejected.get, range(rows.height)), dtype=pl.String),
            name.gather(split % len(name)).alias("split"),
            notes.gather(said % len(notes)).alias("change"),
        ]
    ).filter(~pl.all_horizontal(pl.exclude("position").is_null()))
