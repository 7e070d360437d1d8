"""The certificate that nothing stands in two splits must hold, and be that of these rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from curator.errors import shorten
from curator.manifest import Manifest, load, sha256_of
from curator.publish.gates.gate import Gate, Named, Wanted, counted
from curator.publish.gates.rows import DATA, DOCUMENTS
from curator.records import SPLITS
from curator.schemas import Gate as Schema
from curator.schemas import load as schema

NAME, FILE = "leakage", "leakage.json"
_HINT = "run the recipe again, with validate: [split_leakage]"
_KEYS = {"id": "the same content", "group": "a group", "document": "a source document"}


def gate(folder: Path, _options: Wanted) -> Gate:
    """Hold the certificate against the manifest and the rows, and the rows against each other."""
    manifest, found = load(folder), Named(NAME, hint=_HINT)
    rows = _rows(folder)
    counts = dict(rows.group_by("split").len().collect().iter_rows())
    if len(counts) < 2:
        return found.gate("one split: there is nothing to leak into")
    for row in _crossing(rows):
        place = f"{DATA}/{row['split']}"
        found.add(
            f"it shares {_KEYS[row['key']]} with a row of {row['other']}",
            where=place,
            record_id=row["id"],
        )
    certificate = _certificate(folder, manifest, found)
    if certificate is not None:
        _hold(certificate, manifest, rows, counts, found)
    words = "no row of one split is like a row of another" if not found.count else "rows are alike"
    return found.gate(f"{words}: {counted(counts.items())}")


def _rows(folder: Path) -> pl.LazyFrame:
    """Scan the keys of the dataset's rows, and the split that each stands in."""
    parts = [
        pl.scan_parquet(path).select(
            "id",
            "group",
            document=pl.col("provenance").struct.field("document_id"),
            split=pl.lit(path.name.split("-")[0]),
        )
        for path in sorted((folder / DATA).glob("*.parquet"))
    ]
    return (
        pl.concat(parts)
        if parts
        else pl.LazyFrame(schema=dict.fromkeys(("id", "split"), pl.String))
    )


def _crossing(rows: pl.LazyFrame) -> Iterator[dict[str, Any]]:
    """Give each row of a weaker split that shares a key with a stronger one; only keys are held."""
    strength = pl.col("split").replace_strict({s: n for n, s in enumerate(SPLITS)}, default=-1)
    for key in _KEYS:
        held = rows.drop_nulls(key).select("id", "split", key=key, strength=strength)
        of_key = held.group_by("key").agg(
            pl.col("strength").max(), other=pl.col("split").sort_by("strength").last()
        )
        crossing = held.join(of_key, on="key", suffix="_most").filter(
            pl.col("strength") < pl.col("strength_most")
        )
        told = crossing.select("id", "split", "other", key=pl.lit(key)).collect()
        yield from told.sort("split", "id").iter_rows(named=True)


def _certificate(folder: Path, manifest: Manifest, found: Named) -> dict[str, Any] | None:
    path = folder / FILE
    if not path.is_file():
        found.add("there is no certificate of it", where=FILE)
        return None
    if manifest.artifacts.get(FILE, {}).get("sha256") != sha256_of(path):
        found.add("its bytes are not those that the run wrote", where=FILE)
    try:
        held: dict[str, Any] = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        found.add(f"this is no certificate: {shorten(str(error))}", where=FILE)
        return None
    form = Schema(schema("leakage"))
    if not form.is_valid(held):
        where, words = next(form.errors(held))
        found.add(shorten(words), where=f"{FILE}: {where}")
        return None
    return held


def _hold(
    held: dict[str, Any],
    manifest: Manifest,
    rows: pl.LazyFrame,
    counts: dict[str, int],
    found: Named,
) -> None:
    """What the certificate says must be what the manifest says, and be said of these rows."""
    if held != manifest.checks.get("split_leakage"):
        found.add("it is not what the run measured", where=FILE)
    crossing: Counter[str] = Counter()
    for pair in held["across"]:
        crossing.update(pair["rows_crossing"])
    if total := crossing.total():
        found.add(
            f"{total:,} rows cross: {counted((k, n) for k, n in crossing.items() if n)}", where=FILE
        )
    if strays := held["exemplars"]["outside_train"]:
        found.add(f"{strays:,} exemplars are not of train", where=FILE)
    told = {split: n for split, n in held["rows"].items() if n}
    if DOCUMENTS not in manifest.artifacts and told != counts:
        found.add(
            f"it is of other rows: {counted(told.items())}; there are {counted(counts.items())}",
            where=FILE,
        )
    for name, split in _closest(held):
        known = rows.filter(pl.col("id") == name).select("split").collect()["split"].to_list()
        if known and known != [split]:
            found.add(f"it says {split}, and stands in {known[0]}", where=FILE, record_id=name)


def _closest(held: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the rows that the certificate names, each with the split that it gives them."""
    for pair in held["across"]:
        for split in pair["splits"] if pair["closest"] else ():
            yield pair["closest"][split], split
