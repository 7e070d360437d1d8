"""The table of a trainer export's segments against the records, and the sums that others tell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from curator.engine import Engine
from curator.errors import SourceError, Violation
from curator.manifest import load
from curator.records import IS_CHUNK, IS_EXAMPLE
from curator.verify.files import named
from curator.verify.witness import Witness

FOLDER = "trainer"
SEGMENTS, SKIPPED = "segments.parquet", "skipped.jsonl"
NUMBERS, MASKS = "trainer.json", "masks.json"
_WENT = ("trained", "context", "truncated", "dropped")
_SKIPPED = {"id": pl.String, "split": pl.String, "part": pl.Int32, "tokens": pl.Int64}


def table(export: Path) -> pl.DataFrame:
    """
    Read where each segment stands, by split, pack and place.

    Raises: SourceError where that cannot be read.
    """
    rows: pl.DataFrame = _opened(export / SEGMENTS, pl.read_parquet)
    return rows


def told(export: Path, name: str) -> dict[str, Any]:
    """Read a JSON file of the export. Raises SourceError where it is none."""
    found: dict[str, Any] = _opened(export / name, lambda path: orjson.loads(path.read_bytes()))
    return found


def wanted(witness: Witness, export: Path) -> pl.LazyFrame:
    """Scan the kept rows of which an export is made, in its order, with their place as row."""
    is_chunks = told(export, NUMBERS)["settings"]["rows"] == "chunks"
    kept = witness.kept.filter(IS_CHUNK if is_chunks else IS_EXAMPLE)
    return kept.with_columns(pl.col("split").fill_null("train")).with_row_index("row")


def lost(witness: Witness, engine: Engine, promise: str) -> list[Violation]:
    """Find rows that are in no segment and not skipped by name, and sums that do not close."""
    export = witness.folder / FOLDER
    if not export.is_dir():
        return []
    try:
        rows = engine.gather(wanted(witness, export).select(pl.col("row").cast(int), "id", "split"))
        segments, skipped = witness.numbered(table(export)), _skipped(export)
        sums = [
            Violation(rule=promise, message=message, where=str(export))
            for message in _sums(witness.folder, segments, skipped)
        ]
    except SourceError as error:
        return [Violation(rule=promise, message=error.message, where=error.where)]
    return [*_rows(export, rows, segments, skipped, promise), *sums]


def leaked(witness: Witness, engine: Engine, promise: str) -> list[Violation]:
    """Find segments that stand in the files of another split than their record."""
    export = witness.folder / FOLDER
    if not (export / SEGMENTS).is_file():
        return []
    try:
        rows = engine.gather(wanted(witness, export).select(pl.col("row").cast(int), own="split"))
        segments = witness.numbered(table(export))
        both = segments.join(rows, on="row", how="left", maintain_order="left")
    except SourceError:
        return []  # told as a loss
    astray = both.filter(pl.col("split") != pl.col("own"))
    message = "{id} is {own}, but a segment of it stands in pack {pack} of {split}"
    return named(astray, promise, message, where=str(export))


def _opened(path: Path, read: Any) -> Any:
    try:
        return read(path)
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise SourceError(f"cannot be read: {error}", where=str(path)) from error


def _skipped(export: Path) -> pl.DataFrame:
    path = export / SKIPPED
    if not path.is_file():
        return pl.DataFrame(schema=_SKIPPED)
    rows: pl.DataFrame = _opened(path, lambda path: pl.read_ndjson(path, schema=_SKIPPED))
    return rows


def _rows(
    export: Path, rows: pl.DataFrame, segments: pl.DataFrame, skipped: pl.DataFrame, promise: str
) -> Iterator[Violation]:
    """Hold the ids: each row is written or skipped, as often as there are rows of that id."""
    strange = segments.join(rows, on=["row", "id"], how="anti", maintain_order="left")
    message = "pack {pack} of {split} says that row {row} is {id}, and the records do not"
    yield from named(strange, promise, message, where=str(export))
    key = ["id", "split"]
    silent = rows.join(segments, on="row", how="anti", maintain_order="left")
    absent = silent.group_by(key, maintain_order=True).agg(rows=pl.len())
    # a row that was cut may have lost parts: these do not count, unless no part is left
    whole = skipped.filter(pl.col("part").is_null()).group_by(key).agg(named=pl.len())
    parts = skipped.filter(pl.col("part") == 0).group_by(key).agg(cut=pl.len())
    counted = absent.join(whole, on=key, how="full", coalesce=True, maintain_order="left")
    counted = counted.join(parts, on=key, how="left", maintain_order="left").with_columns(
        pl.col("rows", "named", "cut").fill_null(0).cast(pl.Int64)
    )
    gone = counted.filter(pl.col("rows") > pl.col("named") + pl.col("cut"))
    message = "{id} ({split}) is in no segment, and not among those that were skipped"
    yield from named(gone.sort("split", "id"), promise, message, where=str(export))
    twice = counted.filter(pl.col("named") > pl.col("rows"))
    message = "{id} ({split}) is said to be skipped, but it is written, or was never kept"
    yield from named(twice.sort("split", "id"), promise, message, where=str(export))


def _sums(folder: Path, segments: pl.DataFrame, skipped: pl.DataFrame) -> Iterator[str]:
    """Compare what is told with what the table and the list of skipped rows hold."""
    export, manifest = folder / FOLDER, load(folder)
    numbers, masks = told(export, NUMBERS), told(export, MASKS)
    ledger = numbers["ledger"]
    for shard in masks["shards"]:
        sealed = manifest.artifacts.get(f"{FOLDER}/{shard['path']}", {})
        if sealed.get("sha256") != shard["sha256"]:
            yield f"{MASKS} was made for another {shard['path']} than the manifest"
    if manifest.tokens.get(FOLDER, ledger) != ledger:
        yield f"the manifest and {NUMBERS} have different sums of tokens"
    yield from _ledger(ledger)
    found = _found(segments, skipped)
    for path in sorted(export.glob("messages/*.jsonl")):
        lines = path.read_bytes().count(b"\n")
        if lines != (rows := found.get(path.stem, {}).get("rows", 0)):
            yield f"{path.stem}: messages has {lines:,} rows, {rows:,} were written"
    for file, names, said in (
        (f"the ledger of {NUMBERS}", ("trained", "context", "dropped"), ledger["splits"]),
        (f"the packing of {NUMBERS}", ("packs", "segments"), numbers["packing"]),
        (MASKS, ("rows", "segments", "packs", "tokens", "trained"), masks["splits"]),
    ):
        for split in sorted(found.keys() | said.keys()):
            for name in names:
                here, there = (each.get(split, {}).get(name, 0) for each in (found, said))
                if here != there:
                    yield f"{split}: {file} says {name} {there:,}, {here:,} are there"


def _ledger(ledger: dict[str, Any]) -> Iterator[str]:
    """Add up what became of the tokens of each split, and of all of them."""
    for split, sums in {"all": ledger, **ledger["splits"]}.items():
        went = sum(sums[name] for name in _WENT)
        if sums["tokens"] != went:
            yield f"{split}: {sums['tokens']:,} tokens came in, and {went:,} are accounted for"
    for name in ("tokens", *_WENT):
        total = sum(each[name] for each in ledger["splits"].values())
        if ledger[name] != total:
            yield f"the splits of {NUMBERS} have {name} {total:,}, in all it says {ledger[name]:,}"


def _found(segments: pl.DataFrame, skipped: pl.DataFrame) -> dict[str, dict[str, int]]:
    """Count what is written of each split, and the tokens that were dropped."""
    counted = segments.group_by("split").agg(
        packs=pl.col("pack").n_unique(),
        segments=pl.len(),
        rows=pl.col("row").n_unique(),
        tokens=pl.col("tokens").cast(pl.Int64).sum(),
        trained=pl.col("trained").cast(pl.Int64).sum(),
        context=(pl.col("tokens") - pl.col("trained")).cast(pl.Int64).sum(),
    )
    dropped = skipped.group_by("split").agg(dropped=pl.col("tokens").sum())
    both = counted.join(dropped, on="split", how="full", coalesce=True).fill_null(0)
    return {row.pop("split"): row for row in both.to_dicts()}
