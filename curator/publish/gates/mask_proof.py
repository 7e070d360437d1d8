"""The proof of masks must be that of the export's own files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson
import polars as pl
import pyarrow.parquet as pq

from curator.errors import shorten
from curator.manifest import sha256_of
from curator.publish.gates.gate import Gate, Named, Wanted
from curator.publish.gates.rows import MASKS, SEGMENTS
from curator.schemas import Gate as Schema
from curator.schemas import load as schema

NAME = "mask_proof"
IGNORED = -100
_HINT = "run the recipe again: the trainer step proves what it writes"
_IN_PARQUET = ("packed", "unpacked")
_BATCH = 512


def gate(folder: Path, _options: Wanted) -> Gate:
    """Hold each shard against its hash in the proof; of one that differs, name the segments."""
    found = Named(NAME, hint=_HINT)
    if not (folder / MASKS).is_file():
        if (folder / "trainer").is_dir():
            found.add("the export has no proof of its masks", where=MASKS)
        return found.gate("there is no trainer export" if not found.count else "nothing is proven")
    proof = _proof(folder, found)
    if proof is None:
        return found.gate("the proof cannot be read")
    export = folder / "trainer"
    told = {shard["path"]: shard["sha256"] for shard in proof["shards"]}
    there = {p.relative_to(export).as_posix() for p in export.glob("*/*.parquet")}
    for path in sorted(there - told.keys()):
        found.add("no proof is of this file", where=f"trainer/{path}")
    for path, sha256 in sorted(told.items()):
        if not (export / path).is_file():
            found.add("the proof is of this file, but it is gone", where=f"trainer/{path}")
        elif sha256_of(export / path) != sha256:
            _name_segments(folder, path, found)
    _hold_sums(folder, proof, found)
    tokens = sum(split["tokens"] for split in proof["splits"].values())
    trained = sum(split["trained"] for split in proof["splits"].values())
    words = f"{trained:,} of {tokens:,} tokens count, in {len(told):,} files"
    return found.gate(words if not found.count else "the files are not those that were proven")


def _proof(folder: Path, found: Named) -> dict[str, Any] | None:
    try:
        proof: dict[str, Any] = orjson.loads((folder / MASKS).read_bytes())
    except orjson.JSONDecodeError as error:
        found.add(f"this is no proof: {shorten(str(error))}", where=MASKS)
        return None
    form = Schema(schema("masks"))
    if not form.is_valid(proof):
        where, words = next(form.errors(proof))
        found.add(shorten(words), where=f"{MASKS}: {where}")
        return None
    return proof


def _hold_sums(folder: Path, proof: dict[str, Any], found: Named) -> None:
    """The table of segments must come to the sums that were proven."""
    sums = (
        pl.scan_parquet(folder / SEGMENTS)
        .group_by("split")
        .agg(segments=pl.len(), tokens=pl.sum("tokens"), trained=pl.sum("trained"))
        .collect()
    )
    held = {split: rest for split, *rest in sums.iter_rows()}
    for split, told in proof["splits"].items():
        said = [told[name] for name in ("segments", "tokens", "trained")]
        if held.get(split, [0, 0, 0]) != said:
            found.add(f"{split} comes to other sums than were proven", where=SEGMENTS)


def _name_segments(folder: Path, path: str, found: Named) -> None:
    """Name the segments of a shard that do not count as the table says; else the shard itself."""
    where, before = f"trainer/{path}", found.count
    if path.split("/", maxsplit=1)[0] in _IN_PARQUET:
        for name, words in _wrong(folder / "trainer", path, folder / SEGMENTS):
            found.add(words, where=where, record_id=name)
    if found.count == before:
        found.add("its bytes are not those that were proven", where=where)


class _Tokens(NamedTuple):
    """Segments that follow one another: how long each is, and which of its tokens count."""

    lengths: np.ndarray[Any, Any]
    ids: np.ndarray[Any, Any]
    labels: np.ndarray[Any, Any]


def _wrong(export: Path, path: str, table: Path) -> Iterator[tuple[str, str]]:
    form, split = path.split("/", maxsplit=1)[0], Path(path).name.split("-")[0]
    order = ("pack", "place") if form == "packed" else ("row", "start_token")
    segments = pl.read_parquet(table).filter(pl.col("split") == split).sort(order)
    own = sorted((export / form).glob(f"{split}-*.parquet"))
    at = sum(_count(one) for one in own if one.name < Path(path).name)
    for tokens in _read(export / path):
        some = segments.slice(at, tokens.lengths.size)
        at += tokens.lengths.size
        if some["tokens"].to_list() != tokens.lengths.tolist():
            yield from (
                (name, "the segments are others than the table has") for name in some["id"][:1]
            )
            return
        begins = np.cumsum(tokens.lengths) - tokens.lengths
        counts = np.add.reduceat((tokens.labels != IGNORED).astype(np.int64), begins)
        strange = (tokens.labels != IGNORED) & (tokens.labels != tokens.ids)
        is_strange = np.add.reduceat(strange.astype(np.int64), begins) > 0
        said = some["trained"].to_numpy()
        for nth in np.flatnonzero((counts != said) | is_strange).tolist():
            words = f"{counts[nth]:,} of its tokens count, {said[nth]:,} were proven"
            yield some["id"][nth], "a label is not its token" if is_strange[nth] else words


def _count(path: Path) -> int:
    with pq.ParquetFile(path) as file:
        if "seq_lengths" not in file.schema_arrow.names:
            return int(file.metadata.num_rows)
        lengths = pl.from_arrow(file.read(["seq_lengths"]))
        assert isinstance(lengths, pl.DataFrame)
        return int(lengths["seq_lengths"].list.len().sum())


def _read(path: Path) -> Iterator[_Tokens]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_BATCH):
            rows = pl.from_arrow(batch)
            assert isinstance(rows, pl.DataFrame)
            lengths = (
                rows["seq_lengths"].explode()
                if "seq_lengths" in rows.columns
                else rows["input_ids"].list.len()
            )
            yield _Tokens(
                lengths.to_numpy().astype(np.int64),
                rows["input_ids"].explode().to_numpy(),
                rows["labels"].explode().to_numpy(),
            )
